//! Who takes part and what I answered, as Outlook, iCloud, Exchange and people typing by hand write it.

use crate::reading::{quietly, vevent, week_of};
use crate::support::{World, calendar, event};

const CONFIG: &str = "my_addresses = [\"ada@example.com\", \"ada.l@example.com\"]\nmy_domains = [\"example.com\"]\n\
                      tentative = \"skip\"\nunanswered = \"skip\"\n";
const COUNT: &str = "[[rule]]\nname = \"mine\"\nclass = \"strategy\"\norganizer = \"me\"\nattendees = 2\n\
                     [[rule]]\nname = \"two\"\nclass = \"execution\"\nattendees = 2\n\
                     [[rule]]\nname = \"three\"\nclass = \"execution\"\nattendees = 3\n\
                     [[rule]]\nname = \"four\"\nclass = \"execution\"\nattendees = 4\n";
/// Somebody is invited and has answered somewhere, so that attendees and answers are known.
const ANSWERED: &str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.com";

fn meeting(title: &str, more: &str) -> String {
    event(title, title, "20261118T100000", "20261118T110000", more)
}

fn world() -> World {
    World::new().config(CONFIG).rules(COUNT)
}

/// What became of each event, by title: the rule, or why it does not count.
fn told(world: &World, place: &str) -> Vec<(String, String)> {
    let asked = ["events", "--ics", place, "--from", "2026-11-16", "--to", "2026-11-22", "--format", "json"];
    let row = |row: serde_json::Value| {
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        let counted = row["counted"] == true;
        let verdict =
            if counted { text("rule").unwrap_or("counted".into()) } else { text("reason").unwrap_or_default() };
        (text("summary").unwrap_or_default(), verdict)
    };
    let mut rows: Vec<_> = world.run(asked).json().into_iter().map(row).collect();
    rows.sort();
    rows
}

/// Each line of a table: what the event says, and what becomes of it.
#[track_caller]
fn each(cases: &[(&str, &str)]) {
    let other = event("other", "other", "20261120T100000", "20261120T110000", ANSWERED);
    for (more, expected) in cases {
        let world = world().ics("work.ics", &[&meeting("talk", more), &other]);
        let found = told(&world, "work.ics").into_iter().find(|(title, _)| title == "talk");
        assert_eq!(found.map(|(_, verdict)| verdict).as_deref(), Some(*expected), "{more}");
    }
}

#[test]
fn a_guest_is_a_person_whatever_the_address_looks_like() {
    let mine = "ORGANIZER:mailto:ada@example.com\n";
    let guests = |lines: &str| format!("{mine}{lines}");
    each(&[
        (&guests("ATTENDEE;CN=Bo:invalid:nomail"), "mine"),
        (&guests("ATTENDEE;CN=Bo:invalid:nomail\nATTENDEE;CN=Cy:invalid:nomail"), "three"),
        (&guests("ATTENDEE;CN=Bo:invalid:nomail\nATTENDEE;CN=bo:invalid:nomail"), "mine"),
        (&guests("ATTENDEE:invalid:nomail\nATTENDEE:invalid:nomail"), "three"),
        (&guests("ATTENDEE;CN=Bo:urn:uuid:7A\nATTENDEE;CN=Bo:urn:uuid:7B\nATTENDEE:urn:uuid:7a"), "three"),
        (
            &guests(
                "ATTENDEE:tel:+49301234\nATTENDEE:/principals/users/cy/\nATTENDEE:/o=Acme/ou=X/cn=Recipients/cn=di",
            ),
            "four",
        ),
        // A room is nobody, however its address is written.
        (&guests("ATTENDEE;CUTYPE=ROOM;CN=Board room:invalid:nomail"), "solo"),
        (&guests("ATTENDEE;CN=Tokyo:mailto:c_1@resource.calendar.google.com"), "solo"),
        (mine, "solo"),
    ]);
}

#[test]
fn addresses_are_read_as_people_write_them() {
    let declined = |address: &str| format!("{ANSWERED}\nATTENDEE;PARTSTAT=DECLINED:{address}");
    for address in [
        "MAILTO: ada@example.com",
        "mailto:'ada@example.com'",
        "mailto:<Ada@Example.com>",
        "mailto:Ada%20Lovelace%20<ada%40example.com>",
        "\"Lovelace\\, Ada\" <mailto:ada@example.com>",
        "SMTP:ada@example.com.",
        "mailto:ada+travel@example.com",
        "ada@example.com?subject=Re",
    ] {
        each(&[(&declined(address), "declined")]);
    }
    each(&[(&declined("mailto:ada@example.org"), "three"), (&declined("mailto:ad+a@example.com"), "three")]);
}

