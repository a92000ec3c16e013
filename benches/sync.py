"""Memory and CPU of a sync of one iCalendar file of 31 MB, and of `status`, for each program that is named:

    python3 benches/sync.py OLD/vantage target/release/vantage
"""
import datetime
import os
import subprocess
import sys
import tempfile

CONFIG = 'timezone = "Europe/Berlin"\n[[source.ics]]\nname = "work"\npath = "work.ics"\n'


def event(at, more):
    start = datetime.datetime(2014, 1, 6, 8) + datetime.timedelta(minutes=105 * at)
    end = start + datetime.timedelta(minutes=45)
    return "\r\n".join([
        "BEGIN:VEVENT", f"UID:{at:08x}-4c3a-9a6d-ev@calendar.example.com", "DTSTAMP:20260101T000000Z",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:Planning of release {at % 97}{more} with the team of area {at % 31}",
        "ORGANIZER;CN=Ada Example:mailto:ada@example.com", "ATTENDEE;CN=Ada;PARTSTAT=ACCEPTED:mailto:ada@example.com",
        f"ATTENDEE;CN=Bo Person {at % 13};PARTSTAT=ACCEPTED:mailto:bo{at % 13}@example.com",
        f"DESCRIPTION:Notes of the meeting {at}: " + "words of some length " * 3, "STATUS:CONFIRMED", "END:VEVENT", ""])


def write(folder, count, changed=None):
    with open(os.path.join(folder, "work.ics"), "w", newline="") as file:
        file.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n")
        file.writelines(event(at, " of now" if at == changed else "") for at in range(count))
        file.write("END:VCALENDAR\r\n")


def run(folder, program, command):
    """One run in a process of its own, so that its peak is its own."""
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        env = {**os.environ, "XDG_STATE_HOME": os.path.join(folder, "state")}
        quiet = subprocess.run([program, command, "--config", "vantage.toml"], env=env, stdout=subprocess.DEVNULL)
        os._exit(quiet.returncode)
    _, status, used = os.wait4(pid, 0)
    assert status == 0, f"{program} {command} failed"
    children = used.ru_utime + used.ru_stime
    return f"{used.ru_maxrss / 1024:6.0f} MB {children:6.2f} s of CPU"


def measure(program):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "vantage.toml"), "w") as file:
            file.write(CONFIG)
        for name, count, changed in [("first", 60_000, None), ("nothing new", None, None), ("status", None, None),
                                     ("one more", 60_001, None), ("one changed", 60_001, 30_000)]:
            if count:
                write(folder, count, changed)
            print(f"{name:12}", run(folder, program, "status" if name == "status" else "sync"))


for program in map(os.path.abspath, sys.argv[1:]):
    print(program)
    measure(program)
