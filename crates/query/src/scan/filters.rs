//! What can be decided before or while a line is read: partitions, level and time.
//!
//! A filter that is taken whole ([`Pushed::take`]) is exact: rows that come out satisfy it, so the engine need not look
//! again.

use std::collections::BTreeSet;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use sluice_archive::Level;
use sluice_catalog::{FormatKind, Table, TimeKind};

/// A range of texts; both ends may be open, each may be in or out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The least, and whether it is in.
    pub(crate) low: Option<(String, bool)>,
    /// The greatest, and whether it is in.
    pub(crate) high: Option<(String, bool)>,
}

impl Bounds {
    pub(crate) fn holds(&self, text: &[u8]) -> bool {
        self.low
            .as_ref()
            .is_none_or(|(low, inclusive)| text > low.as_bytes() || (*inclusive && text == low.as_bytes()))
            && self.high.as_ref().is_none_or(|(high, inclusive)| {
                text < high.as_bytes() || (*inclusive && text == high.as_bytes())
            })
    }

    fn narrow(&mut self, operator: Operator, text: &str) {
        let inclusive = matches!(operator, Operator::GtEq | Operator::LtEq | Operator::Eq);
        if matches!(operator, Operator::Gt | Operator::GtEq | Operator::Eq) {
            let new = (text.to_owned(), inclusive);
            // Of two ends the tighter: the greater text, and of equal ones the one that leaves it out.
            let tighter = |old: &(String, bool)| (&new.0, !new.1) > (&old.0, !old.1);
            if self.low.as_ref().is_none_or(tighter) {
                self.low = Some(new);
            }
        }
        if matches!(operator, Operator::Lt | Operator::LtEq | Operator::Eq) {
            let new = (text.to_owned(), inclusive);
            let tighter = |old: &(String, bool)| (&new.0, new.1) < (&old.0, old.1);
            if self.high.as_ref().is_none_or(tighter) {
                self.high = Some(new);
            }
        }
    }
}

/// Filters that the scan applies itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pushed {
    /// On partition columns only.
    pub(crate) partitions: Vec<Expr>,
    /// The words that the column `level` may be.
    pub(crate) levels: Option<BTreeSet<String>>,
    /// The texts that the time column may be.
    pub(crate) time: Option<Bounds>,
}

impl Pushed {
    /// Takes a filter if it is of a form that the scan applies exactly.
    pub(crate) fn take(&mut self, table: &Table, filter: &Expr) -> bool {
        if only_partitions(table, filter) {
            self.partitions.push(filter.clone());
            return true;
        }
        if !is_log_table(table) {
            return false;
        }
        if let Some(words) = level_words(filter) {
            self.narrow_levels(words);
            return true;
        }
        match filter {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
                // Both or neither: half of a filter is not taken.
                let mut both = self.clone();
                let taken = both.take(table, left) && both.take(table, right);
                if taken {
                    *self = both;
                }
                taken
            }
            Expr::BinaryExpr(comparison) => match column_and_text(comparison) {
                Some(("ts", operator, text)) if is_order(operator) => {
                    self.time.get_or_insert_default().narrow(operator, text);
                    true
                }
                _ => false,
            },
            Expr::Between(between) if !between.negated && column(&between.expr) == Some("ts") => {
                let (Some(low), Some(high)) = (text(&between.low), text(&between.high)) else { return false };
                let bounds = self.time.get_or_insert_default();
                bounds.narrow(Operator::GtEq, low);
                bounds.narrow(Operator::LtEq, high);
                true
            }
            _ => false,
        }
    }

    fn narrow_levels(&mut self, words: BTreeSet<String>) {
        self.levels = Some(match self.levels.take() {
            Some(old) => old.intersection(&words).cloned().collect(),
            None => words,
        });
    }

    /// The levels of the index that can match; None when all can.
    pub(crate) fn index_levels(&self) -> Option<Vec<Level>> {
        let words = self.levels.as_ref()?;
        Some(Level::ALL.into_iter().filter(|level| words.contains(level.name())).collect())
    }
}

