//! Sizes and times of laying out the logs of a folder: `layout FOLDER`.
use std::time::Instant;
use tidegate_decode::{BadLine, Decoder, Options, Sink};
use tidegate_store::layout::Gather;
#[derive(Default)]
struct T(Gather);
impl Sink for T {
    fn batch(&mut self, b: arrow::array::RecordBatch) { self.0.push(b) }
    fn bad_line(&mut self, b: BadLine) { eprintln!("{b:?}") }
}
fn walk(p: &std::path::Path, v: &mut Vec<std::path::PathBuf>) {
    for e in std::fs::read_dir(p).unwrap() { let e = e.unwrap().path(); if e.is_dir() { walk(&e, v) } else if e.to_string_lossy().contains("vpcflowlogs") { v.push(e) } }
}
fn main() {
    let mut v = vec![]; walk(std::path::Path::new(&std::env::args().nth(1).unwrap()), &mut v); v.sort();
    let mut d = Decoder::new(Options::default()); let mut t = T::default();
    let (mut dec, mut lay, mut n, mut bytes) = (0.0, 0.0, 0, 0);
    let out = std::env::args().nth(2);
    let flush = |t: &mut T, lay: &mut f64, bytes: &mut usize| { let s = Instant::now(); for f in t.0.files().unwrap() { *bytes += f.bytes.len(); if let Some(o) = &out { std::fs::write(format!("{o}/{}.parquet", bytes), &f.bytes).unwrap(); } } *lay += s.elapsed().as_secs_f64(); };
    for p in v { let b = bytes::Bytes::from(std::fs::read(p).unwrap()); let s = Instant::now(); let c = d.decode_bytes(&b, &mut t); dec += s.elapsed().as_secs_f64(); n += c.n_records();
        if t.0.n_rows() > 1_000_000 { flush(&mut t, &mut lay, &mut bytes); } }
    d.flush(&mut t); flush(&mut t, &mut lay, &mut bytes);
    println!("{n} records, decode {:.0} ns, layout {:.0} ns, {:.2} bytes a record", dec * 1e9 / n as f64, lay * 1e9 / n as f64, bytes as f64 / n as f64);
}
