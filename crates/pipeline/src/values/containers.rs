//! Settings made of others: optional ones, lists, tables with free keys.

use std::collections::BTreeMap;

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::{Entry, Value},
};

/// Unset unless given; `"off"` unsets it, in an overlay or against a default.
impl<T: Setting> Setting for Option<T> {
    type Rule = T::Rule;

    fn shape(rule: &T::Rule) -> Shape {
        Shape::Optional(Box::new(T::shape(rule)))
    }

    fn read(rule: &T::Rule, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        match &entry.value {
            Value::Text(text) if text == "off" => Some(None),
            _ => T::read(rule, entry, reader).map(Some),
        }
    }

    fn absent(_reader: &mut Reader<'_>) -> Option<Self> {
        Some(None)
    }
}

/// Empty unless given. Every faulty item is told.
impl<T: Setting> Setting for Vec<T> {
    type Rule = T::Rule;

    fn shape(rule: &T::Rule) -> Shape {
        Shape::List(Box::new(T::shape(rule)))
    }

    fn read(rule: &T::Rule, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::List(items) = &entry.value else { return reader.mismatch::<Self, _>(rule, entry) };
        let read = |(index, item)| reader.within(&format!("[{index}]"), |reader| T::read(rule, item, reader));
        let items: Vec<Option<T>> = items.iter().enumerate().map(read).collect();
        items.into_iter().collect()
    }

    fn absent(_reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self::new())
    }
}

/// Empty unless given.
impl<T: Setting> Setting for BTreeMap<String, T> {
    type Rule = T::Rule;

    fn shape(rule: &T::Rule) -> Shape {
        Shape::Map(Box::new(T::shape(rule)))
    }

    fn read(rule: &T::Rule, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Table(table) = &entry.value else { return reader.mismatch::<Self, _>(rule, entry) };
        let read = |(key, item): (&String, &Entry)| {
            reader.within(key, |reader| T::read(rule, item, reader)).map(|value| (key.clone(), value))
        };
        let values: Vec<Option<(String, T)>> = table.iter().map(read).collect();
        values.into_iter().collect()
    }

    fn absent(_reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self::new())
    }
}
