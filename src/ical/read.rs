//! Lines to calendars. Only calendars, events, busy times and zones matter; every other component is stepped over, whatever it
//! holds and however deep it nests.

use super::component::{Component, Draft, Times, busy};
use super::custom::{Custom, Observance};
use super::decode::{decode, text};
use super::line::{Lines, Property, unescape};
use super::meter::Meter;
use super::rule::Rule;
use super::series;
use super::value::{ZoneId, offset, stamp};
use super::zone::Zone;
use super::{IcalCalendar, Lost, Parsed, Problem, Source, Told, person};
use crate::model::{Address, Calendar, Event};
use std::collections::HashMap;
use std::sync::Arc;

/// More problems than this are a sign that the text is no calendar at all.
const MOST_PROBLEMS: usize = 1000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Calendar,
    Event,
    FreeBusy,
    TimeZone,
    Observance,
    Other,
}

/// A VTIMEZONE as it was written.
#[derive(Default)]
struct ZoneDraft {
    name: String,
    location: Option<String>,
    cdo: Option<String>,
    observances: Vec<Observance>,
}

#[derive(Default)]
struct CalendarDraft {
    name: Option<String>,
    /// X-OWNER, where it holds an address ([MS-OXCICAL]).
    owner: Option<Address>,
    zone_name: Option<(String, usize)>,
    /// Names after the two constant zones, with the line that first used them.
    names: Vec<(String, usize)>,
    ids: HashMap<Vec<u8>, ZoneId>,
    last: Option<(Vec<u8>, ZoneId)>,
    events: Vec<(Event, Times)>,
    zones: Vec<ZoneDraft>,
}

impl CalendarDraft {
    /// The clock that a line's TZID means; names are looked up when the whole calendar is known.
    fn zone(&mut self, property: &Property, line: usize) -> ZoneId {
        if property.params.is_empty() {
            return ZoneId::FLOATING;
        }
        if let Some((params, id)) = &self.last
            && params == property.params
        {
            return *id;
        }
        let Some(name) = property.param("TZID").filter(|name| !name.trim().is_empty()) else {
            return ZoneId::FLOATING;
        };
        let next = ZoneId(2 + self.names.len() as u32);
        let id = *self.ids.entry(name.as_bytes().to_vec()).or_insert(next);
        if id == next {
            self.names.push((name.into_owned(), line));
        }
        self.last = Some((property.params.to_vec(), id));
        id
    }
}

struct Reader<'a> {
    source: Source<'a>,
    stack: Vec<Kind>,
    depth: [usize; 6],
    shared: Arc<Calendar>,
    calendar: Option<CalendarDraft>,
    event: Option<(Draft, usize)>,
    calendars: Vec<IcalCalendar>,
    problems: Vec<Problem>,
    told: Told,
    meter: Meter,
}

/// Reads a text of any encoding and any quality. Never fails as a whole.
pub fn read(bytes: &[u8], source: &Source) -> Parsed {
    let bytes = decode(bytes);
    let mut reader = Reader {
        source: *source,
        stack: Vec::new(),
        depth: [0; 6],
        shared: Arc::default(),
        calendar: None,
        event: None,
        calendars: Vec::new(),
        problems: Vec::new(),
        told: Told::default(),
        meter: Meter::file(),
    };
    let mut last = 0;
    for line in Lines::new(&bytes) {
        last = line.number;
        if let Some(property) = Property::split(&line.bytes) {
            reader.property(&property, line.number);
        }
    }
    reader.finish(last)
}

fn add(problems: &mut Vec<Problem>, problem: Problem) {
    match problems.len() {
        0..MOST_PROBLEMS => problems.push(problem),
        MOST_PROBLEMS => {
            problems
                .push(Problem { message: "there are more problems from here on than are listed".into(), ..problem });
        }
        _ => {}
    }
}

