//! Stored files: the same promises on a disk and on S3, which a real implementation plays over a folder.

use std::net::SocketAddr;
use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use platform::blob::Blobs;
use platform::secret::sha256;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

/// An S3 store with one bucket, over this folder, that takes signed requests only.
pub async fn s3(folder: &Path) -> SocketAddr {
    std::fs::create_dir_all(folder.join("evidence")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single("an-id", "a-secret"));
    let service = service.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    address
}

/// The variables that lead to it.
pub fn variables(address: SocketAddr) -> [(&'static str, String); 4] {
    [
        ("AWS_ENDPOINT_URL", format!("http://{address}")),
        ("AWS_ACCESS_KEY_ID", "an-id".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "a-secret".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
    ]
}

/// `stored` is the folder in which the store keeps the files themselves.
async fn check(blobs: Blobs, stored: &Path) {
    blobs.check().await.unwrap();
    let bytes = vec![7_u8; 3_000_000];
    let name = blobs.put(bytes.clone()).await.unwrap();
    assert_eq!(name, sha256(&bytes));
    assert_eq!(blobs.put(bytes.clone()).await.unwrap(), name, "the same file is stored once");
    assert!(blobs.get(&name).await.unwrap() == bytes);

    // Larger than one piece, from the disk.
    let large: Vec<u8> = (0..12_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &large).unwrap();
    let large_name = sha256(&large);
    assert!(!blobs.exists(&large_name).await.unwrap());
    blobs.put_file(file.path(), &large_name).await.unwrap();
    assert!(blobs.get(&large_name).await.unwrap() == large);
    assert!(blobs.stored_at(&large_name).await.unwrap().is_some());

    blobs.put_beside(&name, "320.jpg", b"small".to_vec()).await.unwrap();
    assert_eq!(blobs.get_beside(&name, "320.jpg").await.unwrap().unwrap(), b"small");
    assert_eq!(blobs.get_beside(&name, "1024.jpg").await.unwrap(), None);
    let shard = u8::from_str_radix(&name[..2], 16).unwrap();
    assert_eq!(blobs.names(shard).await.unwrap(), [name.as_str()], "what lies beside is no file of its own");
    assert_eq!(blobs.names(shard ^ 1).await.unwrap(), Vec::<String>::new());

    let path = stored.join(&name[..2]).join(&name[2..4]).join(&name);
    std::fs::write(&path, b"something else").unwrap();
    assert!(blobs.get(&name).await.unwrap_err().to_string().contains("does not match"));

    blobs.delete(&name).await.unwrap();
    assert!(!blobs.exists(&name).await.unwrap());
    assert_eq!(blobs.get_beside(&name, "320.jpg").await.unwrap(), None);
    assert_eq!(blobs.stored_at(&name).await.unwrap(), None);
    assert!(blobs.get(&name).await.is_err());
}

#[tokio::test]
async fn files_on_a_disk_are_kept_by_content_and_checked_when_read() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&format!("file://{}", folder.path().display())).unwrap();
    check(blobs, folder.path()).await;
}

#[tokio::test]
async fn files_on_s3_are_kept_by_content_and_checked_when_read() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let variables = variables(s3(folder.path()).await);
    let variable = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.clone());
    let blobs = Blobs::open_with("s3://evidence/photos", variable).unwrap();
    check(blobs, &folder.path().join("evidence/photos")).await;
}
