//! TikTok through a proxy: requests and the websocket, by HTTP and by SOCKS5.

use crate::studio::{Setup, Studio};
use pasut::simulator::ROSE;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// `mira:rahasia` as `Proxy-Authorization` says it.
const BASIC: &str = "basic bwlyytpyywhhc2lh";

#[derive(Clone, Copy)]
enum Speaks {
    Http,
    Socks5,
}

/// A proxy that lets `mira` in with the password `rahasia`.
struct Proxy {
    address: SocketAddr,
    seen: Arc<Seen>,
    _task: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    /// Bytes that came back from the other side.
    bytes: AtomicU64,
    refused: AtomicU64,
    /// First lines of the requests, and the addresses a SOCKS client asked for.
    asked: Mutex<Vec<String>>,
}

impl Proxy {
    async fn start(speaks: Speaks) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let seen = Arc::new(Seen::default());
        let mut task = JoinSet::new();
        let shared = Arc::clone(&seen);
        task.spawn(async move {
            let mut clients = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let seen = Arc::clone(&shared);
                clients.spawn(async move {
                    // A client that leaves early is no fault of the proxy.
                    drop(match speaks {
                        Speaks::Http => http(client, &seen).await,
                        Speaks::Socks5 => socks5(client, &seen).await,
                    });
                });
            }
        });
        Self { address, seen, _task: task }
    }

    fn asked(&self, what: &str) -> bool {
        self.seen
            .asked
            .lock()
            .expect("nobody panics while holding it")
            .iter()
            .any(|asked| asked.contains(what))
    }

    fn bytes(&self) -> u64 {
        self.seen.bytes.load(Ordering::SeqCst)
    }
}

impl Seen {
    fn note(&self, asked: String) {
        self.asked.lock().expect("nobody panics while holding it").push(asked);
    }

    async fn pass_on(&self, mut client: TcpStream, target: &str, first: &[u8]) -> std::io::Result<()> {
        let mut server = TcpStream::connect(target).await?;
        server.write_all(first).await?;
        let mut buffer = [0; 4096];
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        tokio::select! {
            sent = tokio::io::copy(&mut from_client, &mut to_server) => sent.map(drop),
            received = async {
                loop {
                    let read = from_server.read(&mut buffer).await?;
                    if read == 0 {
                        return Ok(());
                    }
                    self.bytes.fetch_add(read as u64, Ordering::SeqCst);
                    to_client.write_all(&buffer[..read]).await?;
                }
            } => received,
        }
    }
}

/// Plain requests name their target in the first line; `CONNECT` asks for a tunnel.
async fn http(mut client: TcpStream, seen: &Seen) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let first = text.lines().next().unwrap_or_default().to_owned();
    seen.note(first.clone());
    if !text.to_lowercase().contains(&format!("proxy-authorization: {BASIC}")) {
        seen.refused.fetch_add(1, Ordering::SeqCst);
        let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
        return client.write_all(answer.as_bytes()).await;
    }
    let target = first.split(' ').nth(1).unwrap_or_default();
    if first.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        return seen.pass_on(client, target, b"").await;
    }
    let host = target.strip_prefix("http://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    seen.pass_on(client, host, &head).await
}

/// RFC 1928 with user and password of RFC 1929, for IPv4 addresses.
async fn socks5(mut client: TcpStream, seen: &Seen) -> std::io::Result<()> {
    let [_version, methods] = read(&mut client).await?;
    client.read_exact(&mut vec![0; usize::from(methods)]).await?;
    client.write_all(&[5, 2]).await?;
    let [_version, user] = read(&mut client).await?;
    let mut name = vec![0; usize::from(user)];
    client.read_exact(&mut name).await?;
    let mut password = vec![0; usize::from(client.read_u8().await?)];
    client.read_exact(&mut password).await?;
    if (&name[..], &password[..]) != (b"mira", b"rahasia") {
        seen.refused.fetch_add(1, Ordering::SeqCst);
        return client.write_all(&[1, 1]).await;
    }
    client.write_all(&[1, 0]).await?;
    let [_version, _connect, _reserved, _ipv4, a, b, c, d, high, low] = read(&mut client).await?;
    let target = SocketAddr::from(([a, b, c, d], u16::from_be_bytes([high, low]))).to_string();
    seen.note(target.clone());
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    seen.pass_on(client, &target, b"").await
}

async fn read<const N: usize>(client: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn through(proxy: &Proxy, scheme: &str, password: &str) -> Studio {
    let file =
        format!("[tiktok]\nproxy = \"{scheme}://mira@{}\"\nproxy_password = \"{password}\"\n", proxy.address);
    Studio::with(Setup { file, ..Setup::default() }).await
}

async fn records_through(proxy: &Proxy, scheme: &str) {
    let studio = through(proxy, scheme, "rahasia").await;
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    let before = proxy.bytes();
    for group in 1..=20 {
        room.gift("ana", None, ROSE, group, 1, true).await;
    }
    studio.until_session("mira", "twenty roses", |session| session.totals.gift_units == 20).await;
    assert!(proxy.bytes() > before + 20 * 50, "the socket goes through the proxy as well");
    studio.close().await;
}

async fn refuses(proxy: &Proxy, scheme: &str) {
    let studio = through(proxy, scheme, "salah").await;
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    studio.until("mira", "no internet", |watch| watch.state.as_str() == "no_internet").await;
    assert!(proxy.seen.refused.load(Ordering::SeqCst) > 0);
    assert_eq!(proxy.bytes(), 0, "nothing goes around the proxy or through it");
    assert!(room.connections().is_empty());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_the_socket_go_through_an_http_proxy() {
    let proxy = Proxy::start(Speaks::Http).await;
    records_through(&proxy, "http").await;
    assert!(proxy.asked("GET http://127.0.0.1:"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_the_socket_go_through_a_socks5_proxy() {
    let proxy = Proxy::start(Speaks::Socks5).await;
    records_through(&proxy, "socks5").await;
    assert!(proxy.asked("127.0.0.1:"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_socket_asks_an_http_proxy_for_a_tunnel() {
    let proxy = Proxy::start(Speaks::Http).await;
    let file = format!(
        "[tiktok]\nwebsocket_url = \"wss://127.0.0.1:9\"\nproxy = \"http://mira@{}\"\nproxy_password = \"rahasia\"\n",
        proxy.address
    );
    let studio = Studio::with(Setup { file, ..Setup::default() }).await;
    studio.simulator.scripted("mira");
    studio.watch("mira").await;
    studio.until("mira", "away", |watch| watch.state.as_str() == "no_internet").await;
    assert!(proxy.asked("CONNECT 127.0.0.1:9 "));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_refuses_the_password_leaves_pasut_without_internet_and_is_not_gone_around() {
    refuses(&Proxy::start(Speaks::Http).await, "http").await;
    refuses(&Proxy::start(Speaks::Socks5).await, "socks5").await;
}
