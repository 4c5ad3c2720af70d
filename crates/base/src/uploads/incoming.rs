//! A file as it arrives: written to the disk and digested piece by piece, never whole in memory.

use std::path::{Path, PathBuf};

use anyhow::Context;
use platform::secret::hex;
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

/// A file that is there in full. It is gone when it is dropped.
#[derive(Debug)]
pub struct Incoming {
    path: TempPath,
    pub sha256: String,
    pub n_bytes: u64,
}

impl Incoming {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of it. The caller bounds how many are read at the same time.
    pub fn read(&self) -> anyhow::Result<Vec<u8>> {
        std::fs::read(&self.path).context("reading what arrived")
    }
}

/// A file of which some has arrived.
pub struct Arriving {
    path: TempPath,
    file: BufWriter<File>,
    digest: Sha256,
    n_bytes: u64,
}

/// How much is written at once, and the most memory that a file takes while it arrives, twice.
const PIECE: usize = 128 * 1024;

impl Arriving {
    /// Starts with nothing, in a folder beside the other data.
    pub async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let folder: PathBuf = data_dir.join("incoming");
        let made = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            tempfile::NamedTempFile::new_in(&folder)
        });
        let (file, path) = made.await?.context("making room for what arrives")?.into_parts();
        let mut file = File::from_std(file);
        file.set_max_buf_size(PIECE);
        let file = BufWriter::with_capacity(PIECE, file);
        Ok(Self { path, file, digest: Sha256::new(), n_bytes: 0 })
    }

    pub fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    pub async fn push(&mut self, piece: &[u8]) -> anyhow::Result<()> {
        self.digest.update(piece);
        self.n_bytes += piece.len() as u64;
        self.file.write_all(piece).await.context("writing what arrives")
    }

    pub async fn finish(mut self) -> anyhow::Result<Incoming> {
        self.file.flush().await.context("writing what arrives")?;
        Ok(Incoming { path: self.path, sha256: hex(&self.digest.finalize()), n_bytes: self.n_bytes })
    }
}
