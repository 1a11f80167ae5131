//! Fetches objects ahead of the decoders, within a budget of memory.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use bytes::{Buf as _, Bytes};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};
use object_store::{GetResultPayload, ObjectStoreExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::find::Found;
use crate::progress::Progress;

/// Larger objects are read as a stream while they are decoded.
pub(crate) const WHOLE_BYTES_MAX: u64 = 32 << 20;

/// Objects that are fetched at the same time.
const N_FETCHES: usize = 16;

/// Pieces of a streamed object that wait for the decoder.
const N_PIECES: usize = 4;

/// The unit in which memory is handed out.
const UNIT_BYTES: u64 = 4096;

/// An object with its content.
pub(crate) struct Job {
    pub(crate) found: Found,
    pub(crate) content: Content,
    _memory: Option<OwnedSemaphorePermit>,
}

/// The content of an object, as it lies there.
pub(crate) enum Content {
    /// All of it.
    Whole(Bytes),
    /// Too large to hold.
    Stream(Box<dyn Read + Send>),
    /// It could not be had.
    Failed(String),
}

/// Returns the objects with their contents, in order, at most `memory_bytes` at a time.
pub(crate) fn fetch<'a>(
    objects: impl Stream<Item = Found> + Send + 'a,
    memory_bytes: u64,
) -> BoxStream<'a, Job> {
    let n_units = usize::try_from(memory_bytes / UNIT_BYTES).unwrap_or(Semaphore::MAX_PERMITS);
    let memory = Arc::new(Semaphore::new(n_units));
    let with_memory = objects.then(move |found| {
        let memory = Arc::clone(&memory);
        async move {
            let wanted = found.meta.size.min(WHOLE_BYTES_MAX).div_ceil(UNIT_BYTES).max(1);
            let wanted = u32::try_from(wanted.min(n_units as u64)).unwrap_or(u32::MAX);
            (found, memory.acquire_many_owned(wanted).await.ok())
        }
    });
    let fetched = with_memory.map(|(found, memory)| async move {
        let content = content(&found).await.unwrap_or_else(|it| Content::Failed(it.to_string()));
        Job { found, content, _memory: memory }
    });
    fetched.buffered(N_FETCHES).boxed()
}

async fn content(found: &Found) -> Result<Content, object_store::Error> {
    let Some(store) = &found.store else {
        return Ok(Content::Stream(Box::new(io::stdin())));
    };
    let got = store.get(&found.meta.location).await?;
    if found.meta.size <= WHOLE_BYTES_MAX {
        return Ok(Content::Whole(got.bytes().await?));
    }
    match got.payload {
        GetResultPayload::File(file, _) => Ok(Content::Stream(Box::new(file))),
        GetResultPayload::Stream(pieces) => Ok(Content::Stream(Box::new(Pieces::new(pieces)))),
    }
}

/// A stream of pieces, as a reader for a decoder on another thread.
struct Pieces {
    receiver: mpsc::Receiver<Result<Bytes, object_store::Error>>,
    piece: Bytes,
}

impl Pieces {
    fn new(mut pieces: BoxStream<'static, Result<Bytes, object_store::Error>>) -> Self {
        let (sender, receiver) = mpsc::channel(N_PIECES);
        tokio::spawn(async move {
            while let Some(piece) = pieces.next().await {
                if sender.send(piece).await.is_err() {
                    return;
                }
            }
        });
        Self { receiver, piece: Bytes::new() }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let n_bytes = self.piece.len().min(buffer.len());
        buffer[..n_bytes].copy_from_slice(&self.piece[..n_bytes]);
        self.piece.advance(n_bytes);
        Ok(n_bytes)
    }
}

/// Counts an object that is to be read.
pub(crate) fn note_found(progress: &Progress, found: &Found) {
    progress.n_objects_found.fetch_add(1, Relaxed);
    progress.n_bytes_found.fetch_add(found.meta.size, Relaxed);
}
