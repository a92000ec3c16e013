"""Expands calendars with recurring-ical-events and with Vantage and compares them, one calendar and one year at a time.

Where we differ on purpose (and so test nothing here):
- An override named by a DATE takes the instance of that local day of a timed series, and the reverse; the oracle shows both.
- Of two overrides with equal SEQUENCE and DTSTAMP the later in the file counts; for the oracle, the earlier.
- X-WR-TIMEZONE is the zone of floating times only; the oracle also expands UTC series in it.
- BYDAY=MO,1TU is both; dateutil keeps what is either only if it is both. BYWEEKNO without BYDAY is one day, that of
  DTSTART (RFC 5545 3.3.10), not seven. BYSETPOS counts the whole first week, not the part from DTSTART on.
- EXRULE is obeyed (RFC 2445); the oracle ignores it.
- DTSTART is the first of COUNT though its rule does not give it (RFC 5545 3.3.10), an UNTIL without Z is on the wall of
  DTSTART, and an UNTIL that is a DATE is all of that day there: `in_its_words` says so to the oracle in its words.
- A change with a higher SEQUENCE than its series is the last word on its date, whatever the series excludes.
- A change of a date that gives no end and no length is as long as its series (`with_own_lengths`).
- What cancels a date and all that follow cancels their older changes too (`with_the_rest_cancelled`).
- An UNTIL before DTSTART leaves the first instance; one with Z ends a floating series at that instant (`in_its_words`).
- A DATE among the dates of a series of times is that day at the time of DTSTART. An instance of a series that a change of
  clocks would leave no time is as long as its first.
- COUNT=0 and COUNT=-1 say nothing; hours of a DURATION are elapsed; an end before the start is no length; a day that ends on itself is one.
- A single event that ends in another zone ends at its DTEND, also over a clock change; for the oracle, at the wall-clock
  time that the start's zone would show.
- A gap of a zone defined by the file takes the offset before it, like any other gap.
- A DATE that ends at a time stays all-day, rounded up; a bad RRULE costs the series, not the first instance.
- BYHOUR, BYMINUTE, BYSECOND mean nothing to whole days.
- A THISANDFUTURE override whose slot the series does not have moves every later instance; the oracle drops one that
  comes within hours of it (seeds 477, 537).
- `(UTC+01:00) ...` and `GMT+0200` are zones; for the oracle, floating.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
import zoneinfo

import dateutil.rrule
import icalendar
import recurring_ical_events

from calendars import WRITTEN, generated

UTC = datetime.timezone.utc
YEARS = (2023, 2024, 2025)


def instant(value):
    """UTC text of a date-time, floating ones as UTC; a date as it is."""
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    return (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()


def row(event):
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    all_day = not isinstance(start, datetime.datetime)
    status = str(event.get("STATUS", "")).lower() or "confirmed"
    return (str(event.get("UID", "")), instant(start), instant(end), str(event.get("SUMMARY", "")), all_day, status)


def inside(found, year):
    """The rows that share time with a year in UTC, or start in it where they have no length."""
    first, last = f"{year}-01-01", f"{year + 1}-01-01"
    return sorted({r for r in found if r[1] < last and (r[2][:19] > f"{first}T00:00:00"[: len(r[2])] or r[1] >= first)})


def ends_before(begins, zone, until):
    """A series ends before it begins."""
    if len(until) < 15:
        return until < begins.strftime("%Y%m%d")
    if until.endswith("Z") and zone:
        begins = begins.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)
    return until[:15] < begins.strftime("%Y%m%dT%H%M%S")


def in_its_words(event):
    """One VEVENT with what we read otherwise written so that the oracle reads the same."""
    start = re.search(r"^DTSTART(?:;TZID=([^:;]+)|;VALUE=DATE)?:(\d{8})(?:T(\d{6}))?(Z?)", event, re.M)
    if start and start[3]:
        zone = f";TZID={start[1]}" if start[1] else ""
        timed = lambda dates: ",".join(f"{day}T{start[3]}{start[4]}" for day in dates[1].split(","))
        event = re.sub(r"^RDATE;VALUE=DATE:(\S+)", lambda dates: f"RDATE{zone}:{timed(dates)}", event, flags=re.M)
    rule = re.search(r"^RRULE:(.*)$", event, re.M)
    if not start or not rule or event.count("\nRRULE") > 1:
        return event
    zone, day, time, utc = start.groups()
    begins = datetime.datetime.strptime(day + (time or "000000"), "%Y%m%d%H%M%S")
    parts = dict(part.split("=", 1) for part in rule[1].strip().split(";") if "=" in part)
    until = parts.get("UNTIL", "")
    if time and re.fullmatch(r"\d{8}", until):
        until = parts["UNTIL"] = until + "T235959"
    if zone and re.fullmatch(r"\d{8}T\d{6}", until):
        local = datetime.datetime.strptime(until, "%Y%m%dT%H%M%S").replace(tzinfo=zoneinfo.ZoneInfo(zone))
        parts["UNTIL"] = local.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    elif utc and re.fullmatch(r"\d{8}T\d{6}", until):
        parts["UNTIL"] += "Z"
    if until and ends_before(begins, zone, parts["UNTIL"]):
        return event.replace(rule[0], "")
    if "COUNT" in parts:
        bare = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("COUNT", "UNTIL", "RSCALE"))
        try:
            first = next(iter(dateutil.rrule.rrulestr(bare, dtstart=begins)), None)
        except ValueError:
            return event
        if first != begins:
            parts["COUNT"] = str(int(parts["COUNT"]) - 1)
    line = "RRULE:" + ";".join(f"{name}={value}" for name, value in parts.items())
    return event.replace(rule[0], "" if parts.get("COUNT") == "0" else line)


def without_overruled(text):
    """The text without exclusions that a newer change of the same date overrules."""
    for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.S):
        uid = re.search(r"^UID:(.*?)\r?$", event, re.M)
        slot = re.search(r"^RECURRENCE-ID[^:]*:(\S+)", event, re.M)
        if not (uid and slot and re.search(r"^SEQUENCE:[1-9]", event, re.M)):
            continue
        gone = rf"\r?\nEXDATE[^:\r\n]*:{slot[1]}(?=\r?\n)"
        of = rf"BEGIN:VEVENT(?:(?!END:VEVENT).)*?UID:{re.escape(uid[1])}\r?\n.*?END:VEVENT"
        text = re.sub(of, lambda series: re.sub(gone, "", series[0]), text, flags=re.S)
    return text


def say(event, name):
    """The value of a property of a VEVENT; empty where there is none."""
    return (re.search(rf"^{name}[^:\r\n]*:(\S+)", event, re.M) or ["", ""])[1]


def with_the_rest_cancelled(text):
    """The text with the older changes cancelled that follow the cancelled rest of their series."""
    version = lambda event: int(say(event, "SEQUENCE") or 0)
    events = re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.S)
    for end in (e for e in events if "RANGE=THISANDFUTURE" in e and say(e, "STATUS") == "CANCELLED"):
        for event in (e for e in events if say(e, "UID") == say(end, "UID") and say(e, "RECURRENCE-ID")):
            if say(event, "RECURRENCE-ID") > say(end, "RECURRENCE-ID") and version(event) <= version(end):
                gone = re.sub(r"\r?\nSTATUS:\w+", "", event).replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT")
                text = text.replace(event, gone)
    return text


def with_own_lengths(text):
    """The text with the length of its series in each change of a date that gives none."""
    parse = lambda stamp: datetime.datetime.strptime(stamp.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in stamp else "%Y%m%d")
    events = re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.S)
    masters = {say(e, "UID"): e for e in events if say(e, "UID") and not say(e, "RECURRENCE-ID")}
    for event in (e for e in events if say(e, "UID") and say(e, "RECURRENCE-ID") and say(e, "DTSTART")):
        master = masters.get(say(event, "UID"), "")
        if say(event, "DTEND") or say(event, "DURATION") or not say(master, "DTSTART"):
            continue
        length = say(master, "DURATION")
        if end := say(master, "DTEND"):
            length = parse(end) - parse(say(master, "DTSTART"))
            days, minutes = length.days, length.seconds // 60
            length = f"P{days}D" if "T" not in end else f"P{days}DT{minutes}M" if days else f"PT{minutes}M"
        dated = "T" not in say(event, "DTSTART")
        if length and dated == ("T" not in length):
            given = event.replace("END:VEVENT", f"DURATION:{length}\r\nEND:VEVENT")
            text = text.replace(event, given)
    return text


def hours(text):
    """Elapsed lengths by UID and summary, of events whose DURATION is in hours and minutes alone."""
    found = {}
    for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.S):
        say = lambda name: re.search(rf"^{name}:(.*?)\r?$", event, re.M)
        length = re.search(r"^DURATION:PT(\d+)M\r?$", event, re.M)
        if length and say("UID") and say("SUMMARY"):
            found[say("UID")[1], say("SUMMARY")[1]] = datetime.timedelta(minutes=int(length[1]))
    return found


def elapsed(row, exact):
    """The row with hours of a DURATION elapsed, whatever the clock did meanwhile."""
    uid, start, end, summary, *rest = row
    if (uid, summary) in exact and "T" in start:
        end = (datetime.datetime.fromisoformat(start) + exact[uid, summary]).isoformat()
    return (uid, start, end, summary, *rest)


def oracle(text):
    """Rows by year; none where the oracle cannot read what we can, as some forms of UNTIL."""
    text = with_own_lengths(with_the_rest_cancelled(without_overruled(text)))
    text = re.sub(r"BEGIN:VEVENT.*?END:VEVENT", lambda event: in_its_words(event[0].replace("\r\n", "\n")), text, flags=re.S)
    parsed = icalendar.Calendar.from_ical(text)
    first, last = datetime.datetime(YEARS[0] - 1, 12, 1), datetime.datetime(YEARS[-1] + 1, 2, 1)
    try:
        events = recurring_ical_events.of(parsed, skip_bad_series=False).between(first, last)
    except (ValueError, recurring_ical_events.InvalidCalendar):
        return {}
    exact = hours(text)
    found = [elapsed(row(event), exact) for event in events]
    return {year: inside(found, year) for year in YEARS}


def ours(path, year):
    """Rows of the command line."""
    binary = os.environ.get("VANTAGE", "target/release/vantage")
    command = [binary, "events", "--ics", path, "--from", f"{year}-01-01", "--to", f"{year + 1}-01-01", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
    if done.returncode != 0:
        return [("failed", done.returncode, done.stderr[-500:])]
    rows = []
    for event in map(json.loads, done.stdout.splitlines()):
        clock = (lambda text: text) if event["all_day"] else (lambda text: instant(datetime.datetime.fromisoformat(text)))
        status = (event.get("status") or "confirmed").lower()
        rows.append((event["uid"], clock(event["start"]), clock(event["end"]), event["summary"] or "", event["all_day"], status))
    return inside(rows, year)


def main():
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    cases = dict(WRITTEN)
    cases.update({f"seed {seed}": generated(seed) for seed in range(count)})
    passed, failed = 0, []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "calendar.ics")
        for name, text in cases.items():
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            for year, wanted in oracle(text).items():
                found = ours(path, year)
                if found == wanted:
                    passed += 1
                    continue
                failed.append(name)
                print(f"--- {name}, {year}")
                for mark, extra in (("missing", set(wanted) - set(found)), ("unwanted", set(found) - set(wanted))):
                    for one in sorted(extra, key=str)[:3]:
                        print(f"    {mark}: {one}")
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