impl Reader<'_> {
    fn problem(&mut self, line: usize, message: impl Into<String>, lost: Lost) {
        add(&mut self.problems, Problem { line, message: message.into(), lost });
    }

    fn property(&mut self, property: &Property, line: usize) {
        let name = property.name;
        if name.len() == 5 && name.eq_ignore_ascii_case(b"BEGIN") {
            return self.begin(property.value.trim_ascii(), line);
        }
        if name.len() == 3 && name.eq_ignore_ascii_case(b"END") {
            return self.end(property.value.trim_ascii(), line);
        }
        match self.stack.last() {
            Some(Kind::Event) => {
                if let (Some((draft, _)), Some(calendar)) = (&mut self.event, &mut self.calendar) {
                    if name.eq_ignore_ascii_case(b"ATTENDEE") {
                        self.told.attendees = true;
                        self.told.answers |= property.param("PARTSTAT").is_some_and(|word| !word.trim().is_empty());
                    }
                    let problems = &mut self.problems;
                    draft
                        .read(property, line, &mut |property| calendar.zone(property, line), &mut |p| add(problems, p));
                }
            }
            Some(Kind::FreeBusy) => self.free_busy_property(property, line),
            Some(Kind::Calendar) => self.calendar_property(property, line),
            Some(Kind::TimeZone) => self.zone_property(property),
            Some(Kind::Observance) => self.observance_property(property, line),
            Some(Kind::Other) | None => {}
        }
    }

    fn begin(&mut self, name: &[u8], line: usize) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let kind = if is("VCALENDAR") {
            self.close_calendar(line);
            self.calendar = Some(CalendarDraft::default());
            Kind::Calendar
        } else if is("VEVENT") || is("VTIMEZONE") || is("VTODO") || is("VJOURNAL") || is("VFREEBUSY") {
            // These stand directly in a calendar: whatever is still open lacks its END.
            self.close_to_calendar(line);
            if self.calendar.is_none() {
                self.calendar = Some(CalendarDraft::default());
                self.push(Kind::Calendar);
            }
            if is("VEVENT") {
                self.event = Some((Draft::new(line, &self.shared), line));
                Kind::Event
            } else if is("VTIMEZONE") {
                if let Some(calendar) = &mut self.calendar {
                    calendar.zones.push(ZoneDraft::default());
                }
                Kind::TimeZone
            } else if is("VFREEBUSY") {
                Kind::FreeBusy
            } else {
                Kind::Other
            }
        } else if (is("STANDARD") || is("DAYLIGHT")) && self.stack.last() == Some(&Kind::TimeZone) {
            if let Some(zone) = self.calendar.as_mut().and_then(|calendar| calendar.zones.last_mut()) {
                zone.observances.push(Observance::default());
            }
            Kind::Observance
        } else {
            Kind::Other
        };
        self.push(kind);
    }

    fn push(&mut self, kind: Kind) {
        self.depth[kind as usize] += 1;
        self.stack.push(kind);
    }

    fn end(&mut self, name: &[u8], line: usize) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let kind = if is("VCALENDAR") {
            return self.close_calendar(line);
        } else if is("VEVENT") {
            Kind::Event
        } else if is("VTIMEZONE") {
            Kind::TimeZone
        } else if is("VFREEBUSY") {
            Kind::FreeBusy
        } else if is("STANDARD") || is("DAYLIGHT") {
            Kind::Observance
        } else {
            Kind::Other
        };
        if kind == Kind::Other && self.stack.last() != Some(&Kind::Other) {
            return;
        }
        // An END without its BEGIN closes nothing.
        while self.depth[kind as usize] > 0 {
            if self.pop() == Some(kind) {
                break;
            }
        }
        if kind == Kind::Event {
            self.close_event();
        }
    }

    fn pop(&mut self) -> Option<Kind> {
        let kind = self.stack.pop()?;
        self.depth[kind as usize] -= 1;
        Some(kind)
    }

    fn close_event(&mut self) {
        let Some((draft, line)) = self.event.take() else { return };
        let Some(calendar) = &mut self.calendar else { return };
        match draft.finish() {
            Ok(event) => calendar.events.push(event),
            Err(why) => self.problem(line, format!("the event {why}"), Lost::Event),
        }
    }

    fn close_to_calendar(&mut self, line: usize) {
        if let Some((_, begun)) = self.event {
            self.problem(begun, format!("the event has no `END:VEVENT` before line {line}"), Lost::Property);
        }
        while self.stack.last().is_some_and(|kind| *kind != Kind::Calendar) {
            self.pop();
        }
        self.close_event();
    }

    fn close_calendar(&mut self, line: usize) {
        self.close_to_calendar(line);
        self.stack.clear();
        self.depth = [0; 6];
        if let Some(draft) = self.calendar.take() {
            self.assemble(draft);
        }
    }

    fn calendar_property(&mut self, property: &Property, line: usize) {
        let Some(calendar) = &mut self.calendar else { return };
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        let value = || Some(unescape(property.value).trim().to_owned()).filter(|value| !value.is_empty());
        if is("X-WR-CALNAME") {
            calendar.name = value();
        } else if is("X-OWNER") {
            calendar.owner = person::mail(property).or(calendar.owner.take());
        } else if is("X-WR-TIMEZONE") {
            calendar.zone_name = value().map(|name| (name, line));
        }
    }

    /// Each busy period is an event of which nothing else is known.
    fn free_busy_property(&mut self, property: &Property, line: usize) {
        let Some(calendar) = &mut self.calendar else { return };
        let free = property.param("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("FREE"));
        if free || !property.name.eq_ignore_ascii_case(b"FREEBUSY") {
            return;
        }
        let zone = calendar.zone(property, line);
        for period in property.value.split(|b| *b == b',').filter(|period| !period.trim_ascii().is_empty()) {
            match busy(property, period, zone, line, &self.shared) {
                Some(event) => calendar.events.push(event),
                None => {
                    let message = "a `FREEBUSY` is not a period of time".into();
                    return add(&mut self.problems, Problem { line, message, lost: Lost::Event });
                }
            }
        }
    }

    fn zone_property(&mut self, property: &Property) {
        let Some(zone) = self.calendar.as_mut().and_then(|calendar| calendar.zones.last_mut()) else { return };
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        if is("TZID") {
            zone.name = text(property.value).trim().trim_matches('"').to_owned();
        } else if is("X-LIC-LOCATION") {
            zone.location = Some(text(property.value).into_owned());
        } else if is("X-MICROSOFT-CDO-TZID") {
            zone.cdo = Some(text(property.value).into_owned());
        }
    }

    fn observance_property(&mut self, property: &Property, line: usize) {
        let zone = self.calendar.as_mut().and_then(|calendar| calendar.zones.last_mut());
        let Some(part) = zone.and_then(|zone| zone.observances.last_mut()) else { return };
        let is = |known: &str| property.name.eq_ignore_ascii_case(known.as_bytes());
        let value = property.value;
        if is("DTSTART") {
            part.start = stamp(value, ZoneId::FLOATING).map(|at| at.local);
        } else if is("TZOFFSETFROM") {
            part.from = offset(value);
        } else if is("TZOFFSETTO") {
            part.to = offset(value);
        } else if is("RRULE") {
            match Rule::parse(value) {
                Ok(rule) => part.rules.push(rule),
                Err(why) => self.problem(line, format!("the `RRULE` of a time zone {why}"), Lost::Property),
            }
        } else if is("RDATE") {
            let dates = value.split(|b| *b == b',').filter_map(|entry| stamp(entry, ZoneId::FLOATING));
            part.dates.extend(dates.map(|at| (at.local, at.zone == ZoneId::UTC)));
        }
    }

    fn assemble(&mut self, draft: CalendarDraft) {
        let name = draft.name.unwrap_or_else(|| self.source.stem.to_owned());
        // A name such as "Yoga @ home" is no address, nor is a sentence with one in it.
        let named = || Address::parse(&name).filter(|_| !name.trim().contains(char::is_whitespace));
        let owner = draft.owner.or_else(named);
        let calendar = Arc::new(Calendar { source: self.source.source.to_owned(), name, owner, ..Calendar::default() });
        let mut zones = vec![Zone::Utc, Zone::Floating];
        let mut own: HashMap<&str, &ZoneDraft> = HashMap::new();
        for zone in &draft.zones {
            own.entry(&zone.name).or_insert(zone);
        }
        let lookup = |name: &str, meter: &mut Meter| {
            let vtimezone = own.get(name.trim().trim_matches('"'));
            Zone::by_name(name, false)
                .or_else(|| vtimezone.and_then(|zone| evaluate(zone, meter)))
                .or_else(|| Zone::by_name(name, true))
        };
        for (name, line) in &draft.names {
            let zone = lookup(name, &mut self.meter);
            if zone.is_none() {
                let message = "the `TZID` names a zone that is not known: times count as the calendar's own";
                add(&mut self.problems, Problem { line: *line, message: message.into(), lost: Lost::Property });
            }
            zones.push(zone.unwrap_or(Zone::Floating));
        }
        let default_zone = draft.zone_name.and_then(|(name, line)| {
            let zone = Zone::named(&name);
            if zone.is_none() {
                let message = "the `X-WR-TIMEZONE` is not known: floating times are in the configured zone";
                add(&mut self.problems, Problem { line, message: message.into(), lost: Lost::Property });
            }
            zone
        });
        let components: Vec<Component> = draft
            .events
            .into_iter()
            .map(|(event, times)| Component {
                event: Arc::new(Event { calendar: Arc::clone(&calendar), ..event }),
                times,
            })
            .collect();
        let series = series::group(&components);
        self.calendars.push(IcalCalendar { calendar, zones, default_zone, components, series, share: (1, 1) });
    }

    fn finish(mut self, last: usize) -> Parsed {
        self.close_calendar(last);
        if self.calendars.is_empty() && last > 0 {
            self.problem(1, "there is no `BEGIN:VCALENDAR`", Lost::Calendar);
        }
        let events: u64 = self.calendars.iter().map(|calendar| calendar.components.len() as u64).sum();
        let count = self.calendars.len() as u64;
        for calendar in &mut self.calendars {
            // By size, but a small one among thousands still gets twice the average.
            let own = calendar.components.len() as u64;
            calendar.share = if own * count >= 2 * events { (own, events) } else { (2, count.max(2)) };
        }
        self.problems.sort_by_key(|problem| problem.line);
        let mut parsed = Parsed { calendars: self.calendars, problems: self.problems, told: self.told };
        parsed.settle(self.told);
        parsed
    }
}

fn evaluate(zone: &ZoneDraft, meter: &mut Meter) -> Option<Zone> {
    Custom::new(&zone.observances, meter)
        .map(|custom| Zone::Custom(Arc::new(custom)))
        .or_else(|| Zone::by_name(zone.location.as_deref()?, true))
        .or_else(|| Zone::by_cdo(zone.cdo.as_deref()?))
}