#[test]
fn a_domain_is_the_same_in_letters_and_in_punycode() {
    let text = calendar(&[&meeting(
        "talk",
        &format!("{ANSWERED}\nATTENDEE;PARTSTAT=DECLINED:mailto:Ada@XN--Mnchen-3ya.example"),
    )]);
    let world = World::new().config("my_addresses = [\"ada@München.example\"]\n").file("work.ics", &text);
    assert_eq!(told(&world, "work.ics"), [("talk".into(), "declined".into())]);
    let rules = "[[rule]]\nname = \"inside\"\nclass = \"strategy\"\nexternal = false\n";
    let config = "my_addresses = [\"bo@example.com\"]\nmy_domains = [\"münchen.example\"]\n";
    let world = World::new().config(config).rules(rules).file("work.ics", text.replace("DECLINED", "ACCEPTED"));
    assert_eq!(told(&world, "work.ics"), [("talk".into(), "inside".into())]);
}

#[test]
fn email_names_who_is_behind_a_reply_mailbox() {
    let organizer = "ORGANIZER;CN=Ada;EMAIL=ada@example.com:mailto:2_GEZTC@imip.me.com";
    let me = "ATTENDEE;EMAIL=ada@example.com;PARTSTAT=ACCEPTED:mailto:2_GEZTC@imip.me.com";
    let unnamed = "ORGANIZER:mailto:2_GEZTC@imip.me.com";
    each(&[
        (&format!("{organizer}\n{ANSWERED}"), "mine"),
        (&format!("{organizer}\n{me}\n{ANSWERED}"), "mine"),
        (&format!("{unnamed}\n{me}\n{ANSWERED}"), "mine"),
        // A mailbox of somebody's own is somebody, whatever stands beside it.
        (&format!("ORGANIZER;EMAIL=ada@example.com:mailto:cy@me.com\n{ANSWERED}"), "three"),
    ]);
}

#[test]
fn plus_addresses_can_be_somebody_else() {
    let text =
        calendar(&[&meeting("talk", &format!("{ANSWERED}\nATTENDEE;PARTSTAT=DECLINED:mailto:ada+bot@example.com"))]);
    let strict = World::new().config(&format!("{CONFIG}plus_addresses = false\n")).rules(COUNT).file("work.ics", &text);
    assert_eq!(told(&strict, "work.ics")[0].1, "three");
    assert_eq!(told(&world().file("work.ics", &text), "work.ics")[0].1, "declined");
}

#[test]
fn the_best_of_my_answers_counts() {
    let lines = |first: &str, second: &str| {
        format!(
            "{ANSWERED}\nATTENDEE;PARTSTAT={first}:mailto:ada@example.com\nATTENDEE;PARTSTAT={second}:mailto:ada.l@example.com"
        )
    };
    for (one, other, expected) in [
        ("NEEDS-ACTION", "ACCEPTED", "two"),
        ("DECLINED", "ACCEPTED", "two"),
        ("DECLINED", "TENTATIVE", "tentative"),
        ("DECLINED", "DELEGATED", "delegated"),
        ("NEEDS-ACTION", "DECLINED", "declined"),
        ("NEEDS-ACTION", "NEEDS-ACTION", "unanswered"),
    ] {
        each(&[(&lines(one, other), expected), (&lines(other, one), expected)]);
    }
    let delegated =
        "ORGANIZER:mailto:cy@example.com\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:bo@example.com\":mailto:";
    each(&[
        (&format!("{delegated}ada@example.com\n{ANSWERED}"), "delegated"),
        // What another hands on is nothing of mine.
        (&format!("{delegated}di@example.com\n{ANSWERED}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com"), "four"),
    ]);
}

