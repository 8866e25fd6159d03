//! The Prometheus text format, as far as counters, gauges and histograms need it.

use std::collections::BTreeMap;

/// Samples of a text of metrics: `name{labels}` as it stands there → value.
///
/// # Panics
/// When a line is neither a comment nor a sample, or a sample is there twice.
#[must_use]
pub fn parse_metrics(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = sample(line).unwrap_or_else(|| panic!("not a line of metrics: {line:?}"));
        assert!(samples.insert(name.to_owned(), value).is_none(), "{name} is there twice:\n{text}");
    }
    samples
}

fn sample(line: &str) -> Option<(&str, f64)> {
    // A label's value may hold spaces and braces, but a time behind the value holds no brace.
    let end = line.rfind('}').map_or_else(|| line.find(char::is_whitespace), |at| Some(at + 1))?;
    let (name, rest) = line.split_at(end);
    let value = rest.split_ascii_whitespace().next()?;
    let value = match value {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        _ => value.parse().ok()?,
    };
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_read_with_labels_special_values_and_times() {
        let text = "# HELP a what it is\n# TYPE a counter\na_total 3\na{x=\"b } c\",y=\"\"} 1.5e3 1700000000000\n\
                    h_bucket{le=\"+Inf\"} +Inf\n\nnothing NaN\n";
        let samples = parse_metrics(text);
        assert_eq!((samples["a_total"], samples["a{x=\"b } c\",y=\"\"}"]), (3.0, 1500.0));
        assert!(samples["h_bucket{le=\"+Inf\"}"].is_infinite() && samples["nothing"].is_nan());
        assert_eq!(samples.len(), 4);
    }

    #[test]
    fn what_is_no_sample_or_is_there_twice_panics() {
        for text in ["a", "a b", "a 1\na 2"] {
            std::panic::catch_unwind(|| parse_metrics(text)).unwrap_err();
        }
    }
}
