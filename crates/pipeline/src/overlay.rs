//! Environment overlays: `[env.dev]` laid over the base.
//!
//! Tables merge key by key; everything else, lists too, replaces what the base says.

use std::{collections::BTreeMap, sync::Arc};

use crate::source::{Entry, Table, Value};

/// A fault in the `env` table itself: the entry, its dotted key, what is wrong.
pub(crate) type Fault = (Entry, String, String);

/// Takes `env` out of the root and answers the overlays by name, each entry marked with its overlay.
pub(crate) fn take(root: &mut Table) -> (BTreeMap<String, Table>, Vec<Fault>) {
    let (mut overlays, mut faults) = (BTreeMap::new(), Vec::new());
    let Some(env) = root.remove("env") else { return (overlays, faults) };
    let Value::Table(environments) = &env.value else {
        let what = format!("expected a table of environments, found {}", env.value.describe());
        faults.push((env, "env".to_owned(), what));
        return (overlays, faults);
    };
    for (name, entry) in environments {
        let key = format!("env.{name}");
        match &entry.value {
            Value::Table(_) if !crate::values::text::Text::Name.allows(name) => {
                let what = "not a name for an environment: letters, digits, '.', '_' and '-' only".to_owned();
                faults.push((entry.clone(), key, what));
            }
            Value::Table(table) => {
                let mut table = table.clone();
                mark(&mut table, &Arc::from(name.as_str()));
                overlays.insert(name.clone(), table);
            }
            other => {
                faults.push((entry.clone(), key, format!("expected a table, found {}", other.describe())));
            }
        }
    }
    (overlays, faults)
}

fn mark(table: &mut Table, name: &Arc<str>) {
    table.values_mut().for_each(|entry| mark_entry(entry, name));
}

fn mark_entry(entry: &mut Entry, name: &Arc<str>) {
    entry.env = Some(Arc::clone(name));
    match &mut entry.value {
        Value::Table(table) => mark(table, name),
        Value::List(items) => items.iter_mut().for_each(|item| mark_entry(item, name)),
        _ => {}
    }
}

/// The base with an overlay laid over it.
pub(crate) fn merge(base: &Table, overlay: &Table) -> Table {
    let mut merged = base.clone();
    for (key, over) in overlay {
        match (merged.get_mut(key), &over.value) {
            (Some(Entry { value: Value::Table(under), .. }), Value::Table(table)) => {
                *under = merge(under, table);
            }
            _ => {
                merged.insert(key.clone(), over.clone());
            }
        }
    }
    merged
}
