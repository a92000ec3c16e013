//! Google's JSON to the model: calendars, and the instances of their events.

use super::field::{decode, filled, loose};
use super::moment::{RawTime, span, stamp};
use crate::model::{
    Address, Answer, Attendee, AttendeeKind, Attendees, Calendar, Event, EventStatus, EventType, Instance, Original,
    Role, Span, Uid, Visibility, color_name,
};
use chrono::Datelike;
use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an item does not say about itself.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The calendar that it lies in.
    pub calendar: &'a Arc<Calendar>,
    /// See [`is_own`].
    pub own: bool,
    /// The calendar's zone, for times that name none.
    pub zone: Option<Tz>,
    /// `eventLabelId` → name.
    pub labels: &'a BTreeMap<String, String>,
    /// `colorId` and `eventLabelId` → shade; for colours that we have no name for.
    pub colors: &'a BTreeMap<String, String>,
}

/// The rows that Google marks `self` belong to whomever the calendar belongs to. In somebody else's calendar that is not the
/// user, who is then known by address only: to be made an owner of a colleague's calendar changes nothing about that.
pub fn is_own(id: &str, primary: bool, role: Role) -> bool {
    primary || role == Role::Owner && id.ends_with("@group.calendar.google.com")
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawEvent {
    #[serde(deserialize_with = "loose")]
    id: Option<String>,
    #[serde(rename = "iCalUID", deserialize_with = "loose")]
    uid: Option<String>,
    #[serde(deserialize_with = "loose")]
    recurring_event_id: Option<String>,
    #[serde(deserialize_with = "loose")]
    recurrence: Option<Vec<IgnoredAny>>,
    #[serde(deserialize_with = "loose")]
    original_start_time: Option<RawTime>,
    #[serde(deserialize_with = "loose")]
    start: Option<RawTime>,
    #[serde(deserialize_with = "loose")]
    end: Option<RawTime>,
    #[serde(deserialize_with = "loose")]
    end_time_unspecified: Option<bool>,
    #[serde(deserialize_with = "loose")]
    summary: Option<String>,
    #[serde(deserialize_with = "loose")]
    description: Option<String>,
    #[serde(deserialize_with = "loose")]
    location: Option<String>,
    #[serde(deserialize_with = "loose")]
    status: Option<String>,
    #[serde(deserialize_with = "loose")]
    transparency: Option<String>,
    #[serde(deserialize_with = "loose")]
    visibility: Option<String>,
    #[serde(deserialize_with = "loose")]
    event_type: Option<String>,
    #[serde(deserialize_with = "loose")]
    organizer: Option<RawPerson>,
    #[serde(deserialize_with = "loose")]
    attendees: Option<Vec<Row>>,
    #[serde(deserialize_with = "loose")]
    attendees_omitted: Option<bool>,
    #[serde(deserialize_with = "loose")]
    guests_can_see_other_guests: Option<bool>,
    #[serde(deserialize_with = "loose")]
    event_label_id: Option<String>,
    #[serde(deserialize_with = "loose")]
    color_id: Option<String>,
    #[serde(deserialize_with = "loose")]
    created: Option<String>,
    #[serde(deserialize_with = "loose")]
    sequence: Option<i64>,
}

/// The organizer or an attendee. `additionalGuests` is not read: whom somebody brings along has no address, and counts as
/// little as the members of a group.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawPerson {
    #[serde(deserialize_with = "loose")]
    email: Option<String>,
    #[serde(deserialize_with = "loose")]
    display_name: Option<String>,
    #[serde(rename = "self", deserialize_with = "loose")]
    is_self: Option<bool>,
    #[serde(deserialize_with = "loose")]
    resource: Option<bool>,
    #[serde(deserialize_with = "loose")]
    optional: Option<bool>,
    #[serde(deserialize_with = "loose")]
    response_status: Option<String>,
}

