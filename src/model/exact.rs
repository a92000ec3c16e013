use chrono::TimeDelta;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// An exact fraction: seconds, or a ratio of them. Shares of overlapping events are thirds and sevenths of seconds,
/// and only display rounds, so that shown parts add up to the shown whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Exact(BigRational);

impl Exact {
    /// `numerator / denominator`.
    ///
    /// # Panics
    /// With a denominator of 0.
    pub fn new(numerator: i64, denominator: i64) -> Exact {
        Exact(BigRational::new(numerator.into(), denominator.into()))
    }

    /// `numerator / denominator`, for sums over a large common denominator.
    ///
    /// # Panics
    /// With a denominator of 0.
    pub fn fraction(numerator: i128, denominator: u64) -> Exact {
        Exact(BigRational::new(numerator.into(), denominator.into()))
    }

    /// Whole seconds of elapsed time.
    pub fn seconds(length: TimeDelta) -> Exact {
        Exact(BigRational::from_integer(length.num_seconds().into()))
    }

    /// That many hours, in seconds.
    pub fn hours(hours: i64) -> Exact {
        Exact::new(hours * 3600, 1)
    }

    /// A decimal number as it was written, such as the goal `0.4`, to nine places.
    pub fn decimal(value: f64) -> Exact {
        Exact::new((value * 1e9).round() as i64, 1_000_000_000)
    }

    /// Seconds as decimal hours.
    pub fn in_hours(&self) -> f64 {
        self.to_f64() / 3600.0
    }

    /// The nearest floating-point number.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(0.0)
    }

    /// Nothing at all.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// `self / other`, or `None` where `other` is 0.
    pub fn over(&self, other: &Exact) -> Option<Exact> {
        (!other.is_zero()).then(|| Exact(&self.0 / &other.0))
    }

    /// The nearest whole number of `unit`, halves away from zero.
    pub fn in_units(&self, unit: &Exact) -> i64 {
        (&self.0 / &unit.0).round().to_integer().to_i64().unwrap_or(i64::MAX)
    }

    /// Whole percent, halves away from zero: how a share is shown.
    pub fn percent(&self) -> i64 {
        self.in_units(&Exact::new(1, 100))
    }

    /// A tenth of an hour: the unit that hours are shown in.
    pub fn tenth() -> Exact {
        Exact::new(360, 1)
    }

    /// Tenths of an hour: how hours are shown.
    pub fn tenths(&self) -> i64 {
        self.in_units(&Exact::tenth())
    }

    /// `parts` in whole `unit`s that add up to the rounded total: largest remainder, ties to the earlier part.
    pub fn largest_remainder(parts: &[Exact], unit: &Exact) -> Vec<i64> {
        Exact::adding_up_to(parts.iter().cloned().sum::<Exact>().in_units(unit), parts, unit)
    }

    /// `parts` in whole `unit`s that add up to `total`, their sum rounded up or down.
    pub fn adding_up_to(total: i64, parts: &[Exact], unit: &Exact) -> Vec<i64> {
        let scaled: Vec<BigRational> = parts.iter().map(|p| &p.0 / &unit.0).collect();
        let mut shown: Vec<i64> = scaled.iter().map(|s| s.floor().to_integer().to_i64().unwrap_or(0)).collect();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by(|&a, &b| (&scaled[b] - scaled[b].floor()).cmp(&(&scaled[a] - scaled[a].floor())));
        let missing = total - shown.iter().sum::<i64>();
        for &i in order.iter().take(usize::try_from(missing).unwrap_or(0)) {
            shown[i] += 1;
        }
        shown
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                Exact(self.0.$method(other.0))
            }
        }
        impl $trait for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact((&self.0).$method(&other.0))
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact(-self.0)
    }
}

impl AddAssign<&Exact> for Exact {
    fn add_assign(&mut self, other: &Exact) {
        self.0 += &other.0;
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(items: I) -> Exact {
        items.fold(Exact::default(), |sum, item| sum + item)
    }
}

impl<'a> Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(items: I) -> Exact {
        items.fold(Exact::default(), |mut sum, item| {
            sum += item;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_parts_add_up_to_the_shown_total() {
        let parts = [Exact::new(1, 3), Exact::new(1, 3), Exact::new(1, 3)];
        assert_eq!(Exact::largest_remainder(&parts, &Exact::new(1, 100)), [34, 33, 33]);
        let negative = [Exact::new(-1, 2), Exact::new(1, 3), Exact::new(1, 6)];
        assert_eq!(Exact::largest_remainder(&negative, &Exact::new(1, 1)).iter().sum::<i64>(), 0);
    }
}
