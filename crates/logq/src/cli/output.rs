//! Where an answer goes and in which form.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use sluice_pipeline::Exit;
use sluice_present::{ChartKind, ChartSpec, Style};
use sluice_query::local::Answer;
use sluice_query::pack::Chart;

use super::args::{Format, Output};
use super::failure::Failure;

/// Columns of a screen that nobody knows the width of.
const WIDTH: usize = 100;

/// Writes an answer.
pub(super) fn write(answer: Answer, chart: Option<&Chart>, output: &Output) -> Result<Exit, Failure> {
    let is_terminal = output.output.is_none() && io::stdout().is_terminal();
    let width = match output.format {
        // What is piped into another program is not cut; a chart needs a width.
        Format::Chart => screen(is_terminal).unwrap_or(WIDTH),
        _ => screen(is_terminal).unwrap_or(0),
    };
    let style = Style {
        width,
        color: is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        unicode: true,
        max_rows: (output.max_rows > 0).then_some(output.max_rows),
    };
    let answer = sluice_present::Answer { schema: answer.schema, batches: answer.batches };
    let chart = chart.and_then(spec);
    let mut bytes = Vec::new();
    sluice_present::write(&answer, output.format.present(), &style, chart.as_ref(), &mut bytes)?;
    match &output.output {
        Some(path) => {
            let fail = |source| Failure::File { path: path.clone(), source };
            let mut file = BufWriter::new(File::create(path).map_err(fail)?);
            file.write_all(&bytes).and_then(|()| file.flush()).map_err(fail)?;
            Ok(Exit::Done)
        }
        None => super::print(&bytes),
    }
}

fn screen(is_terminal: bool) -> Option<usize> {
    is_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0))
}

/// The chart of a query as the library draws it.
pub(super) fn spec(chart: &Chart) -> Option<ChartSpec> {
    let kind = match chart.kind.as_str() {
        "bar" => ChartKind::Bar,
        "line" => ChartKind::Line,
        "histogram" => ChartKind::Histogram,
        _ => return None,
    };
    Some(ChartSpec { kind, x: chart.x.clone(), y: chart.y.clone(), series: chart.series.clone() })
}
