//! What of Trino's SQL the local engine does not have.
//!
//! Invariant: what is in the table is refused before anything is read, never ignored. A feature that would give
//! another answer than Trino belongs here, not only one that fails.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, Spanned, Statement, TableFactor, Visit, Visitor};
use datafusion::sql::sqlparser::tokenizer::Span;

use crate::error::{SqlError, line_at};

/// A feature that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excluded {
    /// What it is.
    pub feature: &'static str,
    /// Why it is left out.
    pub reason: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// The words by which it is called, when it is a function.
    functions: &'static [&'static str],
}

const fn syntax(feature: &'static str, reason: &'static str, instead: &'static str) -> Excluded {
    Excluded { feature, reason, instead, functions: &[] }
}

const WRITES: Excluded = syntax(
    "statements that write or define",
    "the local engine only reads: the archive is the router's, Parquet comes from logq compact",
    "logq compact, -o FILE --format parquet, or --engine trino|athena",
);
const SAMPLE: Excluded = syntax(
    "TABLESAMPLE",
    "which rows are drawn differs between engines",
    "a shorter window, or WHERE mod(crc32(to_utf8(trace_id)), 100) = 0 on Trino",
);
const ORDINALITY: Excluded =
    syntax("UNNEST … WITH ORDINALITY", "DataFusion's unnest has no positions", "--engine trino|athena");
const PATTERN: Excluded = syntax(
    "MATCH_RECOGNIZE",
    "DataFusion has no row patterns",
    "window functions (lag, lead, sum(…) OVER), or --engine trino|athena",
);
const JSON_TABLE: Excluded = syntax("JSON_TABLE", "DataFusion has none", "json_extract_scalar, and UNNEST");
const LATERAL: Excluded = syntax(
    "LATERAL subqueries",
    "DataFusion plans few of them, and says so only while it runs",
    "CROSS JOIN UNNEST, or a join of a subquery",
);
const TIES: Excluded = syntax(
    "FETCH FIRST … WITH TIES or PERCENT",
    "DataFusion has neither",
    "rank() OVER (ORDER BY …) in a subquery, and a condition on it",
);
const LAMBDA: Excluded = Excluded {
    feature: "lambda functions: transform, filter, reduce, any_match …",
    reason: "the functions of arrays with a lambda are not written yet",
    instead: "CROSS JOIN UNNEST and GROUP BY, or --engine trino|athena",
    functions: &[
        "transform",
        "filter",
        "reduce",
        "reduce_agg",
        "any_match",
        "all_match",
        "none_match",
        "zip_with",
        "map_filter",
        "transform_keys",
        "transform_values",
        "map_zip_with",
    ],
};
const TRY: Excluded = Excluded {
    feature: "try()",
    reason: "a batch of rows is computed at once, so one row's error cannot be told from another's",
    instead: "try_cast, nullif(x, 0) as a divisor, or CASE",
    functions: &["try"],
};
const SQL_JSON: Excluded = Excluded {
    feature: "json_value, json_query, json_exists, json_object, json_array",
    reason: "the SQL/JSON path language is large; Trino's older functions do for logs",
    instead: "json_extract_scalar, json_extract",
    functions: &["json_value", "json_query", "json_exists", "json_object", "json_array"],
};
const LISTAGG: Excluded = Excluded {
    feature: "listagg",
    reason: "the same can be said with array_agg",
    instead: "array_join(array_agg(x ORDER BY x), ',')",
    functions: &["listagg"],
};
const FORMAT: Excluded = Excluded {
    feature: "format",
    reason: "it takes Java's format strings",
    instead: "concat, lpad, round, format_datetime",
    functions: &["format", "format_number"],
};
const GEO: Excluded = Excluded {
    feature: "geospatial, sketch and machine-learning functions, typeof",
    reason: "logs have no use for them that we know of",
    instead: "--engine trino|athena",
    functions: &[
        "st_point",
        "st_distance",
        "approx_set",
        "merge_sketch",
        "qdigest_agg",
        "tdigest_agg",
        "typeof",
    ],
};

/// All that is refused.
pub const EXCLUDED: &[Excluded] = &[
    WRITES, SAMPLE, ORDINALITY, PATTERN, JSON_TABLE, LATERAL, TIES, LAMBDA, TRY, SQL_JSON, LISTAGG, FORMAT,
    GEO,
];

/// Refuses a statement with a feature that is left out; `sql` is its text, for the place.
pub(crate) fn check(statement: &Statement, sql: &str) -> Result<(), SqlError> {
    if !reads(statement) {
        return Err(refused(&WRITES, Span::empty(), sql));
    }
    match statement.visit(&mut Search) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break((excluded, span)) => Err(refused(excluded, span, sql)),
    }
}

