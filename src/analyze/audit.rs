//! How far the shown share is off, by a few meetings drawn at random by their hours among those that nobody marked.
//!
//! Of each drawn hour, `x` is 1 where it is shown as strategy and `w` where it is shown as strategy or execution; `y` and `z` are
//! the same by the answers. The means `X` and `W` of the shown ones are known for all hours, and a mark is right, so only the
//! differences in the part `f` of the hours that bears no mark are estimated:
//! share = (X + f · mean(y − x)) / (W + f · mean(z − w)). With dᵢ = (yᵢ − xᵢ) − share · (zᵢ − wᵢ), the margin of 90 % is
//! f · 1.645 · √(s² / n) / (W + f · mean(z − w)), where s² = (Σ(dᵢ − mean)² + 1) / (n + 1): one wrong answer more than was
//! seen, since twenty right ones do not prove that none is wrong. (The difference estimator and its linearised variance: Cochran, Sampling
//! Techniques, 3rd edition, §6.3 and §7.8.)

use super::ledger::ByClass;
use super::{Judged, Row};
use crate::model::Class;

/// Ninety percent of a normal distribution lie within so many standard deviations.
const NINETY: f64 = 1.645;

/// What a person says that a meeting was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Strategy,
    Execution,
    /// It should not have counted.
    Nothing,
}

/// One drawn meeting with its answer.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    pub shown: Class,
    pub said: Said,
    /// How often it was drawn: a long one may stand for several hours.
    pub times: usize,
}

impl Answered {
    /// It is shown as a class, and the answer is another.
    pub fn is_wrong(&self) -> bool {
        self.is_classed() && (self.shown == Class::Strategy) != (self.said == Said::Strategy)
            || self.is_classed() && self.said == Said::Nothing
    }

    /// It is shown as a class.
    pub fn is_classed(&self) -> bool {
        self.shown != Class::Unclassified
    }

    /// What it adds to the strategy and to the classified hours, beyond what is shown.
    fn differs(&self) -> [f64; 2] {
        let one = |holds: bool| f64::from(u8::from(holds));
        let strategy = one(self.said == Said::Strategy) - one(self.shown == Class::Strategy);
        [strategy, one(self.said != Said::Nothing) - one(self.is_classed())]
    }
}

/// The share as the answers correct it, with half the width of its interval; fractions of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub share: f64,
    pub margin: f64,
}

/// Corrects the share of `hours`, from whose part `unmarked` (a fraction of 1) the answered ones were drawn. `None` without answers
/// or hours.
pub fn estimate(hours: &ByClass, unmarked: f64, answers: &[Answered]) -> Option<Estimate> {
    let all = hours.seconds();
    let n: f64 = answers.iter().map(|answer| answer.times as f64).sum();
    if all <= 0.0 || n <= 0.0 {
        return None;
    }
    let mean = |of: &dyn Fn(&Answered) -> f64| answers.iter().map(|a| of(a) * a.times as f64).sum::<f64>() / n;
    let strategy = hours.of(Class::Strategy).to_f64() / all + unmarked * mean(&|a| a.differs()[0]);
    let classified = hours.classified().to_f64() / all + unmarked * mean(&|a| a.differs()[1]);
    if classified <= 0.0 {
        return None;
    }
    let share = (strategy / classified).clamp(0.0, 1.0);
    let off = |a: &Answered| a.differs()[0] - share * a.differs()[1];
    let centre = mean(&off);
    let squares = mean(&|a| (off(a) - centre).powi(2)) * n;
    let variance = (squares + 1.0) / (n + 1.0);
    Some(Estimate { share, margin: unmarked * NINETY * (variance / n).sqrt() / classified })
}

/// The counted ones that nobody marked, with their seconds.
fn unmarked<'a>(rows: &[Row<'a>]) -> Vec<(&'a Judged, f64)> {
    let open = rows.iter().filter(|row| row.judged.instance.marked.is_none());
    open.map(|row| (row.judged, row.counted.to_f64())).filter(|(_, seconds)| *seconds > 0.0).collect()
}

