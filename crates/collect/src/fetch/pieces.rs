//! A stream of pieces, as a reader for a decoder on another thread.

use std::io::{self, Read};

use bytes::{Buf as _, Bytes};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::sync::mpsc;

/// Pieces that wait for the decoder.
const N_PIECES: usize = 4;

/// Reads what a stream gives.
pub(super) struct Pieces {
    receiver: mpsc::Receiver<Result<Bytes, object_store::Error>>,
    piece: Bytes,
}

impl Pieces {
    pub(super) fn new(mut pieces: BoxStream<'static, Result<Bytes, object_store::Error>>) -> Self {
        let (sender, receiver) = mpsc::channel(N_PIECES);
        tokio::spawn(async move {
            let mut is_wanted = true;
            while is_wanted && let Some(piece) = pieces.next().await {
                is_wanted = sender.send(piece).await.is_ok();
            }
        });
        Self { receiver, piece: Bytes::new() }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.receiver.blocking_recv() {
                Some(piece) => {
                    self.piece = piece.map_err(|it| io::Error::other(super::reason(&it)))?;
                }
                None => return Ok(0),
            }
        }
        let n_bytes = self.piece.len().min(buffer.len());
        buffer[..n_bytes].copy_from_slice(&self.piece[..n_bytes]);
        self.piece.advance(n_bytes);
        Ok(n_bytes)
    }
}
