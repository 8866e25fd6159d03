//! Other words for the same.
//!
//! `FETCH FIRST 5 ROWS ONLY` is `LIMIT 5`. `substr` and `substring` are calls by name: the planner has a function of
//! its own for them, which counts a negative start otherwise.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident,
    LimitClause, ObjectName, Query, Value, VisitorMut,
};

/// The rewriting.
pub(super) struct Plain;

impl VisitorMut for Plain {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let Some(fetch) = query.fetch.take() else { return ControlFlow::Continue(()) };
        let one = || Expr::Value(Value::Number("1".to_owned(), false).with_empty_span());
        let rows = Some(fetch.quantity.unwrap_or_else(one));
        match &mut query.limit_clause {
            Some(LimitClause::LimitOffset { limit, .. }) => *limit = rows,
            other => {
                *other = Some(LimitClause::LimitOffset { limit: rows, offset: None, limit_by: Vec::new() });
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Substring { expr: text, substring_from: Some(from), substring_for, .. } = expr {
            let arguments = [Some(text), Some(from), substring_for.as_mut()].into_iter().flatten();
            *expr = call("substr", arguments.map(|argument| (**argument).clone()));
        }
        ControlFlow::Continue(())
    }
}

/// A call of a function.
fn call(name: &str, arguments: impl Iterator<Item = Expr>) -> Expr {
    let argument = |expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr));
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.map(argument).collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{parsed, rewrite};

    #[test]
    fn fetch_is_limit_and_substr_a_call_by_name() {
        for (sql, plain) in [
            ("SELECT a FROM t FETCH FIRST 3 ROWS ONLY", "SELECT a FROM t LIMIT 3"),
            ("SELECT a FROM t OFFSET 2 ROWS FETCH NEXT ROW ONLY", "SELECT a FROM t LIMIT 1 OFFSET 2 ROWS"),
            ("SELECT SUBSTRING(a FROM -3) FROM t", "SELECT substr(a, -3) FROM t"),
            ("SELECT substr(substr(a, 2), 1, 2) FROM t", "SELECT substr(substr(a, 2), 1, 2) FROM t"),
        ] {
            let mut statement = parsed(sql);
            rewrite(&mut statement);
            assert_eq!(statement.to_string(), plain);
        }
    }
}
