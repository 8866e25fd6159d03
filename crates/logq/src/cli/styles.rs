//! How answers look on the terminal that there is.

use sluice_present::Style;

/// The style of standard output; without a limit and without colours when it is no terminal.
pub(super) fn of(is_terminal: bool) -> Style {
    Style {
        width: columns(is_terminal).unwrap_or(0),
        color: is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        unicode: true,
        max_rows: None,
    }
}

fn columns(is_terminal: bool) -> Option<usize> {
    is_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0))
}

/// Lines that the terminal shows at a time.
pub(super) fn rows() -> Option<usize> {
    terminal_size::terminal_size().map(|(_, height)| usize::from(height.0))
}
