//! Histograms: numbers or times, counted in bins with round edges.
//!
//! Invariant: every value is in exactly one bin, and bins without values are there too.

use super::bars::{Bar, Bars};
use super::columns::{numbers, times};
use super::scale::{label, round_step, time_label, time_step};
use crate::answer::Answer;
use crate::error::Error;

/// About how many bins there are.
const BINS: f64 = 15.0;

/// The bins as bars: where each begins, and how many values it has, or what their weights add up to.
pub(crate) fn histogram(answer: &Answer, x: usize, weights: Option<usize>) -> Result<Bars, Error> {
    let (values, zone) = match times(answer, x)? {
        Some((values, zone)) => (values, Some(zone)),
        None => (numbers(answer, x)?, None),
    };
    let weights = weights.map(|column| numbers(answer, column)).transpose()?;
    let weight = |row: usize| weights.as_ref().map_or(Some(1.0), |weights| weights[row]);
    let known: Vec<(f64, f64)> = (values.iter().enumerate())
        .filter_map(|(row, value)| Some((value.filter(|v| v.abs() < 1e300)?, weight(row)?)))
        .collect();
    let min = known.iter().map(|(value, _)| *value).fold(f64::INFINITY, f64::min);
    let max = known.iter().map(|(value, _)| *value).fold(f64::NEG_INFINITY, f64::max);
    let whole = known.iter().all(|(value, _)| value.fract() == 0.0);
    let step = match &zone {
        _ if known.is_empty() || max <= min => 0.0,
        Some(_) => time_step((max - min) / BINS),
        None if whole => round_step((max - min) / BINS).max(1.0),
        None => round_step((max - min) / BINS),
    };
    let offset = zone.as_ref().map_or(0.0, |zone| zone.offset(min));
    let first = if step > 0.0 { ((min + offset) / step).floor() } else { 0.0 };
    let bin = |value: f64| if step > 0.0 { (((value + offset) / step).floor() - first) as usize } else { 0 };
    let mut counts = vec![0.0; if known.is_empty() { 0 } else { bin(max) + 1 }];
    for (value, weight) in &known {
        counts[bin(*value)] += weight;
    }
    let from = |index: usize| if step > 0.0 { (first + index as f64) * step - offset } else { min };
    let text = |index: usize| match &zone {
        Some(zone) => time_label(from(index), max - min, zone),
        None if step == 0.0 || (whole && step == 1.0) => label(from(index)),
        None => format!("{} to {}", label(from(index)), label(from(index + 1))),
    };
    let missing = values.len() - known.len();
    Ok(Bars {
        title: answer.name(x).to_owned(),
        names: vec![weights.map_or_else(|| "rows".to_owned(), |_| "sum".to_owned())],
        bars: (counts.iter().enumerate())
            .map(|(index, count)| Bar { label: text(index), values: vec![Some(*count)] })
            .collect(),
        notes: if missing > 0 { vec![format!("rows without a number: {missing}")] } else { Vec::new() },
        levels: false,
    })
}
