//! How wide the columns of a table are.
//!
//! Invariant: with a limit, the columns and their frame are never wider than it, as long as it has room for one
//! column of one cell and the column that stands for the missing ones (9 cells).

/// Cells a column keeps before columns are left out.
const FLOOR: usize = 6;

/// The columns that are shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The width of each column shown, from the first on.
    pub(crate) widths: Vec<usize>,
    /// Whether columns after these are left out, for which a column of one cell stands.
    pub(crate) elided: bool,
}

fn frame(columns: usize) -> usize {
    3 * columns + 1
}

/// Fits columns that would like to be `natural` wide into `width` (0 for no limit). Columns that are `rigid`
/// (numbers, times) are cut only when cutting the others is not enough.
pub(crate) fn fit(natural: &[usize], rigid: &[bool], width: usize) -> Layout {
    let sum = |widths: &[usize]| widths.iter().fold(0usize, |sum, width| sum.saturating_add(*width));
    if width == 0 || sum(natural).saturating_add(frame(natural.len())) <= width {
        return Layout { widths: natural.to_vec(), elided: false };
    }
    let floors: Vec<usize> = natural.iter().map(|width| (*width).min(FLOOR)).collect();
    let around = |shown: usize| frame(shown) + if shown < natural.len() { 4 } else { 0 };
    let mut shown = natural.len();
    while shown > 1 && sum(&floors[..shown]) + around(shown) > width {
        shown -= 1;
    }
    let room = width.saturating_sub(around(shown)).max(1);
    let mut widths = natural[..shown].to_vec();
    let soft: Vec<usize> = (0..shown).filter(|column| !rigid[*column]).collect();
    shrink(&mut widths, &soft, &floors, room);
    shrink(&mut widths, &(0..shown).collect::<Vec<_>>(), &floors, room);
    if shown == 1 {
        widths[0] = widths[0].min(room);
    }
    Layout { widths, elided: shown < natural.len() }
}

/// Takes from the widest of `columns` until all `widths` fit into `room` or the floors are reached.
fn shrink(widths: &mut [usize], columns: &[usize], floors: &[usize], room: usize) {
    let fixed: usize = (0..widths.len())
        .filter(|column| !columns.contains(column))
        .map(|c| widths[c])
        .fold(0usize, usize::saturating_add);
    let room = room.saturating_sub(fixed);
    if columns.iter().map(|c| widths[*c]).fold(0usize, usize::saturating_add) <= room {
        return;
    }
    let capped = |cap: usize, column: usize| widths[column].min(cap.max(floors[column]));
    let fits =
        |cap: usize| columns.iter().map(|c| capped(cap, *c)).fold(0usize, usize::saturating_add) <= room;
    let cap = (1..=room).rev().find(|cap| fits(*cap)).unwrap_or(1);
    let shrunk: Vec<usize> = columns.iter().map(|c| capped(cap, *c)).collect();
    let mut left = room.saturating_sub(shrunk.iter().sum());
    for (column, width) in columns.iter().zip(shrunk) {
        let one = usize::from(left > 0 && width < widths[*column]);
        left -= one;
        widths[*column] = width + one;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_before_numbers_and_columns_left_out_last() {
        let whole = fit(&[23, 100], &[true, false], 0);
        assert_eq!(whole, Layout { widths: vec![23, 100], elided: false });
        assert_eq!(fit(&[23, 100], &[true, false], 80), Layout { widths: vec![23, 50], elided: false });
        assert_eq!(fit(&[23, 100, 90], &[true, false, false], 80).widths, [23, 24, 23]);
        assert_eq!(fit(&[23, 100], &[true, false], 25), Layout { widths: vec![12, 6], elided: false });
        assert_eq!(fit(&[9, 9, 9, 9], &[false; 4], 30), Layout { widths: vec![9, 9], elided: true });
        assert_eq!(fit(&[9, 9], &[false; 2], 9), Layout { widths: vec![1], elided: true });
        assert_eq!(fit(&[usize::MAX, usize::MAX], &[false; 2], 27).widths, [10, 10]);
    }
}
