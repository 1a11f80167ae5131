//! Writes small MMDB databases (the `MaxMind` DB file format, version 2.0): a tree of nodes with two
//! records of 32 bits each, then values.

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::{BufMut as _, Bytes, BytesMut};
use serde_json::{Map, Value};
use tidegate_model::cidr::Cidr;

/// 2026-03-02.
const BUILD_EPOCH: u64 = 1_772_409_600;

const TEXT: u8 = 2;
const DOUBLE: u8 = 3;
const U16: u8 = 5;
const U32: u8 = 6;
const MAP: u8 = 7;
const U64: u8 = 9;
const ARRAY: u8 = 11;

/// One record of a node.
#[derive(Clone, Copy)]
enum Slot {
    Empty,
    Node(usize),
    Value(usize),
}

/// Returns a database for IPv4 and IPv6; no block may lie within another.
pub(crate) fn write_mmdb(database_type: &str, rows: &[(&str, Value)]) -> Bytes {
    let mut nodes = vec![[Slot::Empty; 2]];
    let mut values = BytesMut::new();
    for (block, value) in rows {
        let offset = values.len();
        write_value(value, &mut values);
        insert(&mut nodes, Cidr::parse(block).unwrap(), offset);
    }
    let n_nodes = nodes.len();
    let mut out = BytesMut::new();
    for slot in nodes.iter().flatten() {
        let record = match slot {
            Slot::Empty => n_nodes,
            Slot::Node(index) => *index,
            Slot::Value(offset) => n_nodes + 16 + offset,
        };
        out.put_u32(u32::try_from(record).unwrap());
    }
    out.put_bytes(0, 16);
    out.put_slice(&values);
    write_metadata(database_type, n_nodes, &mut out);
    out.freeze()
}

fn insert(nodes: &mut Vec<[Slot; 2]>, block: Cidr, offset: usize) {
    // IPv4 lies in ::/96.
    let (bits, n_bits) = match block.first() {
        IpAddr::V4(it) => (u128::from(u32::from(it)), block.n_bits() + 96),
        IpAddr::V6(it) => (u128::from(it), block.n_bits()),
    };
    let side = |depth: u32| usize::from(bits >> (127 - depth) & 1 == 1);
    let mut node = 0;
    for depth in 0..n_bits - 1 {
        node = match nodes[node][side(depth)] {
            Slot::Node(next) => next,
            Slot::Empty => {
                nodes.push([Slot::Empty; 2]);
                let next = nodes.len() - 1;
                nodes[node][side(depth)] = Slot::Node(next);
                next
            }
            Slot::Value(_) => panic!("{block} lies within another block"),
        };
    }
    nodes[node][side(n_bits - 1)] = Slot::Value(offset);
}

fn write_metadata(database_type: &str, n_nodes: usize, out: &mut BytesMut) {
    out.put_slice(b"\xab\xcd\xefMaxMind.com");
    write_head(MAP, 9, out);
    for (key, kind, number) in [
        ("binary_format_major_version", U16, 2),
        ("binary_format_minor_version", U16, 0),
        ("build_epoch", U64, BUILD_EPOCH),
        ("ip_version", U16, 6),
        ("node_count", U32, n_nodes as u64),
        ("record_size", U16, 32),
    ] {
        write_text(key, out);
        write_number(kind, number, out);
    }
    write_text("database_type", out);
    write_text(database_type, out);
    write_text("description", out);
    write_value(&Value::Object(Map::new()), out);
    write_text("languages", out);
    write_value(&Value::Array(Vec::new()), out);
}

fn write_value(value: &Value, out: &mut BytesMut) {
    match value {
        Value::String(text) => write_text(text, out),
        Value::Number(number) => {
            if let Some(number) = number.as_u64() {
                write_number(U32, number, out);
            } else {
                write_head(DOUBLE, 8, out);
                out.put_f64(number.as_f64().unwrap());
            }
        }
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            write_head(MAP, sorted.len(), out);
            for (key, value) in sorted {
                write_text(key, out);
                write_value(value, out);
            }
        }
        Value::Array(values) => {
            write_head(ARRAY, values.len(), out);
            for value in values {
                write_value(value, out);
            }
        }
        Value::Null | Value::Bool(_) => panic!("the tests need no such value"),
    }
}

fn write_text(text: &str, out: &mut BytesMut) {
    write_head(TEXT, text.len(), out);
    out.put_slice(text.as_bytes());
}

fn write_number(kind: u8, number: u64, out: &mut BytesMut) {
    let bytes = number.to_be_bytes();
    let n_zeros = bytes.iter().take_while(|it| **it == 0).count();
    write_head(kind, 8 - n_zeros, out);
    out.put_slice(&bytes[n_zeros..]);
}

/// Writes the type and the size; types from 8 on stand in a byte of their own.
fn write_head(kind: u8, size: usize, out: &mut BytesMut) {
    let size = u8::try_from(size).unwrap();
    let short = size.min(29);
    if kind < 8 {
        out.put_u8(kind << 5 | short);
    } else {
        out.put_u8(short);
        out.put_u8(kind - 7);
    }
    if size >= 29 {
        out.put_u8(size - 29);
    }
}
