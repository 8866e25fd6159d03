//! Trino's SQL where DataFusion's is another.
//!
//! | file | does |
//! |---|---|
//! | `excluded.rs` | what the local engine does not have: refused, with the reason and what to write instead |
//! | `plain.rs` | other words for the same: `FETCH FIRST`, `substr` |
//! | `unnest.rs` | arrays of rows as relations |

mod excluded;
mod plain;
mod unnest;

use datafusion::sql::sqlparser::ast::{Statement, VisitMut};

pub use self::excluded::{EXCLUDED, Excluded};

/// Refuses what the local engine does not have.
pub(crate) use self::excluded::check;

/// Rewrites a statement.
pub(crate) fn rewrite(statement: &mut Statement) {
    let _ = VisitMut::visit(statement, &mut plain::Plain);
    let _ = VisitMut::visit(statement, &mut unnest::Unnested::default());
}

/// The statement of a text.
#[cfg(test)]
fn parsed(sql: &str) -> Statement {
    use datafusion::sql::sqlparser::{dialect::GenericDialect, parser::Parser};
    Parser::parse_sql(&GenericDialect {}, sql).expect("SQL").swap_remove(0)
}
