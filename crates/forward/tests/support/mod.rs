//! Messages as the specification has them, written without the crate's own encoder.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test file uses its own part")]

use proptest::collection::vec;
use proptest::prelude::*;

/// A MessagePack value.
#[derive(Debug, Clone)]
pub enum Tree {
    Nil,
    Bool(bool),
    Int(i64),
    UInt(u64),
    F32(f32),
    F64(f64),
    Str(Vec<u8>),
    Bin(Vec<u8>),
    Ext(i8, Vec<u8>),
    Array(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

impl Tree {
    pub fn str(text: &str) -> Self {
        Self::Str(text.as_bytes().to_vec())
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Nil => out.push(0xc0),
            Self::Bool(truth) => out.push(0xc2 + u8::from(*truth)),
            Self::Int(n @ -32..0) => out.push(*n as u8),
            Self::Int(n) => put(out, 0xd3, &n.to_be_bytes()),
            Self::UInt(n @ 0..128) => out.push(*n as u8),
            Self::UInt(n) => put(out, 0xcf, &n.to_be_bytes()),
            Self::F32(n) => put(out, 0xca, &n.to_be_bytes()),
            Self::F64(n) => put(out, 0xcb, &n.to_be_bytes()),
            Self::Str(bytes) => {
                match bytes.len() {
                    len @ 0..32 => out.push(0xa0 | len as u8),
                    len @ 32..256 => put(out, 0xd9, &[len as u8]),
                    len @ 256..65_536 => put(out, 0xda, &(len as u16).to_be_bytes()),
                    len => put(out, 0xdb, &(len as u32).to_be_bytes()),
                }
                out.extend_from_slice(bytes);
            }
            Self::Bin(bytes) => {
                match bytes.len() {
                    len @ 0..256 => put(out, 0xc4, &[len as u8]),
                    len @ 256..65_536 => put(out, 0xc5, &(len as u16).to_be_bytes()),
                    len => put(out, 0xc6, &(len as u32).to_be_bytes()),
                }
                out.extend_from_slice(bytes);
            }
            Self::Ext(kind, bytes) => {
                match bytes.len() {
                    len @ (1 | 2 | 4 | 8 | 16) => out.push(0xd4 + len.trailing_zeros() as u8),
                    len => put(out, 0xc7, &[len as u8]),
                }
                out.push(*kind as u8);
                out.extend_from_slice(bytes);
            }
            Self::Array(items) => {
                match items.len() {
                    len @ 0..16 => out.push(0x90 | len as u8),
                    len => put(out, 0xdc, &(len as u16).to_be_bytes()),
                }
                items.iter().for_each(|item| item.write(out));
            }
            Self::Map(fields) => {
                match fields.len() {
                    len @ 0..16 => out.push(0x80 | len as u8),
                    len => put(out, 0xde, &(len as u16).to_be_bytes()),
                }
                for (key, value) in fields {
                    key.write(out);
                    value.write(out);
                }
            }
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
}

fn put(out: &mut Vec<u8>, first: u8, rest: &[u8]) {
    out.push(first);
    out.extend_from_slice(rest);
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => "[ -~\n\"\\\\é😀]{0,40}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..40),
        1 => vec(any::<u8>(), 250..300),
    ]
}

pub fn value() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        1 => Just(Tree::Nil),
        1 => any::<bool>().prop_map(Tree::Bool),
        1 => (i64::MIN..0).prop_map(Tree::Int),
        1 => any::<u64>().prop_map(Tree::UInt),
        1 => any::<f32>().prop_map(Tree::F32),
        1 => any::<f64>().prop_map(Tree::F64),
        6 => text().prop_map(Tree::Str),
        1 => text().prop_map(Tree::Bin),
        1 => (any::<i8>(), vec(any::<u8>(), 0..20)).prop_map(|(kind, bytes)| Tree::Ext(kind, bytes)),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(Tree::Array),
            vec((inner.clone(), inner), 0..5).prop_map(Tree::Map),
        ]
    })
}

pub fn record() -> impl Strategy<Value = Tree> {
    let strings = vec((text().prop_map(Tree::Str), text().prop_map(Tree::Str)), 0..6);
    let any_key = vec((value(), value()), 0..4);
    let many = vec((text().prop_map(Tree::Str), value()), 0..20);
    prop_oneof![strings, any_key, many].prop_map(Tree::Map)
}

pub fn time() -> impl Strategy<Value = Tree> {
    prop_oneof![
        4 => any::<[u8; 8]>().prop_map(|bytes| Tree::Ext(0, bytes.to_vec())),
        1 => any::<u64>().prop_map(Tree::UInt),
        1 => any::<f64>().prop_map(Tree::F64),
        1 => Just(Tree::Nil),
    ]
}

/// An event with its time, or with its time and metadata.
pub fn event() -> impl Strategy<Value = Tree> {
    (time(), proptest::option::weighted(0.3, record()), record()).prop_map(|(time, metadata, record)| {
        let head = match metadata {
            Some(metadata) => Tree::Array(vec![time, metadata]),
            None => time,
        };
        Tree::Array(vec![head, record])
    })
}

fn options(id: Option<Vec<u8>>, compressed: Option<&str>, other: Tree) -> Tree {
    let mut fields = vec![(Tree::str("size"), Tree::UInt(999)), (other, Tree::Nil)];
    fields.extend(id.map(|id| (Tree::str("chunk"), Tree::Str(id))));
    fields.extend(compressed.map(|name| (Tree::str("compressed"), Tree::str(name))));
    Tree::Map(fields)
}

/// A message: its bytes, its records' bytes, its chunk id.
#[derive(Debug, Clone)]
pub struct Sample {
    pub bytes: Vec<u8>,
    pub tag: Vec<u8>,
    pub records: Vec<Vec<u8>>,
    pub chunk: Option<Vec<u8>>,
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Each piece compressed on its own, one after the other, as clients that append to a chunk do.
pub fn pieces(events: &[Vec<u8>], compress: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    events.chunks(2).flat_map(|piece| compress(&piece.concat())).collect()
}

pub fn sample() -> impl Strategy<Value = Sample> {
    let id = proptest::option::of(vec(any::<u8>(), 1..40));
    (0..5_u8, text(), vec(event(), 0..8), time(), record(), id, value()).prop_map(
        |(mode, tag, events, time, record, id, other)| {
            let mut bytes = Vec::new();
            let mut records: Vec<_> = events.iter().map(record_of).collect();
            let written: Vec<_> = events.iter().map(Tree::bytes).collect();
            let name = Tree::Str(tag.clone());
            let parts = match mode {
                0 => {
                    records = vec![record.bytes()];
                    vec![name, time, record, options(id.clone(), None, other)]
                }
                1 => vec![name, Tree::Array(events), options(id.clone(), None, other)],
                2 => vec![name, Tree::Bin(written.concat()), options(id.clone(), None, other)],
                3 => vec![name, Tree::Bin(pieces(&written, gzip)), options(id.clone(), Some("gzip"), other)],
                _ => vec![name, Tree::Bin(pieces(&written, zstd)), options(id.clone(), Some("zstd"), other)],
            };
            Tree::Array(parts).write(&mut bytes);
            Sample { bytes, tag, records, chunk: id }
        },
    )
}

fn record_of(event: &Tree) -> Vec<u8> {
    match event {
        Tree::Array(parts) => parts[1].bytes(),
        _ => Vec::new(),
    }
}