#[test]
fn who_organises_comes() {
    let line = |answer: &str| format!("{ANSWERED}\nATTENDEE{answer}:mailto:ada@example.com");
    let mine = |answer: &str| format!("ORGANIZER:mailto:ada.l@example.com\n{}", line(answer));
    each(&[
        (&mine(";PARTSTAT=NEEDS-ACTION"), "mine"),
        (&mine(""), "mine"),
        (&mine(";PARTSTAT=DECLINED"), "declined"),
        (&mine(";PARTSTAT=TENTATIVE"), "tentative"),
        (&format!("STATUS:TENTATIVE\nORGANIZER:mailto:ada@example.com\n{ANSWERED}"), "tentative"),
        (&format!("ORGANIZER:mailto:cy@example.com\n{}", line(";PARTSTAT=NEEDS-ACTION")), "unanswered"),
    ]);
    let rules = "[[rule]]\nname = \"yes\"\nclass = \"strategy\"\nstatus = \"accepted\"\n";
    let world = world().rules(rules).ics("work.ics", &[&meeting("talk", &mine(""))]);
    assert_eq!(told(&world, "work.ics")[0].1, "yes");
}

#[test]
fn a_group_is_one_and_at_least_one() {
    let group = "ATTENDEE;CUTYPE=GROUP;PARTSTAT=ACCEPTED:mailto:all@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com";
    each(&[(group, "counted")]);
    let asks = |attendees: &str| {
        let rules = format!("[[rule]]\nname = \"yes\"\nclass = \"strategy\"\nattendees = {attendees}\n");
        told(&world().rules(&rules).ics("work.ics", &[&meeting("talk", group)]), "work.ics")[0].1.clone()
    };
    for holds in ["\">=2\"", "\"2..\"", "[\"2..8\", \">8\"]"] {
        assert_eq!(asks(holds), "yes", "{holds}");
    }
    for fails in ["2", "\"2..8\"", "\"<=2\"", "\">=3\""] {
        assert_eq!(asks(fails), "counted", "{fails}");
    }
    let world = world().ics("work.ics", &[&meeting("talk", group)]);
    let why = world.tell(["explain", "talk", "--all", "--ics", "work.ics"]);
    assert!(why.contains("`attendees` did not match, saw `at least 2`"), "{why}");
}

/// A meeting of classic Outlook: nobody's answer, but how the time is held.
fn outlook(title: &str, busy: &str) -> String {
    let lines = "ORGANIZER:mailto:cy@example.com\nATTENDEE:mailto:ada@example.com\nATTENDEE:mailto:bo@example.com";
    let busy = if busy.is_empty() { String::new() } else { format!("\nX-MICROSOFT-CDO-BUSYSTATUS:{busy}") };
    meeting(title, &format!("{lines}{busy}"))
}

#[test]
fn without_a_single_answer_busystatus_is_mine() {
    let events =
        [outlook("busy", "BUSY"), outlook("maybe", "TENTATIVE"), outlook("silent", ""), outlook("trip", "OOF")];
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let verdicts = |world: &World| told(world, "work.ics").into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>();
    let seen = verdicts(&world().ics("work.ics", &events[..3]));
    assert_eq!(seen, ["three", "tentative", "unanswered"]);
    // One answer in the file, and every line without one is a question that is still open; it may be held as tentative.
    let other = event("zzz", "zzz", "20261120T100000", "20261120T110000", ANSWERED);
    let seen = verdicts(&world().ics("work.ics", &[events[0], events[1], events[2], &other]));
    assert_eq!(seen[..3], ["unanswered", "tentative", "unanswered"]);
}

#[test]
fn a_published_outlook_calendar_says_tentative_by_busystatus_alone() {
    let busy = |status: &str| format!("STATUS:CONFIRMED\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:{status}");
    let alone = |more: &str| told(&world().ics("work.ics", &[&meeting("talk", more)]), "work.ics")[0].1.clone();
    assert_eq!(alone(&busy("TENTATIVE")), "tentative");
    assert_eq!(alone(&busy("Tentative ")), "tentative");
    assert_eq!(alone(&busy("BUSY")), "counted");
    assert_eq!(alone("X-MICROSOFT-CDO-INTENDEDSTATUS:TENTATIVE"), "counted");
    let mine =
        |answer: &str| format!("{}\n{ANSWERED}\nATTENDEE;PARTSTAT={answer}:mailto:ada@example.com", busy("TENTATIVE"));
    each(&[
        (&format!("{}\n{ANSWERED}", busy("TENTATIVE")), "tentative"),
        (&mine("ACCEPTED"), "two"),
        (&mine("DECLINED"), "declined"),
        (&mine("DELEGATED"), "delegated"),
        (&mine("NEEDS-ACTION"), "tentative"),
        (&mine("NEEDS-ACTION").replace("STATUS:TENTATIVE", "STATUS:BUSY"), "unanswered"),
    ]);
    // Each of the two wishes asks about one of them.
    let parked = event("talk", "talk", "20261118T100000", "20261118T110000", &mine("NEEDS-ACTION"));
    let skipping = |wish: &str| {
        let config = format!("my_addresses = [\"ada@example.com\"]\n{wish} = \"skip\"\n");
        told(&World::new().config(&config).rules(COUNT).ics("work.ics", &[&parked]), "work.ics")[0].1.clone()
    };
    assert_eq!([skipping("tentative"), skipping("unanswered")], ["tentative", "two"]);
}

