//! Gzip as a stream: any number of members, in any pieces, in bounded memory.

use std::io::Write;

use flate2::write::GzDecoder;

use super::{Damage, Emit};

/// Bytes that are unpacked at a time. What damaged bytes were unpacked together with is lost, so
/// these are few.
const STEP_BYTES: usize = 1 << 10;

/// Unpacks gzip that comes in pieces.
#[derive(Debug, Default)]
pub(crate) struct GzipStream {
    /// The member that is being unpacked.
    member: Option<GzDecoder<Vec<u8>>>,
}

impl GzipStream {
    /// Unpacks the next piece.
    pub(crate) fn push(&mut self, piece: &[u8], emit: Emit<'_>) -> Result<(), Damage> {
        let mut rest = piece;
        while !rest.is_empty() {
            let member = match &mut self.member {
                Some(member) => member,
                None if rest[0] == 0x1f => self.member.insert(GzDecoder::new(Vec::new())),
                None => return Err(trailing()),
            };
            // Takes as much as gives one buffer of output; nothing once the member is complete.
            let written = member.write(&rest[..rest.len().min(STEP_BYTES)]);
            if !hand_out(member, emit) {
                return Ok(());
            }
            let n_taken = written.map_err(|it| damage(&it))?;
            rest = &rest[n_taken..];
            if n_taken == 0 {
                self.end_member(emit)?;
            }
        }
        Ok(())
    }

    /// Ends the stream.
    pub(crate) fn finish(&mut self, emit: Emit<'_>) -> Result<(), Damage> {
        self.end_member(emit).map_err(|_| {
            let reason = "the gzip is cut off, or its last bytes are damaged".to_owned();
            Damage { reason, is_cut: true }
        })
    }

    fn end_member(&mut self, emit: Emit<'_>) -> Result<(), Damage> {
        let Some(mut member) = self.member.take() else { return Ok(()) };
        let finished = member.try_finish();
        hand_out(&mut member, emit);
        finished.map_err(|it| damage(&it))
    }
}

fn hand_out(member: &mut GzDecoder<Vec<u8>>, emit: Emit<'_>) -> bool {
    let unpacked = member.get_mut();
    let is_wanted = unpacked.is_empty() || emit(unpacked);
    unpacked.clear();
    is_wanted
}

fn trailing() -> Damage {
    Damage { reason: "what follows the last gzip member is not gzip".to_owned(), is_cut: false }
}

fn damage(error: &std::io::Error) -> Damage {
    Damage { reason: format!("the gzip is damaged: {error}"), is_cut: true }
}
