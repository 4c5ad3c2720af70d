//! Files by content: the key is the SHA-256 of the bytes, so the same file is stored once and a file that changed
//! on the disk is noticed when it is read.

use anyhow::{Context, bail};
use opendal::Operator;
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Fs, S3};

use crate::secret;

/// A store on disk or on anything that speaks S3.
#[derive(Clone, Debug)]
pub struct Blobs {
    operator: Operator,
}

impl Blobs {
    /// `file:///absolute/folder` or `s3://bucket/prefix`; the latter reads the usual AWS variables
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`).
    pub fn open(url: &str) -> anyhow::Result<Self> {
        let operator = if let Some(folder) = url.strip_prefix("file://") {
            let staging = format!("{folder}/.staging");
            Operator::new(Fs::default().root(folder).atomic_write_dir(&staging))?
        } else if let Some(place) = url.strip_prefix("s3://") {
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".to_owned());
            let mut s3 = S3::default().bucket(bucket).root(prefix).region(&region);
            if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL") {
                s3 = s3.endpoint(&endpoint);
            }
            Operator::new(s3)?
        } else {
            bail!("a blob url starts with file:// or s3://");
        };
        let operator =
            operator.layer(TimeoutLayer::new()).layer(RetryLayer::new().with_max_times(3).with_jitter());
        Ok(Self { operator })
    }

    /// Stores the bytes and returns their SHA-256, their name from now on.
    pub async fn put(&self, bytes: Vec<u8>) -> anyhow::Result<String> {
        let (bytes, sha256) = digested(bytes).await?;
        let path = path(&sha256);
        if !self.operator.exists(&path).await.context("looking for a blob")? {
            self.operator.write(&path, bytes).await.context("writing a blob")?;
        }
        Ok(sha256)
    }

    /// Reads what was stored under the digest. An error when the bytes no longer match it.
    pub async fn get(&self, sha256: &str) -> anyhow::Result<Vec<u8>> {
        let bytes = self.operator.read(&path(sha256)).await.context("reading a blob")?.to_vec();
        let (bytes, digest) = digested(bytes).await?;
        if digest != sha256 {
            bail!("blob {sha256} does not match its digest any more");
        }
        Ok(bytes)
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
