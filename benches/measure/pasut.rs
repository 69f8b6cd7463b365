//! Pasut itself as a process of its own, asked over HTTP like anybody's.

use anyhow::{Context as _, ensure};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A program that says on its first line where it listens, and is ended with this value.
pub struct Served {
    child: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
    _folder: TempDir,
}

impl Served {
    /// Starts `program` with `arguments` and `folder` behind them, and waits for its first line.
    pub fn start(program: &Path, arguments: &[&str], folder: TempDir) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("it was piped")?).read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        ensure!(!address.is_empty(), "{} did not start", program.display());
        Ok(Self { child, address, _folder: folder })
    }

    /// The id of the process, as `/proc` names it.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// Its answer without the head.
    pub fn get(&self, path: &str) -> anyhow::Result<String> {
        self.ask("GET", path, "")
    }

    /// The same for any method, with JSON.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        let address = &self.address;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a head")?;
        ensure!(head.starts_with("HTTP/1.0 2") || head.starts_with("HTTP/1.1 2"), "{path}: {head}");
        Ok(body.to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, which whoever asked it has noticed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
