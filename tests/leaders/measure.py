#!/usr/bin/env python3
"""Measures the rules by hours, on half years of invented leaders whose truth is known.

usage: measure.py VANTAGE TABLE.tsv...

A table is a calendar by hand: lines that begin with `#` say who the leader is, the rest are meetings with what they really
were. It becomes an iCalendar file as Outlook (German) or Google would write it. Printed are, by hours, how much is right, wrong and
open, and by how many points the share of a week is off: untouched, and after four weeks of five answers that `review` asked for.
The answers are the truth. Nothing here knows the rules."""
import csv, json, os, re, statistics, subprocess, sys, tempfile
from datetime import date, timedelta
from zoneinfo import ZoneInfo

FIRST, LAST, ZONE = date(2026, 6, 1), date(2026, 11, 29), ZoneInfo("Europe/Berlin")
REVIEWED, ANSWERS = [date(2026, 11, day) for day in (2, 9, 16, 23)], 5
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


def occurs(when):
    """The days of a `when`."""
    kind, what, *more = when.split()
    bounds = dict(zip(more[::2], map(date.fromisoformat, more[1::2])))
    first, last = bounds.get("from", FIRST), bounds.get("until", LAST)
    if kind == "once":
        return [date.fromisoformat(what)]
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    if kind == "weekly":
        return [d for d in days if DAYS[d.weekday()] in what.split(",")]
    if kind == "fortnightly":
        mine = [d for d in days if DAYS[d.weekday()] == what]
        return mine[::2]
    if kind == "monthly":
        nth, day = re.fullmatch(r"(-?\d)(\w+)", what).groups()
        of_month = {}
        for d in days:
            if DAYS[d.weekday()] == day:
                of_month.setdefault((d.year, d.month), []).append(d)
        nth = int(nth)
        return [ds[nth if nth < 0 else nth - 1] for ds in of_month.values() if len(ds) >= abs(nth)]
    raise SystemExit(f"no such time: {when}")


def mailbox(name, domain):
    return re.sub(r"\W+", ".", name.lower()).strip(".") + "@" + domain


