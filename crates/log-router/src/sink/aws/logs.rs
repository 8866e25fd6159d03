//! Batches into CloudWatch Logs.
//!
//! Group and stream are made when a batch finds them missing, and never looked up: describing them is throttled far
//! below putting events.

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{InputLogEvent, LogGroupClass, RejectedLogEventsInfo};
use sluice_pipeline::{Errors, LogClass};

use super::AwsError;
use crate::diagnostics::{info, warn};
use crate::sink::cloudwatch::Event;

/// A log group.
#[derive(Debug, Clone)]
pub struct LogGroup {
    client: Client,
    settings: Errors,
}

/// Events that CloudWatch did not take though it took the rest of their batch, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refused {
    /// Older than 14 days, or than the group's retention.
    pub too_old: u64,
    /// More than two hours ahead.
    pub too_new: u64,
    /// Refused with their batch, by themselves.
    pub invalid: u64,
}

impl Refused {
    /// Of all reasons.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.too_old + self.too_new + self.invalid
    }

    fn of(info: &RejectedLogEventsInfo, events: u64) -> Refused {
        let count = |end: Option<i32>| end.map_or(0, |end| u64::try_from(end).unwrap_or(0).min(events));
        // Both count from the first event of the batch, which is in time order.
        let too_old = count(info.too_old_log_event_end_index).max(count(info.expired_log_event_end_index));
        let too_new = info
            .too_new_log_event_start_index
            .map_or(0, |start| events.saturating_sub(u64::try_from(start).unwrap_or(0)));
        Refused { too_old, too_new: too_new.min(events - too_old), invalid: 0 }
    }
}

impl LogGroup {
    /// The group of `errors.log_group`.
    #[must_use]
    pub fn new(config: &SdkConfig, settings: Errors) -> LogGroup {
        LogGroup { client: Client::new(config), settings }
    }

    /// Sends one batch; gives how many of its events were refused.
    ///
    /// # Errors
    /// When CloudWatch refuses the batch or cannot be reached; it may have arrived all the same.
    pub async fn put(&self, stream: &str, events: &[Event]) -> Result<Refused, AwsError> {
        match self.put_once(stream, events).await {
            Err(error) if error.code == "ResourceNotFoundException" => {
                self.create(stream).await?;
                self.put_once(stream, events).await
            }
            Err(error) if error.code == "DataAlreadyAcceptedException" => Ok(Refused::default()),
            other => other,
        }
    }

    async fn put_once(&self, stream: &str, events: &[Event]) -> Result<Refused, AwsError> {
        let events: Vec<InputLogEvent> = events
            .iter()
            // Both fields are set, so none is left out.
            .filter_map(|event| {
                InputLogEvent::builder().timestamp(event.ts_ms).message(&event.message).build().ok()
            })
            .collect();
        let count = events.len() as u64;
        let put = self
            .client
            .put_log_events()
            .log_group_name(&self.settings.log_group)
            .log_stream_name(stream)
            .set_log_events(Some(events));
        let answer =
            put.send().await.map_err(|e| AwsError::new("cannot put events into CloudWatch Logs", e))?;
        let refused = answer.rejected_log_events_info();
        Ok(refused.map_or_else(Refused::default, |info| Refused::of(info, count)))
    }

    /// Makes the stream, and the group when that is missing and may be made.
    async fn create(&self, stream: &str) -> Result<(), AwsError> {
        match self.create_stream(stream).await {
            Err(error) if error.code == "ResourceNotFoundException" && self.settings.create_group => {
                self.create_group().await?;
                self.create_stream(stream).await
            }
            other => other,
        }
    }

    async fn create_stream(&self, stream: &str) -> Result<(), AwsError> {
        let create =
            self.client.create_log_stream().log_group_name(&self.settings.log_group).log_stream_name(stream);
        existing(create.send().await.map_err(|e| AwsError::new("cannot make a log stream", e)))
    }

    async fn create_group(&self) -> Result<(), AwsError> {
        let group = &self.settings.log_group;
        let class = match self.settings.log_class {
            LogClass::Standard => None,
            LogClass::InfrequentAccess => Some(LogGroupClass::InfrequentAccess),
        };
        let create = self.client.create_log_group().log_group_name(group).set_log_group_class(class);
        existing(create.send().await.map_err(|e| AwsError::new("cannot make the log group", e)))?;
        info("made the log group", &[("log_group", group)]);
        if let Some(days) = self.settings.retention_days {
            let retain = self.client.put_retention_policy().log_group_name(group);
            if let Err(error) = retain.retention_in_days(i32::from(days)).send().await {
                let error = AwsError::new("cannot set the log group's retention", error);
                // Events matter more than how long they are kept.
                warn("the log group keeps its events for ever", &[("log_group", group), ("error", &error)]);
            }
        }
        Ok(())
    }
}

/// Somebody else may have made it in the meantime.
fn existing<T>(result: Result<T, AwsError>) -> Result<(), AwsError> {
    match result {
        Err(error) if error.code != "ResourceAlreadyExistsException" => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_events_are_counted_from_both_ends_of_the_batch() {
        let info = RejectedLogEventsInfo::builder()
            .too_old_log_event_end_index(2)
            .expired_log_event_end_index(3)
            .too_new_log_event_start_index(9)
            .build();
        assert_eq!(Refused::of(&info, 10), Refused { too_old: 3, too_new: 1, invalid: 0 });
        assert_eq!(Refused::of(&RejectedLogEventsInfo::builder().build(), 10).total(), 0);
    }
}