#[test]
fn working_elsewhere_is_a_place_only_without_others() {
    let elsewhere = "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE";
    each(&[
        (elsewhere, "working location"),
        (&format!("{elsewhere}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com"), "working location"),
        (&format!("{elsewhere}\n{ANSWERED}"), "two"),
    ]);
    // Nobody knows whether somebody else is there.
    let world = world().ics("work.ics", &[&meeting("talk", elsewhere)]);
    assert_eq!(told(&world, "work.ics")[0].1, "counted");
    let day = format!("UID:d\nSUMMARY:home\nDTSTART;VALUE=DATE:20261118\nDTEND;VALUE=DATE:20261119\n{elsewhere}");
    let world = world.config("all_day_hours = 8\n").ics("days.ics", &[&day]);
    assert_eq!(told(&world, "days.ics")[0].1, "working location");
}

#[test]
fn x_owner_says_whose_calendar_it_is() {
    let refused = format!("{ANSWERED}\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com");
    let text = calendar(&[&meeting("talk", &refused)]);
    let owned = |line: &str, config: &str| {
        let text = text.replacen("VERSION:2.0", &format!("VERSION:2.0\r\n{line}"), 1);
        told(&World::new().config(config).rules(COUNT).file("work.ics", text), "work.ics")[0].1.clone()
    };
    assert_eq!(owned("X-OWNER;CN=\"Ada\":mailto:ada@example.com", ""), "declined");
    assert_eq!(owned("X-OWNER:Ada <ada@example.com>", ""), "declined");
    assert_eq!(owned("X-OWNER;CN=Ada:invalid:nomail", ""), "two");
    assert_eq!(owned("X-WR-CALNAME:Plans of ada@example.com", ""), "two");
    assert_eq!(owned("X-OWNER:mailto:ada@example.com", "my_addresses = [\"bo@example.com\"]\n"), "two");
}

#[test]
fn a_folder_with_a_file_for_each_event_says_what_one_file_would() {
    let (alone, two) = (meeting("desk", ""), meeting("talk", ANSWERED));
    let solo = |world: &World, place: &str| told(world, place)[0].1.clone();
    let one = world().ics("both.ics", &[&alone, &two]);
    assert_eq!(solo(&one, "both.ics"), "solo");
    let folder = world().ics("dir/a.ics", &[&alone]).ics("dir/b.ics", &[&two]);
    assert_eq!(solo(&folder, "dir"), "solo");
    // A series with a changed instance is still one event.
    let changed = format!(
        "{alone}\nEND:VEVENT\nBEGIN:VEVENT\n{}",
        alone.replace("DTSTART", "RECURRENCE-ID:20261118T090000Z\nDTSTART")
    );
    let folder = world().ics("dir/a.ics", &[&changed]).ics("dir/b.ics", &[&two]);
    assert_eq!(solo(&folder, "dir"), "solo");
    // Another folder, or a file with two events, is another story.
    let folders = world().ics("dir/x/a.ics", &[&alone]).ics("dir/y/b.ics", &[&two]);
    assert_eq!(solo(&folders, "dir"), "counted");
    let many = world().ics("dir/a.ics", &[&alone, &meeting("more", "")]).ics("dir/b.ics", &[&two]);
    assert_eq!(solo(&many, "dir"), "counted");
}

#[test]
fn answers_are_known_by_folder_too() {
    let folder = world().ics("dir/a.ics", &[&outlook("held", "BUSY")]).ics("dir/b.ics", &[&outlook("other", "BUSY")]);
    assert_eq!(told(&folder, "dir"), [("held".into(), "three".into()), ("other".into(), "three".into())]);
    let folder = folder.ics("dir/c.ics", &[&meeting("zzz", ANSWERED)]);
    assert_eq!(told(&folder, "dir")[0].1, "unanswered");
}

