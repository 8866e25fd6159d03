//! Bars: labels and their values, one bar for each column of values or each series.

use std::collections::HashMap;

use super::columns::{labels, numbers};
use crate::answer::Answer;
use crate::error::Error;

/// A chart of bars.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bars {
    /// What the labels are.
    pub(crate) title: String,
    /// Names of the values, in the order each bar has them.
    pub(crate) names: Vec<String>,
    pub(crate) bars: Vec<Bar>,
    /// What is not shown, for people.
    pub(crate) notes: Vec<String>,
    /// Whether the labels are names of levels.
    pub(crate) levels: bool,
}

/// A label and its values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) values: Vec<Option<f64>>,
}

impl Bars {
    pub(crate) fn of(answer: &Answer, x: usize, y: &[usize], series: Option<usize>) -> Result<Self, Error> {
        let labels = labels(answer, x)?;
        let columns = y.iter().map(|column| numbers(answer, *column)).collect::<Result<Vec<_>, _>>()?;
        let mut bars = Self {
            title: answer.name(x).to_owned(),
            names: y.iter().map(|column| answer.name(*column).to_owned()).collect(),
            bars: Vec::new(),
            notes: Vec::new(),
            levels: answer.is_level(x),
        };
        match series {
            None => {
                bars.bars = (labels.into_iter().enumerate())
                    .map(|(row, label)| Bar {
                        label,
                        values: columns.iter().map(|column| column[row]).collect(),
                    })
                    .collect();
            }
            Some(series) => bars.pivot(&labels, &self::labels(answer, series)?, &columns[0]),
        }
        Ok(bars)
    }

    /// One value for each series; the last of the same label and series counts.
    fn pivot(&mut self, labels: &[String], series: &[String], values: &[Option<f64>]) {
        let (mut rows, mut columns) = (HashMap::new(), HashMap::new());
        self.names.clear();
        for name in series {
            if !columns.contains_key(name) {
                columns.insert(name, self.names.len());
                self.names.push(name.clone());
            }
        }
        for ((label, name), value) in labels.iter().zip(series).zip(values) {
            let row = *rows.entry(label).or_insert_with(|| {
                self.bars.push(Bar { label: label.clone(), values: vec![None; self.names.len()] });
                self.bars.len() - 1
            });
            self.bars[row].values[columns[name]] = *value;
        }
    }

    /// Every value that is drawn.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.bars.iter().flat_map(|bar| bar.values.iter().copied().flatten())
    }
}
