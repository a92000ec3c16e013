//! Who takes part: ATTENDEE, ORGANIZER and X-OWNER.

use super::line::Property;
use crate::model::{Address, Answer, Attendee, AttendeeKind};
use std::collections::HashMap;

/// The people of one event, of which lines are still to come: who somebody is may be told by another line.
#[derive(Default)]
pub(super) struct Guests {
    lines: Vec<Attendee>,
    /// Lines without a mail address, by their index in `lines`.
    weak: Vec<(usize, Weak)>,
    organizer: Option<Result<Address, Weak>>,
    organizer_name: Option<Address>,
    /// Whose the addresses are that are no mail address, as some line says.
    owners: HashMap<Address, Address>,
}

/// Somebody without a mail address.
struct Weak {
    /// Another address, which is theirs alone.
    other: Option<Address>,
    name: Option<Address>,
}

/// One line as it was read.
struct Person {
    mail: Option<Address>,
    /// The value, where it is no mail address that people write to.
    other: Option<Address>,
    name: Option<String>,
}

impl Guests {
    /// Takes an ATTENDEE line in.
    pub(super) fn attend(&mut self, property: &Property) {
        let (person, mut attendee) = attendee(property);
        let place = self.lines.len();
        match self.known(person) {
            Ok(mail) => attendee.address = mail,
            Err(weak) => self.weak.push((place, weak)),
        }
        if attendee.address.domain() == ROOMS {
            attendee.kind = AttendeeKind::Resource;
        }
        self.lines.push(attendee);
    }

    /// Takes an ORGANIZER line in.
    pub(super) fn organize(&mut self, property: &Property) {
        let person = person(property);
        self.organizer_name = person.name.as_deref().and_then(Address::named);
        self.organizer = Some(self.known(person));
    }

    fn known(&mut self, person: Person) -> Result<Address, Weak> {
        let Person { mail, other, name } = person;
        match (mail, other) {
            (Some(mail), other) => {
                self.owners.extend(other.map(|other| (other, mail.clone())));
                Ok(mail)
            }
            (None, other) => Err(Weak { other, name: name.as_deref().and_then(Address::named) }),
        }
    }

    /// The organizer and the attendees. Whoever has no address is known by name, as long as no two others bear it; else
    /// by the place in the list. An organizer of whom no address is known, and who invited nobody, may as well be the
    /// user, and is left out.
    pub(super) fn settle(mut self) -> (Option<Address>, Vec<Attendee>) {
        let names = self.names();
        let owners = &self.owners;
        let find = |weak: Weak| {
            let named = || names.get(weak.name.as_ref()?).cloned().flatten();
            match &weak.other {
                // A mailbox of a program's own is the last thing that somebody is known by.
                Some(mailbox) if mailbox.is_mail() => {
                    owners.get(mailbox).cloned().or_else(named).or(weak.other.clone())
                }
                Some(other) => owners.get(other).or(weak.other.as_ref()).cloned(),
                None => named().or(weak.name.clone()),
            }
        };
        for (place, weak) in std::mem::take(&mut self.weak) {
            self.lines[place].address = find(weak).unwrap_or_else(|| Address::nth(place + 1));
        }
        let organizer = match self.organizer {
            Some(Ok(mail)) => Some(mail),
            Some(Err(weak)) => find(weak).filter(|found| found.is_mail() || !self.lines.is_empty()),
            None => None,
        };
        (organizer, self.lines)
    }

    /// The one mail address that goes with each name; none where there are several.
    fn names(&self) -> HashMap<Address, Option<Address>> {
        let mut names: HashMap<Address, Option<Address>> = HashMap::new();
        if self.weak.is_empty() && !matches!(self.organizer, Some(Err(_))) {
            return names;
        }
        let lines = self.lines.iter().filter(|line| line.address.is_mail());
        let lines = lines.filter_map(|line| Some((Address::named(line.name.as_deref()?)?, &line.address)));
        let organizer = self.organizer.iter().flatten().filter_map(|mail| Some((self.organizer_name.clone()?, mail)));
        for (name, mail) in lines.chain(organizer) {
            let known = names.entry(name).or_insert_with(|| Some(mail.clone()));
            if known.as_ref() != Some(mail) {
                *known = None;
            }
        }
        names
    }
}

/// Where Google's rooms have their addresses.
const ROOMS: &str = "resource.calendar.google.com";

/// The mail address on a line, wherever it stands.
pub(super) fn mail(property: &Property) -> Option<Address> {
    person(property).mail
}

