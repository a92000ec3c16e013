use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What meetings drawn at random said of the share. Shares and the margin are fractions of 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The day on which the questions were answered.
    pub date: NaiveDate,
    /// The days that the meetings were drawn from.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Meetings with an answer.
    pub answered: usize,
    /// Those of them that had a class, and those of these that had the wrong one.
    pub classed: usize,
    pub wrong: usize,
    /// The share as the answers correct it, with half the width of its interval of 90 %.
    pub share: f64,
    pub margin: f64,
    /// The share and the coverage that were shown then.
    pub shown: Option<f64>,
    pub coverage: f64,
    /// Draws the same meetings again while the calendars stay.
    pub seed: u64,
}

impl Audit {
    /// `34% ± 4`: whole points, the margin never smaller than it is.
    pub fn interval(&self) -> String {
        format!("{:.0}% ± {:.0}", self.share * 100.0, (self.margin * 100.0).ceil())
    }
}
