//! Conditions, and how they are written: no more parentheses than a reader needs.

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Always,
    Compare(String),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    /// All of them hold.
    pub(super) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition {
                Self::Always => {}
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::Always,
            1 => flat.remove(0),
            _ => Self::All(flat),
        }
    }

    /// One of them holds; there is at least one.
    pub(super) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition {
                Self::Always => return Self::Always,
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    /// The text, such that it can be joined with others by `AND`; none when it always holds.
    pub(super) fn to_sql(&self) -> Option<String> {
        match self {
            Self::Always => None,
            Self::Compare(text) => Some(text.clone()),
            Self::All(inner) => Some(joined(inner, " AND ")),
            Self::Any(inner) => {
                let each = inner.iter().filter_map(|condition| {
                    let text = condition.to_sql()?;
                    Some(if matches!(condition, Self::All(_)) { format!("({text})") } else { text })
                });
                Some(format!("({})", each.collect::<Vec<_>>().join(" OR ")))
            }
        }
    }
}

fn joined(conditions: &[Condition], word: &str) -> String {
    conditions.iter().filter_map(Condition::to_sql).collect::<Vec<_>>().join(word)
}
