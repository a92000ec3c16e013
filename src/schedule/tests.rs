use super::*;
use crate::model::LocalTime;
use chrono::NaiveDate;
use chrono_tz::Europe::Berlin;
use proptest::prelude::*;

fn timing() -> Timing {
    let zones = Zones::only(Berlin);
    Timing { poll: Duration::from_secs(900), render_at: RenderAt::default(), week_start: Weekday::Mon, zones }
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What a sync in a simulated world does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    Same,
    Changed,
    Offline,
}

/// A machine with its two clocks, whose jobs take some time, and a record of what was begun.
struct Machine {
    state: State,
    wall: DateTime<Utc>,
    steady: Duration,
    chance: f64,
    source: Source,
    draws: bool,
    takes: Duration,
    under_way: Vec<(Job, Duration)>,
    begun: Vec<(Job, DateTime<Utc>, Duration)>,
    patient: Vec<bool>,
}

impl Machine {
    fn new(wall: &str) -> Machine {
        let mut machine = Machine {
            state: State::new(timing()),
            wall: utc(wall),
            steady: Duration::ZERO,
            chance: 0.5,
            source: Source::Same,
            draws: true,
            takes: Duration::from_secs(5),
            under_way: Vec::new(),
            begun: Vec::new(),
            patient: Vec::new(),
        };
        machine.see(Observation::Started);
        machine
    }

    fn see(&mut self, what: Observation) {
        self.chance = (self.chance + 0.618_034).fract();
        let at = Moment { wall: self.wall, steady: self.steady, chance: self.chance };
        for action in step(&mut self.state, what, at) {
            let job = match action {
                Action::Sync { patient } => {
                    self.patient.push(patient);
                    Job::Sync
                }
                Action::Render => Job::Render,
                Action::Maintain => Job::Maintain,
            };
            assert!(self.under_way.iter().all(|(other, _)| *other != job), "two of {job:?} at once");
            self.under_way.push((job, self.steady + self.takes));
            self.begun.push((job, self.wall, self.steady));
        }
    }

    fn pass(&mut self, time: Duration) {
        self.steady += time;
        self.wall += TimeDelta::from_std(time).unwrap();
    }

    /// Time passes, a tick at a time; jobs end when they end.
    fn awake(&mut self, time: Duration, tick: Duration) {
        let end = self.steady + time;
        let mut next = self.steady + tick;
        while self.steady < end {
            let done = self.under_way.iter().map(|(_, at)| *at).min().filter(|at| *at <= next);
            let to = done.unwrap_or(next).max(self.steady);
            self.pass(to - self.steady);
            if done.is_some() {
                let place = self.under_way.iter().position(|(_, at)| *at <= to).unwrap();
                let (job, _) = self.under_way.remove(place);
                self.see(match job {
                    Job::Sync => Observation::SyncDone(Synced {
                        changed: self.source == Source::Changed,
                        retry: self.source == Source::Offline,
                        ..Synced::default()
                    }),
                    Job::Render => Observation::RenderDone { ok: self.draws },
                    Job::Maintain => Observation::MaintainDone { ok: true },
                });
            } else {
                self.see(Observation::Tick);
                next += tick;
            }
        }
    }

    /// The machine sleeps, or its clock is set.
    fn jump(&mut self, by: TimeDelta) {
        self.wall += by;
    }

    fn count(&self, job: Job) -> usize {
        self.begun.iter().filter(|(one, ..)| *one == job).count()
    }

