//! Arrays of rows as relations.
//!
//! `t CROSS JOIN UNNEST(t.items) AS m` of an array of rows: in Trino each field is a column of the relation, `m.name`.
//! DataFusion unnests in the list of columns only and keeps the row as one value. So it becomes
//! `(SELECT *, unnest(t.items) AS m__row FROM t) AS t`, and `m.name` becomes `t.m__row['name']`. Relations with names
//! for their columns, and others than those joined to one table in this way, are left alone.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr, Ident, JoinOperator, Select, SetExpr, Statement, Subscript, TableFactor,
    TableWithJoins, Value, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// The relations of arrays, by the selects around the place: the relation that has the row, and the row's column.
#[derive(Default)]
pub(super) struct Unnested {
    scopes: Vec<HashMap<String, (Ident, Ident)>>,
}

impl VisitorMut for Unnested {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let mut scope = HashMap::new();
        for from in &mut select.from {
            while let Some((name, place)) = fold(from) {
                scope.insert(name, place);
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
        let [relation, fields @ ..] = parts.as_slice() else { return ControlFlow::Continue(()) };
        let name = relation.value.to_lowercase();
        if let Some((table, row)) = self.scopes.iter().rev().find_map(|scope| scope.get(&name)) {
            let access = |field: &Ident| {
                let name = Value::SingleQuotedString(field.value.to_lowercase());
                AccessExpr::Subscript(Subscript::Index { index: Expr::Value(name.with_empty_span()) })
            };
            let root = Box::new(Expr::CompoundIdentifier(vec![table.clone(), row.clone()]));
            *expr = Expr::CompoundFieldAccess { root, access_chain: fields.iter().map(access).collect() };
        }
        ControlFlow::Continue(())
    }
}

/// Takes the first join of a table with its array into the table; tells the array's relation, and where its row is now.
fn fold(from: &mut TableWithJoins) -> Option<(String, (Ident, Ident))> {
    let join = from.joins.first()?;
    let TableFactor::UNNEST { alias: Some(alias), array_exprs, with_ordinality: false, .. } = &join.relation
    else {
        return None;
    };
    let [array] = array_exprs.as_slice() else { return None };
    if !matches!(join.join_operator, JoinOperator::CrossJoin(_)) || !alias.columns.is_empty() {
        return None;
    }
    let table = match &from.relation {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            alias.name.clone()
        }
        TableFactor::Table { name, .. } => name.0.last()?.as_ident()?.clone(),
        _ => return None,
    };
    let unnested = alias.name.value.to_lowercase();
    let row = Ident::new(format!("{unnested}__row"));
    let sql = format!("SELECT 1 FROM (SELECT *, unnest({array}) AS {row} FROM {}) AS {table}", from.relation);
    let mut parsed = Parser::parse_sql(&GenericDialect {}, &sql).ok()?;
    let Some(Statement::Query(query)) = parsed.pop() else { return None };
    let SetExpr::Select(select) = *query.body else { return None };
    from.relation = select.from.into_iter().next()?.relation;
    from.joins.remove(0);
    Some((unnested, (table, row)))
}

#[cfg(test)]
mod tests {
    use super::super::{parsed, rewrite};

    fn rewritten(sql: &str) -> String {
        let mut statement = parsed(sql);
        rewrite(&mut statement);
        statement.to_string()
    }

    #[test]
    fn fields_of_unnested_rows_are_columns() {
        assert_eq!(
            rewritten(
                "SELECT m.ruleid, w.action FROM waf_logs AS w CROSS JOIN UNNEST(w.rules) AS m WHERE m.Action = 'x'"
            ),
            "SELECT w.m__row['ruleid'], w.action FROM (SELECT *, unnest(w.rules) AS m__row FROM waf_logs AS w) AS w \
             WHERE w.m__row['action'] = 'x'"
        );
        assert_eq!(
            rewritten("SELECT m.a.b FROM t CROSS JOIN UNNEST(t.g) AS g CROSS JOIN UNNEST(g.m) AS m"),
            "SELECT t.m__row['a']['b'] FROM (SELECT *, unnest(t.g__row['m']) AS m__row FROM \
             (SELECT *, unnest(t.g) AS g__row FROM t) AS t) AS t"
        );
    }

    #[test]
    fn named_columns_and_other_relations_are_left_alone() {
        for sql in [
            "SELECT t.x FROM UNNEST(a) AS t (x)",
            "SELECT s.x FROM t CROSS JOIN UNNEST(t.a) AS s (x)",
            "SELECT m.a FROM m CROSS JOIN (SELECT m.b FROM UNNEST(c) AS n (x)) AS o",
        ] {
            assert_eq!(rewritten(sql), sql);
        }
    }
}
