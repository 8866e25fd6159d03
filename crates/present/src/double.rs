//! Doubles as Java prints them, and so Trino: the shortest digits that read back as the same number, always with
//! a fraction, with an exponent below 10⁻³ and from 10⁷ on.

use std::fmt::{Display, LowerExp, Write};

/// Appends a finite `value`. Also a number of JSON.
pub(crate) fn append<T: Display + LowerExp + Copy + Into<f64>>(value: T, out: &mut String) {
    let magnitude = value.into().abs();
    let start = out.len();
    // Writing to a string never fails.
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        _ = write!(out, "{value}");
        if !out[start..].contains('.') {
            out.push_str(".0");
        }
        return;
    }
    _ = write!(out, "{value:e}");
    if let Some(exponent) = out[start..].find('e').map(|at| start + at) {
        let fraction = if out[start..exponent].contains('.') { "E" } else { ".0E" };
        out.replace_range(exponent..=exponent, fraction);
    }
}

/// The name of a value that is not finite.
pub(crate) fn name_of_special(value: f64) -> &'static str {
    match value {
        value if value.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        _ => "-Infinity",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_what_java_prints() {
        for (value, text) in [
            (1.0, "1.0"),
            (12.5, "12.5"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (0.001, "0.001"),
            (0.000_123, "1.23E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (-12_345_678.9, "-1.23456789E7"),
            (f64::MAX, "1.7976931348623157E308"),
            (5e-324, "5.0E-324"),
        ] {
            let mut out = String::new();
            append(value, &mut out);
            assert_eq!(out, text);
            assert_eq!(out.parse::<f64>().unwrap(), value);
        }
        let mut out = String::new();
        append(0.1f32, &mut out);
        assert_eq!(out, "0.1");
    }
}
