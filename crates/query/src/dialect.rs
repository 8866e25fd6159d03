//! What Trino's SQL says otherwise than DataFusion's, rewritten before it is planned.
//!
//! `UNNEST` of an array of rows: in Trino each field is a column of the relation, `m.action`; in DataFusion the row is
//! one column. So the column gets a name, and `m.action` becomes a field of it. Relations with names for their columns
//! are left alone.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr, Ident, Select, Statement, Subscript, TableAliasColumnDef, TableFactor, Value, VisitMut,
    VisitorMut,
};

/// The name of the one column of an unnested array.
const ROW: &str = "row";

/// Rewrites a statement.
pub(crate) fn rewrite(statement: &mut Statement) {
    let _ = VisitMut::visit(statement, &mut Unnested::default());
}

/// The relations of arrays, by the selects around the place.
#[derive(Default)]
struct Unnested {
    scopes: Vec<HashSet<String>>,
}

impl VisitorMut for Unnested {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let mut scope = HashSet::new();
        for from in &mut select.from {
            let joined = from.joins.iter_mut().map(|join| &mut join.relation);
            for factor in std::iter::once(&mut from.relation).chain(joined) {
                if let TableFactor::UNNEST { alias: Some(alias), array_exprs, with_ordinality: false, .. } =
                    factor
                    && alias.columns.is_empty()
                    && array_exprs.len() == 1
                {
                    alias.columns.push(TableAliasColumnDef::from_name(ROW));
                    scope.insert(alias.name.value.to_lowercase());
                }
            }
        }
        self.scopes.push(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &mut Select) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let Expr::CompoundIdentifier(parts) = expr else { return ControlFlow::Continue(()) };
        let [relation, field, inner @ ..] = parts.as_slice() else { return ControlFlow::Continue(()) };
        let name = relation.value.to_lowercase();
        if self.scopes.iter().any(|scope| scope.contains(&name)) {
            let access = |field: &Ident| {
                let name = Value::SingleQuotedString(field.value.to_lowercase());
                AccessExpr::Subscript(Subscript::Index { index: Expr::Value(name.with_empty_span()) })
            };
            let root = Expr::CompoundIdentifier(vec![relation.clone(), Ident::new(ROW)]);
            let access_chain = std::iter::once(field).chain(inner).map(access).collect();
            *expr = Expr::CompoundFieldAccess { root: Box::new(root), access_chain };
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    fn rewritten(sql: &str) -> String {
        let mut statements = Parser::parse_sql(&GenericDialect {}, sql).expect("SQL");
        rewrite(&mut statements[0]);
        statements[0].to_string()
    }

    #[test]
    fn fields_of_unnested_rows_are_columns() {
        assert_eq!(
            rewritten(
                "SELECT m.ruleid, w.action FROM waf_logs w CROSS JOIN UNNEST(w.rules) AS m WHERE m.Action = 'x'"
            ),
            "SELECT m.row['ruleid'], w.action FROM waf_logs w CROSS JOIN UNNEST(w.rules) AS m (row) \
             WHERE m.row['action'] = 'x'"
        );
        assert_eq!(
            rewritten("SELECT m.a.b FROM t CROSS JOIN UNNEST(t.g) AS g CROSS JOIN UNNEST(g.m) AS m"),
            "SELECT m.row['a']['b'] FROM t CROSS JOIN UNNEST(t.g) AS g (row) CROSS JOIN UNNEST(g.row['m']) AS m (row)"
        );
    }

    #[test]
    fn named_columns_and_other_relations_are_left_alone() {
        for sql in [
            "SELECT t.x FROM UNNEST(a) AS t (x)",
            "SELECT m.a FROM m CROSS JOIN (SELECT m.b FROM UNNEST(c) AS n (x)) AS o",
        ] {
            assert_eq!(rewritten(sql), sql);
        }
    }
}
