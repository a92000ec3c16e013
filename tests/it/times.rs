//! When a meeting is, as calendars really write it.

use crate::reading::{quietly, told, vcalendar, vevent, week_of, week_of_text};

fn one(start: &str) -> String {
    vevent("u", "Roadmap", &format!("{start}\nDURATION:PT1H"))
}

/// A VTIMEZONE of that name, always so many hours east.
fn fixed(name: &str, offset: &str) -> String {
    format!(
        "BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\n\
         END:STANDARD\nEND:VTIMEZONE"
    )
}

#[test]
fn whole_days_are_told_in_many_ways() {
    for lines in [
        "DTSTART;VALUE=DATE:20261118",
        "DTSTART;VALUE=DATE:20261118\nDTEND;VALUE=DATE:20261118",
        "DTSTART:20261118T000000\nDTEND:20261119T000000",
        "DTSTART;TZID=Europe/Berlin:20261118T000000\nDTEND;TZID=Europe/Berlin:20261118T235900",
        "DTSTART;TZID=America/New_York:20261118T000000\nDURATION:P1D",
        "DTSTART:20261117T230000Z\nDTEND:20261118T230000Z",
        "DTSTART:20261118T000000Z\nDTEND:20261119T000000Z",
        "DTSTART:20261118T040000\nDTEND:20261118T050000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "DTSTART:20261117T230000Z\nDTEND:20261118T230000Z\nX-MICROSOFT-MSNCALENDAR-ALLDAYEVENT:TRUE",
    ] {
        assert_eq!(quietly("", &[&vevent("u", "Fair", lines)]), ["18 all-day Fair"], "{lines}");
    }
    // In UTC and marked, it is the day whose midnight it can only be, wherever that was.
    for (from, to, day) in [
        ("20261117T150000Z", "20261118T150000Z", "18"),
        ("20261118T070000Z", "20261119T070000Z", "18"),
        ("20261117T120000Z", "20261118T120000Z", "18"),
        ("20261118T115900Z", "20261119T115900Z", "18"),
        ("20261118T183000Z", "20261119T183000Z", "19"),
    ] {
        let lines = format!("DTSTART:{from}\nDTEND:{to}\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
        assert_eq!(quietly("", &[&vevent("u", "Fair", &lines)]), [format!("{day} all-day Fair")], "{from}");
    }
    let dated = vevent("u", "Fair", "DTSTART;VALUE=DATE:20261118T000000");
    assert_eq!(told("whole days", "", &[&dated]), ["18 all-day Fair"]);
    for lines in [
        "DTSTART:20261118T000000\nDTEND:20261118T120000",
        "DTSTART:20261118T000000\nDTEND:20261118T120000\nX-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
    ] {
        assert_eq!(quietly("", &[&vevent("u", "Fair", lines)]), ["18T00:00 720 counted Fair"], "{lines}");
    }
}

#[test]
fn an_end_without_a_zone_ends_in_that_of_its_start_and_is_told() {
    for (start, end, hour) in [
        ("DTSTART:20261118T090000Z", "DTEND:20261118T110000", 10),
        ("DTSTART;TZID=America/New_York:20261118T090000", "DTEND:20261118T110000", 15),
    ] {
        let event = vevent("u", "Roadmap", &format!("{start}\n{end}"));
        assert_eq!(told("ends name no zone", "", &[&event]), [format!("18T{hour}:00 120 counted Roadmap")]);
    }
    let floating = vevent("u", "Roadmap", "DTSTART:20261118T090000\nDTEND:20261118T110000");
    assert_eq!(quietly("", &[&floating]), ["18T09:00 120 counted Roadmap"]);
}

#[test]
fn an_end_before_the_start_is_no_length_and_told() {
    let typo = vevent("u", "Roadmap", "DTSTART:20261118T100000\nDTEND:20251118T110000");
    assert_eq!(told("ends before it starts", "", &[&typo]), ["18T10:00 0 ends before it starts Roadmap"]);
    let negative = vevent("u", "Roadmap", "DTSTART:20261118T100000\nDURATION:-PT1H");
    assert_eq!(told("ends before it starts", "", &[&negative]), ["18T10:00 0 ends before it starts Roadmap"]);
    let period = "DTSTART:20261111T100000\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20261118T100000/20261118T090000";
    assert_eq!(
        told("ends before it starts", "", &[&vevent("u", "Roadmap", period)]),
        ["18T10:00 0 ends before it starts Roadmap"]
    );
    let busy = "BEGIN:VFREEBUSY\nUID:f\nFREEBUSY:20261118T100000Z/20261118T090000Z\nEND:VFREEBUSY";
    assert_eq!(told("ends before it starts", "", &[busy]), ["18T11:00 0 ends before it starts Busy"]);
    // No length at all is another thing.
    let moment = vevent("u", "Roadmap", "DTSTART:20261118T100000\nDTEND:20261118T100000");
    assert_eq!(quietly("", &[&moment]), ["18T10:00 0 no length Roadmap"]);
}

#[test]
fn a_place_in_the_zone_database_goes_before_the_file_and_all_else_is_what_the_file_says() {
    let start = |zone: &str| one(&format!("DTSTART;TZID={zone}:20261118T100000"));
    for name in ["EST", "GMT", "Shire", "Customized Time Zone", "W. Europe Standard Time", "/example.org/Europe/Berlin"]
    {
        let rows = quietly("", &[&fixed(name, "+0400"), &start(name)]);
        assert_eq!(rows, ["18T07:00 60 counted Roadmap"], "{name}");
    }
    // Letter case and the escapes of TEXT are no part of a name; quotes neither.
    assert_eq!(
        quietly("", &[&fixed("Shire\\, West", "+0400"), &start("\"SHIRE, west\"")])[0],
        "18T07:00 60 counted Roadmap"
    );
    assert_eq!(quietly("", &[&fixed("Shire", "0400"), &start("Shire")])[0], "18T07:00 60 counted Roadmap");
    let disputed =
        told("differs from the zone database", "", &[&fixed("Europe/Berlin", "+0400"), &start("Europe/Berlin")]);
    assert_eq!(disputed, ["18T10:00 60 counted Roadmap"]);
    assert_eq!(
        quietly("", &[&fixed("Europe/Berlin", "+0100"), &start("Europe/Berlin")])[0],
        "18T10:00 60 counted Roadmap"
    );
}

#[test]
fn without_a_definition_a_name_is_looked_up() {
    for (name, hour) in [
        ("\"(UTC-05:00) Eastern Time (US and Canada)\"", "16"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "16"),
        ("\"(GMT+02.00) Athens/Istanbul/Minsk\"", "09"),
        ("GMT Standard Time 1", "11"),
        ("\"tzone://Microsoft/Utc\"", "11"),
        ("/Europe/London", "11"),
        ("/example.org/x/America/New_York", "16"),
        ("/example.org/GMT Standard Time", "11"),
        ("europe/london", "11"),
        ("EST5EDT", "16"),
    ] {
        let rows = quietly("", &[&one(&format!("DTSTART;TZID={name}:20261118T100000"))]);
        assert_eq!(rows, [format!("18T{hour}:00 60 counted Roadmap")], "{name}");
    }
    let offset = told("names an offset", "", &[&one("DTSTART;TZID=GMT+0400:20261118T100000")]);
    assert_eq!(offset, ["18T07:00 60 counted Roadmap"]);
    let unknown = told("not known", "", &[&one("DTSTART;TZID=Middle-earth/Shire:20261118T100000")]);
    assert_eq!(unknown, ["18T10:00 60 counted Roadmap"]);
    // A definition without summer time differs where the series is in summer.
    let summer = "DTSTART;TZID=Europe/Berlin:20261118T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY";
    let series = vevent("u", "Roadmap", summer);
    assert_eq!(told("differs from the zone database", "", &[&fixed("Europe/Berlin", "+0100"), &series]).len(), 1);
    // A day needs no zone.
    assert_eq!(quietly("", &[&vevent("u", "Fair", "DTSTART;TZID=Middle-earth/Shire;VALUE=DATE:20261118")]).len(), 1);
}

#[test]
fn a_zone_of_another_calendar_of_the_file_is_used_and_told() {
    let second = |head: &[&str]| vcalendar("", &[head, &[&*one("DTSTART;TZID=Shire:20261118T100000")]].concat());
    let first = vcalendar("", &[&fixed("Shire", "+0400")]);
    let (rows, said) = week_of_text(&(first + &second(&[])));
    assert_eq!(rows, ["18T07:00 60 counted Roadmap"]);
    assert!(said.contains("another `VCALENDAR`"), "{said}");
    // Its own goes first.
    let first = vcalendar("", &[&fixed("Shire", "+0400")]);
    let (rows, said) = week_of_text(&(first + &second(&[&fixed("Shire", "+0300")])));
    assert_eq!((rows[0].as_str(), said.as_str()), ("18T08:00 60 counted Roadmap", ""));
}

#[test]
fn forms_of_time_that_can_mean_one_thing_only_are_read_and_told_once() {
    for (start, hour) in [
        ("DTSTART:20261118T100000-0500", "18T16:00"),
        ("DTSTART:20261118T100000+05:30", "18T05:30"),
        ("DTSTART:2026-11-18T10:00:00Z", "18T11:00"),
        ("DTSTART;TZID=America/New_York:2026-11-18T10:00", "18T16:00"),
        ("DTSTART:20261117T240000", "18T00:00"),
        ("DTSTART:20261118T100000UTC", "18T11:00"),
        ("DTSTART:20261118T1000", "18T10:00"),
        ("DTSTART;TZID=America/New_York:20261118T1000", "18T16:00"),
        ("DTSTART:20261118T1000Z", "18T11:00"),
        ("DTSTART:20261118T100000.000Z", "18T11:00"),
    ] {
        assert_eq!(told("times are written", "", &[&one(start)]), [format!("{hour} 60 counted Roadmap")], "{start}");
    }
    for length in ["DURATION:P1H", "DURATION:P60M", "DURATION:P3600S", "DURATION:P0Y0M0DT1H", "DURATION:PT1.0H"] {
        let event = vevent("u", "Roadmap", &format!("DTSTART:20261118T100000\n{length}"));
        assert_eq!(told("lengths are written", "", &[&event]), ["18T10:00 60 counted Roadmap"], "{length}");
    }
    // Each is called what it looks like.
    assert_eq!(told("without seconds", "", &[&one("DTSTART:20261118T1000")]).len(), 1);
    assert_eq!(told("parts of a second", "", &[&one("DTSTART:20261118T100000.000Z")]).len(), 1);
    for (length, words) in [("PT1.5H", "a fraction"), ("PT1,0H", "a fraction"), ("P0Y0M0DT1H", "no years")] {
        let event = vevent("u", "Roadmap", &format!("DTSTART:20261118T100000\nDURATION:{length}"));
        assert_eq!(told(words, "", &[&event]).len(), 1, "{length}");
    }
    // A year has no length that all agree on.
    let (rows, said) = week_of("", &[&vevent("u", "Roadmap", "DTSTART:20261118T100000\nDURATION:P1Y")]);
    assert!(rows == ["18T10:00 0 no length Roadmap"] && said.contains("not a length of time"), "{rows:?} {said}");
    let end = vevent("u", "Roadmap", "DTSTART:20261118T100000\nDTEND;VALUE=DURATION:PT1H");
    assert_eq!(told("ends are written", "", &[&end]), ["18T10:00 60 counted Roadmap"]);
    // Once a file, however often.
    let again = one("DTSTART:20261119T100000-0500").replace("UID:u", "UID:v");
    assert_eq!(told("times are written", "", &[&one("DTSTART:20261118T100000-0500"), &again]).len(), 2);
    // What can mean nothing costs the event.
    let (rows, said) = week_of("", &[&one("DTSTART:18.11.2026 10:00")]);
    assert!(rows.is_empty() && said.contains("neither a date"), "{said}");
}

#[test]
fn what_two_lines_leave_open_is_told() {
    let event = |lines: &str| vevent("u", "Roadmap", &format!("DTSTART;TZID=Europe/Berlin:20261118T100000\n{lines}"));
    let date = event("DTEND;VALUE=DATE:20261119");
    assert_eq!(told("a date without a time", "", &[&date]), ["18T10:00 840 counted Roadmap"]);
    let both = event("DTEND;TZID=Europe/Berlin:20261118T110000\nDURATION:PT2H");
    assert_eq!(told("the `DTEND` is followed", "", &[&both]), ["18T10:00 60 counted Roadmap"]);
}

#[test]
fn a_date_that_ends_a_series_of_times_is_all_of_that_day_where_the_series_is() {
    let series = |uid: &str, start: &str| {
        let rule = "DURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261119";
        vevent(uid, "Roadmap", &format!("DTSTART{start}\n{rule}"))
    };
    let berlin = series("u", ";TZID=Europe/Berlin:20261118T100000");
    let days = ["18T10:00 60 counted Roadmap", "19T10:00 60 counted Roadmap"];
    // Once a file, however many series it holds.
    assert_eq!(told("to the end of that day", "", &[&berlin, &series("v", ":20261119T120000")])[..2], days);
    // In New York that day lasts until six in the morning of Berlin's next.
    let evening = series("u", ";TZID=America/New_York:20261118T230000");
    assert_eq!(told("UNTIL", "", &[&evening]), ["19T05:00 60 counted Roadmap", "20T05:00 60 counted Roadmap"]);
    let early = series("u", ";TZID=Pacific/Auckland:20261118T090000");
    assert_eq!(told("UNTIL", "", &[&early]), ["17T21:00 60 counted Roadmap", "18T21:00 60 counted Roadmap"]);
    assert_eq!(told("UNTIL", "", &[&series("u", ":20261118T220000Z")]).len(), 2);
    // A time is that moment, and a series of days ends on a date as ever.
    assert_eq!(quietly("", &[&berlin.replace("UNTIL=20261119", "UNTIL=20261119T000000Z")]), days[..1]);
    let whole = vevent("u", "Fair", "DTSTART;VALUE=DATE:20261118\nRRULE:FREQ=DAILY;UNTIL=20261119");
    assert_eq!(quietly("", &[&whole]), ["18 all-day Fair", "19 all-day Fair"]);
}

#[test]
fn abbreviations_are_zones_and_told_where_nothing_else_knows_them() {
    let start = |zone: &str| one(&format!("DTSTART;TZID={zone}:20261118T100000"));
    for (name, hour) in [("PST", "19"), ("EDT", "16"), ("cest", "10")] {
        let rows = told("abbreviation", "", &[&start(name)]);
        assert_eq!(rows, [format!("18T{hour}:00 60 counted Roadmap")], "{name}");
    }
    // What the file says goes before it, and what the zone database has needs no guess.
    assert_eq!(quietly("", &[&fixed("PST", "+0400"), &start("PST")]), ["18T07:00 60 counted Roadmap"]);
    assert_eq!(quietly("", &[&start("EST")]), ["18T16:00 60 counted Roadmap"]);
    assert_eq!(told("not known", "", &[&start("XST")]), ["18T10:00 60 counted Roadmap"]);
    // An address and a blank in a name.
    assert_eq!(quietly("", &[&start("tzone://Microsoft/Utc")]), ["18T11:00 60 counted Roadmap"]);
    assert_eq!(quietly("", &[&start("America/New York")]), ["18T16:00 60 counted Roadmap"]);
}

#[test]
fn series_of_vcalendar_are_series() {
    let series = |rule: &str| {
        let lines = format!("DTSTART:20261116T090000Z\nDTEND:20261116T100000Z\nRRULE:{rule}");
        let rows = quietly("", &[&vevent("u", "Roadmap", &lines)]);
        rows.iter().map(|row| row[..2].to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(series("D1 #3"), "16 17 18");
    assert_eq!(series("W1 MO WE #0\nEXDATE:20261118T090000Z;20261125T090000Z"), "16");
    assert_eq!(series("W1 MO FR 20261120T090000Z"), "16 20");
    assert_eq!(series("FREQ=DAILY;COUNT=2"), "16 17");
    let odd = vevent("u", "Roadmap", "DTSTART:20261116T090000Z\nDURATION:PT1H\nRRULE:D1 0900 1500 #3");
    assert_eq!(told("only the first instance", "", &[&odd]), ["16T10:00 60 counted Roadmap"]);
}

#[test]
fn vcalendar_tells_by_a_number_whether_the_time_is_free() {
    let of = |value: &str| quietly("", &[&one(&format!("DTSTART:20261118T100000\nTRANSP:{value}"))]);
    for (value, verdict) in [("0", "counted"), ("1", "free"), (" 2", "free"), ("-1", "counted"), ("OPAQUE", "counted")]
    {
        assert_eq!(of(value), [format!("18T10:00 60 {verdict} Roadmap")], "{value}");
    }
}

#[test]
fn hours_are_elapsed_and_days_are_days_over_a_change_of_clocks() {
    let spring = |lines: &str| {
        let world = crate::support::World::new().config(crate::reading::CONFIG);
        let world = world.file("a.ics", vcalendar("", &[&vevent("u", "Roadmap", lines)]));
        crate::reading::rows(&world, &["a.ics"], ("2026-03-28", "2026-03-29"))
    };
    let zone = "DTSTART;TZID=Europe/Berlin";
    assert_eq!(spring(&format!("{zone}:20260329T023000\nDURATION:PT1H")), ["29T03:30 60 counted Roadmap"]);
    assert_eq!(spring(&format!("{zone}:20260328T220000\nDURATION:PT6H")), ["28T22:00 360 counted Roadmap"]);
    // From wall clock to wall clock an hour is missing.
    let end = "DTEND;TZID=Europe/Berlin:20260329T040000";
    assert_eq!(spring(&format!("{zone}:20260328T220000\n{end}")), ["28T22:00 300 counted Roadmap"]);
}

#[test]
fn parts_of_a_rule_that_say_nothing_leave_the_rest_standing() {
    let series = |rule: &str| vevent("u", "Roadmap", &format!("DTSTART:20261111T100000\nDURATION:PT1H\nRRULE:{rule}"));
    for part in [
        "COUNT=0",
        "COUNT=0;UNTIL=20261231T000000Z",
        "INTERVAL=0",
        "COUNT=-1",
        "INTERVAL=-1",
        "BYDAY=0WE",
        "UNTIL=",
        "COUNT=",
        "BYDAY=",
        "BYDAY=,",
        "COUNT=;BYDAY=;UNTIL=",
    ] {
        let rule = &format!("FREQ=WEEKLY;{part}");
        assert_eq!(told("says nothing", "", &[&series(rule)]), ["18T10:00 60 counted Roadmap"], "{rule}");
    }
    assert_eq!(quietly("", &[&series("FREQ=WEEKLY;COUNT=4;")]), ["18T10:00 60 counted Roadmap"]);
    let odd = series("FREQ=WEEKLY;COUNT=many").replace("20261111", "20261118");
    assert_eq!(told("only the first instance", "", &[&odd]), ["18T10:00 60 counted Roadmap"]);
    // A DTSTART off its rule is the first of COUNT.
    assert_eq!(quietly("", &[&series("FREQ=WEEKLY;BYDAY=TU;COUNT=2")]), ["17T10:00 60 counted Roadmap"]);
    assert_eq!(quietly("", &[&series("FREQ=WEEKLY;BYDAY=TH;COUNT=2")]).len(), 0);
    // UNTIL without Z is on the wall of DTSTART.
    let zoned = |until: &str| {
        let lines =
            format!("DTSTART;TZID=America/New_York:20261116T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}");
        quietly("", &[&vevent("u", "Roadmap", &lines)]).len()
    };
    assert_eq!((zoned("20261118T100000"), zoned("20261118T100000Z"), zoned("20261118T150000Z")), (3, 2, 3));
    // An RDATE that gives its length keeps it where the rule has the same slot.
    let period = "RDATE;VALUE=PERIOD:20261118T100000/PT2H";
    let longer = series("FREQ=WEEKLY;COUNT=3").replace("RRULE", &format!("{period}\nRRULE"));
    assert_eq!(quietly("", &[&longer]), ["18T10:00 120 counted Roadmap"]);
}

#[test]
fn days_that_do_not_exist_are_skipped_as_the_rule_says() {
    let events = |skip: &str| {
        let rule = format!("RSCALE=GREGORIAN;FREQ=MONTHLY;COUNT=12{skip}");
        let event = vevent("u", "Fair", &format!("DTSTART:20260131T100000\nDURATION:PT1H\nRRULE:{rule}"));
        let world = crate::support::World::new().config(crate::reading::CONFIG).file("a.ics", vcalendar("", &[&event]));
        let rows = crate::reading::rows(&world, &["a.ics"], ("2026-02-01", "2026-05-01"));
        rows.iter().map(|row| row[..2].to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(events(""), "31");
    assert_eq!(events(";SKIP=OMIT"), "31");
    assert_eq!(events(";SKIP=BACKWARD"), "28 31 30");
    assert_eq!(events(";SKIP=FORWARD"), "01 31 01");
}
