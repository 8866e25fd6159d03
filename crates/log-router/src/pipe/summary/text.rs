//! The summary as a few aligned rows. What is zero and rarely anything else is left out.

use std::fmt;

use sluice_archive::Level;

use super::Summary;

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routed = &self.routed;
        let mut row = |name: &str, text: String| writeln!(f, "  {name:<9} {text}");
        row("lines", format!("{} ({})", thousands(self.lines), megabytes(self.bytes)))?;
        row("records", format!("{}{}", thousands(routed.by_level.total()), in_brackets(&self.how_made())))?;
        let levels: Vec<String> = Level::ALL
            .iter()
            .filter(|level| routed.by_level[**level] > 0)
            .map(|level| format!("{} {}", level.name(), thousands(routed.by_level[*level])))
            .collect();
        if !levels.is_empty() {
            row("levels", levels.join(" · "))?;
        }
        let mut unread = Vec::new();
        if self.errors_unread > 0 {
            unread.push(format!("{} of them unread: the reader went away", thousands(self.errors_unread)));
        }
        row("errors", format!("{} sent{}", thousands(routed.errors), in_brackets(&unread)))?;
        let redactions: Vec<String> = self
            .redactions
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{name} {}", thousands(*count)))
            .collect();
        if !redactions.is_empty() {
            row("redacted", redactions.join(" · "))?;
        }
        let ratio = self.ratio().map_or_else(Vec::new, |ratio| vec![format!("{ratio:.1} times smaller")]);
        let objects = plural(routed.objects, "object");
        let (records, bytes) = (megabytes(routed.record_bytes), megabytes(routed.object_bytes));
        row("archive", format!("{objects} · {records} of records in {bytes}{}", in_brackets(&ratio)))?;
        if let Some((first, last)) = routed.hours {
            let hours = if first == last { first.to_string() } else { format!("{first} … {last}") };
            row("hours", hours)?;
        }
        write!(
            f,
            "  {:<9} {:.2} s ({:.0} MB/s)",
            "time",
            self.elapsed.as_secs_f64(),
            self.megabytes_per_second()
        )
    }
}

impl Summary {
    /// What is not one record for one line.
    fn how_made(&self) -> Vec<String> {
        let routed = &self.routed;
        [
            (routed.joined, "made of several lines"),
            (routed.parts, "parts of lines put together"),
            (routed.splits, "cut off a line above parse.partial_max_bytes"),
            (routed.cut, "too long for the archive and cut"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", thousands(count)))
        .collect()
    }
}

fn in_brackets(remarks: &[String]) -> String {
    if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) }
}

fn plural(count: u64, name: &str) -> String {
    format!("{} {name}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// `1234567` as `1,234,567`.
pub(in crate::pipe) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in the unit that suits them, in steps of 1,000.
pub(in crate::pipe) fn megabytes(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([999, 1000, 12_345_678].map(megabytes), ["999 B", "1.0 kB", "12.3 MB"]);
    }
}
