//! The limit of downloads: nginx sends a plain file, and passes it on as a proxy.

use crate::machine::{NGINX, free_address};
use anyhow::{Context as _, bail};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running nginx with two workers.
pub struct Nginx {
    process: Child,
    /// Sends files with `sendfile`.
    pub plain: SocketAddr,
    /// Passes requests on to `plain`.
    pub proxy: SocketAddr,
}

impl Nginx {
    /// Serves a folder.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let program = NGINX.find()?;
        let (plain, proxy) = (free_address()?, free_address()?);
        let file: PathBuf = folder.join("nginx.conf");
        let folder_name = folder.display();
        // Root, where this is root: the folder need not be readable by anybody else.
        let user = if nix::unistd::geteuid().is_root() {
            "user root;"
        } else {
            ""
        };
        std::fs::write(
            &file,
            format!(
                "daemon off; {user} worker_processes 2; pid {folder_name}/nginx.pid; error_log stderr crit;\n\
                 events {{ worker_connections 256; }}\n\
                 http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {folder_name}/body;\n\
                 proxy_temp_path {folder_name}/proxy; fastcgi_temp_path {folder_name}/f; uwsgi_temp_path {folder_name}/u; scgi_temp_path {folder_name}/s;\n\
                 upstream files {{ server {plain}; keepalive 8; }}\n\
                 server {{ listen {plain}; root {folder_name}; }}\n\
                 server {{ listen {proxy}; location / {{ proxy_pass http://files; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_max_temp_file_size 0; }} }} }}\n"
            ),
        )?;
        let process = Command::new(program)
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("starting nginx")?;
        let mut nginx = Self {
            process,
            plain,
            proxy,
        };
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(proxy).await.is_ok() {
                return Ok(nginx);
            }
            if let Some(status) = nginx.process.try_wait()? {
                bail!("nginx ended with {status}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("nginx does not answer")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master stops its workers when asked, not when killed.
        if let Ok(pid) = i32::try_from(self.process.id()) {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid),
                nix::sys::signal::Signal::SIGTERM,
            );
        }
        let _ = self.process.wait();
    }
}