/// Whether the table is of records of the router: its index speaks of `ts` and `level`.
fn is_log_table(table: &Table) -> bool {
    let time = table.time.as_ref();
    table.format.kind == FormatKind::Json
        && time.is_some_and(|time| time.column == "ts" && matches!(time.kind, TimeKind::Iso8601 { .. }))
}

/// The words that a filter on `level` alone admits.
fn level_words(filter: &Expr) -> Option<BTreeSet<String>> {
    match filter {
        Expr::InList(list) if !list.negated && column(&list.expr) == Some("level") => {
            list.list.iter().map(|item| text(item).map(str::to_owned)).collect()
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let mut words = level_words(left)?;
            words.extend(level_words(right)?);
            Some(words)
        }
        Expr::BinaryExpr(comparison) => match column_and_text(comparison) {
            Some(("level", Operator::Eq, word)) => Some(BTreeSet::from([word.to_owned()])),
            _ => None,
        },
        _ => None,
    }
}

/// A comparison of a column with a text, the column first.
fn column_and_text(comparison: &BinaryExpr) -> Option<(&str, Operator, &str)> {
    let BinaryExpr { left, op, right } = comparison;
    match (column(left), text(right)) {
        (Some(name), Some(text)) => Some((name, *op, text)),
        _ => Some((column(right)?, op.swap()?, text(left)?)),
    }
}

fn is_order(operator: Operator) -> bool {
    matches!(operator, Operator::Gt | Operator::GtEq | Operator::Lt | Operator::LtEq | Operator::Eq)
}

fn only_partitions(table: &Table, filter: &Expr) -> bool {
    let columns = filter.column_refs();
    let is_partition = |name: &str| table.partitions.iter().any(|partition| partition.name == name);
    !columns.is_empty() && !filter.is_volatile() && columns.iter().all(|column| is_partition(&column.name))
}

fn column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column(column) => Some(&column.name),
        Expr::Cast(cast) => column(&cast.expr),
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(
            ScalarValue::Utf8(Some(text))
            | ScalarValue::Utf8View(Some(text))
            | ScalarValue::LargeUtf8(Some(text)),
            _,
        ) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};
    use sluice_catalog::Catalog;

    use super::*;

    fn take(filter: &Expr) -> Option<Pushed> {
        let catalog = Catalog::builtin();
        let mut pushed = Pushed::default();
        pushed.take(catalog.get("app_logs").expect("built in"), filter).then_some(pushed)
    }

    #[test]
    fn levels_and_times_are_taken_and_everything_else_is_left() {
        let levels = take(&col("level").in_list(vec![lit("error"), lit("fatal")], false)).expect("taken");
        assert_eq!(levels.index_levels(), Some(vec![Level::Error, Level::Fatal]));
        let window = col("ts").gt_eq(lit("2026-11-24T01")).and(col("ts").lt(lit("2026-11-24T02")));
        let bounds = take(&window).expect("taken").time.expect("bounds");
        assert!(bounds.holds(b"2026-11-24T01:30:00.000Z") && bounds.holds(b"2026-11-24T01"));
        assert!(!bounds.holds(b"2026-11-24T02") && !bounds.holds(b"2026-11-24T00:59:59.999Z"));
        assert!(take(&col("year").eq(lit("2026"))).is_some());
        for left in [
            col("message").eq(lit("x")),
            col("level").not_eq(lit("info")),
            col("level").in_list(vec![lit("info")], true),
            col("ts").not_eq(lit("x")),
            col("level").eq(lit("error")).or(col("message").eq(lit("x"))),
            col("level").eq(col("message")),
        ] {
            assert!(take(&left).is_none(), "{left}");
        }
    }

    #[test]
    fn of_several_ends_the_tightest_counts() {
        let mut bounds = Bounds::default();
        for (operator, text) in [
            (Operator::GtEq, "b"),
            (Operator::Gt, "b"),
            (Operator::GtEq, "a"),
            (Operator::LtEq, "d"),
            (Operator::Lt, "d"),
            (Operator::Lt, "e"),
        ] {
            bounds.narrow(operator, text);
        }
        assert_eq!(bounds, Bounds { low: Some(("b".into(), false)), high: Some(("d".into(), false)) });
    }
}
