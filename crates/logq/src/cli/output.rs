//! Where an answer goes and in which form.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use sluice_console::page;
use sluice_pipeline::Exit;
use sluice_present::{Answer, ChartKind, ChartSpec};
use sluice_query::pack::Chart;

use super::args::{Format, Output};
use super::failure::Failure;
use super::styles;

/// Columns of a screen that nobody knows the width of.
const WIDTH: usize = 100;
/// What shows long answers when nobody says: wide lines stay lines, colours stay, and a text that is left is gone.
const PAGER: &str = "less -SRFX";

/// Writes an answer.
pub(super) fn write(answer: &Answer, chart: Option<&Chart>, output: &Output) -> Result<Exit, Failure> {
    let is_terminal = output.output.is_none() && io::stdout().is_terminal();
    let mut style = styles::of(is_terminal);
    style.max_rows = (output.max_rows > 0).then_some(output.max_rows);
    if output.format == Format::Chart && style.width == 0 {
        style.width = WIDTH;
    }
    let chart = chart.and_then(spec);
    let mut bytes = Vec::new();
    sluice_present::write(answer, output.format.present(), &style, chart.as_ref(), &mut bytes)?;
    match &output.output {
        Some(path) => {
            let fail = |source| Failure::File { path: path.clone(), source };
            let mut file = BufWriter::new(File::create(path).map_err(fail)?);
            file.write_all(&bytes).and_then(|()| file.flush()).map_err(fail)?;
            Ok(Exit::Done)
        }
        None if is_terminal => show(&bytes, output.pager.as_deref()),
        None => super::print(&bytes),
    }
}

/// Shows a text on a terminal; in a pager when it is longer than the screen.
fn show(bytes: &[u8], pager: Option<&str>) -> Result<Exit, Failure> {
    let own = std::env::var("PAGER").ok().filter(|pager| !pager.is_empty());
    let pager = pager.or(own.as_deref()).unwrap_or(PAGER);
    let lines = bytes.iter().filter(|b| **b == b'\n').count();
    if pager == "off" || styles::rows().is_none_or(|rows| lines < rows) {
        return super::print(bytes);
    }
    page(bytes, pager).map(|()| Exit::Done).map_err(Failure::Output)
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