    fn since(&self, job: Job, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.begun.iter().find(|(one, at, _)| *one == job && *at >= wall).map(|(_, at, _)| *at)
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_start_syncs_first_and_then_looks_at_the_pictures() {
    let mut machine = Machine::new("2026-11-18T10:00:00Z");
    assert_eq!(machine.begun, [(Job::Sync, utc("2026-11-18T10:00:00Z"), Duration::ZERO)]);
    machine.awake(Duration::from_secs(60), TICK);
    assert_eq!(machine.begun[1], (Job::Render, utc("2026-11-18T10:00:05Z"), Duration::from_secs(5)));
    assert_eq!(machine.begun.len(), 2);
    assert_eq!(machine.patient, [true]);
}

#[test]
fn a_sync_that_takes_too_long_does_not_hold_the_pictures_back() {
    let mut machine = Machine::new("2026-11-18T10:00:00Z");
    machine.under_way.clear();
    machine.awake(PATIENCE - TICK, TICK);
    assert_eq!(machine.count(Job::Render), 0);
    machine.awake(TICK, TICK);
    assert_eq!(machine.count(Job::Render), 1);
}

#[test]
fn a_quiet_day_syncs_every_poll_and_draws_nothing() {
    let mut machine = Machine::new("2026-11-18T00:30:00Z");
    machine.awake(20 * HOUR, TICK);
    let syncs = machine.count(Job::Sync);
    assert!((70..=82).contains(&syncs), "{syncs} of 80");
    let times: Vec<_> = machine.begun.iter().filter(|b| b.0 == Job::Sync).map(|b| b.2.as_secs()).collect();
    let gaps: Vec<u64> = times.windows(2).map(|t| t[1] - t[0]).collect();
    assert!(gaps.iter().all(|gap| (675..=1150).contains(gap)), "{gaps:?}");
    assert!(gaps.iter().max().unwrap() - gaps.iter().min().unwrap() > 200, "spread out: {gaps:?}");
    assert_eq!((machine.count(Job::Render), machine.count(Job::Maintain)), (1, 1));
}

#[test]
fn every_change_is_drawn() {
    let mut machine = Machine::new("2026-11-18T00:30:00Z");
    machine.source = Source::Changed;
    machine.awake(10 * HOUR, TICK);
    assert_eq!(machine.count(Job::Render), machine.count(Job::Sync));
}

#[test]
fn an_absent_network_is_asked_ever_less_often_and_noticed_when_it_is_back() {
    let mut machine = Machine::new("2026-11-18T00:30:00Z");
    machine.source = Source::Offline;
    machine.takes = Duration::ZERO;
    machine.awake(2 * HOUR, TICK);
    let times: Vec<_> = machine.begun.iter().filter(|b| b.0 == Job::Sync).map(|b| b.2.as_secs()).collect();
    assert_eq!(times[..6], [0, 40, 100, 220, 460, 940]);
    assert!(times[6..].windows(2).all(|t| (675..=1150).contains(&(t[1] - t[0]))), "{times:?}");
    machine.source = Source::Same;
    let before = machine.count(Job::Sync);
    machine.awake(HOUR, TICK);
    assert!(machine.count(Job::Sync) > before + 2);
    assert_eq!(machine.state.failures(Job::Sync), 0);
}

#[test]
fn a_failing_render_is_tried_ever_less_often_even_when_data_keep_changing() {
    let mut machine = Machine::new("2026-11-18T00:30:00Z");
    (machine.draws, machine.source) = (false, Source::Changed);
    machine.awake(20 * HOUR, TICK);
    let renders = machine.count(Job::Render);
    assert!((20..30).contains(&renders), "{renders}");
    machine.see(Observation::Asked(Job::Render));
    machine.awake(TICK, TICK);
    assert_eq!(machine.count(Job::Render), renders + 1, "a person need not wait");
}

#[test]
fn a_source_is_tried_again_when_it_said_and_no_sooner_than_in_half_a_minute() {
    let at = |seconds| Moment { wall: utc("2026-11-18T10:00:00Z"), steady: Duration::from_secs(seconds), chance: 0.5 };
    for (retry, seconds, due) in [(true, 300, 300), (true, 1, 30), (false, 1, 30), (false, 600, 600), (true, 9999, 900)]
    {
        let mut state = State::new(timing());
        step(&mut state, Observation::Started, at(0));
        let retry_at = Some(at(0).wall + TimeDelta::seconds(seconds));
        step(&mut state, Observation::SyncDone(Synced { retry, retry_at, ..Synced::default() }), at(0));
        assert_eq!(state.due(Job::Sync, Duration::ZERO), Some(Duration::from_secs(due)), "{retry} {seconds}");
    }
}

#[test]
fn who_asks_is_served_at_once_or_next_and_not_patiently() {
    let mut machine = Machine::new("2026-11-18T10:00:00Z");
    machine.see(Observation::Asked(Job::Sync));
    assert_eq!(machine.count(Job::Sync), 1, "one at a time");
    machine.awake(Duration::from_secs(5), TICK);
    assert_eq!(machine.patient, [true, false]);
    machine.awake(HOUR, TICK);
    let patient = machine.patient.iter().filter(|p| **p).count();
    assert_eq!(patient + 1, machine.patient.len());
}

#[test]
fn a_sync_of_one_source_leaves_the_others_due_when_they_were() {
    let mut state = State::new(timing());
    let at = |seconds| Moment { wall: utc("2026-11-18T10:00:00Z"), steady: Duration::from_secs(seconds), chance: 0.5 };
    step(&mut state, Observation::Started, at(0));
    step(&mut state, Observation::SyncDone(Synced::default()), at(0));
    step(&mut state, Observation::Asked(Job::Sync), at(10));
    step(&mut state, Observation::SyncDone(Synced { partial: true, retry: true, ..Synced::default() }), at(11));
    assert_eq!(state.due(Job::Sync, Duration::ZERO), Some(Duration::from_secs(900)));
}

#[test]
fn other_rules_are_drawn_and_another_configuration_is_synced_too() {
    for (sources, syncs) in [(false, 0), (true, 1)] {
        let mut machine = Machine::new("2026-11-18T10:00:00Z");
        machine.awake(Duration::from_secs(60), TICK);
        let before = (machine.count(Job::Sync), machine.count(Job::Render));
        machine.see(Observation::ConfigChanged { timing: timing(), sources });
        machine.awake(Duration::from_secs(60), TICK);
        assert_eq!((machine.count(Job::Sync), machine.count(Job::Render)), (before.0 + syncs, before.1 + 1));
    }
}

#[test]
fn monday_at_six_is_noticed_within_a_tick_and_drawn_from_fresh_facts() {
    let mut machine = Machine::new("2026-11-22T20:00:00Z");
    machine.awake(12 * HOUR, TICK);
    let six = utc("2026-11-23T05:00:00Z");
    let (sync, render) = (machine.since(Job::Sync, six).unwrap(), machine.since(Job::Render, six).unwrap());
    assert!(sync - six < TimeDelta::seconds(20) && sync < render && render - six < TimeDelta::seconds(30));
    assert_eq!(machine.count(Job::Render), 3, "at start, at midnight for the new week, at six for the old one");
}

#[test]
fn a_suspend_and_a_clock_that_jumps_are_noticed_within_a_tick() {
    for by in [TimeDelta::days(9), TimeDelta::hours(18), -TimeDelta::hours(18), TimeDelta::seconds(40)] {
        let mut machine = Machine::new("2026-11-18T10:00:00Z");
        machine.awake(HOUR, TICK);
        machine.jump(by);
        let (syncs, renders) = (machine.count(Job::Sync), machine.count(Job::Render));
        machine.awake(GAP + TICK, TICK);
        assert!(machine.count(Job::Sync) > syncs && machine.count(Job::Render) > renders, "{by}");
    }
}

#[test]
fn a_network_that_returns_is_used_at_once_and_one_that_flaps_is_not() {
    let mut machine = Machine::new("2026-11-18T10:00:00Z");
    machine.source = Source::Offline;
    machine.awake(8 * HOUR, TICK);
    machine.source = Source::Changed;
    let syncs = machine.count(Job::Sync);
    machine.see(Observation::Online);
    machine.awake(GAP + TICK, TICK);
    assert_eq!(machine.count(Job::Sync), syncs + 1);
    assert_eq!(machine.patient.last(), Some(&false));
    for _ in 0..180 {
        machine.awake(TICK, TICK);
        machine.see(Observation::Online);
    }
    assert!(machine.count(Job::Sync) <= syncs + 32, "{}", machine.count(Job::Sync));
}

#[test]
fn a_clock_that_jumps_all_the_time_is_no_reason_to_ask_all_the_time() {
    let mut machine = Machine::new("2026-11-18T10:00:00Z");
    for n in 0..180 {
        machine.awake(TICK, TICK);
        machine.jump(TimeDelta::minutes(if n % 2 == 0 { 1 } else { -1 }));
    }
    assert!(machine.count(Job::Sync) <= 31, "{}", machine.count(Job::Sync));
}

#[test]
fn a_year_of_weeks_is_looked_at_week_by_week() {
    let mut machine = Machine::new("2026-01-01T00:00:00Z");
    let tick = Duration::from_secs(300);
    machine.awake(365 * 24 * HOUR, tick);
    let zones = Zones::only(Berlin);
    for number in 1..=52 {
        let week = Week::from_iso(2026, number, Weekday::Mon).unwrap();
        let ready = zones.time(week.plus(1).first, LocalTime(360));
        let looked = machine.since(Job::Render, ready).unwrap();
        assert!(looked - ready <= TimeDelta::minutes(6), "{week}: {ready} {looked}");
        assert_eq!(complete_weeks(looked, &zones, Weekday::Mon, RenderAt::default(), 1), [week]);
    }
    let renders = machine.count(Job::Render);
    assert_eq!(renders, 1 + 2 * 52, "at start, and twice a week");
    assert!(machine.count(Job::Sync) < 365 * 96 + 200);
    assert!((360..=366).contains(&machine.count(Job::Maintain)), "{}", machine.count(Job::Maintain));
}

#[test]
fn a_week_is_complete_at_its_time_in_the_users_zone() {
    let complete = |now: &str, zone, start, at| {
        complete_weeks(utc(now), &Zones::only(zone), start, at, 2).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let six = RenderAt::default();
    assert_eq!(complete("2026-11-23T04:59:59Z", Berlin, Weekday::Mon, six), ["2026-W46", "2026-W45"]);
    assert_eq!(complete("2026-11-23T05:00:00Z", Berlin, Weekday::Mon, six), ["2026-W47", "2026-W46"]);
    // Summer time begins in the last night of W13: six o'clock is an hour earlier.
    assert_eq!(complete("2026-03-30T03:59:59Z", Berlin, Weekday::Mon, six)[0], "2026-W12");
    assert_eq!(complete("2026-03-30T04:00:00Z", Berlin, Weekday::Mon, six)[0], "2026-W13");
    // A time that the clocks skip comes when they have: 02:30 on 2026-03-29 is 03:30 in summer time.
    let gap = RenderAt { day: Weekday::Sun, time: LocalTime(150) };
    assert_eq!(complete("2026-03-29T01:29:59Z", Berlin, Weekday::Sun, gap)[0], "2026-W12");
    assert_eq!(complete("2026-03-29T01:30:00Z", Berlin, Weekday::Sun, gap)[0], "2026-W13");
    // A week that ends on Saturday waits for the Monday after it.
    assert_eq!(complete("2026-11-22T23:00:00Z", Berlin, Weekday::Sun, six)[0], "2026-W46");
    assert_eq!(complete("2026-11-23T05:00:00Z", Berlin, Weekday::Sun, six)[0], "2026-W47");
    assert_eq!(complete_weeks(utc("2026-11-23T05:00:00Z"), &Zones::only(Berlin), Weekday::Mon, six, 0), []);
}

#[test]
fn weeks_before_the_calendar_began_do_no_harm() {
    let zones = Zones::only(Berlin);
    let first = NaiveDate::MIN.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::days(60);
    complete_weeks(first, &zones, Weekday::Mon, RenderAt::default(), 20);
}

#[test]
fn a_week_that_turns_during_a_run_that_was_asked_for_in_spite_of_failures_is_drawn() {
    let mut machine = Machine::new("2026-03-20T10:00:00Z");
    machine.takes = Duration::from_secs(30);
    machine.draws = false;
    machine.awake(4 * HOUR, TICK);
    machine.draws = true;
    machine.see(Observation::Asked(Job::Render));
    machine.jump(TimeDelta::hours(63));
    machine.awake(HOUR, TICK);
    assert!(machine.since(Job::Render, utc("2026-03-23T05:00:00Z")).is_some());
}

/// What happens to a machine.
#[derive(Clone, Debug)]
enum Fate {
    Awake(u64),
    Asleep(i64),
    ClockSet(i64),
    Source(Source),
    Draws(bool),
    Asked(Job),
    Edited(bool),
}

fn fate() -> impl Strategy<Value = Fate> {
    let source = prop_oneof![Just(Source::Same), Just(Source::Changed), Just(Source::Offline)];
    prop_oneof![
        4 => (1u64..200).prop_map(Fate::Awake),
        2 => (1i64..240).prop_map(Fate::Asleep),
        1 => (-400i64..400).prop_map(Fate::ClockSet),
        2 => source.prop_map(Fate::Source),
        1 => any::<bool>().prop_map(Fate::Draws),
        1 => prop_oneof![Just(Job::Sync), Just(Job::Render), Just(Job::Maintain)].prop_map(Fate::Asked),
        1 => any::<bool>().prop_map(Fate::Edited),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens: nothing is begun twice at once (the machine asserts it), nothing is asked faster than it may be, and
    /// the newest complete week is always looked at soon after somebody is awake to do it.
    #[test]
    fn whatever_happens_weeks_are_looked_at_and_nothing_loops(fates in proptest::collection::vec(fate(), 1..30)) {
        let mut machine = Machine::new("2026-03-20T10:00:00Z");
        machine.takes = Duration::from_secs(30);
        let mut extra = 0;
        for fate in fates {
            match fate {
                Fate::Awake(hours) => machine.awake(hours as u32 * HOUR, HOUR / 6),
                Fate::Asleep(hours) => { machine.jump(TimeDelta::hours(hours)); extra += 1; }
                Fate::ClockSet(hours) => { machine.jump(TimeDelta::hours(hours)); extra += 1; }
                Fate::Source(source) => machine.source = source,
                Fate::Draws(draws) => machine.draws = draws,
                Fate::Asked(job) => { machine.see(Observation::Asked(job)); extra += 1; }
                Fate::Edited(sources) => {
                    machine.see(Observation::ConfigChanged { timing: timing(), sources });
                    extra += 1;
                }
            }
        }
        machine.awake(2 * HOUR, HOUR / 6);
        // Where drawing fails, the next try may be an hour away.
        let soon = machine.wall - TimeDelta::minutes(80);
        let newest = |at| complete_weeks(at, &Zones::only(Berlin), Weekday::Mon, RenderAt::default(), 1)[0];
        let looked = newest(soon)..=newest(machine.wall);
        prop_assert!(machine.begun.iter().any(|(job, at, _)| *job == Job::Render && looked.contains(&newest(*at))));
        let hours = machine.steady.as_secs() as usize / 3600 + 1;
        // At most every 675 s when all is well; a series of failures adds six quick tries before it is as slow.
        prop_assert!(machine.count(Job::Sync) <= hours * 6 + 8 * extra + 8, "{} in {hours} h", machine.count(Job::Sync));
        prop_assert!(machine.count(Job::Maintain) <= hours / 24 + 2 * extra + 4);
    }
}
