//! A grid of dots that lines are drawn on: braille, eight dots a character, or one mark a character.

use crate::style::{Ink, Style};

/// Marks of series where they cannot be told apart by colour.
const MARKS: [&str; 8] = ["●", "▲", "■", "◆", "○", "△", "□", "◇"];
const ASCII_MARKS: [&str; 8] = ["*", "+", "o", "x", "#", "@", "%", "="];

/// Characters of a terminal with dots on them.
pub(crate) struct Canvas {
    columns: usize,
    rows: usize,
    braille: bool,
    unicode: bool,
    /// For each character the dots of braille, and the series that drew last.
    cells: Vec<(u8, Option<usize>)>,
}

impl Canvas {
    /// Braille where the terminal shows it and colours, or nothing, tell the series apart.
    pub(crate) fn new(columns: usize, rows: usize, series: usize, style: &Style) -> Self {
        let braille = style.unicode && (style.color || series == 1);
        Self { columns, rows, braille, unicode: style.unicode, cells: vec![(0, None); columns * rows] }
    }

    /// The mark of a series in a legend.
    pub(crate) fn mark(&self, series: usize) -> &'static str {
        match (self.braille, self.unicode) {
            (true, _) => "●",
            (false, true) => MARKS[series % MARKS.len()],
            (false, false) => ASCII_MARKS[series % ASCII_MARKS.len()],
        }
    }

    /// Draws a line between two points, each from 0 to 1 rightwards and upwards.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), series: usize) {
        let (from, to) = (self.dot(from), self.dot(to));
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let between = |a: i64, b: i64| a + ((b - a) as f64 * step as f64 / steps as f64).round() as i64;
            self.set(between(from.0, to.0), between(from.1, to.1), series);
        }
    }

    fn dot(&self, (x, y): (f64, f64)) -> (i64, i64) {
        let (per_column, per_row) = if self.braille { (2, 4) } else { (1, 1) };
        let (width, height) = (self.columns * per_column - 1, self.rows * per_row - 1);
        ((x * width as f64).round() as i64, ((1.0 - y) * height as f64).round() as i64)
    }

    fn set(&mut self, x: i64, y: i64, series: usize) {
        const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        let (column, row, dot) = if self.braille { (x / 2, y / 4, DOTS[y % 4][x % 2]) } else { (x, y, 1) };
        if let Some(cell) = self.cells.get_mut(row * self.columns + column).filter(|_| column < self.columns)
        {
            *cell = (cell.0 | dot, Some(series));
        }
    }

    /// Appends one row of characters.
    pub(crate) fn append_row(&self, row: usize, style: &Style, out: &mut String) {
        let cells = &self.cells[row * self.columns..(row + 1) * self.columns];
        let drawn = cells.iter().rposition(|(_, series)| series.is_some()).map_or(0, |last| last + 1);
        for (dots, series) in &cells[..drawn] {
            let Some(series) = series else {
                out.push(' ');
                continue;
            };
            let mut braille = [0; 4];
            let text = if self.braille {
                char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' ').encode_utf8(&mut braille)
            } else {
                self.mark(*series)
            };
            style.paint(Ink::Series(*series), text, out);
        }
    }
}
