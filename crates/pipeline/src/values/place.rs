//! Paths and addresses.

use std::{net::SocketAddr, path::PathBuf};

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::{Entry, Value},
};

/// A path; a relative one counts from the working directory of the process.
impl Setting for PathBuf {
    type Rule = ();

    fn shape(_rule: &()) -> Shape {
        Shape::Path
    }

    fn read(rule: &(), entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        match &entry.value {
            Value::Text(text) if !text.is_empty() && !text.contains('\0') => Some(text.into()),
            _ => reader.mismatch::<Self, _>(rule, entry),
        }
    }
}

/// An IP address and port. Names are refused: what they resolve to could be more than the loopback.
impl Setting for SocketAddr {
    type Rule = ();

    fn shape(_rule: &()) -> Shape {
        Shape::Address
    }

    fn read(rule: &(), entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text::<Self>(rule, entry)?;
        let address = text.parse().ok();
        if address.is_none() {
            match text.strip_prefix("localhost:").filter(|port| port.parse::<u16>().is_ok()) {
                Some(port) => reader.fail_with(
                    entry,
                    "host names are not looked up",
                    format!("did you mean \"127.0.0.1:{port}\"?"),
                ),
                None => return reader.mismatch::<Self, _>(rule, entry),
            }
        }
        address
    }
}