class Leader:
    def __init__(self, path):
        lines = open(path, encoding="utf-8").read().splitlines()
        said = dict(re.findall(r"^# (\w+): (.*)$", "\n".join(lines), re.M))
        self.me, self.domain, self.lang = said["me"], said["domain"], said.get("lang", "en")
        self.reports = [name.strip() for name in said.get("reports", "").split(",") if name.strip()]
        table = csv.DictReader((l for l in lines if l and not l.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        self.rows = list(table)

    def guests(self, text):
        """(name, address) of the others, and who organises."""
        text, _, by = text.partition(" by ")
        people, outlook = [], self.lang == "de"
        for part in [p.strip() for p in text.split(",")]:
            if m := re.fullmatch(r"(team|all):(\d+)", part):
                people += [(f"Member {n}", f"m{n}@{self.domain}") for n in range(int(m[2]))]
            elif m := re.fullmatch(r"ext:([^:]+):(\d+)(?:\+(\d+))?", part):
                host = re.sub(r"\W+", "", m[1].lower()) + ".example"
                people += [(f"Guest {n}", f"g{n}@{host}") for n in range(int(m[2]))]
                people += [(f"Member {n}", f"m{n}@{self.domain}") for n in range(int(m[3] or 0))]
            elif part and part != "solo":
                people.append((part, mailbox(part, self.domain)))
        return people, by.strip() or self.me, outlook

    def calendar(self):
        out = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//leaders//EN", f"X-WR-TIMEZONE:{ZONE.key}"]
        self.truth = {}
        for n, row in enumerate(self.rows):
            days = occurs(row["when"])
            if not days:
                continue
            uid, (people, by, outlook) = f"row{n}", self.guests(row["guests"])
            self.truth[uid] = row["truth"]
            title = re.sub(r"([,;\\])", r"\\\1", row["title"])
            event = [f"UID:{uid}", "DTSTAMP:20260501T000000Z", f"SUMMARY:{title}"]
            if row["start"] == "allday":
                value, stamps = ";VALUE=DATE", [f"{day:%Y%m%d}" for day in days]
            else:
                value, time = f";TZID={ZONE.key}", row["start"].replace(":", "") + "00"
                stamps = [f"{day:%Y%m%d}T{time}" for day in days]
                event += [f"DURATION:PT{int(row['minutes'])}M"]
            event += [f"DTSTART{value}:{stamps[0]}"]
            if len(days) > 1:
                event += [f"RDATE{value}:" + ",".join(stamps[1:])]
            if people:
                answer = "" if outlook else ";PARTSTAT=ACCEPTED"
                event += [f"ORGANIZER;CN={by}:mailto:{mailbox(by, self.domain)}"]
                event += [f"ATTENDEE;CN={name}{answer}:mailto:{a}" for name, a in [(self.me, mailbox(self.me, self.domain)), *people]]
            if outlook:
                event += ["X-MICROSOFT-CDO-BUSYSTATUS:BUSY"]
            out += ["BEGIN:VEVENT", *event, "END:VEVENT"]
        return "\n".join([*out, "END:VCALENDAR", ""])


class Home:
    """A user's home with the leader's calendar."""

    def __init__(self, program, leader):
        self.program, self.leader, self.home = program, leader, tempfile.mkdtemp()
        folder = f"{self.home}/.config/vantage"
        os.makedirs(folder)
        open(f"{self.home}/work.ics", "w", encoding="utf-8").write(leader.calendar())
        people = ", ".join(json.dumps(mailbox(name, leader.domain)) for name in leader.reports)
        config = f'my_addresses = ["{mailbox(leader.me, leader.domain)}"]\nmy_domains = ["{leader.domain}"]\ntimezone = "{ZONE.key}"\n'
        config += f'[people]\nreports = [{people}]\n[[source.ics]]\nname = "work"\npath = "~/work.ics"\n'
        open(f"{folder}/vantage.toml", "w", encoding="utf-8").write(config)
        packs = ["default"] + ([leader.lang] if leader.lang != "en" else [])
        open(f"{folder}/rules.toml", "w", encoding="utf-8").write(f"extends = {json.dumps(packs)}\n")

    def start(self, *arguments, now="2026-11-30T07:00:00+01:00"):
        env = {"HOME": self.home, "PATH": os.environ["PATH"], "VANTAGE_NOW": now, "TZ": ZONE.key, "NO_COLOR": "1"}
        return subprocess.Popen([self.program, *arguments], env=env, cwd=self.home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def events(self):
        told, err = self.start("events", "--from", str(FIRST), "--to", str(LAST), "--format", "json").communicate()
        if not told:
            raise SystemExit(err.decode())
        return [json.loads(line) for line in told.decode().splitlines()]

    def review(self, week):
        """Answers what the week's review asks first."""
        monday = week + timedelta(7)
        asked = self.start("review", now=f"{monday}T07:00:00+01:00")
        text, answers = b"", 0
        while answers < ANSWERS:
            byte = asked.stdout.read(1)
            if not byte:
                break
            text += byte
            if not text.endswith(b"> ") or b"n q" not in text.rsplit(b"\n", 1)[-1]:
                continue
            heads = re.findall(r"^(\d{4}-\d\d-\d\d \d\d:\d\d|\d{4}-\d\d-\d\d)\s+(.*?)  ", text.decode(), re.M)
            key = {"strategy": "s", "execution": "e"}.get(self.truth_of(*heads[-1]), "i")
            answers += 1
            asked.stdin.write(f"{key}\n".encode())
            asked.stdin.flush()
            text = b""
        asked.communicate(b"q\n")

    def truth_of(self, start, title):
        for event in self.known:
            if event["summary"].strip()[:40] == title.strip()[:40] and event["start"][: len(start)].replace("T", " ") == start:
                return self.leader.truth[event["uid"]]
        raise SystemExit(f"who asked about {start} {title}?")


def score(events, truth):
    hours, weeks = {}, {}
    for e in events:
        # Whoever is away was in none of them, whatever the table says.
        if e["all_day"] or e["reason"] == "away":
            continue
        real, shown = truth[e["uid"]], e["class"] if e["counted"] and e["class"] in ("strategy", "execution") else "other"
        length = e["minutes"] / 60
        key = "right" if real == shown else "claimed" if real == "other" else "open" if shown == "other" else "wrong"
        if (real, shown) != ("other", "other"):
            hours[key] = hours.get(key, 0) + length
        if shown != "other":
            sure = (e.get("certainty"), real == shown)
            hours[sure] = hours.get(sure, 0) + length
        week = weeks.setdefault(date.fromisoformat(e["start"][:10]).isocalendar()[:2], {})
        for side, word in (("real", real), ("shown", shown)):
            week[side, word] = week.get((side, word), 0) + length
    total = sum(hours.get(k, 0) for k in ("right", "wrong", "claimed", "open"))

    def share(week, side):
        s, e = (week.get((side, word), 0) for word in ("strategy", "execution"))
        return 100 * s / (s + e) if s + e else None
    pairs = [(share(w, "real"), share(w, "shown")) for w in weeks.values()]
    off = [abs(a - b) for a, b in pairs if a is not None and b is not None]
    whole = {}
    for w in weeks.values():
        for k, v in w.items():
            whole[k] = whole.get(k, 0) + v
    part = lambda *keys: 100 * sum(hours.get(k, 0) for k in keys) / total
    sure_right, sure_wrong = hours.get(("sure", True), 0), hours.get(("sure", False), 0)
    classed = sum(v for k, v in hours.items() if isinstance(k, tuple))
    return {
        "right": part("right"), "wrong": part("wrong", "claimed"), "open": part("open"), "week off": statistics.mean(off),
        "whole off": share(whole, "shown") - share(whole, "real"), "sure": 100 * (sure_right + sure_wrong) / classed,
        "sure wrong": 100 * sure_wrong / max(sure_right + sure_wrong, 1),
    }


def show(name, when, figures):
    print(f"{name:8s} {when:10s} " + "  ".join(f"{k} {v:5.1f}" for k, v in figures.items()), flush=True)


def main(program, tables):
    after = []
    for path in tables:
        leader, name = Leader(path), os.path.basename(path).removesuffix(".tsv")
        home = Home(os.path.abspath(program), leader)
        home.known = home.events()
        show(name, "untouched", score(home.known, leader.truth))
        for week in REVIEWED:
            home.review(week)
        figures = score(home.events(), leader.truth)
        after.append(figures["right"])
        show(name, "20 answers", figures)
    if len(after) > 1:
        print(f"mean right after 20 answers {statistics.mean(after):.1f}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
