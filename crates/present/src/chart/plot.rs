//! From an answer to what is drawn, whoever draws it.

use super::bars::Bars;
use super::histogram::histogram;
use super::lines::Lines;
use super::{ChartKind, ChartSpec, columns};
use crate::answer::{Answer, Kind};
use crate::error::Error;

/// What is drawn.
#[derive(Debug, Clone)]
pub(crate) enum Plot {
    Bars(Bars),
    Lines(Lines),
}

/// More columns of numbers than this are not drawn unasked.
const MOST_UNASKED: usize = 4;

impl Plot {
    /// The chart `spec` asks for, or the one that suits the answer.
    ///
    /// # Errors
    /// [`Error::NothingToChart`] when there is none.
    pub(crate) fn of(answer: &Answer, spec: Option<&ChartSpec>) -> Result<Self, Error> {
        let chosen;
        let spec = match spec {
            Some(spec) => spec,
            None => {
                chosen = suitable(answer)?;
                &chosen
            }
        };
        if spec.kind == ChartKind::None {
            return Err(Error::nothing(
                "this question has an answer for reading, not for drawing",
                "choose the format table",
            ));
        }
        if answer.rows() == 0 {
            return Err(Error::nothing("the answer has no rows", "widen the time window or the filter"));
        }
        let x = columns::find(answer, &spec.x)?;
        let y = spec.y.iter().map(|name| columns::find(answer, name)).collect::<Result<Vec<_>, _>>()?;
        let series = spec.series.as_deref().map(|name| columns::find(answer, name)).transpose()?;
        if y.is_empty() && spec.kind != ChartKind::Histogram {
            return Err(Error::nothing("the chart names no column of values", "name at least one in y"));
        }
        let (plot, empty) = match spec.kind {
            ChartKind::Line => {
                let lines = Lines::of(answer, x, &y, series)?;
                let empty = lines.values().next().is_none();
                (Self::Lines(lines), empty)
            }
            kind => {
                let bars = if kind == ChartKind::Bar {
                    Bars::of(answer, x, &y, series)?
                } else {
                    histogram(answer, x, y.first().copied())?
                };
                let empty = bars.values().next().is_none();
                (Self::Bars(bars), empty)
            }
        };
        if empty {
            return Err(Error::nothing(
                "every value is NULL or not a number",
                "leave such rows out in the query or choose other columns",
            ));
        }
        Ok(plot)
    }
}

/// Times and numbers make lines, text and a number make bars.
fn suitable(answer: &Answer) -> Result<ChartSpec, Error> {
    let of_kind = |kind| (0..answer.columns()).filter(move |column| answer.kind(*column) == kind);
    let names = answer.unique_names();
    let name = |column: usize| names[column].clone();
    let numbers: Vec<usize> = of_kind(Kind::Number).collect();
    let Some(number) = numbers.first() else {
        return Err(Error::nothing(
            "the answer has no column of numbers",
            "count or sum in the query, as in SELECT level, count(*) FROM logs GROUP BY level",
        ));
    };
    let text = of_kind(Kind::Text).next();
    if let Some(time) = of_kind(Kind::Time).next() {
        // Times that repeat belong to several series in one column.
        let series = match text {
            Some(text) if repeats(answer, time)? => Some(name(text)),
            _ => None,
        };
        let y = match series {
            Some(_) => vec![name(*number)],
            None => numbers.iter().take(MOST_UNASKED).map(|column| name(*column)).collect(),
        };
        return Ok(ChartSpec { kind: ChartKind::Line, x: name(time), y, series });
    }
    match text {
        Some(text) => {
            Ok(ChartSpec { kind: ChartKind::Bar, x: name(text), y: vec![name(*number)], series: None })
        }
        None => Err(Error::nothing(
            "the answer has numbers but neither a column of times nor one of text to draw them over",
            "cast the column of labels to varchar in the query or name the columns of the chart",
        )),
    }
}

fn repeats(answer: &Answer, time: usize) -> Result<bool, Error> {
    let Some((mut times, _)) = columns::times(answer, time)? else { return Ok(false) };
    times.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    Ok(times.windows(2).any(|pair| pair[0].is_some() && pair[0] == pair[1]))
}
