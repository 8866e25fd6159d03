//! Lines: values over time or over another number.
//!
//! Invariants: the points of a series are in the order of the axis; a line is drawn only between neighbours, so
//! a NULL or a missing step is a gap and never a slope.

use super::columns::{labels, numbers, times};
use crate::answer::Answer;
use crate::error::Error;
use crate::style::SERIES_COLOURS;
use crate::time::Zone;

/// A chart of lines.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// What the horizontal axis is.
    pub(crate) title: String,
    /// The zone of its times; `None` for numbers.
    pub(crate) zone: Option<Zone>,
    pub(crate) series: Vec<Series>,
    /// The usual distance of neighbours, when there is one.
    step: Option<f64>,
    /// What is not shown, for people.
    pub(crate) notes: Vec<String>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    /// Where, and the value there; `None` is a gap.
    pub(crate) points: Vec<(f64, Option<f64>)>,
}

impl Lines {
    pub(crate) fn of(answer: &Answer, x: usize, y: &[usize], series: Option<usize>) -> Result<Self, Error> {
        let (xs, zone) = match times(answer, x)? {
            Some((xs, zone)) => (xs, Some(zone)),
            None => (numbers(answer, x)?, None),
        };
        let columns = y.iter().map(|column| numbers(answer, *column)).collect::<Result<Vec<_>, _>>()?;
        let mut all: Vec<Series> = Vec::new();
        match series {
            None => {
                for (column, values) in y.iter().zip(&columns) {
                    let points =
                        xs.iter().zip(values).filter_map(|(x, value)| Some(((*x)?, *value))).collect();
                    all.push(Series { name: answer.name(*column).to_owned(), points });
                }
            }
            Some(series) => {
                for ((name, x), value) in labels(answer, series)?.into_iter().zip(&xs).zip(&columns[0]) {
                    let Some(x) = *x else { continue };
                    match all.iter_mut().find(|series| series.name == name) {
                        Some(series) => series.points.push((x, *value)),
                        None => all.push(Series { name, points: vec![(x, *value)] }),
                    }
                }
            }
        }
        for series in &mut all {
            series.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let mut notes = Vec::new();
        let missing = xs.iter().filter(|x| x.is_none()).count();
        if missing > 0 {
            notes.push(format!("rows without {}: {missing}", answer.name(x)));
        }
        if all.len() > SERIES_COLOURS {
            notes.push(format!("series not shown, the smallest: {}", all.len() - SERIES_COLOURS));
            keep_largest(&mut all);
        }
        let step = usual_step(&all);
        Ok(Self { title: answer.name(x).to_owned(), zone, series: all, step, notes })
    }

    pub(crate) fn xs(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.points.iter().map(|(x, _)| *x))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(Series::values)
    }

    /// The points of a series that belong together.
    pub(crate) fn runs(&self, series: &Series) -> Vec<Vec<(f64, f64)>> {
        let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut open = false;
        for (x, value) in &series.points {
            let Some(value) = *value else {
                open = false;
                continue;
            };
            match runs.last_mut() {
                Some(run) if open && !self.is_gap(run[run.len() - 1].0, *x) => run.push((*x, value)),
                _ => runs.push(vec![(*x, value)]),
            }
            open = true;
        }
        runs
    }

    fn is_gap(&self, from: f64, to: f64) -> bool {
        self.step.is_some_and(|step| to - from > 1.5 * step)
    }
}

impl Series {
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().filter_map(|(_, value)| *value)
    }

    /// The smallest, the largest and the last value.
    pub(crate) fn summary(&self) -> Option<(f64, f64, f64)> {
        let last = self.values().last()?;
        Some((self.values().fold(last, f64::min), self.values().fold(last, f64::max), last))
    }
}

fn keep_largest(all: &mut Vec<Series>) {
    let size = |series: &Series| series.values().map(f64::abs).sum::<f64>();
    let mut sizes: Vec<f64> = all.iter().map(size).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let least = sizes[SERIES_COLOURS - 1];
    all.retain(|series| size(series) >= least);
    all.truncate(SERIES_COLOURS);
}

/// The distance that most neighbours have; months, whose days differ, count as equal.
fn usual_step(all: &[Series]) -> Option<f64> {
    let mut xs: Vec<f64> = all.iter().flat_map(|series| series.points.iter().map(|(x, _)| *x)).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let mut steps: Vec<f64> = xs.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_by(f64::total_cmp);
    let median = *steps.get(steps.len() / 2)?;
    let usual = steps.iter().filter(|step| (*step / median - 1.0).abs() < 0.15).count();
    (steps.len() > 1 && usual * 2 >= steps.len()).then_some(median)
}
