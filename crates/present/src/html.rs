//! Text in HTML.
//!
//! Invariant: what [`append`] writes is text wherever it stands, in elements and in quoted attributes: it opens
//! no element, ends no attribute, and holds only characters that HTML and XML allow.

use crate::text::visible_lines;

/// Appends `text`, escaped. Control characters are shown, but line breaks and tabs.
pub(crate) fn append(text: &str, out: &mut String) {
    for c in visible_lines(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// `text`, escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    append(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_element_or_attribute() {
        assert_eq!(
            escaped("</td><script>a('b\")&amp;\0"),
            "&lt;/td&gt;&lt;script&gt;a(&#39;b&quot;)&amp;amp;\\x00"
        );
    }
}
