//! A drill: an alarm is set off, its history tells whether its topic got it, and it is set back.
//!
//! Invariants:
//! 1. Only alarms whose actions are all topics are set off: others scale, stop or terminate something.
//! 2. Whatever comes of it, the alarm is set back to the state it had; its metric decides again a period later.
//! 3. Only what is new in the history counts, so this machine's clock does not matter.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudwatch::types::{AlarmHistoryItem, HistoryItemType, MetricAlarm, ScanBy, StateValue};
use sluice_aws::CallError;

use crate::api::{ApiError, Clients};

/// How often the history is looked at.
const EVERY: Duration = Duration::from_secs(1);
const REASON: &str = "a drill by logctl alarms test; nothing is wrong";

/// What a drill showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drill {
    /// Each action was carried out; what the history says of them.
    Told(Vec<String>),
    /// An action failed.
    Refused {
        /// What the history says of it.
        why: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Of these actions nothing was heard in the time given.
    Silent(Vec<String>),
    /// It would tell nobody, and this is why. It was not set off.
    Mute(&'static str),
    /// It was not set off, since it would do this.
    Harmful(Vec<String>),
    /// There is no such alarm on a metric.
    Absent,
    /// The person had enough.
    Stopped,
}

/// Sets an alarm off, waits for its actions, and sets it back to the state it had. It is set back early when `stop`
/// ends.
///
/// # Errors
/// When a call failed; if it was the one that sets the alarm back, its metric does that a period later.
pub async fn drill(
    clients: &Clients,
    name: &str,
    wait: Duration,
    stop: impl Future<Output = ()>,
) -> Result<Drill, ApiError> {
    let subject = format!("alarm {name}");
    let answer = clients.cloudwatch.describe_alarms().alarm_names(name).send().await;
    let answer = answer.map_err(|e| CallError::new("cloudwatch:DescribeAlarms", &subject, &e))?;
    let Some(alarm) = answer.metric_alarms().first() else { return Ok(Drill::Absent) };
    if let Some(unfit) = unfit(alarm) {
        return Ok(unfit);
    }
    let known: BTreeSet<String> = history(clients, name, &subject).await?.iter().map(item_key).collect();
    let before = alarm.state_value().cloned().unwrap_or(StateValue::InsufficientData);
    // Setting it to the state it is in would tell nobody.
    if before == StateValue::Alarm {
        set(clients, name, StateValue::Ok, &subject).await?;
    }
    set(clients, name, StateValue::Alarm, &subject).await?;
    let outcome = tokio::select! {
        outcome = watch(clients, alarm, &known, wait, &subject) => outcome,
        () = stop => Ok(Drill::Stopped),
    };
    if before != StateValue::Alarm {
        set(clients, name, before, &subject).await?;
    }
    outcome
}

/// Why an alarm is not set off; none when it can be.
fn unfit(alarm: &MetricAlarm) -> Option<Drill> {
    if alarm.actions_enabled() == Some(false) {
        return Some(Drill::Mute("its actions are turned off"));
    }
    if alarm.alarm_actions().is_empty() {
        return Some(Drill::Mute("it has no action for the state ALARM"));
    }
    let all = alarm.alarm_actions().iter().chain(alarm.ok_actions()).chain(alarm.insufficient_data_actions());
    let harmful: Vec<String> =
        all.filter(|action| action.split(':').nth(2) != Some("sns")).cloned().collect();
    (!harmful.is_empty()).then_some(Drill::Harmful(harmful))
}

async fn set(clients: &Clients, name: &str, state: StateValue, subject: &str) -> Result<(), ApiError> {
    let set = clients.cloudwatch.set_alarm_state().alarm_name(name).state_value(state).state_reason(REASON);
    set.send().await.map_err(|e| CallError::new("cloudwatch:SetAlarmState", subject, &e))?;
    Ok(())
}

/// The newest actions of an alarm: a page of them, which is a hundred.
async fn history(clients: &Clients, name: &str, subject: &str) -> Result<Vec<AlarmHistoryItem>, ApiError> {
    let ask = clients.cloudwatch.describe_alarm_history().alarm_name(name);
    let ask = ask.history_item_type(HistoryItemType::Action).scan_by(ScanBy::TimestampDescending);
    let answer = ask.send().await;
    let answer = answer.map_err(|e| CallError::new("cloudwatch:DescribeAlarmHistory", subject, &e))?;
    Ok(answer.alarm_history_items.unwrap_or_default())
}

fn item_key(item: &AlarmHistoryItem) -> String {
    format!("{:?} {}", item.timestamp(), item.history_summary().unwrap_or_default())
}

/// Whether an item is about another state than ALARM: what the alarm's going back to OK told.
fn is_of_another_state(item: &AlarmHistoryItem) -> bool {
    let data = item.history_data().unwrap_or_default();
    let state = data.split("NewStateValue").nth(1).unwrap_or_default();
    let state = state.split(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty());
    state.is_some_and(|state| state != "ALARM")
}

/// Waits until the history tells of each action.
async fn watch(
    clients: &Clients,
    alarm: &MetricAlarm,
    known: &BTreeSet<String>,
    wait: Duration,
    subject: &str,
) -> Result<Drill, ApiError> {
    let end = tokio::time::Instant::now() + wait;
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let items = history(clients, alarm.alarm_name().unwrap_or_default(), subject).await?;
        let new = items.iter().filter(|item| !known.contains(&item_key(item)) && !is_of_another_state(item));
        let said: Vec<String> = new.filter_map(|item| item.history_summary().map(str::to_owned)).collect();
        if let Some(why) = said.iter().find(|text| text.starts_with("Failed")) {
            return Ok(Drill::Refused { why: why.clone(), remedy: remedy(why) });
        }
        let unheard = |action: &&String| !said.iter().any(|text| text.contains(action.as_str()));
        let silent: Vec<String> = alarm.alarm_actions().iter().filter(unheard).cloned().collect();
        if silent.is_empty() {
            return Ok(Drill::Told(said));
        }
        if tokio::time::Instant::now() >= end {
            return Ok(Drill::Silent(silent));
        }
    }
}

