//! Who was there, as a query over the access records would find it.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::{MINUTE, Micros};
use crate::summary::People;
use crate::traffic::{Route, Traffic};

pub(crate) fn count(traffic: &Traffic) -> People {
    let mut times: BTreeMap<u32, Vec<Micros>> = BTreeMap::new();
    let mut stages: BTreeMap<&str, BTreeSet<u32>> =
        ["view", "cart", "order", "pay"].into_iter().map(|stage| (stage, BTreeSet::new())).collect();
    for request in &traffic.requests {
        let (Some(user), Some(answer), Some(logged)) = (request.user, request.answer(), request.logged())
        else {
            continue;
        };
        // The archive keeps milliseconds.
        times.entry(user).or_default().push(logged / 1000 * 1000);
        let stage = match request.route {
            Route::Product | Route::Legacy => "view",
            Route::CartAdd => "cart",
            Route::Order => "order",
            Route::Pay => "pay",
            _ => continue,
        };
        if answer.status < 400 {
            stages.entry(stage).or_default().insert(user);
        }
    }
    let sessions = times.values_mut().map(|times| {
        times.sort_unstable();
        1 + times.windows(2).filter(|pair| pair[1] - pair[0] >= 30 * MINUTE).count() as u64
    });
    let sessions = sessions.sum();
    People {
        users: times.len() as u64,
        sessions,
        funnel: stages.into_iter().map(|(stage, users)| (stage.to_owned(), users.len() as u64)).collect(),
    }
}
