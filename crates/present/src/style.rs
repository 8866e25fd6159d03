//! How output for people looks: width, colours, characters.

/// What the output can show. Whoever writes finds it out; nothing here asks the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Characters a line has room for; 0 for no limit.
    pub width: usize,
    /// Whether ANSI colours are shown.
    pub color: bool,
    /// Whether box drawing, blocks and `…` are shown, or ASCII alone.
    pub unicode: bool,
    /// How many rows of a table, blocks of a vertical answer or bars of a chart are shown at most. Formats for
    /// programs (JSON, JSON lines, CSV, Parquet) always have every row.
    pub max_rows: Option<usize>,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false, unicode: true, max_rows: None }
    }
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Dim,
    Red,
    BoldRed,
    Yellow,
    Series(usize),
}

/// Colours that differ from each other on light and on dark backgrounds.
const SERIES: [&str; 8] = ["36", "33", "35", "32", "34", "31", "96", "93"];

/// How many series have a colour of their own.
pub(crate) const SERIES_COLOURS: usize = SERIES.len();

impl Ink {
    /// The colour of a level's name.
    pub(crate) fn of_level(level: &str) -> Self {
        match level.to_ascii_lowercase().as_str() {
            "fatal" | "critical" => Self::BoldRed,
            "error" => Self::Red,
            "warn" | "warning" => Self::Yellow,
            "debug" | "trace" => Self::Dim,
            _ => Self::Plain,
        }
    }

    /// The class that gives a report the same colour.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::BoldRed => "fatal",
            Self::Red => "error",
            Self::Yellow => "warn",
            Self::Dim => "quiet",
            Self::Plain | Self::Bold | Self::Series(_) => "",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::BoldRed => "1;31",
            Self::Yellow => "33",
            Self::Series(index) => SERIES[index % SERIES.len()],
        }
    }
}

impl Style {
    /// Appends `text` in the colour of `ink`.
    pub(crate) fn paint(&self, ink: Ink, text: &str, out: &mut String) {
        let code = ink.code();
        if !self.color || code.is_empty() || text.is_empty() {
            out.push_str(text);
        } else {
            out.extend(["\x1b[", code, "m", text, "\x1b[0m"]);
        }
    }

    /// What stands where text was cut.
    pub(crate) fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "~" }
    }
}
