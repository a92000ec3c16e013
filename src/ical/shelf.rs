//! The texts of one source, put together: what a zone's name means in its text, whose calendar it is, who takes part.

use super::component::{Component, Times};
use super::context::{Notes, ZoneName};
use super::custom::Custom;
use super::meter::Meter;
use super::read::{CalendarDraft, Method, TextDraft, ZoneDraft};
use super::value::Form;
use super::version::Grouping;
use super::zone::{Zone, clean};
use super::{Home, Lost, Parsed, Problem, Source};
use crate::model::{Address, Attendees, Calendar, Event, EventStatus, Told, count};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The texts of one source as they come in.
pub struct Shelf {
    pub(super) zones: Vec<Zone>,
    homes: Vec<HomeDraft>,
    events: Vec<(Event, Times)>,
    texts: Vec<Seen>,
    problems: Vec<Problem>,
}

struct HomeDraft {
    calendar: Calendar,
    named: bool,
    default_zone: Option<Zone>,
    text: usize,
}

/// What a text as a whole tells.
#[derive(Default)]
struct Seen {
    folder: String,
    told: Told,
    /// It holds one UID: a file of a folder that keeps one event a file.
    alone: bool,
}

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf {
            zones: vec![Zone::Utc, Zone::Floating],
            homes: Vec::new(),
            events: Vec::new(),
            texts: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl Shelf {
    /// Reads one more text, of any encoding and any quality; whether there was a calendar in it. Never fails as a whole.
    pub fn add(&mut self, bytes: &[u8], source: &Source) -> bool {
        let draft = super::read::text(bytes, self.texts.len(), self.zones.len());
        let found = !draft.calendars.is_empty();
        self.put(draft, source);
        found
    }

    fn put(&mut self, draft: TextDraft, source: &Source) {
        let TextDraft { calendars, names, mut notes } = draft;
        let events = calendars.iter().filter(|calendar| !matches!(calendar.method, Some(Method::Answer(_))));
        let told = events.fold(source.told, |told, calendar| told.or(calendar.told));
        let mut lookup =
            Lookup { calendars: &calendars, notes: &mut notes, meter: Meter::file(), known: HashMap::new() };
        let (mut found, doubts) = lookup.all(&names);
        let default_zones: Vec<Option<Zone>> = (0..calendars.len()).map(|place| lookup.default_zone(place)).collect();
        let base = self.zones.len();
        self.zones.append(&mut found);
        let mut uids = BTreeSet::new();
        for (mut calendar, default_zone) in calendars.into_iter().zip(default_zones) {
            let home = self.homes.len();
            let named = calendar.name.is_some();
            let name = calendar.name.take().unwrap_or_else(|| source.stem.to_owned());
            // A name such as "Yoga @ home" is no address, nor is a sentence with one in it.
            let address = || Address::parse(&name).filter(|_| !name.trim().contains(char::is_whitespace));
            let owner = calendar.owner.take().or_else(address);
            let described = Calendar { source: source.source.to_owned(), name, owner, ..Calendar::default() };
            self.homes.push(HomeDraft { calendar: described, named, default_zone, text: self.texts.len() });
            for (event, mut times) in meetings(calendar, &mut notes) {
                times.home = home;
                uids.insert(event.uid.clone());
                self.events.push((event, times));
            }
        }
        let mut doubted = BTreeSet::new();
        for (place, custom, line) in doubts {
            let name = &names[place].name;
            if !doubted.contains(name) && self.doubt(base + place, &custom, line, &mut notes) {
                doubted.insert(name);
            }
        }
        notes.problems.sort_by_key(|problem| problem.line);
        self.problems.append(&mut notes.problems);
        self.texts.push(Seen { folder: source.folder.to_owned(), told, alone: uids.len() < 2 });
    }

    /// Tells where a file's own definition of a place's zone says another time than the zone database.
    fn doubt(&self, zone: usize, custom: &Zone, line: usize, notes: &mut Notes) -> bool {
        let differs = |local: i64| custom.instant(local, &Zone::Utc) != self.zones[zone].instant(local, &Zone::Utc);
        let text = self.texts.len();
        let own = self.events.iter().filter(|(_, times)| self.homes[times.home].text == text);
        let mut written = own.flat_map(|(_, times)| times.written()).filter(|at| at.zone.0 as usize == zone);
        let doubt = written.any(|at| differs(at.local));
        if doubt {
            let message = "the file's own `VTIMEZONE` of this zone differs from the zone database, which is followed";
            notes.add(line, message, Lost::Nothing);
        }
        doubt
    }

    /// Everything by UID, over all texts.
    pub fn finish(self) -> Parsed {
        let Shelf { zones, homes, mut events, texts, mut problems } = self;
        let pools = Pools::of(&texts);
        let homes: Vec<Home> = homes
            .into_iter()
            .map(|home| {
                let HomeDraft { mut calendar, named, default_zone, text } = home;
                if let Some((folder, name)) = pools.shared(text) {
                    // Files of one calendar are one place, also where the user named none but their folder.
                    if calendar.source.strip_prefix(folder).is_some_and(|file| file.starts_with('/')) {
                        calendar.source = folder.to_owned();
                    }
                    if !named {
                        calendar.name = name.to_owned();
                    }
                }
                Home { calendar: Arc::new(calendar), default_zone, text }
            })
            .collect();
        for (event, times) in &mut events {
            event.calendar = Arc::clone(&homes[times.home].calendar);
            let told = pools.told(homes[times.home].text);
            if !told.attendees {
                event.attendees = Attendees::Unknown;
            }
            event.my_answer = event.held.filter(|_| !told.answers);
        }
        let mut components: Vec<Component> =
            events.into_iter().map(|(event, times)| Component { event: Arc::new(event), times }).collect();
        let text = |component: &Component| homes[component.times.home].text;
        let grouping = Grouping { components: &mut components, zones: &zones, text: &text, problems: &mut problems };
        let series = grouping.series();
        Parsed { calendars: homes, zones, components, series, texts: texts.len(), problems }
    }
}

/// Files that hold one event each are one calendar with the others of their folder (a vdir).
struct Pools<'t> {
    texts: &'t [Seen],
    /// By folder: how many files, and what any of them tells.
    folders: BTreeMap<&'t str, (usize, Told)>,
}

