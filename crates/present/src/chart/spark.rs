//! A line of eight heights.

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character a value, from the smallest `▁` to the largest `█`. What is no number is a space; when all
/// values are equal they are in the middle, and at the bottom when they are zero.
#[must_use]
pub fn sparkline(values: &[f64]) -> String {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let (min, max) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value), max.max(value)));
    // Halves, as the range of all doubles is no double.
    let range = max / 2.0 - min / 2.0;
    let height = |value: f64| match value {
        value if !value.is_finite() => ' ',
        _ if range > 0.0 => HEIGHTS[((value / 2.0 - min / 2.0) / range * 7.0).round() as usize],
        0.0 => HEIGHTS[0],
        _ => HEIGHTS[3],
    };
    values.iter().map(|value| height(*value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_and_the_largest_value_fill_the_height() {
        assert_eq!(sparkline(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&[-1.0, f64::NAN, 1.0]), "▁ █");
        assert_eq!(sparkline(&[f64::MIN, f64::MAX]), "▁█");
        assert_eq!(sparkline(&[5.0, 5.0]), "▄▄");
        assert_eq!(sparkline(&[0.0]), "▁");
        assert_eq!(sparkline(&[f64::INFINITY]), " ");
        assert_eq!(sparkline(&[]), "");
    }
}
