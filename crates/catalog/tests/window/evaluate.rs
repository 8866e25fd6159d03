//! Evaluates the SQL that windows give: comparisons of a column with a constant, `AND`, `OR`, parentheses.

use std::collections::BTreeMap;

/// A value of a row or a constant.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    /// A timestamp as its text, which compares as its time.
    Timestamp(String),
}

/// A row: values by column, as the SQL writes it (alias and quotes included).
pub(crate) type Row = BTreeMap<String, Value>;

/// Whether the condition holds for the row.
///
/// # Panics
/// When the text is not of the subset, or compares values of different types.
pub(crate) fn holds(sql: &str, row: &Row) -> bool {
    let mut parser = Parser { tokens: tokens(sql), at: 0, row };
    let answer = parser.any();
    assert_eq!(parser.at, parser.tokens.len(), "something is left over of {sql}");
    answer
}

struct Parser<'r> {
    tokens: Vec<String>,
    at: usize,
    row: &'r Row,
}

impl Parser<'_> {
    fn any(&mut self) -> bool {
        let mut answer = self.all();
        while self.take("OR") {
            answer |= self.all();
        }
        answer
    }

    fn all(&mut self) -> bool {
        let mut answer = self.one();
        while self.take("AND") {
            answer &= self.one();
        }
        answer
    }

    fn one(&mut self) -> bool {
        if self.take("TRUE") {
            return true;
        }
        if self.take("(") {
            let answer = self.any();
            assert!(self.take(")"), "a parenthesis is open");
            return answer;
        }
        let column = self.next();
        let value = self.row.get(&column).unwrap_or_else(|| panic!("no column {column}")).clone();
        match self.next().as_str() {
            "=" => compare(&value, &self.constant()).is_eq(),
            ">=" => compare(&value, &self.constant()).is_ge(),
            "<=" => compare(&value, &self.constant()).is_le(),
            ">" => compare(&value, &self.constant()).is_gt(),
            "<" => compare(&value, &self.constant()).is_lt(),
            "BETWEEN" => {
                let low = self.constant();
                assert!(self.take("AND"), "BETWEEN has no AND");
                compare(&value, &low).is_ge() & compare(&value, &self.constant()).is_le()
            }
            other => panic!("unknown operator {other}"),
        }
    }

    fn constant(&mut self) -> Value {
        let token = self.next();
        if token == "TIMESTAMP" {
            let Value::Text(text) = self.constant() else { panic!("TIMESTAMP has no text") };
            return Value::Timestamp(text);
        }
        match token.strip_prefix('\'') {
            Some(text) => Value::Text(text.to_owned()),
            None => Value::Number(token.parse().unwrap_or_else(|_| panic!("{token} is no constant"))),
        }
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(found);
        found
    }
}

fn compare(a: &Value, b: &Value) -> std::cmp::Ordering {
    assert_eq!(std::mem::discriminant(a), std::mem::discriminant(b), "{a:?} and {b:?} do not compare");
    a.partial_cmp(b).expect("of one type")
}

/// Words, operators, parentheses; texts keep their opening quote.
fn tokens(sql: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => rest[1..].find('\'').expect("a closing quote") + 2,
            '(' | ')' => 1,
            '<' | '>' | '=' => rest.find(|c| !"<>=".contains(c)).expect("an operand"),
            _ => rest.find(|c: char| c.is_whitespace() || "()<>=".contains(c)).unwrap_or(rest.len()),
        };
        tokens.push(rest[..length].trim_end_matches('\'').to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}
