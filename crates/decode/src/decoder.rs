//! The decoder: one object after the other, rows gathered over all of them.

use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;

use crate::batches::Batches;
use crate::body::Body;
use crate::container::Unpacker;
use crate::counts::{Counts, Sink};
use crate::options::Options;
use crate::run::Run;
use crate::text::Feeder;

/// Bytes that are read from a stream at a time.
const READ_BYTES: usize = 256 << 10;

/// Decodes objects. It lives over many of them: their rows are gathered into common batches.
#[derive(Debug)]
pub struct Decoder {
    options: Options,
    batches: Batches,
    feeder: Feeder,
    unpacker: Unpacker,
}

impl Decoder {
    /// Returns a decoder that has seen nothing yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            batches: Batches::default(),
            feeder: Feeder::new(),
            unpacker: Unpacker::default(),
        }
    }

    /// Says which flow log published the objects that come next; batches then have the column
    /// `flow_log_id`.
    pub fn set_flow_log(&mut self, id: Option<&str>) {
        self.batches.flow_log = id.map(Arc::from);
    }

    /// Decodes an object that is in memory, packed as it came.
    ///
    /// Its last rows may stay in the decoder until [`flush`](Self::flush).
    pub fn decode_bytes(&mut self, object: &Bytes, sink: &mut dyn Sink) -> Counts {
        let given = self.options.log_format.as_ref().map(|it| it.layout.clone());
        self.feeder.start(given);
        let mut run = run(&self.options, &mut self.batches, sink);
        run.n_packed = object.len() as u64;
        let mut body = Body::new(&mut self.feeder);
        body.whole(object, &mut self.unpacker, &mut run);
        run.counts.assert_whole();
        run.counts
    }

    /// Decodes an object that comes as a stream, in bounded memory.
    ///
    /// # Errors
    ///
    /// What the reader says. Rows before the error may already be in batches, so the caller must
    /// throw away everything since its last commit, this decoder included.
    pub fn decode_reader(
        &mut self,
        reader: &mut dyn Read,
        sink: &mut dyn Sink,
    ) -> Result<Counts, io::Error> {
        let given = self.options.log_format.as_ref().map(|it| it.layout.clone());
        self.feeder.start(given);
        let mut run = run(&self.options, &mut self.batches, sink);
        let mut body = Body::new(&mut self.feeder);
        let mut buffer = vec![0; READ_BYTES];
        while !run.sink.is_stopped() && !body.is_over() {
            let n_bytes = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n_bytes) => n_bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            run.n_packed += n_bytes as u64;
            body.push(&buffer[..n_bytes], &mut run);
        }
        body.finish(&mut run);
        run.counts.assert_whole();
        Ok(run.counts)
    }

    /// Hands out all rows that are gathered. Call it before a commit.
    pub fn flush(&mut self, sink: &mut dyn Sink) {
        self.batches.flush(sink);
    }
}

fn run<'a>(options: &'a Options, batches: &'a mut Batches, sink: &'a mut dyn Sink) -> Run<'a> {
    Run {
        limits: &options.limits,
        batches,
        sink,
        counts: Counts::default(),
        n_packed: 0,
        n_unpacked: 0,
    }
}
