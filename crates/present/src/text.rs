//! Text on a terminal: control characters made visible, width in cells, cutting.
//!
//! Invariant: what [`visible`] gives can neither move the cursor, colour the terminal nor turn the direction of
//! the text around it. Logs are written by strangers.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// `text` with every control character escaped.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// `text` with every control character escaped but line breaks and tabs.
pub(crate) fn visible_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| matches!(c, '\n' | '\t'))
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hidden = |c: char| is_control(c) && !keep(c);
    let Some((start, _)) = text.char_indices().find(|(_, c)| hidden(*c)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 8);
    out.push_str(&text[..start]);
    for c in text[start..].chars() {
        match c {
            c if !hidden(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a string never fails.
            c if (c as u32) < 0x100 => _ = write!(out, "\\x{:02x}", c as u32),
            c => _ = write!(out, "\\u{{{:x}}}", c as u32),
        }
    }
    Cow::Owned(out)
}

/// Control characters, line and paragraph separators, what turns the direction of text, and noncharacters.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c as u32 & 0xffff, 0xfffe | 0xffff)
}

/// How many cells of a terminal `text` takes.
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// `text`, or as much of its start as fits with `ellipsis` (one cell) into `max` cells.
pub(crate) fn cut<'a>(text: &'a str, max: usize, ellipsis: &str) -> Cow<'a, str> {
    let mut taken = 0;
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        taken += grapheme.width();
        if taken > max {
            return if max == 0 {
                Cow::Borrowed("")
            } else {
                Cow::Owned(format!("{}{ellipsis}", &text[..end]))
            };
        }
        if taken < max {
            end = start + grapheme.len();
        }
    }
    Cow::Borrowed(text)
}

/// Appends `text`, as wide as `to` cells by spaces after it.
pub(crate) fn pad(text: &str, to: usize, out: &mut String) {
    out.push_str(text);
    spaces(to.saturating_sub(width(text)), out);
}

/// Appends `count` spaces.
pub(crate) fn spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(
            visible("a\x1b[31mb\r\n\tc\u{9b}d\u{202e}e\0"),
            "a\\x1b[31mb\\r\\n\\tc\\x9bd\\u{202e}e\\x00"
        );
        assert_eq!(visible_lines("a\n\tb\r"), "a\n\tb\\r");
        assert!(matches!(visible("plain – 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn text_is_cut_at_whole_characters_by_the_cells_they_take() {
        assert_eq!(width("日本"), 4);
        assert_eq!(width("👩‍💻a"), 3);
        assert_eq!(cut("日本語", 6, "…"), "日本語");
        assert_eq!(cut("日本語", 5, "…"), "日本…");
        assert_eq!(cut("日本語", 4, "…"), "日…");
        assert_eq!(cut("👩‍💻👩‍💻", 3, "…"), "👩‍💻…");
        assert_eq!(cut("e\u{301}e\u{301}", 1, "…"), "…");
        assert_eq!(cut("abc", 0, "…"), "");
    }
}