impl<'t> Pools<'t> {
    fn of(texts: &'t [Seen]) -> Pools<'t> {
        let mut folders: BTreeMap<&str, (usize, Told)> = BTreeMap::new();
        for text in texts.iter().filter(|text| text.alone) {
            let (files, told) = folders.entry(&text.folder).or_default();
            (*files, *told) = (*files + 1, told.or(text.told));
        }
        Pools { texts, folders }
    }

    fn folder(&self, text: usize) -> Option<(&str, (usize, Told))> {
        let text = self.texts.get(text).filter(|text| text.alone)?;
        Some((&text.folder, *self.folders.get(&*text.folder)?))
    }

    fn told(&self, text: usize) -> Told {
        self.folder(text).map_or_else(|| self.texts[text].told, |(_, (_, told))| told)
    }

    /// The folder of files that are one calendar, and what that is called where they do not say.
    fn shared(&self, text: usize) -> Option<(&str, &str)> {
        let (folder, _) = self.folder(text).filter(|(_, (files, _))| *files > 1)?;
        let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or(folder).trim_end_matches(".zip");
        Some((folder, if matches!(name, "" | ".") { "calendar" } else { name }))
    }
}

/// The events of a calendar as its METHOD means them.
fn meetings(calendar: CalendarDraft, notes: &mut Notes) -> Vec<(Event, Times)> {
    let CalendarDraft { mut events, busy, method, line, has_events, unavailable, .. } = calendar;
    if let (count @ 1.., line) = unavailable {
        let message = format!(
            "times of `FBTYPE=BUSY-UNAVAILABLE` are absences or the ends of working hours, no meetings: {count} left out"
        );
        notes.add(line, message, Lost::Nothing);
    }
    match method {
        Some(Method::Answer(name)) if !events.is_empty() => {
            let message =
                format!("a calendar of `METHOD:{name}` holds no meetings: {} left out", count(events.len(), "event"));
            notes.add(line, message, Lost::Event);
            events.clear();
        }
        Some(Method::Cancel) => events.iter_mut().for_each(|(event, _)| event.status = Some(EventStatus::Cancelled)),
        Some(Method::Add) => events.iter_mut().for_each(add),
        Some(Method::Publish) => events.iter_mut().for_each(|(_, times)| times.version.published = true),
        _ => {}
    }
    events.retain(|(event, times)| {
        let kept = times.starts || event.status == Some(EventStatus::Cancelled);
        if kept {
            times.oddities().for_each(|says| notes.add(times.line, says, Lost::Nothing));
            if times.ends_on_a_date() {
                notes.tell(times.line, Form::UntilDate);
            }
            if times.ends_without_zone() {
                notes.tell(times.line, Form::EndWithoutZone);
            }
        } else {
            notes.add(times.line, "the event has no `DTSTART`", Lost::Event);
        }
        kept
    });
    if !has_events {
        return busy;
    }
    if !busy.is_empty() {
        let message = "busy times beside events tell nothing new: they are left out";
        notes.add(busy[0].1.line, message, Lost::Nothing);
    }
    events
}

/// Instances that are added to a series are what a change of it is in a slot that it has not: they count beside the others, a later
/// change of the same date goes before them, and a newer version of the series that has not taken them over ends them.
fn add((event, times): &mut (Event, Times)) {
    if times.slot.is_some() || !times.starts {
        return;
    }
    if times.rules.is_empty() && times.rdates.is_empty() {
        times.slot = Some((times.start, false));
        (event.recurring, event.series_sequence) = (true, None);
    } else {
        times.adds = true;
    }
}

/// Finds out what the names of zones mean.
struct Lookup<'a> {
    calendars: &'a [CalendarDraft],
    notes: &'a mut Notes,
    meter: Meter,
    /// The definitions that were read, by their calendar and their place in it.
    known: HashMap<(usize, usize), Option<Zone>>,
}