fn person(property: &Property) -> Person {
    let plain = property.value.contains(&b'=').then(|| property.plain().0);
    let value = super::decode::text(plain.as_deref().unwrap_or(property.value));
    let name = property.param("CN").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let told = Address::parse(&value);
    if let Some(address) = told.as_ref().filter(|address| !is_reply_mailbox(address)) {
        return Person { mail: Some(address.clone()), other: None, name };
    }
    // X-CALENDARSERVER-EMAIL is how Apple's servers wrote it before RFC 7986.
    let mut email = ["EMAIL", "X-CALENDARSERVER-EMAIL"].into_iter().filter_map(|key| property.param(key));
    let mail = email.find_map(|email| Address::parse(&email));
    let mail = mail.or_else(|| name.as_deref().filter(|_| told.is_none()).and_then(Address::parse));
    // Some programs write a name where the address belongs.
    let name = name.or_else(|| Some(value.trim()).filter(|_| told.is_none()).and_then(written_name));
    Person { mail, other: told.or_else(|| Address::other(&value)), name }
}

fn written_name(value: &str) -> Option<String> {
    let name = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).map_or(value, |_| &value[7..]);
    let is_name = !name.contains([':', '/', '=', '@']) && Address::named(name).is_some();
    is_name.then(|| name.trim_matches(|c: char| c.is_whitespace() || c == '\'' || c == '"').to_owned())
}

/// Where a program wants its answers: a mailbox of the program's own, another one for each invitation (iCloud's
/// `2_GEZTC…@imip.me.com`), or one that nobody reads.
fn is_reply_mailbox(address: &Address) -> bool {
    let local = address.as_str().rsplit_once('@').map_or("", |(local, _)| local);
    let host = address.domain().split('.').next().unwrap_or_default();
    let unread = ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"];
    ["imip", "reply", "replies"].contains(&host) || unread.contains(&host) || unread.contains(&local)
}

/// What vCalendar 1.0 calls PARTSTAT.
const STATUS: &[u8] = b"STATUS";

/// The parameter of a guest's line that holds the answer.
pub(super) fn is_answer(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"PARTSTAT") || name.eq_ignore_ascii_case(STATUS)
}

