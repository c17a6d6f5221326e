//! A network between a program and the gateway that breaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Passes bytes on, and cuts every connection that is open each time so many more have passed upwards.
pub(super) struct Cutting {
    base: String,
    cuts: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Cutting {
    /// Stands before a gateway, as `http://127.0.0.1:7000`.
    pub(super) async fn before(base: &str, every: u64) -> Self {
        let gateway = base.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cuts, passed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
        let counted = Arc::clone(&cuts);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (gateway, passed) = (gateway.clone(), Arc::clone(&passed));
                let counted = Arc::clone(&counted);
                tokio::spawn(async move {
                    let server = TcpStream::connect(gateway).await.unwrap();
                    if pass(client, server, &passed, every).await {
                        counted.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Self {
            base: format!("http://{address}"),
            cuts,
            task,
        }
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// How often it cut.
    pub(super) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Cutting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes on until one end is gone; says whether it was cut.
async fn pass(client: TcpStream, server: TcpStream, passed: &AtomicU64, every: u64) -> bool {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let down = async {
        // A connection that ends is what this is about.
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        false
    };
    let up = async {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = from_client.read(&mut buffer).await.unwrap_or(0);
            if read == 0 || to_server.write_all(&buffer[..read]).await.is_err() {
                return false;
            }
            let before = passed.fetch_add(read as u64, Ordering::SeqCst);
            if before / every != (before + read as u64) / every {
                return true;
            }
        }
    };
    tokio::select! { cut = up => cut, cut = down => cut }
}
