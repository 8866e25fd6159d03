//! Axes: round numbers and round times as ticks, and how they are written.
//!
//! Invariant: a scale is never empty: `max` is above `min` and both are finite, whatever the values were.

use crate::time::Zone;

/// An axis from `min` to `max`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) ticks: Vec<f64>,
}

/// Far enough from the largest double that differences are finite.
const LIMIT: f64 = 1e300;

/// No axis has more ticks.
const MOST: usize = 64;

impl Scale {
    /// An axis for `values` that ends at round numbers, and at zero when that is near.
    pub(crate) fn round(values: impl Iterator<Item = f64>, ticks: usize) -> Self {
        let (mut min, mut max) = range(values);
        if min > 0.0 && min < 0.8 * max {
            min = 0.0;
        } else if max < 0.0 && max > 0.8 * min {
            max = 0.0;
        }
        if min == max {
            (min, max) = if min == 0.0 { (0.0, 1.0) } else { (min.min(0.0), max.max(0.0)) };
        }
        let step = round_step((max - min) / ticks.max(1) as f64);
        if step > 0.0 {
            let (low, high) = ((min / step).floor() * step, (max / step).ceil() * step);
            (min, max) = (low.min(min), high.max(max));
        }
        Self { min, max, ticks: multiples(min, max, step) }
    }

    /// An axis of bars, which start at zero.
    pub(crate) fn from_zero(values: impl Iterator<Item = f64>, ticks: usize) -> Self {
        Self::round(values.chain([0.0]), ticks)
    }

    /// An axis that ends where the values do.
    pub(crate) fn exact(values: impl Iterator<Item = f64>, ticks: usize) -> Self {
        let (mut min, mut max) = range(values);
        if min == max {
            let around = if min == 0.0 { 1.0 } else { min.abs() / 2.0 };
            (min, max) = (min - around, max + around);
        }
        Self { min, max, ticks: multiples(min, max, round_step((max - min) / ticks.max(1) as f64)) }
    }

    /// An axis of times in seconds, with ticks at round times of `zone`.
    pub(crate) fn time(values: impl Iterator<Item = f64>, ticks: usize, zone: &Zone) -> Self {
        let (mut min, mut max) = range(values);
        if min == max {
            (min, max) = (min - 30.0, max + 30.0);
        }
        let step = time_step((max - min) / ticks.max(1) as f64);
        let offset = zone.offset(min);
        let ticks = multiples(min + offset, max + offset, step).into_iter().map(|at| at - offset).collect();
        Self { min, max, ticks }
    }

    /// Where `value` lies: 0 at `min`, 1 at `max`.
    pub(crate) fn at(&self, value: f64) -> f64 {
        ((value.clamp(-LIMIT, LIMIT) - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }

    pub(crate) fn span(&self) -> f64 {
        self.max - self.min
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (min, max) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value), max.max(value)));
    if min > max { (0.0, 0.0) } else { (min.clamp(-LIMIT, LIMIT), max.clamp(-LIMIT, LIMIT)) }
}

/// The smallest of 1, 2, 5, 10 … times a power of ten that is not below `least`.
pub(crate) fn round_step(least: f64) -> f64 {
    if !(least.is_finite() && least > f64::MIN_POSITIVE) {
        return 0.0;
    }
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|step| *step >= least * 0.999)
        .unwrap_or(power)
}

/// The smallest round span of time that is not below `least` seconds.
pub(crate) fn time_step(least: f64) -> f64 {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 3600.0;
    const DAY: f64 = 86_400.0;
    let steps = [
        1.0,
        2.0,
        5.0,
        10.0,
        15.0,
        30.0,
        MINUTE,
        2.0 * MINUTE,
        5.0 * MINUTE,
        10.0 * MINUTE,
        15.0 * MINUTE,
        30.0 * MINUTE,
        HOUR,
        2.0 * HOUR,
        3.0 * HOUR,
        6.0 * HOUR,
        12.0 * HOUR,
        DAY,
        2.0 * DAY,
        7.0 * DAY,
        14.0 * DAY,
        28.0 * DAY,
        91.0 * DAY,
        182.0 * DAY,
    ];
    if least < 1.0 {
        return round_step(least);
    }
    steps
        .into_iter()
        .find(|step| *step >= least * 0.999)
        .unwrap_or_else(|| round_step(least / 365.0 / DAY) * 365.0 * DAY)
}

