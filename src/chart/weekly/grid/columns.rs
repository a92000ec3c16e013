//! Places parallel bookings side by side.

/// Where a block stands: column `column` of `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) column: usize,
    pub(super) of: usize,
}

/// A place for each stretch of minutes, which come ordered by start: the leftmost free column of its cluster of overlaps.
pub(super) fn places(stretches: &[(u16, u16)]) -> Vec<Place> {
    let mut places = vec![Place { column: 0, of: 1 }; stretches.len()];
    let (mut first, mut ends, mut reach) = (0, Vec::<u16>::new(), 0);
    for (i, (from, to)) in stretches.iter().enumerate() {
        if *from >= reach {
            places[first..i].iter_mut().for_each(|place| place.of = ends.len());
            (first, reach) = (i, 0);
            ends.clear();
        }
        let column = ends.iter().position(|end| end <= from).unwrap_or(ends.len());
        if column == ends.len() {
            ends.push(*to);
        } else {
            ends[column] = *to;
        }
        places[i].column = column;
        reach = reach.max(*to);
    }
    places[first..].iter_mut().for_each(|place| place.of = ends.len().max(1));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_share_the_width_and_later_ones_reuse_it() {
        let of = places(&[(0, 2), (1, 3), (2, 4), (5, 6)]);
        let columns: Vec<(usize, usize)> = of.iter().map(|p| (p.column, p.of)).collect();
        assert_eq!(columns, [(0, 2), (1, 2), (0, 2), (0, 1)]);
        assert!(places(&[]).is_empty());
        let one_after_another = places(&[(540, 545), (545, 550), (550, 555)]);
        assert!(one_after_another.iter().all(|p| p.of == 1));
    }
}