/// What to do about a failed action, by what CloudWatch says of it.
fn remedy(why: &str) -> &'static str {
    let why = why.to_lowercase();
    if why.contains("kms") || why.contains("encryption key") {
        "let cloudwatch.amazonaws.com use the topic's key (kms:Decrypt and kms:GenerateDataKey* in the key's policy; \
         alias/aws/sns cannot be let), or run `logctl apply` if the topic is the spec's"
    } else if why.contains("publish") {
        "let cloudwatch.amazonaws.com publish (sns:Publish in the topic's policy), or run `logctl apply` if the topic \
         is the spec's"
    } else if why.contains("not exist") || why.contains("notfound") || why.contains("not found") {
        "the topic is gone: make it again, or give the alarm another"
    } else {
        "check the topic, its policy and its key"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_back_to_ok_is_no_answer_to_the_drill() {
        let item = |data: &str| AlarmHistoryItem::builder().history_data(data).build();
        assert!(is_of_another_state(&item(r#"{"publishedMessage":"{\"NewStateValue\":\"OK\",\"a\":1}"}"#)));
        assert!(!is_of_another_state(&item(r#"{"publishedMessage":"{\"NewStateValue\":\"ALARM\"}"}"#)));
        assert!(!is_of_another_state(&item("no JSON")));
    }

    #[test]
    fn a_failed_action_is_told_with_its_cause() {
        let told = |why: &str, part: &str| assert!(remedy(why).contains(part), "{why}: {}", remedy(why));
        told(
            "Received error: \"Resource: a is not authorized to perform: SNS:Publish on resource: b\"",
            "sns:Publish",
        );
        told("Received error: \"null (Service: AWSKMS; Status Code: 400)\"", "key's policy");
        told(
            "CloudWatch Alarms does not have authorization to access the SNS topic encryption key.",
            "key's policy",
        );
        told("Received error: \"Topic does not exist\"", "gone");
    }
}