/// The part of `hours`, a fraction of 1, that the `rows` make up that nobody marked.
pub fn part_unmarked(rows: &[Row<'_>], hours: &ByClass) -> f64 {
    let all = hours.seconds();
    let open: f64 = unmarked(rows).iter().map(|(_, seconds)| seconds).sum();
    if all > 0.0 { (open / all).min(1.0) } else { 0.0 }
}

/// Draws `n` times among the counted `rows` that nobody marked, each meeting with a chance in proportion to its hours: an order
/// by `seed`, then one at every n-th part of all hours. Each with how often it was drawn, in the order of the draw.
pub fn draw<'a>(rows: &[Row<'a>], n: usize, seed: u64) -> Vec<(&'a Judged, usize)> {
    let mut dice = Dice(seed);
    let mut urn = unmarked(rows);
    for last in (1..urn.len()).rev() {
        urn.swap(last, (dice.fraction() * (last + 1) as f64) as usize);
    }
    let step = urn.iter().map(|(_, seconds)| seconds).sum::<f64>() / n.max(1) as f64;
    let (mut due, mut passed) = (dice.fraction() * step, 0.0);
    let mut drawn = Vec::new();
    for (judged, seconds) in urn {
        passed += seconds;
        let mut times = 0;
        while step > 0.0 && due < passed {
            (due, times) = (due + step, times + 1);
        }
        if times > 0 {
            drawn.push((judged, times));
        }
    }
    drawn
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same draw for the same seed on every machine and in every version.
struct Dice(u64);

impl Dice {
    /// From 0 to below 1.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Exact;

    fn hours(strategy: i64, execution: i64, unclassified: i64) -> ByClass {
        ByClass([strategy, execution, unclassified].map(Exact::hours))
    }

    fn answers(of: &[(Class, Said, usize)]) -> Vec<Answered> {
        of.iter().map(|&(shown, said, times)| Answered { shown, said, times }).collect()
    }

    #[test]
    fn right_answers_leave_the_share_and_wrong_ones_move_it() {
        let shown = hours(30, 60, 10);
        let right = [(Class::Strategy, Said::Strategy, 6), (Class::Execution, Said::Execution, 12)];
        let open = |said| [&right[..], &[(Class::Unclassified, said, 2)]].concat();
        let share = |of: &[(Class, Said, usize)]| estimate(&shown, 1.0, &answers(of)).unwrap().share;
        assert_eq!(share(&open(Said::Execution)), 0.3);
        assert_eq!(share(&open(Said::Strategy)), 0.4);
        assert!((share(&open(Said::Nothing)) - 1.0 / 3.0).abs() < 1e-9, "what should not count is in no share");
        let wrong = [&open(Said::Execution)[..], &[(Class::Execution, Said::Strategy, 5)]].concat();
        assert!((share(&wrong) - 0.5).abs() < 0.02, "{}", share(&wrong));
        assert_eq!(estimate(&shown, 1.0, &[]), None);
        assert_eq!(estimate(&hours(0, 0, 0), 1.0, &answers(&right)), None);
    }

    #[test]
    fn twenty_right_answers_do_not_prove_that_none_is_wrong() {
        let margin =
            |n| estimate(&hours(40, 60, 0), 1.0, &answers(&[(Class::Execution, Said::Execution, n)])).unwrap().margin;
        assert!(margin(20) > 0.07 && margin(20) < 0.09 && margin(80) < margin(20) / 2.0);
    }

    #[test]
    fn what_is_marked_needs_no_question() {
        let shown = hours(40, 60, 0);
        let wrong = answers(&[(Class::Execution, Said::Execution, 9), (Class::Execution, Said::Strategy, 1)]);
        let [all, half] = [1.0, 0.5].map(|part| estimate(&shown, part, &wrong).unwrap());
        assert!((all.share - 0.5).abs() < 1e-9 && (half.share - 0.45).abs() < 1e-9);
        assert!(half.margin < all.margin * 0.55, "{half:?} {all:?}");
    }

    /// Shown strategy and unclassified of 100 hours; how many percent of each shown class are strategy in truth.
    const LIVES: [(i64, i64, [f64; 3]); 5] = [
        (35, 5, [1.0, 0.0, 0.5]),
        (35, 5, [0.98, 0.02, 0.5]),
        (30, 5, [1.0, 0.1, 0.5]),
        (30, 20, [0.95, 0.08, 0.5]),
        (30, 5, [0.98, 0.2, 0.4]),
    ];

    #[test]
    fn nine_of_ten_intervals_hold_the_true_share_and_on_average_it_is_met() {
        for (strategy, unclassified, truth) in LIVES {
            let shown = hours(strategy, 100 - strategy - unclassified, unclassified);
            let parts = [strategy, 100 - strategy - unclassified, unclassified].map(|part| part as f64 / 100.0);
            let share: f64 = parts.iter().zip(truth).map(|(part, strategy)| part * strategy).sum();
            let (mut held, mut sum, mut dice) = (0, 0.0, Dice(7));
            for _ in 0..1000 {
                let mut one = || {
                    let at = dice.fraction();
                    let class = usize::from(at >= parts[0]) + usize::from(at >= parts[0] + parts[1]);
                    let said = if dice.fraction() < truth[class] { Said::Strategy } else { Said::Execution };
                    Answered { shown: Class::ALL[class], said, times: 1 }
                };
                let drawn: Vec<Answered> = (0..20).map(|_| one()).collect();
                let found = estimate(&shown, 1.0, &drawn).unwrap();
                held += usize::from((found.share - share).abs() <= found.margin + 0.005);
                sum += found.share;
            }
            assert!(held >= 900, "{held} of 1000 at {truth:?}");
            assert!((sum / 1000.0 - share).abs() < 0.01, "{} for {share}", sum / 1000.0);
        }
    }
}
