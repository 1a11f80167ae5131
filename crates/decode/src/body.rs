//! Finds out what an object is, unpacks it, and leads what is in it to where it is decoded.
//!
//! A chain of stages: containers, then text, JSON or Parquet. A stage begins as [`Stage::Head`],
//! which waits for enough bytes to tell what it is.

use bytes::Bytes;

use crate::container::{BYTE_ORDER_MARK, Damage, GzipStream, Kind, Unpacker, ZstdStream, sniff};
use crate::envelope::Envelope;
use crate::parquet;
use crate::run::Run;
use crate::text::Feeder;

/// How often an object may be packed.
const CONTAINERS_MAX: usize = 2;

#[derive(Debug)]
enum Stage {
    /// The first bytes, which do not tell yet.
    Head(Vec<u8>),
    Gzip(Box<GzipStream>),
    Zstd(Box<ZstdStream>),
    Text,
    Json(Box<Envelope>),
    /// All bytes so far: Parquet is read from its end.
    Parquet(Vec<u8>),
    /// At work.
    Taken,
}

/// The inside of one object.
#[derive(Debug)]
pub(crate) struct Body<'f> {
    feeder: &'f mut Feeder,
    stages: Vec<Stage>,
    is_over: bool,
    is_cut: bool,
}

impl<'f> Body<'f> {
    pub(crate) fn new(feeder: &'f mut Feeder) -> Self {
        Self { feeder, stages: vec![Stage::Head(Vec::new())], is_over: false, is_cut: false }
    }

    /// Returns whether the rest of the object is not wanted.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Decodes an object that is in memory whole.
    pub(crate) fn whole(&mut self, object: &Bytes, unpacker: &mut Unpacker, run: &mut Run<'_>) {
        match sniff(object, true) {
            Some(Kind::Parquet) => parquet::decode(object, run),
            Some(Kind::Gzip) => {
                self.stages = vec![Stage::Gzip(Box::default()), Stage::Head(Vec::new())];
                let mut rest = object.as_ref();
                while !self.is_over
                    && let Some((unpacked, n_taken)) = unpacker.member(rest)
                {
                    rest = &rest[n_taken..];
                    self.emit(1, unpacked, run);
                }
                self.push(rest, run);
                self.finish(run);
            }
            _ => {
                self.push(object, run);
                self.finish(run);
            }
        }
    }

    /// Decodes the next piece of an object.
    pub(crate) fn push(&mut self, piece: &[u8], run: &mut Run<'_>) {
        self.push_at(0, piece, run);
    }

    /// Decodes what is left when the object has ended.
    pub(crate) fn finish(&mut self, run: &mut Run<'_>) {
        let mut at = 0;
        while at < self.stages.len() {
            self.finish_at(at, run);
            at += 1;
        }
    }

    fn push_at(&mut self, at: usize, piece: &[u8], run: &mut Run<'_>) {
        if self.is_over || piece.is_empty() {
            return;
        }
        match std::mem::replace(&mut self.stages[at], Stage::Taken) {
            Stage::Head(mut head) => {
                head.extend_from_slice(piece);
                match sniff(&head, false) {
                    Some(kind) => self.open(at, kind, &head, run),
                    None => self.stages[at] = Stage::Head(head),
                }
            }
            Stage::Gzip(mut stream) => {
                let unpacked = stream.push(piece, &mut |it| self.emit(at + 1, it, run));
                self.stages[at] = Stage::Gzip(stream);
                self.check(unpacked, run);
            }
            Stage::Zstd(mut stream) => {
                let unpacked = stream.push(piece, &mut |it| self.emit(at + 1, it, run));
                self.stages[at] = Stage::Zstd(stream);
                self.check(unpacked, run);
            }
            Stage::Text => {
                self.stages[at] = Stage::Text;
                run.counts.text_bytes += piece.len() as u64;
                self.feeder.push(piece, run);
            }
            Stage::Json(mut envelope) => {
                run.counts.text_bytes += piece.len() as u64;
                envelope.push(piece, self.feeder, run);
                self.stages[at] = Stage::Json(envelope);
            }
            Stage::Parquet(mut bytes) => {
                let n_bytes_max = run.limits.parquet_bytes_max;
                if bytes.len() + piece.len() > n_bytes_max {
                    let reason = format!("a Parquet object of more than {n_bytes_max} bytes");
                    self.stages[at] = Stage::Text;
                    self.check(Err(Damage { reason, is_cut: true }), run);
                    return;
                }
                bytes.extend_from_slice(piece);
                self.stages[at] = Stage::Parquet(bytes);
            }
            Stage::Taken => unreachable!("a stage does not feed itself"),
        }
    }

    fn finish_at(&mut self, at: usize, run: &mut Run<'_>) {
        match std::mem::replace(&mut self.stages[at], Stage::Taken) {
            Stage::Head(head) if !head.is_empty() => {
                if let Some(kind) = sniff(&head, true) {
                    self.open(at, kind, &head, run);
                    self.finish_at(at, run);
                }
            }
            Stage::Gzip(mut stream) if !self.is_over => {
                let unpacked = stream.finish(&mut |it| self.emit(at + 1, it, run));
                self.check(unpacked, run);
            }
            Stage::Zstd(mut stream) if !self.is_over => {
                let finished = stream.finish();
                self.check(finished, run);
            }
            Stage::Text => self.feeder.finish(self.is_cut, run),
            Stage::Json(mut envelope) => envelope.finish(self.feeder, run),
            Stage::Parquet(bytes) if !self.is_cut => parquet::decode(&bytes.into(), run),
            _ => {}
        }
    }

    /// Makes the stage what it is, and gives it its first bytes.
    fn open(&mut self, at: usize, kind: Kind, head: &[u8], run: &mut Run<'_>) {
        let is_container = matches!(kind, Kind::Gzip | Kind::Zstd);
        if is_container && at == CONTAINERS_MAX {
            let reason = format!("the object is packed more than {CONTAINERS_MAX} times");
            self.check(Err(Damage { reason, is_cut: true }), run);
            return;
        }
        let stage = match kind {
            Kind::Gzip => Stage::Gzip(Box::default()),
            Kind::Zstd => match ZstdStream::new() {
                Ok(stream) => Stage::Zstd(Box::new(stream)),
                Err(damage) => return self.check(Err(damage), run),
            },
            Kind::Parquet => Stage::Parquet(Vec::new()),
            Kind::Json => Stage::Json(Box::default()),
            Kind::Text => Stage::Text,
        };
        self.stages[at] = stage;
        if is_container {
            self.stages.push(Stage::Head(Vec::new()));
        }
        let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
        self.push_at(at, head, run);
    }

    /// Gives unpacked bytes to the next stage; returns whether more are wanted.
    fn emit(&mut self, at: usize, unpacked: &[u8], run: &mut Run<'_>) -> bool {
        if let Err(reason) = run.unpacked(unpacked.len()) {
            self.check(Err(Damage { reason, is_cut: true }), run);
            return false;
        }
        self.push_at(at, unpacked, run);
        !self.is_over && !run.sink.is_stopped()
    }

    fn check(&mut self, result: Result<(), Damage>, run: &mut Run<'_>) {
        if let Err(damage) = result {
            self.is_over = true;
            self.is_cut |= damage.is_cut;
            run.bad_object(damage.reason);
        }
    }
}
