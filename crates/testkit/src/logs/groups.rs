//! Groups and streams without a server behind: the calls that the router makes, with the service's own errors.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::limits::RETENTION_DAYS;

/// An error of the service: its type and its text.
pub(super) type Refusal = (&'static str, String);

#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<String, Group>);

#[derive(Debug, Default)]
struct Group {
    retention_days: Option<i64>,
    streams: BTreeSet<String>,
}

impl Groups {
    /// Carries out a call other than `PutLogEvents`.
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        match operation {
            "CreateLogGroup" => {
                let name = name(input, "logGroupName", |c| c.is_ascii_alphanumeric() || "_-/.#".contains(c))?;
                if self.0.contains_key(name) {
                    return Err(exists("log group"));
                }
                self.0.insert(name.to_owned(), Group::default());
            }
            "CreateLogStream" => {
                let stream = name(input, "logStreamName", |c| !":*".contains(c))?;
                if !self.group(input)?.streams.insert(stream.to_owned()) {
                    return Err(exists("log stream"));
                }
            }
            "PutRetentionPolicy" => {
                let days = input["retentionInDays"].as_i64().filter(|days| RETENTION_DAYS.contains(days));
                let Some(days) = days else {
                    return Err(invalid(format!("retentionInDays: {}", input["retentionInDays"])));
                };
                self.group(input)?.retention_days = Some(days);
            }
            _ => return Err(("UnknownOperationException", format!("the recorder knows no {operation}"))),
        }
        Ok(json!({}))
    }

    /// Keeps in step with a server that carried out a call; it knows what else there is.
    pub(super) fn learn(&mut self, operation: &str, input: &Value) {
        let Some(group) = input["logGroupName"].as_str() else { return };
        if operation == "DeleteLogGroup" {
            self.0.remove(group);
            return;
        }
        let group = self.0.entry(group.to_owned()).or_default();
        match operation {
            "CreateLogStream" => {
                group.streams.extend(input["logStreamName"].as_str().map(str::to_owned));
            }
            "PutRetentionPolicy" => group.retention_days = input["retentionInDays"].as_i64(),
            "DeleteRetentionPolicy" => group.retention_days = None,
            _ => {}
        }
    }

    /// Fails unless the stream is there.
    pub(super) fn find(&self, group: &str, stream: &str) -> Result<(), Refusal> {
        let group = self.0.get(group).ok_or_else(|| missing("log group"))?;
        if group.streams.contains(stream) { Ok(()) } else { Err(missing("log stream")) }
    }

    pub(super) fn retention_days(&self, group: &str) -> Option<i64> {
        self.0.get(group)?.retention_days
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn group(&mut self, input: &Value) -> Result<&mut Group, Refusal> {
        let group = input["logGroupName"].as_str().and_then(|name| self.0.get_mut(name));
        group.ok_or_else(|| missing("log group"))
    }
}

fn name<'a>(input: &'a Value, field: &str, allowed: impl Fn(char) -> bool) -> Result<&'a str, Refusal> {
    let name = input[field].as_str().unwrap_or_default();
    let fits = (1..=512).contains(&name.chars().count()) && name.chars().all(allowed);
    if fits { Ok(name) } else { Err(invalid(format!("{field}: {name:?}"))) }
}

pub(super) fn invalid(what: String) -> Refusal {
    ("InvalidParameterException", what)
}

fn exists(what: &str) -> Refusal {
    ("ResourceAlreadyExistsException", format!("The specified {what} already exists"))
}

fn missing(what: &str) -> Refusal {
    ("ResourceNotFoundException", format!("The specified {what} does not exist."))
}
