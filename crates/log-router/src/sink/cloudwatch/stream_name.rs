//! The name of the log stream that a record goes to.
//!
//! Invariants: a name is one that CloudWatch takes: 1 to 512 characters, none of them `:`, `*` or a control character.

use std::borrow::Cow;

use super::columns::{columns, inside};

const MOST_CHARS: usize = 512;

/// Stands for what is not known.
const UNKNOWN: &str = "unknown";

/// What a name is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Service,
    Task,
    Container,
    Boot,
}

const PLACEHOLDERS: [(&str, Piece); 4] = [
    ("{service}", Piece::Service),
    ("{task}", Piece::Task),
    ("{container}", Piece::Container),
    ("{boot}", Piece::Boot),
];

/// The setting `errors.stream`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamName {
    pieces: Vec<Piece>,
}

impl StreamName {
    /// Takes a template apart. Braces around anything but `service`, `task`, `container` and `boot` are text, though
    /// the spec refuses them.
    #[must_use]
    pub fn parse(template: &str) -> StreamName {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = template;
        while let Some(first) = rest.chars().next() {
            let found = PLACEHOLDERS.iter().find(|(name, _)| rest.starts_with(name));
            if let Some((name, piece)) = found {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(piece.clone());
                rest = &rest[name.len()..];
            } else {
                text.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        StreamName { pieces }
    }

    /// Whether the name depends on the container, so that each record has to be asked for its own.
    #[must_use]
    pub fn needs_container(&self) -> bool {
        self.pieces.contains(&Piece::Container)
    }

    /// The name. What is empty or not known becomes `unknown`, a character that is not allowed `_`.
    #[must_use]
    pub fn render(&self, service: &str, task: &str, container: Option<&str>, boot: &str) -> String {
        let mut name = String::new();
        for piece in &self.pieces {
            name.push_str(match piece {
                Piece::Text(text) => text,
                Piece::Service => known(service),
                Piece::Task => known(task),
                Piece::Container => known(container.unwrap_or_default()),
                Piece::Boot => known(boot),
            });
        }
        let allowed = |c: char| if matches!(c, ':' | '*') || c.is_control() { '_' } else { c };
        known(&name).chars().take(MOST_CHARS).map(allowed).collect()
    }
}

fn known(text: &str) -> &str {
    if text.is_empty() { UNKNOWN } else { text }
}

/// The container of a record: the column, not what may have that name inside `attrs`.
#[must_use]
pub fn container_of(json: &[u8]) -> Option<Cow<'_, str>> {
    // Behind it come these.
    let behind = |name: &[u8]| matches!(name, b"task" | b"cluster" | b"fingerprint" | b"attrs");
    let (_, value) =
        columns(json).take_while(|(name, _)| !behind(name)).find(|(name, _)| name == b"container")?;
    if value.contains(&b'\\') {
        serde_json::from_slice(value).ok().map(Cow::Owned)
    } else {
        str::from_utf8(inside(value)).ok().map(Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use sluice_record::{Engine, Origin, Settings};

    use super::*;

    fn rendered(template: &str, container: Option<&str>) -> String {
        StreamName::parse(template).render("api", "0123", container, "")
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(rendered("{service}/{task}", None), "api/0123");
        assert_eq!(rendered("a{container}{container}-z", Some("app")), "aappapp-z");
        assert_eq!(rendered("plain", None), "plain");
    }

    #[test]
    fn what_is_empty_or_not_known_is_unknown() {
        assert_eq!(rendered("{container}/{boot}", None), "unknown/unknown");
        assert_eq!(rendered("{container}", Some("")), "unknown");
        assert_eq!(rendered("", None), "unknown");
    }

    #[test]
    fn characters_that_are_not_allowed_are_replaced() {
        assert_eq!(rendered("{container}", Some("a:b*c\nd")), "a_b_c_d");
    }

    #[test]
    fn a_long_name_ends_between_characters() {
        let name = rendered("é{container}", Some(&"é".repeat(600)));
        assert_eq!(name, "é".repeat(512));
    }

    #[test]
    fn braces_around_anything_else_are_text_and_what_is_filled_in_is_not_read_again() {
        assert_eq!(rendered("{host}{{task}}{", None), "{host}{0123}{");
        assert_eq!(rendered("{container}", Some("{task}")), "{task}");
    }

    #[test]
    fn only_a_template_with_the_container_needs_it() {
        assert!(StreamName::parse("x/{container}").needs_container());
        assert!(!StreamName::parse("{service}/{task}/{boot}/container").needs_container());
    }

    #[test]
    fn the_container_of_a_record_of_the_engine_is_found() {
        let mut engine = Engine::new(Settings::default());
        let container = Some("a\"b".to_owned());
        let stream = engine.stream(Origin { container, task: Some("t".to_owned()), ..Origin::new("api") });
        let line = br#"{"level":"error","msg":"\"container\":\"x\"","container":"y","duration_ms":1.5,"status":500}"#;
        let mut seen = Vec::new();
        engine.push(stream, line, 0, &mut |record| {
            seen.push(container_of(record.json).map(Cow::into_owned));
        });
        assert_eq!(seen, [Some("a\"b".to_owned())]);
    }

    #[test]
    fn a_container_elsewhere_does_not_count() {
        for json in [
            r#"{"ts":"t","message":"\"container\":\"x\"","attrs":{"container":"x"}}"#,
            r#"{"ts":"t","task":"t","container":"x"}"#,
            r#"{"ts":"t","attrs":{},"container":"x"}"#,
            r#"{"ts":"container","message":"container"}"#,
            "container",
        ] {
            assert_eq!(container_of(json.as_bytes()), None, "{json}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_name_is_one_that_cloudwatch_takes(template in any::<String>(), value in any::<String>()) {
            let template = template + "{container}{service}";
            let name = StreamName::parse(&template).render(&value, &value, Some(&value), &value);
            prop_assert!((1..=512).contains(&name.chars().count()));
            prop_assert!(!name.contains([':', '*']) && !name.contains(char::is_control));
        }

        #[test]
        fn the_container_is_found_as_a_parser_finds_it(
            message in r#"[a-z"\\:,{}é]{0,30}|"container":"x""#,
            container in proptest::option::of(any::<String>()),
        ) {
            let (message_json, attrs) = (json!(message), json!({"container": message}));
            let column = container.as_ref().map_or_else(String::new, |name| format!(",\"container\":{}", json!(name)));
            let json = format!("{{\"ts\":\"t\",\"message\":{message_json},\"http_status\":500{column},\"attrs\":{attrs}}}");
            prop_assert_eq!(container_of(json.as_bytes()).map(Cow::into_owned), container);
        }
    }
}
