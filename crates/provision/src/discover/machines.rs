//! State machines of Step Functions.

use futures_util::{StreamExt, TryStreamExt, stream};
use sluice_aws::CallError;

use crate::alarm::Target;
use crate::api::{ApiError, Clients, PARALLEL};
use crate::rules::TargetKind;

pub(super) async fn find(clients: &Clients) -> Result<Vec<Target>, ApiError> {
    let mut found = Vec::new();
    let mut pages = clients.states.list_state_machines().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("states:ListStateMachines", "all state machines", &e))?;
        found.extend(page.state_machines);
    }
    let asked = found.into_iter().map(|machine| async move {
        let (name, arn) = (machine.name(), machine.state_machine_arn());
        let answer = clients.states.list_tags_for_resource().resource_arn(arn).send().await;
        let subject = format!("state machine {name}");
        let answer = answer.map_err(|e| CallError::new("states:ListTagsForResource", &subject, &e))?;
        let mut target = Target::new(TargetKind::StateMachine, name, &[("StateMachineArn", arn.into())]);
        target.arn = arn.to_owned();
        let tags = answer.tags().iter().map(|tag| {
            (tag.key().unwrap_or_default().to_owned(), tag.value().unwrap_or_default().to_owned())
        });
        target.tags = tags.collect();
        Ok::<_, ApiError>(target)
    });
    stream::iter(asked).buffered(PARALLEL).try_collect().await
}
