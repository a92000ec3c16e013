//! The times a rule gives, on the wall clock of its series. Knows no zones: those come after (§3.3.10 expands local
//! times). A period (one year, one week, one minute …) is a product of days and times of day that is never built.

use super::civil::{DAY, date, days, month_length, week_number, week_start, weekday, year_length};
use super::meter::Meter;
use super::rule::{Frequency, Rule, Skip};

/// Ends on 9999-12-31, the last date iCalendar can write.
const LAST: i64 = 2_932_896 * DAY + DAY - 1;

/// The occurrences of one rule from `start` on, in order.
pub(super) struct Occurrences<'r> {
    rule: &'r Rule,
    start: i64,
    from: i64,
    to: i64,
    months: u16,
    month_days: Vec<i64>,
    weekdays: u8,
    /// Number of the period, counted from the one that holds `start`.
    period: i64,
    days: Vec<i64>,
    hours: Vec<i64>,
    minutes: Vec<i64>,
    seconds: Vec<i64>,
    picks: Option<Vec<i64>>,
    at: i64,
    total: i64,
    left: Option<u64>,
    opened: bool,
}

fn bits(mask: u64) -> Vec<i64> {
    (0..64).filter(|bit| mask >> bit & 1 == 1).collect()
}

impl<'r> Occurrences<'r> {
    /// Those from `from` to `to`, both inclusive; with COUNT, those before `from` are counted but not given. `dates`: the
    /// series is of whole days, so parts of the time of day mean nothing.
    pub(super) fn new(rule: &'r Rule, start: i64, dates: bool, from: i64, to: i64) -> Occurrences<'r> {
        use Frequency::{Monthly, Weekly, Yearly};
        let (year_month, clock) = (date(start.div_euclid(DAY)), start.rem_euclid(DAY));
        let mut this = Occurrences {
            rule,
            start,
            from: from.max(start),
            to: to.min(LAST),
            months: rule.months,
            month_days: rule.month_days.clone(),
            weekdays: rule.weekdays,
            period: 0,
            days: Vec::new(),
            hours: vec![clock / 3600],
            minutes: vec![clock / 60 % 60],
            seconds: vec![clock % 60],
            picks: None,
            at: 0,
            total: 0,
            left: rule.count,
            opened: false,
        };
        if !dates {
            for (list, mask) in [
                (&mut this.hours, u64::from(rule.hours)),
                (&mut this.minutes, rule.minutes),
                (&mut this.seconds, rule.seconds),
            ] {
                if mask != 0 {
                    *list = bits(mask);
                }
            }
        }
        // What the rule leaves open comes from the start.
        let bare = rule.week_numbers.is_empty() && rule.year_days.is_empty() && rule.month_days.is_empty();
        let no_weekday = rule.weekdays == 0 && rule.nth_weekdays.is_empty();
        match rule.frequency {
            Yearly if bare && no_weekday => {
                if this.months == 0 {
                    this.months = 1 << year_month.1;
                }
                this.month_days = vec![i64::from(year_month.2)];
            }
            Yearly if no_weekday && rule.year_days.is_empty() && rule.month_days.is_empty() => {
                this.weekdays = 1 << weekday(start.div_euclid(DAY));
            }
            Monthly if bare && no_weekday => this.month_days = vec![i64::from(year_month.2)],
            Weekly if bare && no_weekday => this.weekdays = 1 << weekday(start.div_euclid(DAY)),
            _ => {}
        }
        this.skip_to_window();
        this
    }

    /// Length in seconds of the periods that have a fixed one.
    fn unit(&self) -> Option<i64> {
        Some(match self.rule.frequency {
            Frequency::Weekly => 7 * DAY,
            Frequency::Daily => DAY,
            Frequency::Hourly => 3600,
            Frequency::Minutely => 60,
            Frequency::Secondly => 1,
            _ => return None,
        })
    }

    /// Where period 0 begins.
    fn base(&self) -> i64 {
        match self.rule.frequency {
            Frequency::Weekly => week_start(self.start.div_euclid(DAY), self.rule.week_start) * DAY,
            _ => self.unit().map_or(self.start, |unit| self.start.div_euclid(unit) * unit),
        }
    }

    /// The last period that begins no later than `time`.
    fn period_of(&self, time: i64) -> i64 {
        let passed = match (self.unit(), self.rule.frequency) {
            (Some(unit), _) => (time - self.base()).div_euclid(unit),
            (None, frequency) => {
                let ((y0, m0, _), (y, m, _)) = (date(self.start.div_euclid(DAY)), date(time.div_euclid(DAY)));
                let months = (y - y0) * 12 + i64::from(m) - i64::from(m0);
                if frequency == Frequency::Monthly { months } else { y - y0 }
            }
        };
        passed.div_euclid(self.rule.interval)
    }

    /// Every period holds equally many occurrences, so that COUNT can be reckoned instead of counted.
    fn uniform(&self) -> Option<u64> {
        use Frequency::{Hourly, Minutely, Secondly, Weekly};
        let (rule, frequency) = (self.rule, self.rule.frequency);
        let days_open = self.months == 0
            && self.month_days.is_empty()
            && rule.year_days.is_empty()
            && rule.week_numbers.is_empty()
            && rule.positions.is_empty()
            && (frequency == Weekly || self.weekdays == 0);
        let times_open = (frequency < Hourly || rule.hours == 0)
            && (frequency < Minutely || rule.minutes == 0)
            && (frequency < Secondly || rule.seconds == 0);
        if frequency < Weekly || !days_open || !times_open {
            return None;
        }
        let times = |list: &[i64], fixed: Frequency| if frequency >= fixed { 1 } else { list.len() as u64 };
        let daily = times(&self.hours, Hourly) * times(&self.minutes, Minutely) * times(&self.seconds, Secondly);
        Some(daily * if frequency == Weekly { u64::from(self.weekdays.count_ones()) } else { 1 })
    }

    fn skip_to_window(&mut self) {
        // A day that does not exist may come in the period after its own.
        let late = i64::from(self.rule.skip == Skip::Forward);
        let target = (self.period_of(self.from) - late).max(0);
        match (self.left, self.uniform()) {
            (None, _) => self.period = target,
            (Some(left), Some(each)) if target > 0 => {
                // The first period lacks what lies before the start.
                self.open();
                let first = (self.total - self.seek(self.start)).max(0) as u64;
                let before = first.saturating_add((target as u64 - 1).saturating_mul(each));
                self.left = Some(left.saturating_sub(before));
                self.period = target;
                self.opened = false;
            }
            _ => {}
        }
    }

    fn matches(&self, day: i64) -> bool {
        let rule = self.rule;
        if self.months == 0
            && self.month_days.is_empty()
            && rule.year_days.is_empty()
            && rule.week_numbers.is_empty()
            && rule.nth_weekdays.is_empty()
        {
            return self.weekdays == 0 || self.weekdays >> weekday(day) & 1 == 1;
        }
        let (year, month, of_month) = date(day);
        if self.months != 0 && self.months >> month & 1 == 0 {
            return false;
        }
        let length = i64::from(month_length(year, month));
        let of_month = i64::from(of_month);
        let within = |list: &[i64], at: i64, length: i64| list.contains(&at) || list.contains(&(at - length - 1));
        if !self.month_days.is_empty() && !within(&self.month_days, of_month, length) {
            return false;
        }
        let of_year = day - days(year, 1, 1) + 1;
        if !rule.year_days.is_empty() && !within(&rule.year_days, of_year, year_length(year)) {
            return false;
        }
        if !rule.week_numbers.is_empty() {
            let (number, last) = week_number(day, rule.week_start);
            if !within(&rule.week_numbers, number, last) {
                return false;
            }
        }
        if self.weekdays == 0 && rule.nth_weekdays.is_empty() {
            return true;
        }
        let weekday = weekday(day);
        // Ordinals count within the month, except for a yearly rule without months (§3.3.10, BYDAY).
        let yearly = rule.frequency == Frequency::Yearly && rule.months == 0;
        let (at, length) = if yearly { (of_year, year_length(year)) } else { (of_month, length) };
        let (forward, backward) = ((at - 1) / 7 + 1, -((length - at) / 7 + 1));
        self.weekdays >> weekday & 1 == 1
            || rule.nth_weekdays.iter().any(|(nth, day)| *day == weekday && (*nth == forward || *nth == backward))
    }

    fn add_month(&mut self, year: i64, month: u32, meter_cost: &mut u64) {
        if self.months != 0 && self.months >> month & 1 == 0 {
            return;
        }
        let (first, length) = (days(year, month, 1), i64::from(month_length(year, month)));
        if self.month_days.is_empty() {
            *meter_cost += 8;
            for day in first..first + length {
                if self.matches(day) {
                    self.days.push(day);
                }
            }
            return;
        }
        let mut found: Vec<i64> = self
            .month_days
            .iter()
            .map(|day| if *day > 0 { *day } else { length + 1 + day })
            .filter(|day| (1..=length).contains(day))
            .map(|day| first + day - 1)
            .filter(|day| self.matches(*day))
            .collect();
        found.extend(self.skipped(year, month));
        found.sort_unstable();
        found.dedup();
        self.days.extend(found);
    }

    /// The days that stand for those of the month that do not exist (RFC 7529 §4.1).
    fn skipped(&self, year: i64, month: u32) -> Option<i64> {
        let (first, length) = (days(year, month, 1), i64::from(month_length(year, month)));
        let day = match self.rule.skip {
            Skip::Omit => return None,
            Skip::Backward => first + length - 1,
            Skip::Forward => first + length,
        };
        let wanted = self.weekdays == 0 && self.rule.nth_weekdays.is_empty() || self.weekdays >> weekday(day) & 1 == 1;
        (wanted && self.month_days.iter().any(|day| *day > length)).then_some(day)
    }

    /// Fills in the days and times of the current period; the price of it in steps.
    fn open(&mut self) -> u64 {
        use Frequency::{Hourly, Minutely, Monthly, Secondly, Weekly, Yearly};
        let mut cost = 1;
        self.days.clear();
        self.picks = None;
        let offset = self.period.saturating_mul(self.rule.interval);
        match self.rule.frequency {
            Yearly => {
                let year = date(self.start.div_euclid(DAY)).0 + offset;
                for month in 1..=12 {
                    self.add_month(year, month, &mut cost);
                }
                if self.rule.skip != Skip::Omit {
                    let length = year_length(year);
                    if self.rule.year_days.iter().any(|day| *day > length) {
                        let late = i64::from(self.rule.skip == Skip::Forward);
                        self.days.push(days(year, 1, 1) + length - 1 + late);
                    }
                    self.days.sort_unstable();
                    self.days.dedup();
                }
            }
            Monthly => {
                let (year, month, _) = date(self.start.div_euclid(DAY));
                let months = year * 12 + i64::from(month) - 1 + offset;
                self.add_month(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, &mut cost);
            }
            Weekly => {
                let first = self.base() / DAY + 7 * offset;
                for day in first..first + 7 {
                    if self.matches(day) {
                        self.days.push(day);
                    }
                }
            }
            _ => {
                let begin = self.base() + offset * self.unit().unwrap_or(DAY);
                let day = begin.div_euclid(DAY);
                let clock = begin.rem_euclid(DAY);
                let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
                let rule = self.rule;
                let allowed = |mask: u64, bit: i64| mask == 0 || mask >> bit & 1 == 1;
                let mut open = self.matches(day);
                if rule.frequency >= Hourly {
                    self.hours = vec![hour];
                    open &= allowed(rule.hours.into(), hour);
                }
                if rule.frequency >= Minutely {
                    self.minutes = vec![minute];
                    open &= allowed(rule.minutes, minute);
                }
                if rule.frequency >= Secondly {
                    self.seconds = vec![second];
                    open &= allowed(rule.seconds, second);
                }
                if open {
                    self.days.push(day);
                }
            }
        }
        let size = self.days.len() * self.hours.len() * self.minutes.len() * self.seconds.len();
        self.total = size as i64;
        if !self.rule.positions.is_empty() {
            let total = self.total;
            let index = |position: &i64| if *position > 0 { position - 1 } else { total + position };
            let mut picks: Vec<i64> =
                self.rule.positions.iter().map(index).filter(|at| (0..total).contains(at)).collect();
            picks.sort_unstable();
            picks.dedup();
            self.total = picks.len() as i64;
            self.picks = Some(picks);
        }
        self.at = 0;
        self.opened = true;
        cost
    }

    fn value(&self, at: i64) -> i64 {
        let mut rest = self.picks.as_ref().map_or(at, |picks| picks[at as usize]);
        let mut next = |list: &[i64]| {
            let length = list.len() as i64;
            let item = list[(rest % length) as usize];
            rest /= length;
            item
        };
        let (second, minute, hour) = (next(&self.seconds), next(&self.minutes), next(&self.hours));
        self.days[rest as usize] * DAY + hour * 3600 + minute * 60 + second
    }

    /// The first place in the open period whose value is not before `time`.
    fn seek(&self, time: i64) -> i64 {
        let (mut low, mut high) = (0, self.total);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.value(middle) < time { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Where the current period begins, at the latest.
    fn begins(&self) -> i64 {
        let offset = self.period.saturating_mul(self.rule.interval);
        match self.unit() {
            Some(unit) => self.base().saturating_add(offset.saturating_mul(unit)),
            None => {
                let (year, month, _) = date(self.start.div_euclid(DAY));
                let months = match self.rule.frequency {
                    Frequency::Monthly => (year * 12 + i64::from(month) - 1).saturating_add(offset),
                    _ => year.saturating_add(offset).saturating_mul(12),
                };
                let year = months.div_euclid(12);
                if year > 9999 { i64::MAX } else { days(year, months.rem_euclid(12) as u32 + 1, 1) * DAY }
            }
        }
    }

    /// After an empty period shorter than a week: where the next one that can hold anything begins.
    fn leap(&self) -> Option<i64> {
        use Frequency::{Daily, Hourly, Minutely};
        let rule = self.rule;
        if rule.frequency < Daily || self.total > 0 {
            return None;
        }
        let begin = self.begins();
        let day = begin.div_euclid(DAY);
        if !self.matches(day) {
            let (year, month, _) = date(day);
            let next = if self.months != 0 && self.months >> month & 1 == 0 {
                let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                days(year, month, 1)
            } else {
                day + 1
            };
            return Some(next * DAY);
        }
        let clock = begin.rem_euclid(DAY);
        if rule.frequency >= Hourly && rule.hours != 0 && rule.hours >> (clock / 3600) & 1 == 0 {
            return Some((begin.div_euclid(3600) + 1) * 3600);
        }
        if rule.frequency >= Minutely && rule.minutes != 0 && rule.minutes >> (clock / 60 % 60) & 1 == 0 {
            return Some((begin.div_euclid(60) + 1) * 60);
        }
        None
    }

    /// The next occurrence; `None` at the end, or when the meter is spent.
    pub(super) fn next(&mut self, meter: &mut Meter) -> Option<i64> {
        loop {
            if self.left == Some(0) {
                return None;
            }
            if self.opened && self.at < self.total {
                let value = self.value(self.at);
                if value > self.to {
                    return None;
                }
                self.at += 1;
                if let Some(left) = &mut self.left {
                    *left -= 1;
                }
                return Some(value);
            }
            if self.opened {
                let next = self.leap().map_or(0, |time| {
                    let at = self.period_of(time - 1);
                    at + 1
                });
                self.period = (self.period + 1).max(next);
                self.opened = false;
            }
            if self.begins() > self.to {
                return None;
            }
            let cost = self.open();
            if !meter.step(cost) {
                return None;
            }
            let first = self.seek(self.start);
            self.at = self.seek(self.from);
            if let Some(left) = &mut self.left {
                *left = left.saturating_sub((self.at - first) as u64);
            }
        }
    }
}
