//! What is rendered parses back to the same values, in both formats.

use proptest::prelude::*;
use sluice_fluent_bit::{Config, Kind, Section, classic, yaml};
use yaml_rust2::parser::{Event, MarkedEventReceiver, Parser};
use yaml_rust2::scanner::Marker;

/// Sections with their properties, as a reader finds them.
type Read = Vec<(String, Vec<(String, String)>)>;

/// Reads the classic format as Fluent Bit does (src/config_format/flb_cf_fluentbit.c of 5.1.1): comments and empty
/// lines go, a line in brackets begins a section, of the others the first word is the key and the rest the value.
fn read_classic(text: &str) -> Read {
    let mut read: Read = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            read.push((name.to_lowercase(), Vec::new()));
            continue;
        }
        let (key, value) = line.split_once(' ').expect("a key and a value");
        read.last_mut().expect("a section").1.push((key.to_lowercase(), value.trim().to_owned()));
    }
    read
}

/// The scalars of YAML text in their order, without a thought for types: so Fluent Bit gets them from libyaml.
struct Scalars(Vec<String>);

impl MarkedEventReceiver for Scalars {
    fn on_event(&mut self, event: Event, _: Marker) {
        if let Event::Scalar(text, ..) = event {
            self.0.push(text);
        }
    }
}

fn read_yaml(text: &str) -> Vec<String> {
    let mut scalars = Scalars(Vec::new());
    Parser::new_from_str(text).load(&mut scalars, false).expect("YAML");
    scalars.0
}

/// A value that both formats can hold: anything without control characters, blanks at its ends, or a broken reference.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_./*-]{1,12}",
        Just("${SHARED_KEY}".to_owned()),
        Just("prefix-${REGION}/x".to_owned()),
        "[ -~]{1,30}",
        "\\PC{1,20}",
        prop_oneof![
            Just("off".to_owned()),
            Just("~".to_owned()),
            Just("- a".to_owned()),
            Just("a: b".to_owned()),
            Just("a #b".to_owned()),
            Just("# a".to_owned()),
            Just("'a' \"b\"".to_owned()),
            Just("[a]".to_owned()),
            Just("{a}".to_owned()),
            Just("日本語".to_owned()),
            Just("a:".to_owned()),
            Just("|".to_owned()),
        ],
    ]
    .prop_map(|text| text.trim().to_owned())
    .prop_filter("not empty", |text| !text.is_empty())
}

fn section(kind: Kind) -> impl Strategy<Value = Section> {
    let key = prop_oneof!["[a-z]{1,8}_[a-z]{1,8}", "[a-z]{1,8}\\.[a-z]{1,6}", "[a-z]{1,9}"];
    prop::collection::vec((key, value(), prop::option::of("[a-z ]{1,300}")), 1..6).prop_map(move |all| {
        all.into_iter().fold(Section::new(kind, "What it is.\nAnd why."), |section, (key, value, why)| {
            match why {
                Some(why) => section.set_why(&why, &key, value),
                None => section.set(&key, value),
            }
        })
    })
}

fn config() -> impl Strategy<Value = Config> {
    let sections =
        (section(Kind::Service), section(Kind::Parser), section(Kind::Input), section(Kind::Output));
    sections.prop_map(|(a, b, c, d)| Config { head: vec!["head".to_owned()], sections: vec![a, b, c, d] })
}

proptest! {
    #[test]
    fn classic_parses_back_to_the_same_values(config in config()) {
        // What the format cannot hold is an error, not another value.
        let Ok(text) = classic(&config) else { return Ok(()) };
        let names = ["service", "parser", "input", "output"];
        let wanted: Read = config.sections.iter().zip(names).map(|(section, name)| {
            let properties = section.properties.iter().map(|p| (p.key.clone(), p.value.clone())).collect();
            (name.to_owned(), properties)
        }).collect();
        prop_assert_eq!(read_classic(&text), wanted);
    }

    #[test]
    fn yaml_parses_back_to_the_same_values(config in config()) {
        let Ok(text) = yaml(&config) else { return Ok(()) };
        let mut wanted: Vec<String> = Vec::new();
        for (at, section) in config.sections.iter().enumerate() {
            wanted.extend(match at {
                0 => vec!["service"],
                1 => vec!["parsers"],
                2 => vec!["pipeline", "inputs"],
                _ => vec!["outputs"],
            }.into_iter().map(str::to_owned));
            for (number, property) in section.properties.iter().enumerate() {
                if section.properties[..number].iter().any(|earlier| earlier.key == property.key) {
                    continue;
                }
                wanted.push(property.key.clone());
                let same = section.properties.iter().filter(|other| other.key == property.key);
                wanted.extend(same.map(|other| other.value.clone()));
            }
        }
        prop_assert_eq!(read_yaml(&text), wanted);
    }
}

#[test]
fn what_has_no_form_is_an_error_that_says_why() {
    let config = |value: &str| Config {
        head: Vec::new(),
        sections: vec![Section::plugin(Kind::Output, "s3", "").set("bucket", value)],
    };
    for value in ["a\nb", "", " a", "a${", "${A B}", "a\tb"] {
        let error = classic(&config(value)).unwrap_err();
        assert_eq!(yaml(&config(value)).unwrap_err(), error);
        assert!(error.to_string().contains("bucket"), "{error}");
    }
    assert!(classic(&config("${A}${B}$C")).is_ok());
}
