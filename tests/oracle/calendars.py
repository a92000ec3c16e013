"""Calendars to expand: written by hand, one for each thing known to go wrong, and generated from a seed."""

import random

ZONES = ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney", "Asia/Kolkata", "America/Sao_Paulo"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def calendar(*events, head=""):
    """A whole calendar around events, each a string of lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//vantage//oracle//EN"]
    lines += [line for line in head.split("\n") if line]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT"]
        body = [line for line in event.strip().split("\n")]
        if not any(line.startswith("UID:") for line in body):
            lines.append("UID:series")
        lines += ["DTSTAMP:20240101T000000Z", *body]
        if not any(line.startswith("SUMMARY:") for line in body):
            lines.append(f"SUMMARY:event {number}")
        lines += ["END:VEVENT"]
    lines += ["END:VCALENDAR", ""]
    return "\r\n".join(lines)


NY = "TZID=America/New_York"
DAILY = "DTSTART:20240101T100000Z\nDTEND:20240101T110000Z\nRRULE:FREQ=DAILY;COUNT=6"
LOCAL = f"DTSTART;{NY}:20240301T100000\nDTEND;{NY}:20240301T110000\nRRULE:FREQ=WEEKLY;COUNT=6"
WHOLE = "DTSTART;VALUE=DATE:20240301\nDTEND;VALUE=DATE:20240303\nRRULE:FREQ=WEEKLY;COUNT=5"


def rule(start, *rules):
    return calendar(start + "".join(f"\nRRULE:{one}" for one in rules))


WRITTEN = {
    "start outside its rule": rule("DTSTART:20240101T100000Z", "FREQ=WEEKLY;BYDAY=TU;COUNT=3"),
    "until a date, zoned": rule(f"DTSTART;{NY}:20240101T220000", "FREQ=DAILY;UNTIL=20240104"),
    "until local, zoned": rule(f"DTSTART;{NY}:20240101T100000", "FREQ=DAILY;UNTIL=20240104T100000"),
    "until utc, zoned": rule(f"DTSTART;{NY}:20240101T220000", "FREQ=DAILY;UNTIL=20240104T030000Z"),
    "until utc, floating": rule("DTSTART:20240101T100000", "FREQ=DAILY;UNTIL=20240103T100000Z"),
    "until a date, floating": rule("DTSTART:20240101T100000", "FREQ=DAILY;UNTIL=20240103"),
    "until utc, dates": rule("DTSTART;VALUE=DATE:20240101", "FREQ=DAILY;UNTIL=20240103T235959Z"),
    "until before start": rule("DTSTART:20240101T100000Z", "FREQ=DAILY;UNTIL=20230103T100000Z"),
    "count and until": rule("DTSTART:20240101T100000Z", "FREQ=DAILY;COUNT=9;UNTIL=20240103T100000Z"),
    "two rules": rule("DTSTART:20240101T100000Z", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=3"),
    "friday the 13th": rule("DTSTART:20240103T100000Z", "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR"),
    "last working day": rule("DTSTART:20240131T100000Z", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    "election day": rule("DTSTART:20201103T100000Z", "FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8"),
    "leap day": rule("DTSTART:20200229T100000Z", "FREQ=YEARLY"),
    "31st": rule("DTSTART:20240131T100000Z", "FREQ=MONTHLY"),
    "week starts on sunday": rule("DTSTART:20240107T100000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU;COUNT=6"),
    "week starts on monday": rule("DTSTART:20240107T100000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=6"),
    "week numbers": rule("DTSTART:20240101T100000Z", "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO"),
    "days of the year": rule("DTSTART:20240101T100000Z", "FREQ=YEARLY;BYYEARDAY=1,100,-1"),
    "twentieth monday": rule("DTSTART:20240513T100000Z", "FREQ=YEARLY;BYDAY=20MO"),
    "every 10 minutes at work": rule("DTSTART:20240103T090000Z", "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10;COUNT=20"),
    "time set": rule("DTSTART:20240103T090000Z", "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;BYSETPOS=1,-1;COUNT=9"),
    "gap": rule(f"DTSTART;{NY}:20240309T023000\nDTEND;{NY}:20240309T040000", "FREQ=DAILY;COUNT=3"),
    "overlap": rule(f"DTSTART;{NY}:20241102T013000\nDTEND;{NY}:20241102T023000", "FREQ=DAILY;COUNT=3"),
    "days are nominal": calendar(f"DTSTART;{NY}:20240309T200000\nDURATION:P1DT1H"),
    "hourly over a gap": rule(f"DTSTART;{NY}:20240310T003000", "FREQ=HOURLY;COUNT=5"),
    "exdate a date": calendar(DAILY + "\nEXDATE;VALUE=DATE:20240102"),
    "exdate in utc": calendar(LOCAL + "\nEXDATE:20240308T150000Z"),
    "exdate floating": calendar(LOCAL + "\nEXDATE:20240308T100000"),
    "exdate midnight for a date": calendar(WHOLE + "\nEXDATE:20240308T000000Z"),
    "exdate of an rdate": calendar("DTSTART:20240101T100000Z\nRDATE:20240105T100000Z,20240106T100000Z\nEXDATE:20240105T100000Z"),
    "exdate of a single": calendar("DTSTART:20240101T100000Z\nEXDATE:20240101T100000Z"),
    "rdate a date": calendar("DTSTART:20240101T100000Z\nRDATE;VALUE=DATE:20240105"),
    "rdate elsewhere": calendar(f"DTSTART:20240101T100000Z\nRDATE;{NY}:20240105T100000"),
    "rdate period": calendar("DTSTART:20240101T100000Z\nDTEND:20240101T110000Z\nRDATE;VALUE=PERIOD:20240105T100000Z/20240105T103000Z,20240106T100000Z/PT3H"),
    "rdate first": calendar(DAILY + "\nRDATE:20231230T100000Z"),
    "moved": calendar(DAILY, "DTSTART:20240110T100000Z\nRECURRENCE-ID:20240102T100000Z"),
    "moved from another year": calendar(DAILY, "DTSTART:20250110T100000Z\nRECURRENCE-ID:20240102T100000Z"),
    "moved, named in utc": calendar(LOCAL, f"DTSTART;{NY}:20240308T120000\nRECURRENCE-ID:20240308T150000Z"),
    "no such slot": calendar(DAILY, "DTSTART:20240110T100000Z\nRECURRENCE-ID:20240102T110000Z"),
    "no master": calendar("DTSTART:20240110T100000Z\nRECURRENCE-ID:20240102T110000Z"),
    "newer sequence first": calendar(
        DAILY,
        "DTSTART:20240102T120000Z\nRECURRENCE-ID:20240102T100000Z\nSEQUENCE:2",
        "DTSTART:20240102T130000Z\nRECURRENCE-ID:20240102T100000Z\nSEQUENCE:1",
    ),
    "newer master": calendar(DAILY, "DTSTART:20240105T120000Z\nSEQUENCE:1"),
    "excluded and moved": calendar(DAILY + "\nEXDATE:20240102T100000Z", "DTSTART:20240110T100000Z\nRECURRENCE-ID:20240102T100000Z"),
    "cancelled instance": calendar(DAILY, "DTSTART:20240102T100000Z\nRECURRENCE-ID:20240102T100000Z\nSTATUS:CANCELLED"),
    "this and future": calendar(DAILY, "DTSTART:20240102T123000Z\nDTEND:20240102T140000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240102T100000Z"),
    "this and future twice": calendar(
        DAILY,
        "DTSTART:20240102T123000Z\nDTEND:20240102T140000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240102T100000Z",
        "DTSTART:20240104T150000Z\nDTEND:20240104T160000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240104T100000Z",
        "DTSTART:20240105T200000Z\nDTEND:20240105T210000Z\nRECURRENCE-ID:20240105T100000Z",
    ),
    "this and future, another day": calendar(LOCAL, f"DTSTART;{NY}:20240309T120000\nDTEND;{NY}:20240309T140000\nRECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20240308T100000"),
    "this and future, another zone": calendar(LOCAL, f"DTSTART;TZID=Europe/Berlin:20240308T160000\nDTEND;TZID=Europe/Berlin:20240308T170000\nRECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20240308T100000"),
    "this and future, dates": calendar(WHOLE, "DTSTART;VALUE=DATE:20240309\nDTEND;VALUE=DATE:20240310\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20240308"),
    "this and future, excluded": calendar(LOCAL + f"\nEXDATE;{NY}:20240315T100000", f"DTSTART;{NY}:20240308T120000\nRECURRENCE-ID;RANGE=THISANDFUTURE;{NY}:20240308T100000"),
    "end elsewhere": calendar(f"DTSTART;{NY}:20240209T200000\nDTEND;TZID=Europe/Berlin:20240210T080000"),
    "dates for weeks": calendar("DTSTART;VALUE=DATE:20240103\nDURATION:P1W"),
    "windows name": calendar("DTSTART;TZID=Eastern Standard Time:20240703T100000"),
    "zone in a path": calendar("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20240703T100000"),
    "floating with a calendar zone": calendar("DTSTART:20240301T150000\nRRULE:FREQ=WEEKLY;COUNT=4", head="X-WR-TIMEZONE:America/New_York"),
    "own zone": calendar(
        "DTSTART;TZID=Mine:20240301T100000\nRRULE:FREQ=WEEKLY",
        head="BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19701101T020000\nTZOFFSETFROM:-0300\nTZOFFSETTO:-0400\n"
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700308T020000\n"
        "TZOFFSETFROM:-0400\nTZOFFSETTO:-0300\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\nEND:DAYLIGHT\nEND:VTIMEZONE",
    ),
    "text": calendar("DTSTART:20240301T100000Z\nSUMMARY:a\\, b\\; c\\nd \\\\e"),
    "folded": calendar("DTSTART:20240301T100000Z\nSUMMARY:one \n two\n \tthree"),
}


def _rule(rng, kind):
    frequency = rng.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"] + (["HOURLY", "MINUTELY"] if kind != "date" else []))
    parts = [f"FREQ={frequency}"]
    if rng.random() < 0.4:
        parts.append(f"INTERVAL={rng.randint(2, 7)}")
    pick = lambda values, most: ",".join(map(str, sorted(rng.sample(values, rng.randint(1, most)))))
    days = False
    if frequency == "HOURLY":
        parts.append(f"BYHOUR={pick(list(range(24)), 3)}")
    elif frequency == "MINUTELY":
        parts += [f"BYHOUR={pick(list(range(24)), 2)}", f"BYMINUTE={pick(list(range(60)), 3)}"]
        parts.append(f"BYDAY={pick(DAYS, 2)}")
    elif frequency == "WEEKLY":
        if rng.random() < 0.7:
            parts.append(f"BYDAY={pick(DAYS, 4)}")
            days = True
        if rng.random() < 0.3:
            parts.append(f"WKST={rng.choice(DAYS)}")
    elif frequency == "MONTHLY":
        choice = rng.random()
        if choice < 0.35:
            parts.append("BYDAY=" + ",".join(f"{rng.choice([1, 2, 3, 4, 5, -1, -2])}{day}" for day in rng.sample(DAYS, rng.randint(1, 2))))
        elif choice < 0.55:
            parts += [f"BYDAY={pick(DAYS, 5)}", f"BYSETPOS={pick([1, 2, 3, -1, -2], 2)}"]
        elif choice < 0.8:
            parts.append(f"BYMONTHDAY={pick([1, 2, 13, 15, 28, 29, 30, 31, -1, -2, -30], 3)}")
        if choice > 0.5 and rng.random() < 0.3:
            parts.append(f"BYDAY={pick(DAYS, 4)}") if not any("BYDAY" in part for part in parts) else None
    elif frequency == "YEARLY":
        choice = rng.random()
        if choice < 0.3:
            parts += [f"BYMONTH={pick(list(range(1, 13)), 3)}", "BYDAY=" + f"{rng.choice([1, 2, -1, 4])}{rng.choice(DAYS)}"]
        elif choice < 0.45:
            parts.append(f"BYYEARDAY={pick([1, 60, 100, 200, 365, 366, -1, -100], 3)}")
        elif choice < 0.6:
            parts += [f"BYWEEKNO={pick([1, 2, 10, 20, 52, 53], 2)}", f"BYDAY={pick(DAYS, 2)}"]
        elif choice < 0.7:
            parts.append(f"BYDAY={rng.choice([1, 10, -1, 53])}{rng.choice(DAYS)}")
        elif choice < 0.8:
            parts.append(f"BYMONTH={pick(list(range(1, 13)), 3)}")
        elif choice < 0.9:
            parts.append(f"BYMONTHDAY={pick([1, 13, 29, 31, -1], 2)}")
    if frequency == "DAILY":
        if rng.random() < 0.3:
            parts.append(f"BYMONTH={pick(list(range(1, 13)), 5)}")
        if rng.random() < 0.3:
            parts.append(f"BYDAY={pick(DAYS, 4)}")
        if rng.random() < 0.2:
            parts.append(f"BYMONTHDAY={pick(list(range(1, 29)), 5)}")
    if kind != "date" and frequency in ("DAILY", "WEEKLY", "MONTHLY") and rng.random() < 0.15:
        parts.append(f"BYHOUR={pick(list(range(24)), 3)}")
    end = rng.random()
    if end < 0.35:
        parts.append(f"COUNT={rng.randint(1, 60)}")
    elif end < 0.7:
        day = f"202{rng.randint(3, 5)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        forms = [day] if kind == "date" else [day, f"{day}T{rng.randint(0, 23):02}0000Z", f"{day}T{rng.randint(0, 23):02}0000"]
        if kind == "floating":
            forms = [forms[0], forms[2]]
        parts.append(f"UNTIL={rng.choice(forms)}")
    rng.shuffle(parts)
    return ";".join(parts)


def generated(seed):
    """One calendar of one to three series with exceptions and overrides."""
    rng = random.Random(seed)
    events = []
    for number in range(rng.randint(1, 3)):
        kind = rng.choice(["utc", "zoned", "zoned", "zoned", "floating", "date"])
        zone = rng.choice(ZONES)
        year, month, day, hour = rng.randint(2021, 2024), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23)
        minute = rng.choice([0, 0, 15, 30])
        name = {"utc": "", "zoned": f";TZID={zone}", "floating": "", "date": ";VALUE=DATE"}[kind]

        def at(year, month, day, hour=hour, minute=minute):
            text = f"{year}{month:02}{day:02}"
            return text if kind == "date" else f"{text}T{hour:02}{minute:02}00" + ("Z" if kind == "utc" else "")

        uid = f"UID:{seed}-{number}@oracle"
        lines = [uid, f"SUMMARY:series {number}", f"DTSTART{name}:{at(year, month, day)}"]
        length = rng.random()
        if kind == "date":
            if length < 0.6:
                lines.append(f"DURATION:P{rng.randint(1, 4)}D")
        elif length < 0.4:
            lines.append(f"DURATION:PT{rng.choice([15, 30, 60, 90, 600])}M")
        elif length < 0.8:
            later = hour + rng.randint(1, 8)
            lines.append(f"DTEND{name}:{at(year, month, day + later // 24, later % 24) if day < 28 else at(year, month, day, 23, 59)}")
        elif length < 0.9:
            lines.append(f"DURATION:P1DT{rng.randint(1, 5)}H")
        if rng.random() < 0.9:
            lines.append(f"RRULE:{_rule(rng, kind)}")
        if rng.random() < 0.3:
            dates = ",".join(at(rng.randint(2023, 2025), rng.randint(1, 12), rng.randint(1, 28)) for _ in range(rng.randint(1, 3)))
            lines.append(f"RDATE{name}:{dates}")
        if rng.random() < 0.4:
            for _ in range(rng.randint(1, 4)):
                lines.append(f"EXDATE{name}:{at(rng.randint(year, year + 2), rng.randint(1, 12), rng.randint(1, 28))}")
        if rng.random() < 0.3:
            lines.append(f"EXDATE{name}:{at(year, month, day)}")
        if rng.random() < 0.2:
            lines.append(f"STATUS:{rng.choice(['CONFIRMED', 'TENTATIVE', 'CANCELLED'])}")
        events.append("\n".join(lines))
        for change in range(rng.choice([0, 0, 0, 1, 2])):
            slot = at(year, month, day) if change == 0 and rng.random() < 0.5 else at(year + rng.randint(0, 1), rng.randint(1, 12), rng.randint(1, 28))
            future = ";RANGE=THISANDFUTURE" if rng.random() < 0.25 else ""
            moved = at(year + rng.randint(0, 1), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23))
            if future:
                moved = at(int(slot[:4]), int(slot[4:6]), int(slot[6:8]), rng.randint(0, 23))
            override = [uid, f"SUMMARY:change {number}.{change}", f"RECURRENCE-ID{name}{future}:{slot}", f"DTSTART{name}:{moved}", f"SEQUENCE:{change}"]
            if kind != "date" and rng.random() < 0.7:
                override.append(f"DURATION:PT{rng.choice([20, 45, 120])}M")
            if rng.random() < 0.2:
                override.append("STATUS:CANCELLED")
            events.append("\n".join(override))
    return calendar(*events)
