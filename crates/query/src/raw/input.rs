//! The bytes of one object, whole or as they come.

use std::io::Read;
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use datafusion::common::ScalarValue;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};
use futures::TryStreamExt as _;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tokio::sync::mpsc;

use crate::{Error, Result};

/// Objects up to this size are fetched whole, one ahead of the one that is being read.
const WHOLE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Pieces of a larger object that may wait to be read.
const PIECES_WAITING: usize = 8;

/// One object on its way from the fetching task to the reading thread.
pub(crate) struct Object {
    /// Path in its store.
    pub(crate) path: String,
    /// What the path says of the partition.
    pub(crate) partition: Vec<ScalarValue>,
    /// The bytes.
    pub(crate) input: Input,
    _memory: MemoryReservation,
}

/// The bytes of an object.
pub(crate) enum Input {
    /// All of them.
    Whole(Bytes),
    /// As they come.
    Pieces(Pieces),
}

/// Fetches objects one after the other and hands them over; ends early if nobody wants more.
pub(crate) struct Fetch {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) pool: Arc<dyn MemoryPool>,
    pub(crate) objects: mpsc::Sender<Object>,
}

impl Fetch {
    /// Fetches the objects, each with what its path says of the partition.
    pub(crate) async fn all(
        self,
        objects: &[(ObjectMeta, Vec<ScalarValue>)],
    ) -> datafusion::error::Result<()> {
        for (meta, partition) in objects {
            if !self.one(meta, partition.clone()).await? {
                break;
            }
        }
        Ok(())
    }

    /// Fetches one object. Returns whether more are wanted.
    async fn one(
        &self,
        meta: &ObjectMeta,
        partition: Vec<ScalarValue>,
    ) -> datafusion::error::Result<bool> {
        let memory = MemoryConsumer::new("raw log").register(&self.pool);
        let path = meta.location.as_ref().to_owned();
        if meta.size <= WHOLE_BYTES_MAX {
            memory.try_grow(usize::try_from(meta.size).unwrap_or(usize::MAX))?;
            let input = Input::Whole(self.whole(meta).await?);
            let object = Object { path, partition, input, _memory: memory };
            return Ok(self.objects.send(object).await.is_ok());
        }
        let (pieces, receiver) = mpsc::channel(PIECES_WAITING);
        let input = Input::Pieces(Pieces { receiver, piece: Bytes::new() });
        let object = Object { path, partition, input, _memory: memory };
        if self.objects.send(object).await.is_err() {
            return Ok(false);
        }
        self.feed(meta, &pieces).await?;
        Ok(true)
    }

    async fn whole(&self, meta: &ObjectMeta) -> Result<Bytes> {
        let failed = |it| Error::storage("read", &meta.location, it);
        let got = self.store.get(&meta.location).await.map_err(failed)?;
        got.bytes().await.map_err(failed)
    }

    async fn feed(&self, meta: &ObjectMeta, pieces: &mpsc::Sender<Bytes>) -> Result<()> {
        let failed = |it| Error::storage("read", &meta.location, it);
        let got = self.store.get(&meta.location).await.map_err(failed)?;
        let mut stream = got.into_stream();
        while let Some(piece) = stream.try_next().await.map_err(failed)? {
            // The reader may stop in the middle of an object, as at a broken archive.
            if pieces.send(piece).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Bytes that come in pieces; reading waits for the next one.
pub(crate) struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while !self.piece.has_remaining() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.remaining());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