/// One entry of `attendees`; `None` where it cannot be read.
#[derive(Deserialize)]
struct Row(#[serde(deserialize_with = "loose")] Option<RawPerson>);

/// Reads a single event or one instance of a series. The error ends the sentence "an event was left out: …" and holds
/// nothing of the event.
pub fn instance(json: &str, reading: &Reading) -> Result<Instance, String> {
    let mut raw: RawEvent = decode(json)?;
    let series = filled(raw.recurring_event_id.take());
    if series.is_none() && raw.recurrence.as_ref().is_some_and(|rules| !rules.is_empty()) {
        return Err("it is a series, not one of its meetings".to_owned());
    }
    let unspecified = raw.end_time_unspecified == Some(true);
    let span = span(raw.start.as_ref(), raw.end.as_ref(), unspecified, reading.zone)?.ok_or("it has no start")?;
    let original = raw.original_start_time.take().map_or(Ok(None), |at| at.read(raw.start.as_ref(), reading.zone));
    let original = original.map_err(|why| format!("its original start {why}"))?.unwrap_or(match span {
        Span::Timed(interval) => Original::At(interval.start),
        Span::AllDay { first, .. } => Original::On(first),
    });
    let zones = [raw.start.as_ref().and_then(RawTime::zone), reading.zone];
    let span = zones.into_iter().flatten().fold(span, Span::in_whole_days);
    let recurring = series.is_some();
    let uid = filled(raw.uid.take()).or(series).or_else(|| filled(raw.id.take()).map(without_slot));
    let event = event(raw, Uid(uid.ok_or("it has no id")?.into()), recurring, reading);
    Ok(Instance { event: Arc::new(event), span, original, marked: None })
}

fn event(raw: RawEvent, uid: Uid, recurring: bool, reading: &Reading) -> Event {
    let visibility = match raw.visibility.as_deref() {
        None | Some("default" | "public") => Visibility::Public,
        Some("confidential") => Visibility::Confidential,
        // What is not known is nobody's business, as in iCalendar.
        Some(_) => Visibility::Private,
    };
    let free_busy_only = reading.calendar.role == Role::FreeBusyReader;
    let color = color(raw.color_id.as_deref(), raw.event_label_id.as_deref(), reading);
    let organizer = raw.organizer.as_ref();
    let host = organizer.and_then(|person| Address::parse(person.email.as_deref()?)).filter(is_somebody);
    let mut event = Event {
        uid,
        calendar: Arc::clone(reading.calendar),
        status: match raw.status.as_deref() {
            Some("confirmed") => Some(EventStatus::Confirmed),
            Some("tentative") => Some(EventStatus::Tentative),
            Some("cancelled") => Some(EventStatus::Cancelled),
            _ => None,
        },
        transparent: raw.transparency.as_deref() == Some("transparent"),
        visibility,
        event_type: match raw.event_type.as_deref() {
            None | Some("default") => EventType::Default,
            Some("outOfOffice") => EventType::OutOfOffice,
            Some("focusTime") => EventType::FocusTime,
            Some("workingLocation") => EventType::WorkingLocation,
            Some("birthday") => EventType::Birthday,
            Some("fromGmail") => EventType::FromGmail,
            Some(other) => EventType::Other(other.to_owned()),
        },
        attendees: Attendees::Unknown,
        // Imported calendars come with the year 0.
        created: raw.created.as_deref().and_then(stamp).filter(|at| at.year() >= 1970),
        recurring,
        free_busy_only,
        sequence: raw.sequence.unwrap_or(0),
        // Google tells each instance's version, and not that of its series.
        series_sequence: (!recurring).then(|| raw.sequence.unwrap_or(0)),
        ..Event::default()
    };
    // The role decides, not the item: it may have been stored while we were still allowed to see more.
    if !free_busy_only {
        // Readers get private events of others with the time alone.
        let hidden = visibility != Visibility::Public && reading.calendar.role == Role::Reader;
        let hosted = organizer.is_some_and(|person| person.is_self == Some(true));
        let secret = raw.guests_can_see_other_guests == Some(false) && !hosted || hidden && raw.summary.is_none();
        let omitted = raw.attendees_omitted == Some(true) || secret;
        event.attendees = attendees(raw.attendees.unwrap_or_default(), omitted, reading.own);
        event.summary = filled(raw.summary);
        event.description = filled(raw.description);
        event.location = filled(raw.location);
        event.organizer = host;
        event.color = color;
        let label = filled(raw.event_label_id);
        event.labels.extend(label.map(|id| reading.labels.get(&id).cloned().unwrap_or(id)));
    }
    event
}

/// Nobody listed is nobody invited, unless the source holds guests back: then those it shows are kept for the user's own
/// answer, which is left unknown where no row is theirs (invited through a group).
fn attendees(rows: Vec<Row>, omitted: bool, own: bool) -> Attendees {
    let listed = rows.len();
    let rows = rows.into_iter().enumerate();
    let lines: Vec<Attendee> = rows.filter_map(|(at, row)| Some(attendee(row.0?, at + 1, own))).collect();
    match (omitted || lines.len() < listed, lines.is_empty()) {
        (false, _) => Attendees::Known(lines),
        (true, false) => Attendees::Partial(lines),
        (true, true) => Attendees::Unknown,
    }
}

/// Whoever has no address that can be read is known by name, else by the place in the list; the user too.
fn attendee(raw: RawPerson, place: usize, own: bool) -> Attendee {
    let address = raw.email.as_deref().and_then(|email| Address::parse(email).or_else(|| Address::other(email)));
    let named = || raw.display_name.as_deref().and_then(Address::named);
    let address = address.or_else(named).unwrap_or_else(|| Address::nth(place));
    let resource = raw.resource == Some(true) || address.domain() == "resource.calendar.google.com";
    Attendee {
        // Google does not say which rows are groups.
        kind: if resource { AttendeeKind::Resource } else { AttendeeKind::Person },
        address,
        name: filled(raw.display_name),
        answer: match raw.response_status.as_deref() {
            Some("accepted") => Answer::Accepted,
            Some("declined") => Answer::Declined,
            Some("tentative") => Answer::Tentative,
            _ => Answer::NeedsAction,
        },
        optional: raw.optional == Some(true),
        is_me: own && raw.is_self == Some(true),
    }
}

/// The organizer that Google writes where an imported event has none.
fn is_somebody(address: &Address) -> bool {
    address.as_str() != "unknownorganizer@calendar.google.com"
}

/// The name of the event's own colour, else its shade, else its number. Where Google speaks of labels, the label's shade
/// stands in for the number.
fn color(number: Option<&str>, label: Option<&str>, reading: &Reading) -> Option<String> {
    let named = |shade: &String| color_name(shade).unwrap_or(shade).to_owned();
    let shade = |id: &str| reading.colors.get(id).map(named);
    match number.filter(|number| !number.is_empty()) {
        Some(number) => color_name(number).map(str::to_owned).or_else(|| shade(number)).or(Some(number.to_owned())),
        None => shade(label?),
    }
}

/// `abc_20260806T073000Z` → `abc`: the id of an instance is that of its series and the slot.
fn without_slot(id: String) -> String {
    let is_slot = |slot: &str| {
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        let time = |text: &str| text.strip_suffix('Z').is_some_and(|time| digits(time, 6));
        slot.split_once('T').map_or(digits(slot, 8), |(day, rest)| digits(day, 8) && time(rest))
    };
    match id.rsplit_once('_') {
        Some((base, slot)) if !base.is_empty() && is_slot(slot) => base.to_owned(),
        _ => id,
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