/// Statements that tell something.
fn reads(statement: &Statement) -> bool {
    match statement {
        Statement::Explain { statement, .. } => reads(statement),
        Statement::Query(_)
        | Statement::ExplainTable { .. }
        | Statement::ShowTables { .. }
        | Statement::ShowColumns { .. }
        | Statement::ShowFunctions { .. } => true,
        _ => false,
    }
}

fn refused(excluded: &Excluded, span: Span, sql: &str) -> SqlError {
    let start = [span.start.line, span.start.column].map(usize::try_from);
    let place = if let [Ok(line), Ok(column)] = start { line_at(sql, line, column) } else { None };
    SqlError {
        message: format!("the local engine does not have {}: {}", excluded.feature, excluded.reason),
        help: Some(format!("use {}", excluded.instead)),
        place,
    }
}

/// Looks for the first feature that is left out.
struct Search;

impl Visitor for Search {
    type Break = (&'static Excluded, Span);

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        match &query.fetch {
            Some(fetch) if fetch.with_ties || fetch.percent => {
                let span = fetch.quantity.as_ref().map_or(Span::empty(), Spanned::span);
                ControlFlow::Break((&TIES, span))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        let excluded = match factor {
            TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. } => {
                &SAMPLE
            }
            TableFactor::UNNEST { with_ordinality: true, .. }
            | TableFactor::Table { with_ordinality: true, .. }
            | TableFactor::Function { with_ordinality: true, .. } => &ORDINALITY,
            TableFactor::MatchRecognize { .. } => &PATTERN,
            TableFactor::JsonTable { .. } => &JSON_TABLE,
            TableFactor::Derived { lateral: true, .. } => &LATERAL,
            _ => return ControlFlow::Continue(()),
        };
        ControlFlow::Break((excluded, factor.span()))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        let excluded = match expr {
            Expr::Lambda(_) => Some(&LAMBDA),
            Expr::Function(function) => {
                let name = function.name.to_string().to_lowercase();
                EXCLUDED.iter().find(|excluded| excluded.functions.contains(&name.as_str()))
            }
            _ => None,
        };
        match excluded {
            Some(excluded) => ControlFlow::Break((excluded, expr.span())),
            None => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parsed;
    use super::*;

    #[test]
    fn what_is_left_out_is_refused_with_reason_remedy_and_place() {
        for (sql, feature) in [
            ("CREATE TABLE t AS SELECT 1 AS x", WRITES),
            ("INSERT INTO t SELECT 1", WRITES),
            ("EXPLAIN DELETE FROM t", WRITES),
            ("SELECT a FROM t TABLESAMPLE BERNOULLI (10)", SAMPLE),
            ("SELECT a FROM t CROSS JOIN UNNEST(x) WITH ORDINALITY AS u (a, i)", ORDINALITY),
            (
                "SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES A.ts AS x PATTERN (A) DEFINE A AS true)",
                PATTERN,
            ),
            ("SELECT t.a FROM t CROSS JOIN LATERAL (SELECT t.a AS b) AS u", LATERAL),
            ("SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES", TIES),
            ("SELECT transform(a, x -> x + 1) FROM t", LAMBDA),
            ("SELECT a FROM t WHERE TRY(1 / b) = 1", TRY),
            ("SELECT json_value(a, 'lax $.a') FROM t", SQL_JSON),
        ] {
            let error = check(&parsed(sql), sql).expect_err(sql);
            assert!(error.message.contains(feature.feature), "{sql}: {error}");
            assert!(error.message.ends_with(feature.reason) && error.help.is_some(), "{error}");
        }
        let sql = "SELECT a\nFROM t\nWHERE try(b) = 1";
        assert_eq!(
            check(&parsed(sql), sql).expect_err(sql).place,
            Some(("WHERE try(b) = 1".to_owned(), 3, 7))
        );
    }

    #[test]
    fn what_reads_passes() {
        for sql in [
            "SELECT count(*) FILTER (WHERE a) FROM t FETCH FIRST 3 ROWS ONLY",
            "SHOW TABLES",
            "DESCRIBE t",
            "EXPLAIN SELECT a FROM t CROSS JOIN UNNEST(b) AS u (c)",
            "WITH t (x) AS (VALUES (1)) SELECT x FROM t",
        ] {
            assert_eq!(check(&parsed(sql), sql), Ok(()), "{sql}");
        }
    }
}
