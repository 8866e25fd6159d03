//! Checks across keys: names that come twice, partition columns and the location, columns of the calendar.

use std::collections::BTreeMap;

use super::{Document, Fields, line_of};
use crate::{
    location::Location,
    nearest::likely,
    partition::{CalendarPart, Partition, Projection},
};

/// Tells columns, of files and partitions, whose names differ by case at most.
pub(super) fn names(document: &mut Document<'_>, root: &Fields<'_>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for key in ["columns", "partitions"] {
        for item in root.tables_of(key) {
            let Some(name) = item.text_of("name") else { continue };
            let place = item.place("name");
            if let Some(first) = seen.get(&name.to_lowercase()) {
                let what = format!(
                    "the column {name:?} is there twice, first in line {}",
                    line_of(document, *first)
                );
                document.fail(&item, "name", what, "rename or remove one of them (case does not count)");
            } else {
                seen.insert(name.to_lowercase(), place);
            }
        }
    }
}

/// Tells partition columns that the location lacks or has twice, and names in it that are none.
pub(super) fn location(document: &mut Document<'_>, root: &Fields<'_>, location: &Location) {
    let items = root.tables_of("partitions");
    let partitions: Vec<&str> = items.iter().filter_map(|item| item.text_of("name")).collect();
    for name in &partitions {
        match location.values().filter(|value| value == name).count() {
            1 => {}
            0 => {
                let what = format!("the location lacks the partition column {name:?}");
                document.fail(root, "location", what, format!("add \"{name}=${{{name}}}/\""));
            }
            _ => {
                let what = format!("the location has the partition column {name:?} twice");
                document.fail(root, "location", what, "remove one of them");
            }
        }
    }
    for value in location.values().filter(|value| !partitions.contains(value)) {
        let remedy = match likely(value, partitions.iter().copied()) {
            Some(name) => format!("did you mean \"${{{name}}}\"?"),
            None => "add it to partitions".to_owned(),
        };
        document.fail(root, "location", format!("{value:?} is no partition column"), remedy);
    }
}

/// Tells what keeps columns called year, month, day and hour from being compared as text, outermost first.
pub(super) fn calendar(document: &mut Document<'_>, root: &Fields<'_>, partitions: &[Partition]) {
    let items = root.tables_of("partitions");
    let parts: Vec<(CalendarPart, usize)> = partitions
        .iter()
        .enumerate()
        .filter_map(|(position, partition)| Some((partition.calendar()?, position)))
        .collect();
    for (position, (part, index)) in parts.iter().enumerate() {
        let (name, item) = (part.name(), &items[*index]);
        if *part as usize != position {
            let what = format!("{name:?} is not where its order puts it");
            document.fail(item, "name", what, "have year, month, day and hour in this order, from year on");
        }
        let Projection::Integer { digits, interval, .. } = &partitions[*index].projection else { continue };
        if *digits != part.digits() {
            let what = format!("{name:?} is not padded to {} digits", part.digits());
            document.fail(item, "projection", what, format!("write digits = {}", part.digits()));
        }
        if *interval != 1 && position + 1 < parts.len() {
            let what = format!("{name:?} goes in steps though finer parts follow it");
            document.fail(item, "projection", what, "write interval = 1");
        }
    }
}