#[test]
fn a_title_that_begins_with_canceled_is_cancelled() {
    let verdict = |title: &str| {
        let event = event("1", title, "20261118T100000", "20261118T110000", ANSWERED);
        told(&world().ics("work.ics", &[&event]), "work.ics")[0].1.clone()
    };
    for title in ["Canceled: Roadmap", "FW: Abgesagt: Fahrplan", "Annulé : feuille de route", "Cancelado：hoja de ruta"]
    {
        assert_eq!(verdict(title), "cancelled", "{title}");
    }
    for title in ["Cancelled contracts: review", "Canceled Roadmap"] {
        assert_eq!(verdict(title), "two", "{title}");
    }
}

#[test]
fn a_quote_left_open_hides_no_answer() {
    let line = |parameters: &str| format!("{ANSWERED}\nATTENDEE;{parameters}:mailto:ada@example.com");
    each(&[
        (&line("S=\"3.7;Invalid User\";INVALID USER\";PARTSTAT=DECLINED"), "declined"),
        (&line("CN=\"Ada;PARTSTAT=DECLINED"), "declined"),
        (&line("CN=\"Ada;PARTSTAT=DECLINED;ROLE=\"CHAIR\""), "declined"),
        (&line("CN=\"Ada;PARTSTAT=DECLINED\""), "unanswered"),
    ]);
}

#[test]
fn forty_thousand_guests_cost_little() {
    let guests: String = (0..40_000).map(|n| format!("ATTENDEE;PARTSTAT=ACCEPTED:mailto:p{n}@example.com\n")).collect();
    let begun = std::time::Instant::now();
    // None of them bears one of these words, so that all are asked.
    let title = ["town hall"; 40].join(" ");
    let named = "[[rule]]\nname = \"named\"\nclass = \"execution\"\nnamed = true\n";
    let world = world().rules(&format!("{named}{COUNT}")).ics("work.ics", &[&meeting(&title, &guests)]);
    assert_eq!(told(&world, "work.ics"), [(title, "counted".into())]);
    // Without optimisation, on a busy machine; compared each with each it would be minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn vcalendar_has_its_own_word_for_an_answer() {
    let guests =
        |mine: &str| format!("ATTENDEE;{mine}:Ada <ada@example.com>\nATTENDEE;STATUS=ACCEPTED:Bo <bo@example.com>");
    let event = |mine: &str| {
        vevent("u", "Roadmap", &format!("DTSTART:20261118T090000Z\nDTEND:20261118T100000Z\n{}", guests(mine)))
    };
    let verdict = |mine: &str| quietly("", &[&event(mine)]).remove(0);
    assert_eq!(verdict("ROLE=ATTENDEE;STATUS=DECLINED"), "18T10:00 60 declined Roadmap");
    assert_eq!(verdict("STATUS=DELEGATED"), "18T10:00 60 delegated Roadmap");
    assert_eq!(verdict("STATUS=CONFIRMED"), "18T10:00 60 counted Roadmap");
    // iCalendar's word goes before it, wherever it stands.
    assert_eq!(verdict("PARTSTAT=ACCEPTED;STATUS=DECLINED"), "18T10:00 60 counted Roadmap");
    assert_eq!(verdict("STATUS=ACCEPTED;PARTSTAT=DECLINED"), "18T10:00 60 declined Roadmap");
}

#[test]
fn an_address_behind_a_name_is_read_however_it_is_set_off() {
    let answered = |value: &str| {
        let lines = format!("ATTENDEE;PARTSTAT=DECLINED:{value}\nATTENDEE:mailto:bo@example.com");
        let event = vevent("u", "Roadmap", &format!("DTSTART:20261118T090000Z\nDURATION:PT1H\n{lines}"));
        week_of("", &[&event]).0.remove(0).contains("declined")
    };
    for mine in [
        "mailto:Ada Meier (ada@example.com)",
        "mailto:Ada Meier [ada@example.com]",
        "mailto:Ada Meier &lt;ada@example.com&gt;",
        "&lt;ada@example.com&gt;",
        "mailto:&quot;Ada Meier&quot; &lt;mailto:ada@example.com&gt;",
    ] {
        assert!(answered(mine), "{mine}");
    }
    for other in
        ["mailto:bo@example.org (ada@example.com)", "mailto:Ada Meier (cy@example.com)", "mailto:Ada Meier (PM)"]
    {
        assert!(!answered(other), "{other}");
    }
}