fn multiples(min: f64, max: f64, step: f64) -> Vec<f64> {
    if step <= 0.0 {
        return vec![min, max];
    }
    let slack = step * 1e-9;
    let first = ((min - slack) / step).ceil();
    let ticks: Vec<f64> = (0..MOST)
        .map(|index| (first + index as f64) * step)
        .take_while(|tick| *tick <= max + slack)
        .map(|tick| if tick.abs() < slack { 0.0 } else { tick.clamp(min, max) })
        .collect();
    if ticks.is_empty() { vec![min, max] } else { ticks }
}

/// A number for people: whole ones whole, others with six significant digits or without fraction.
pub(crate) fn label(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1e15 || (magnitude != 0.0 && magnitude < 1e-4) {
        let text = format!("{value:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(digits));
    }
    if value.fract() == 0.0 {
        // Adding zero turns its negative into the positive.
        return format!("{:.0}", value + 0.0);
    }
    let whole = if magnitude < 1.0 { 0 } else { magnitude.log10().floor() as usize + 1 };
    trimmed(&format!("{value:.*}", 6usize.saturating_sub(whole))).to_owned()
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// How times on an axis of `span` seconds with ticks every `step` are written.
pub(crate) fn time_label(seconds: f64, span: f64, zone: &Zone) -> String {
    let whole = seconds.floor();
    let millis = ((seconds - whole) * 1000.0).round().min(999.0);
    let Some(at) = zone.civil(whole as i64, millis as u32 * 1_000_000) else { return label(seconds) };
    let date = format!("{:02}-{:02}", at.month(), at.day());
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    match span {
        span if span < 10.0 => format!("{clock}:{:02}.{:03}", at.second(), millis),
        span if span < 600.0 => format!("{clock}:{:02}", at.second()),
        span if span <= 86_400.0 => clock,
        span if span < 14.0 * 86_400.0 => format!("{date} {clock}"),
        span if span < 300.0 * 86_400.0 => date,
        _ => format!("{:04}-{date}", at.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers_and_at_zero_when_it_is_near() {
        let axis = Scale::round([3.0, 87.0].into_iter(), 4);
        assert_eq!((axis.min, axis.max), (0.0, 100.0));
        assert_eq!(axis.ticks, [0.0, 50.0, 100.0]);
        let axis = Scale::round([-3.0, 0.5].into_iter(), 4);
        assert_eq!(axis.ticks, [-3.0, -2.0, -1.0, 0.0, 1.0]);
        assert_eq!(Scale::round([1000.0, 1010.0].into_iter(), 5).min, 1000.0);
    }

    #[test]
    fn an_axis_has_room_whatever_the_values() {
        for values in [
            vec![],
            vec![0.0],
            vec![7.0],
            vec![-7.0, -7.0],
            vec![f64::MIN, f64::MAX],
            vec![5e-324, 1e-323],
            vec![1e15, 1e15 + 0.125],
            vec![f64::NAN, f64::INFINITY],
        ] {
            let zone = Zone::of(None);
            for axis in [
                Scale::round(values.iter().copied(), 4),
                Scale::from_zero(values.iter().copied(), 4),
                Scale::exact(values.iter().copied(), 4),
                Scale::time(values.iter().copied(), 4, &zone),
            ] {
                assert!(axis.min < axis.max && axis.span().is_finite(), "{values:?}: {axis:?}");
                assert!(!axis.ticks.is_empty() && axis.ticks.len() <= MOST, "{values:?}: {axis:?}");
                assert!(axis.ticks.iter().all(|tick| (0.0..=1.0).contains(&axis.at(*tick))));
            }
        }
    }

    #[test]
    fn times_are_at_round_times_of_their_zone() {
        let axis = Scale::time([0.0, 86_400.0].into_iter(), 4, &Zone::of(Some("+05:30")));
        let labels: Vec<_> =
            axis.ticks.iter().map(|at| time_label(*at, axis.span(), &Zone::of(Some("+05:30")))).collect();
        assert_eq!(labels, ["06:00", "12:00", "18:00", "00:00"]);
    }

    #[test]
    fn numbers_are_short_and_right_to_six_digits() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-3.0, "-3"),
            (12.5, "12.5"),
            (0.1 + 0.2, "0.3"),
            (1_234_567.0, "1234567"),
            (1_234_567.89, "1234568"),
            (1e15, "1e15"),
            (0.000_012_5, "1.25e-5"),
            (99.999_999_9, "100"),
        ] {
            assert_eq!(label(value), text);
        }
    }
}
