"""Expands calendars with recurring-ical-events and with Vantage and compares them, one calendar and one year at a time.

Where we differ on purpose (and so test nothing here):
- An override named by a DATE takes the instance of that local day of a timed series, and the reverse; the oracle shows both.
- Of two overrides with equal SEQUENCE and DTSTAMP the later in the file counts; for the oracle, the earlier.
- X-WR-TIMEZONE is the zone of floating times only; the oracle also expands UTC series in it.
- BYDAY=MO,1TU is both; dateutil keeps what is either only if it is both. BYWEEKNO without BYDAY is one day, that of
  DTSTART (RFC 5545 3.3.10), not seven. BYSETPOS counts the whole first week, not the part from DTSTART on.
- EXRULE is obeyed (RFC 2445); the oracle ignores it.
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
import subprocess
import sys
import tempfile
import warnings

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


def oracle(text):
    """Rows by year; none where the oracle cannot read what we can, as some forms of UNTIL."""
    parsed = icalendar.Calendar.from_ical(text)
    first, last = datetime.datetime(YEARS[0] - 1, 12, 1), datetime.datetime(YEARS[-1] + 1, 2, 1)
    try:
        events = recurring_ical_events.of(parsed, skip_bad_series=False).between(first, last)
    except (ValueError, recurring_ical_events.InvalidCalendar):
        return {}
    found = [row(event) for event in events]
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
