//! What is run: `MIX@RATE`, the rate in MB of lines a second or `max`, `:limited` behind it for the control group.

use std::str::FromStr;

use crate::mix::Mix;

/// One input at one rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scenario {
    /// The input.
    pub(crate) mix: Mix,
    /// MB of lines a second; `None` is as fast as the router reads.
    pub(crate) rate: Option<f64>,
    /// Within 50 milli-CPU and 128 MiB.
    pub(crate) limited: bool,
}

impl Scenario {
    /// As it is written.
    pub(crate) fn name(&self) -> String {
        let rate = self.rate.map_or_else(|| "max".to_owned(), |rate| rate.to_string());
        format!("{}@{rate}{}", self.mix.name(), if self.limited { ":limited" } else { "" })
    }
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rest, limited) = text.strip_suffix(":limited").map_or((text, false), |rest| (rest, true));
        let (mix, rate) = rest.split_once('@').unwrap_or((rest, "8.2"));
        let mix = mix.parse()?;
        let rate = match rate {
            "max" => None,
            text => Some(
                text.parse()
                    .ok()
                    .filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
                    .ok_or_else(|| format!("{text:?} is no rate: give MB a second, or max"))?,
            ),
        };
        Ok(Self { mix, rate, limited })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_read_as_they_are_written() {
        for text in ["reference@8.2", "text@max", "three-hours@5:limited"] {
            assert_eq!(text.parse::<Scenario>().map(|s| s.name()).as_deref(), Ok(text));
        }
        assert_eq!("json".parse::<Scenario>().map(|s| s.name()).as_deref(), Ok("json@8.2"));
        for text in ["", "jsn@1", "json@", "json@0", "json@-1", "json@nan", "json@1:limit"] {
            text.parse::<Scenario>().unwrap_err();
        }
    }
}
