//! Zstandard as a stream: any number of frames, in any pieces, in bounded memory.

use std::fmt;
use std::io;

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::{Damage, Emit};

/// Bytes that are unpacked at a time.
const OUT_BYTES: usize = 128 << 10;

/// Unpacks Zstandard that comes in pieces. A window of more than 128 MiB is refused.
pub(crate) struct ZstdStream {
    decoder: Decoder<'static>,
    out: Vec<u8>,
    is_in_frame: bool,
}

impl fmt::Debug for ZstdStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZstdStream").field("is_in_frame", &self.is_in_frame).finish_non_exhaustive()
    }
}

impl ZstdStream {
    /// Returns a stream at its beginning.
    pub(crate) fn new() -> Result<Self, Damage> {
        match Decoder::new() {
            Ok(decoder) => Ok(Self { decoder, out: vec![0; OUT_BYTES], is_in_frame: false }),
            Err(error) => Err(damage(&error, false)),
        }
    }

    /// Unpacks the next piece.
    pub(crate) fn push(&mut self, piece: &[u8], emit: Emit<'_>) -> Result<(), Damage> {
        let mut input = InBuffer::around(piece);
        loop {
            let is_in_frame = self.is_in_frame;
            let mut output = OutBuffer::around(&mut self.out);
            let hint =
                self.decoder.run(&mut input, &mut output).map_err(|it| damage(&it, is_in_frame))?;
            let is_full = output.pos() == output.capacity();
            let n_out = output.pos();
            if !emit(&self.out[..n_out]) {
                return Ok(());
            }
            self.is_in_frame = hint != 0;
            if input.pos() == piece.len() && !is_full {
                return Ok(());
            }
        }
    }

    /// Ends the stream.
    pub(crate) fn finish(&mut self) -> Result<(), Damage> {
        if self.is_in_frame {
            return Err(Damage { reason: "the zstd is cut off".to_owned(), is_cut: true });
        }
        Ok(())
    }
}

fn damage(error: &io::Error, is_cut: bool) -> Damage {
    Damage { reason: format!("the zstd is damaged: {error}"), is_cut }
}