/// A line with a place in the list for an address, until the address is known.
fn attendee(property: &Property) -> (Person, Attendee) {
    let is = |value: &str, known: &[&str]| known.iter().any(|known| value.trim().eq_ignore_ascii_case(known));
    let person = person(property);
    let mut attendee = Attendee {
        address: person.mail.clone().unwrap_or_else(|| Address::nth(0)),
        name: person.name.clone(),
        kind: AttendeeKind::Person,
        answer: Answer::NeedsAction,
        optional: false,
        is_me: false,
    };
    let mut answered = false;
    for (name, value) in property.params() {
        if name.eq_ignore_ascii_case(b"CUTYPE") {
            attendee.kind = match &*value {
                kind if is(kind, &["GROUP"]) => AttendeeKind::Group,
                kind if is(kind, &["RESOURCE", "ROOM"]) => AttendeeKind::Resource,
                _ => AttendeeKind::Person,
            };
        } else if is_answer(name) && !(answered && name.eq_ignore_ascii_case(STATUS)) {
            answered = true;
            attendee.answer = match &*value {
                answer if is(answer, &["ACCEPTED", "CONFIRMED"]) => Answer::Accepted,
                answer if is(answer, &["DECLINED"]) => Answer::Declined,
                answer if is(answer, &["TENTATIVE"]) => Answer::Tentative,
                answer if is(answer, &["DELEGATED"]) => Answer::Delegated,
                _ => Answer::NeedsAction,
            };
        } else if name.eq_ignore_ascii_case(b"ROLE") {
            attendee.optional = is(&value, &["OPT-PARTICIPANT", "NON-PARTICIPANT"]);
        }
    }
    (person, attendee)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The organizer and everybody else, each as `address` or what stands for it.
    fn people(text: &str) -> (Option<String>, Vec<String>) {
        let mut guests = Guests::default();
        for line in text.lines().map(str::trim) {
            let property = Property::split(line.as_bytes()).unwrap();
            if property.name == b"ORGANIZER" { guests.organize(&property) } else { guests.attend(&property) }
        }
        let (organizer, lines) = guests.settle();
        (organizer.map(|a| a.as_str().into()), lines.iter().map(|line| line.address.as_str().into()).collect())
    }

    #[track_caller]
    fn are(text: &str, expected: &[&str]) {
        assert_eq!(people(text).1, expected, "{text}");
    }

    #[test]
    fn who_has_no_mail_address_is_known_by_another_one_by_name_or_by_place() {
        are(
            "ATTENDEE;CN=Bo:invalid:nomail\nATTENDEE;CN=Cy:invalid:nomail\nATTENDEE;CN=BO:invalid:nomail",
            &["bo", "cy", "bo"],
        );
        are("ATTENDEE:invalid:nomail\nATTENDEE:mailto:\nATTENDEE:mailto:unknown", &["guest 1", "guest 2", "guest 3"]);
        are(
            "ATTENDEE;CN=Bo:urn:uuid:A1\nATTENDEE;CN=Bo:urn:uuid:B2\nATTENDEE:tel:+49-30-1",
            &["urn:uuid:a1", "urn:uuid:b2", "tel:+49301"],
        );
        are(
            "ATTENDEE;ENCODING=QUOTED-PRINTABLE:bo=40example.com\nATTENDEE:bo=40example",
            &["bo@example.com", "bo=40example"],
        );
        are("ATTENDEE:MAILTO:'Bo Berg'\nATTENDEE;CN=bo@example.com:invalid:nomail", &["bo berg", "bo@example.com"]);
    }

    #[test]
    fn a_name_leads_to_the_one_address_that_another_line_gives_it() {
        are(
            "ATTENDEE;CN=Bo Berg:mailto:bo@example.com\nATTENDEE;CN=bo berg:invalid:nomail",
            &["bo@example.com", "bo@example.com"],
        );
        // Two people of one name: nobody knows which of them it is.
        are(
            "ATTENDEE;CN=Bo:mailto:bo@example.com\nATTENDEE;CN=Bo:mailto:bo@example.org\nATTENDEE;CN=Bo:invalid:nomail",
            &["bo@example.com", "bo@example.org", "bo"],
        );
        let organizer = "ORGANIZER;CN=Bo:mailto:bo@example.com\nATTENDEE;CN=Bo:invalid:nomail";
        are(organizer, &["bo@example.com"]);
    }

    #[test]
    fn email_names_the_person_behind_a_reply_mailbox_and_nobody_else() {
        are("ATTENDEE;EMAIL=bo@example.com:mailto:2_GEZTCMRT@imip.me.com", &["bo@example.com"]);
        are("ATTENDEE;EMAIL=bo@example.com:/aMTA1/principal/", &["bo@example.com"]);
        are("ATTENDEE;EMAIL=bo@example.com:mailto:no-reply@calendar.example", &["bo@example.com"]);
        // Without it, each mailbox is somebody.
        are(
            "ATTENDEE:mailto:2_A@imip.me.com\nATTENDEE:mailto:2_B@imip.me.com",
            &["2_a@imip.me.com", "2_b@imip.me.com"],
        );
        are("ATTENDEE;EMAIL=team@example.com:mailto:bo@example.com", &["bo@example.com"]);
        are("ATTENDEE;EMAIL=team@example.com:mailto:bo@me.com", &["bo@me.com"]);
        // What one line says of a mailbox holds for all lines, whichever comes first.
        let text = "ORGANIZER:mailto:2_A@imip.me.com\nATTENDEE;EMAIL=ada@example.com:mailto:2_A@imip.me.com";
        assert_eq!(people(text), (Some("ada@example.com".into()), vec!["ada@example.com".into()]));
        let text =
            "ORGANIZER;CN=Ada:mailto:2_A@imip.me.com\nATTENDEE;CN=Ada;EMAIL=ada@example.com:mailto:2_B@imip.me.com";
        assert_eq!(people(text).0.as_deref(), Some("ada@example.com"));
    }

    #[test]
    fn an_organizer_without_an_address_is_somebody_only_where_guests_are() {
        assert_eq!(people("ORGANIZER;CN=Bo:invalid:nomail"), (None, vec![]));
        let (organizer, _) = people("ORGANIZER;CN=Bo:invalid:nomail\nATTENDEE:mailto:cy@example.com");
        assert_eq!(organizer.as_deref(), Some("bo"));
        assert_eq!(people("ORGANIZER:invalid:nomail\nATTENDEE:mailto:cy@example.com").0, None);
        assert_eq!(people("ORGANIZER:mailto:bo@example.com").0.as_deref(), Some("bo@example.com"));
    }

    #[test]
    fn rooms_are_told_by_kind_and_by_googles_domain() {
        let kind = |line: &str| {
            let mut guests = Guests::default();
            guests.attend(&Property::split(line.as_bytes()).unwrap());
            guests.settle().1[0].kind
        };
        assert_eq!(kind("ATTENDEE;CUTYPE=ROOM:mailto:r@example.com"), AttendeeKind::Resource);
        assert_eq!(kind("ATTENDEE:mailto:c_18@Resource.Calendar.Google.com"), AttendeeKind::Resource);
        assert_eq!(kind("ATTENDEE;CUTYPE=INDIVIDUAL:mailto:c_18@resource.calendar.google.com"), AttendeeKind::Resource);
        assert_eq!(kind("ATTENDEE:mailto:resource@example.com"), AttendeeKind::Person);
        assert_eq!(kind("ATTENDEE;CUTYPE=GROUP:mailto:all@example.com"), AttendeeKind::Group);
    }
}
