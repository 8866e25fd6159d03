//! A drill: an alarm is set off, its history tells whether its topic got it, and it is set back.

use std::time::Duration;

use aws_sdk_cloudwatch::types::{HistoryItemType, ScanBy, StateValue};
use sluice_aws::CallError;

use crate::api::{ApiError, Clients};

/// How often the history is looked at.
const EVERY: Duration = Duration::from_secs(1);
const REASON: &str = "a drill by logctl alarms test; nothing is wrong";

/// What a drill showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drill {
    /// These actions were carried out.
    Told(Vec<String>),
    /// An action failed, and this is why.
    Refused(String),
    /// Nothing happened in the time given.
    Silent,
    /// There is no such alarm.
    Absent,
}

/// Sets an alarm off, waits for its action, and sets it back to the state it had.
///
/// # Errors
/// When a call failed; then the alarm may be left in alarm until its metric is looked at again, a period later.
pub async fn drill(clients: &Clients, name: &str, wait: Duration) -> Result<Drill, ApiError> {
    let subject = format!("alarm {name}");
    let answer = clients.cloudwatch.describe_alarms().alarm_names(name).send().await;
    let answer = answer.map_err(|e| CallError::new("cloudwatch:DescribeAlarms", &subject, &e))?;
    let Some(alarm) = answer.metric_alarms().first() else { return Ok(Drill::Absent) };
    let before = alarm.state_value().cloned().unwrap_or(StateValue::InsufficientData);
    // Setting it to the state it is in would tell nobody.
    if before == StateValue::Alarm {
        set(clients, name, StateValue::Ok, &subject).await?;
    }
    let began = now();
    set(clients, name, StateValue::Alarm, &subject).await?;
    let outcome = watch(clients, name, began, wait, &subject).await;
    if before != StateValue::Alarm {
        set(clients, name, before, &subject).await?;
    }
    outcome
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map(|since| i64::try_from(since.as_secs()).unwrap_or_default()).unwrap_or_default()
}

async fn set(clients: &Clients, name: &str, state: StateValue, subject: &str) -> Result<(), ApiError> {
    let set = clients.cloudwatch.set_alarm_state().alarm_name(name).state_value(state).state_reason(REASON);
    set.send().await.map_err(|e| CallError::new("cloudwatch:SetAlarmState", subject, &e))?;
    Ok(())
}

async fn watch(
    clients: &Clients,
    name: &str,
    began: i64,
    wait: Duration,
    subject: &str,
) -> Result<Drill, ApiError> {
    let end = tokio::time::Instant::now() + wait;
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let ask = clients.cloudwatch.describe_alarm_history().alarm_name(name);
        let ask = ask.history_item_type(HistoryItemType::Action).scan_by(ScanBy::TimestampDescending);
        let answer = ask.send().await;
        let answer = answer.map_err(|e| CallError::new("cloudwatch:DescribeAlarmHistory", subject, &e))?;
        let recent = answer.alarm_history_items().iter();
        let recent = recent.filter(|item| item.timestamp().is_some_and(|at| at.secs() >= began));
        let said: Vec<String> = recent.filter_map(|item| item.history_summary().map(str::to_owned)).collect();
        if let Some(why) = said.iter().find(|text| text.starts_with("Failed")) {
            return Ok(Drill::Refused(why.clone()));
        }
        if !said.is_empty() {
            return Ok(Drill::Told(said));
        }
        if tokio::time::Instant::now() >= end {
            return Ok(Drill::Silent);
        }
    }
}
