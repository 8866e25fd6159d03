//! New events of a log group of CloudWatch Logs.
//!
//! Events may come later than their time, so each look goes back a little; what was seen is not given again.

use std::collections::HashMap;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::DisplayErrorContext;
use jiff::Timestamp;

use super::Failure;
use crate::cli::engine::configuration;

/// How far a look goes back behind the newest event, in milliseconds.
const OVERLAP: i64 = 60_000;

/// A log group that is followed.
pub(super) struct Group {
    client: Client,
    name: String,
    from: i64,
    /// Times of the events that were given, by their ids.
    seen: HashMap<String, i64>,
}

impl Group {
    pub(super) async fn new(name: &str, from: Timestamp) -> Group {
        let config = configuration(None).await;
        Group {
            client: Client::new(&config),
            name: name.to_owned(),
            from: from.as_millisecond(),
            seen: HashMap::new(),
        }
    }

    /// The messages of events that are new since the last look.
    pub(super) async fn poll(&mut self) -> Result<Vec<Vec<u8>>, Failure> {
        let call = self.client.filter_log_events().log_group_name(&self.name).start_time(self.from);
        let mut pages = call.into_paginator().send();
        let (mut messages, mut newest) = (Vec::new(), self.from);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Failure::Group {
                name: self.name.clone(),
                reason: DisplayErrorContext(&error).to_string(),
            })?;
            for event in page.events() {
                let (Some(id), Some(message)) = (event.event_id(), event.message()) else { continue };
                let time = event.timestamp().unwrap_or_default();
                newest = newest.max(time);
                if self.seen.insert(id.to_owned(), time).is_none() {
                    messages.push(message.as_bytes().to_vec());
                }
            }
        }
        self.from = self.from.max(newest - OVERLAP);
        let from = self.from;
        self.seen.retain(|_, time| *time >= from);
        Ok(messages)
    }
}
