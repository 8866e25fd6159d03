//! Rows in segments: inside a page, or spooled to an object store from which the client fetches them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

/// No segment is larger, whatever it says of itself: Trino ends one at 16 MiB by default.
const SEGMENT_MAX: usize = 1 << 30;

/// The form of segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// JSON, compressed with Zstandard.
    Zstd,
    /// JSON, compressed with LZ4.
    Lz4,
    /// JSON.
    None,
}

impl Encoding {
    /// The protocol's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Zstd => "json+zstd",
            Encoding::Lz4 => "json+lz4",
            Encoding::None => "json",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Encoding::Zstd, Encoding::Lz4, Encoding::None].into_iter().find(|one| one.name() == name)
    }
}

/// The `data` of a page that has segments.
#[derive(Debug, Deserialize)]
pub(crate) struct Segments {
    pub(crate) encoding: String,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Segment {
    /// Base64 inside the page.
    Inline {
        data: String,
        #[serde(default)]
        metadata: Metadata,
    },
    /// To be fetched, and then acknowledged so that it can be deleted.
    #[serde(rename_all = "camelCase")]
    Spooled {
        uri: String,
        ack_uri: Option<String>,
        #[serde(default)]
        metadata: Metadata,
        /// Headers that the store wants.
        #[serde(default)]
        headers: BTreeMap<String, Vec<String>>,
    },
}

/// What a segment says of itself. More may stand there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Metadata {
    rows_count: Option<Value>,
    uncompressed_size: Option<Value>,
}

impl Metadata {
    /// How many rows there must be, where that is said.
    pub(crate) fn rows(&self) -> Option<u64> {
        self.rows_count.as_ref().and_then(number)
    }
}

/// A number, which some versions write as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The bytes of an inline segment.
pub(crate) fn inline(data: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(data).map_err(|error| format!("an inline segment is no base64: {error}"))
}

/// The JSON of a segment. One too small to be worth compressing comes plain: then its size is not said.
pub(crate) fn decode(encoding: &str, bytes: Vec<u8>, metadata: &Metadata) -> Result<Vec<u8>, String> {
    let kind =
        Encoding::of(encoding).ok_or_else(|| format!("segments are in the unknown form {encoding:?}"))?;
    let Some(size) = metadata.uncompressed_size.as_ref().and_then(number).filter(|_| kind != Encoding::None)
    else {
        return Ok(bytes);
    };
    let size = usize::try_from(size).ok().filter(|size| *size <= SEGMENT_MAX);
    let size = size.ok_or_else(|| format!("a segment says that it has more than {SEGMENT_MAX} bytes"))?;
    let text = match kind {
        Encoding::Zstd => zstd::bulk::decompress(&bytes, size).map_err(|error| error.to_string()),
        _ => lz4_flex::block::decompress(&bytes, size).map_err(|error| error.to_string()),
    };
    let text = text.map_err(|error| format!("a segment of {} bytes in {encoding}: {error}", bytes.len()))?;
    if text.len() == size {
        Ok(text)
    } else {
        Err(format!("a segment has {} bytes of text, not the {size} that it says", text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(size: Option<usize>) -> Metadata {
        Metadata { uncompressed_size: size.map(Value::from), ..Metadata::default() }
    }

    #[test]
    fn segments_are_decoded_in_all_forms_and_small_ones_are_plain() {
        let text = b"[[1,\"a\"],[2,\"b\"]]".repeat(20);
        let size = metadata(Some(text.len()));
        let zstd = zstd::bulk::compress(&text, 3).unwrap();
        assert_eq!(decode("json+zstd", zstd, &size).unwrap(), text);
        assert_eq!(decode("json+lz4", lz4_flex::block::compress(&text), &size).unwrap(), text);
        for encoding in ["json", "json+zstd", "json+lz4"] {
            assert_eq!(decode(encoding, text.clone(), &metadata(None)).unwrap(), text);
        }
    }

    #[test]
    fn a_segment_that_lies_about_its_size_or_form_is_an_error() {
        let text = b"[[1]]".repeat(9);
        let packed = lz4_flex::block::compress(&text);
        for size in [1, text.len() - 1, text.len() + 1, usize::MAX] {
            assert!(decode("json+lz4", packed.clone(), &metadata(Some(size))).is_err(), "{size}");
            assert!(decode("json+zstd", packed.clone(), &metadata(Some(size))).is_err(), "{size}");
        }
        assert!(decode("arrow", text, &metadata(None)).unwrap_err().contains("arrow"));
        assert!(inline("%%%").is_err());
    }
}
