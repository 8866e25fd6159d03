//! The named queries of a work group.

use aws_sdk_athena::Client;
use aws_sdk_athena::types::NamedQuery;

use super::{Action, Desired, PREFIX, Published, Step, What};
use crate::error::{Error, aws};

/// BatchGetNamedQuery takes no more.
const BATCH: usize = 50;

/// Ours that are there.
pub(super) async fn present(athena: &Client, group: &str) -> Result<Vec<NamedQuery>, Error> {
    let what = || format!("list the named queries of the work group {group}");
    let mut pages = athena.list_named_queries().work_group(group).into_paginator().send();
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await {
        ids.extend(page.map_err(aws(what()))?.named_query_ids.unwrap_or_default());
    }
    let mut all = Vec::new();
    for batch in ids.chunks(BATCH) {
        let call = athena.batch_get_named_query().set_named_query_ids(Some(batch.to_vec()));
        all.extend(call.send().await.map_err(aws(what()))?.named_queries.unwrap_or_default());
    }
    all.retain(|query| query.name().starts_with(PREFIX));
    Ok(all)
}

pub(super) fn plan(query: &Published, present: &[NamedQuery], database: &str) -> Step {
    let name = format!("{PREFIX}{}", query.name);
    // A named query cannot move to another database: one more of the same name is made.
    let action = match present.iter().find(|one| one.name() == name && one.database() == database) {
        None => Action::Create,
        Some(one) => {
            let mut differences = Vec::new();
            if one.query_string() != query.sql {
                differences.push("SQL".to_owned());
            }
            if one.description().unwrap_or_default() != query.description {
                differences.push("description".to_owned());
            }
            if differences.is_empty() { Action::Unchanged } else { Action::Update(differences) }
        }
    };
    Step { name, what: What::NamedQuery, action }
}

/// Creates or updates, by what is there now.
pub(super) async fn apply(
    athena: &Client,
    desired: &Desired,
    query: &Published,
    name: &str,
    present: &[NamedQuery],
) -> Result<(), Error> {
    let same = |one: &&NamedQuery| one.name() == name && one.database() == desired.database;
    let id = present.iter().find(same).and_then(|one| one.named_query_id());
    match id {
        Some(id) => {
            let call =
                athena.update_named_query().named_query_id(id).name(name).description(&query.description);
            call.query_string(&query.sql)
                .send()
                .await
                .map_err(aws(format!("update the named query {name}")))?;
        }
        None => {
            let call = athena.create_named_query().name(name).description(&query.description);
            let call =
                call.database(&desired.database).query_string(&query.sql).work_group(&desired.work_group);
            call.send().await.map_err(aws(format!("create the named query {name}")))?;
        }
    }
    Ok(())
}
