//! Files by content: the key is the SHA-256 of the bytes, so the same file is stored once and a file that changed
//! on the disk is noticed when it is read.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Fs, S3};
use opendal::{ErrorKind, HttpTransporter, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use tokio::io::AsyncReadExt;
use tokio::sync::Semaphore;

use crate::secret;

/// How much of a file is in memory while it is stored; S3 takes no smaller parts.
const PIECE: usize = 5 * 1024 * 1024;
/// How many files are stored at the same time.
const N_STORED: usize = 8;

/// A store on disk or on anything that speaks S3.
#[derive(Clone, Debug)]
pub struct Blobs {
    operator: Operator,
    turns: Arc<Semaphore>,
}

impl Blobs {
    /// `file:///absolute/folder` or `s3://bucket/prefix`; the latter reads the usual AWS variables
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`).
    pub fn open(url: &str) -> anyhow::Result<Self> {
        Self::open_with(url, |name| std::env::var(name).ok())
    }

    /// The same with variables from elsewhere.
    pub fn open_with(url: &str, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let operator = if let Some(folder) = url.strip_prefix("file://") {
            let staging = format!("{folder}/.staging");
            Operator::new(Fs::default().root(folder).atomic_write_dir(&staging))?
        } else if let Some(place) = url.strip_prefix("s3://") {
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            // Without it nothing goes over the network; a second call changes nothing.
            HttpTransporter::install_default(ReqwestTransport::default());
            Operator::new(s3(bucket, prefix, variable))?
        } else {
            bail!("a blob url starts with file:// or s3://");
        };
        let operator = operator.layer(TimeoutLayer::new()).layer(
            RetryLayer::new()
                .with_max_times(3)
                .with_min_delay(Duration::from_millis(50))
                .with_max_delay(Duration::from_millis(300))
                .with_jitter(),
        );
        Ok(Self { operator, turns: Arc::new(Semaphore::new(N_STORED)) })
    }

    /// Stores the bytes and returns their SHA-256, their name from now on.
    pub async fn put(&self, bytes: Vec<u8>) -> anyhow::Result<String> {
        let (bytes, sha256) = digested(bytes).await?;
        if !self.exists(&sha256).await? {
            self.operator.write(&path(&sha256), bytes).await.context("writing a blob")?;
        }
        Ok(sha256)
    }

    /// Stores a file under the digest its bytes are known to have, a piece at a time.
    pub async fn put_file(&self, file: &Path, sha256: &str) -> anyhow::Result<()> {
        if self.exists(sha256).await? {
            return Ok(());
        }
        let _turn = self.turns.acquire().await?;
        let mut source = tokio::fs::File::open(file).await.context("opening what arrived")?;
        let mut writer =
            self.operator.writer_with(&path(sha256)).chunk(PIECE).await.context("writing a blob")?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut source).take(PIECE as u64).read_to_end(&mut piece).await.context("reading what arrived")?;
            if piece.is_empty() {
                break;
            }
            writer.write(piece).await.context("writing a blob")?;
        }
        writer.close().await.context("writing a blob")?;
        Ok(())
    }

    /// Stores what was made from a blob, beside it. It is made again when it is lost, so it has no digest of its own.
    pub async fn put_beside(&self, sha256: &str, kind: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        self.operator
            .write(&format!("{}.{kind}", path(sha256)), bytes)
            .await
            .context("writing beside a blob")?;
        Ok(())
    }

    /// Reads what was made from a blob, if it is there.
    pub async fn get_beside(&self, sha256: &str, kind: &str) -> anyhow::Result<Option<Vec<u8>>> {
        match self.operator.read(&format!("{}.{kind}", path(sha256))).await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(fault).context("reading beside a blob"),
        }
    }

    /// Reads what was stored under the digest. An error, and a line in the log, when the bytes no longer match it.
    pub async fn get(&self, sha256: &str) -> anyhow::Result<Vec<u8>> {
        let bytes = self.operator.read(&path(sha256)).await.context("reading a blob")?.to_vec();
        let (bytes, digest) = digested(bytes).await?;
        if digest != sha256 {
            tracing::error!(blob.sha256 = sha256, "a stored file has changed; restore it from a backup");
            bail!("blob {sha256} does not match its digest any more");
        }
        Ok(bytes)
    }

    /// Is something stored under the digest?
    pub async fn exists(&self, sha256: &str) -> anyhow::Result<bool> {
        self.operator.exists(&path(sha256)).await.context("looking for a blob")
    }

    /// When it was stored, by the store's own clock; none when it is not there, or the store does not say.
    pub async fn stored_at(&self, sha256: &str) -> anyhow::Result<Option<DateTime<Utc>>> {
        match self.operator.stat(&path(sha256)).await {
            Ok(found) => Ok(found
                .last_modified()
                .and_then(|at| DateTime::from_timestamp(at.into_inner().as_second(), 0))),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(fault).context("looking at a blob"),
        }
    }

    /// Removes a blob and what was made from it.
    pub async fn delete(&self, sha256: &str) -> anyhow::Result<()> {
        let beside = self.operator.list(&format!("{}.", path(sha256))).await.unwrap_or_default();
        for entry in &beside {
            self.operator.delete(entry.path()).await.context("deleting beside a blob")?;
        }
        self.operator.delete(&path(sha256)).await.context("deleting a blob")
    }

    /// The digests whose first two digits are these: one 256th of all.
    pub async fn names(&self, shard: u8) -> anyhow::Result<Vec<String>> {
        let listed = self.operator.list_with(&format!("{shard:02x}/")).recursive(true).await;
        let entries = match listed {
            Ok(entries) => entries,
            Err(fault) if fault.kind() == ErrorKind::NotFound => Vec::new(),
            Err(fault) => return Err(fault).context("listing blobs"),
        };
        let is_digest = |name: &&str| name.len() == 64 && name.bytes().all(|it| it.is_ascii_hexdigit());
        let names = entries.iter().map(opendal::Entry::name);
        Ok(names.filter(is_digest).map(str::to_owned).collect())
    }

    /// Writes, reads and removes a small file: does the store work?
    pub async fn check(&self) -> anyhow::Result<()> {
        let name = format!(".check/{}", crate::new_id());
        self.operator.write(&name, "gugan").await.context("writing")?;
        let read = self.operator.read(&name).await.context("reading")?.to_vec();
        self.operator.delete(&name).await.context("deleting")?;
        if read != b"gugan" {
            bail!("what was read is not what was written");
        }
        Ok(())
    }
}

fn s3(bucket: &str, prefix: &str, variable: impl Fn(&str) -> Option<String>) -> S3 {
    let region = variable("AWS_REGION").unwrap_or_else(|| "us-east-1".to_owned());
    let mut s3 = S3::default().bucket(bucket).root(prefix).region(&region);
    if let Some(endpoint) = variable("AWS_ENDPOINT_URL") {
        s3 = s3.endpoint(&endpoint);
    }
    if let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        s3 = s3.access_key_id(&id).secret_access_key(&secret);
    }
    s3
}

/// The bytes with their digest, taken off the async threads: a photo may be 20 MB long.
async fn digested(bytes: Vec<u8>) -> anyhow::Result<(Vec<u8>, String)> {
    let digest = tokio::task::spawn_blocking(move || {
        let sha256 = secret::sha256(&bytes);
        (bytes, sha256)
    });
    digest.await.context("digesting a blob")
}

/// Two levels of folders keep each of them small.
fn path(sha256: &str) -> String {
    let shard = |from: usize| sha256.get(from..from + 2).unwrap_or("__");
    format!("{}/{}/{sha256}", shard(0), shard(2))
}