/// Places among the names whose file defines them too, with that definition and the line.
type Doubts = Vec<(usize, Zone, usize)>;

impl Lookup<'_> {
    fn all(&mut self, names: &[ZoneName]) -> (Vec<Zone>, Doubts) {
        let (mut zones, mut doubts) = (Vec::with_capacity(names.len()), Vec::new());
        for (place, used) in names.iter().enumerate() {
            let (zone, doubt) = self.one(used);
            doubts.extend(doubt.map(|own| (place, own, used.line)));
            zones.push(zone.unwrap_or_else(|| {
                let message = "the `TZID` names a zone that is not known: times count as the calendar's own";
                self.notes.add(used.line, message, Lost::Property);
                Zone::Floating
            }));
        }
        (zones, doubts)
    }

    /// The zone of the floating times of the calendar in that place: what its X-WR-TIMEZONE means.
    fn default_zone(&mut self, calendar: usize) -> Option<Zone> {
        let (name, line) = self.calendars[calendar].zone_name.as_ref()?;
        let used = ZoneName { property: "X-WR-TIMEZONE", name: clean(name).to_owned(), line: *line, calendar };
        let (zone, _) = self.one(&used);
        if zone.is_none() {
            let message = "the `X-WR-TIMEZONE` is not known: floating times are in the configured zone";
            self.notes.add(*line, message, Lost::Property);
        }
        zone
    }

    /// What a name means: a place of the zone database, with what the file says of that; else what the file says; else what
    /// the tables do.
    fn one(&mut self, used: &ZoneName) -> (Option<Zone>, Option<Zone>) {
        let own = self.defined(used);
        let own_zone = own.and_then(|place| {
            let draft = &self.calendars[place.0].zones[place.1];
            self.known.entry(place).or_insert_with(|| evaluate(draft, &mut self.meter)).clone()
        });
        if let Some(place) = Zone::of_place(&used.name) {
            return (Some(place), own_zone);
        }
        if own_zone.is_some() && own.is_some_and(|(calendar, _)| calendar != used.calendar) {
            self.tell(used, "is defined in another `VCALENDAR` of the file: that one is used");
        }
        let zone = own_zone.or_else(|| Zone::by_name(&used.name)).or_else(|| self.last_resort(used));
        (zone, None)
    }

    /// `says` ends a sentence about the name.
    fn tell(&mut self, used: &ZoneName, says: &str) {
        self.notes.add(used.line, format!("the `{}` {says}", used.property), Lost::Nothing);
    }

    /// The VTIMEZONE of that name: in its own calendar, else in another of the text; in these letters, else in others.
    fn defined(&mut self, used: &ZoneName) -> Option<(usize, usize)> {
        let places = || {
            let all = self.calendars.iter().enumerate();
            all.flat_map(|(at, calendar)| (0..calendar.zones.len()).map(move |zone| (at, zone)))
        };
        let draft = |(calendar, zone): &(usize, usize)| &self.calendars[*calendar].zones[*zone];
        let lower = used.name.to_lowercase();
        let own = |place: &(usize, usize)| place.0 == used.calendar;
        let rank = |place: &(usize, usize)| (!own(place), draft(place).name != used.name);
        let is_named = |place: &(usize, usize)| draft(place).name.to_lowercase() == lower;
        // In its own calendar mostly: the others need not be asked then.
        let mut named: Vec<_> = places().filter(own).filter(is_named).collect();
        if named.is_empty() {
            named = places().filter(is_named).collect();
        }
        let best = named.iter().map(rank).min()?;
        let mut equal: Vec<_> = named.into_iter().filter(|place| rank(place) == best).collect();
        // Not the place in the file decides between several, but what they say.
        let says = |place: &(usize, usize)| format!("{:?}", draft(place).observances);
        equal.sort_by_cached_key(says);
        if let [first, .., last] = &equal[..]
            && says(first) != says(last)
        {
            self.tell(used, "is defined in several ways in the file: one of them is used");
        }
        equal.first().copied()
    }

    fn last_resort(&mut self, used: &ZoneName) -> Option<Zone> {
        if let Some(zone) = Zone::by_abbreviation(&used.name) {
            self.tell(used, "is an abbreviation: it is read as the zone of North America or Europe that has it");
            return Some(zone);
        }
        let fixed = Zone::by_offset(&used.name)?;
        if !matches!(fixed, Zone::Utc) {
            self.tell(used, "names an offset and no place: its times know no summer time");
        }
        Some(fixed)
    }
}

fn evaluate(zone: &ZoneDraft, meter: &mut Meter) -> Option<Zone> {
    let elsewhere = |name: &str| Zone::of_place(name).or_else(|| Zone::by_name(name));
    Custom::new(&zone.observances, meter)
        .map(|custom| Zone::Custom(Arc::new(custom)))
        .or_else(|| elsewhere(zone.location.as_deref()?))
        .or_else(|| Zone::by_cdo(zone.cdo.as_deref()?))
}
