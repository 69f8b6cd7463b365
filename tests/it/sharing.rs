//! Sharing in a network: ways in that open and close while Pasut runs. An address of the loopback range stands
//! for one of the network: it is found, listened on and refused in the same way.

use crate::served::ask;
use crate::studio::{Setup, Studio};
use pasut::network::{Network, NetworkReader};
use pasut::web::listening::Open;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

fn home() -> Vec<Network> {
    vec![Network { name: "home".to_owned(), addresses: vec![HOME] }]
}

async fn at_home() -> Studio {
    Studio::with(Setup { networks: NetworkReader(home), ..Setup::default() }).await
}

/// Shares at home, and says where.
async fn share(studio: &Studio) -> SocketAddr {
    let listening = &studio.app().listening;
    listening.share(&["home"]).await.expect("saved");
    let reach = listening.reach();
    assert_eq!(reach.open.len(), 1, "{reach:?}");
    reach.open[0].address
}

fn is_refused(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sharing_opens_another_way_in_and_switching_it_off_cuts_off_who_came_by_it() {
    let studio = at_home().await;
    let own = studio.app().address;
    assert!(is_refused(SocketAddr::new(HOME, own.port())), "nothing is shared until somebody says so");
    let way_in = share(&studio).await;
    assert_eq!(way_in, SocketAddr::new(HOME, own.port()), "the same port");

    let host = format!("Host: {way_in}\r\n");
    let closed = ask(way_in, &format!("GET /live HTTP/1.0\r\n{host}\r\n")).await;
    assert_eq!(closed.status, 403, "without an owner only this computer is answered: {}", closed.body);

    let mut open = TcpStream::connect(way_in).expect("it listens");
    open.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    open.write_all(format!("GET /healthz HTTP/1.1\r\n{host}\r\n").as_bytes()).expect("sent");
    let mut answer = [0; 1024];
    let length = open.read(&mut answer).expect("an answer");
    assert!(answer[..length].starts_with(b"HTTP/1.1 200"));

    studio.app().listening.stop_sharing().await.expect("saved");
    assert!(is_refused(way_in));
    let mut rest = Vec::new();
    let cut = open.read_to_end(&mut rest);
    assert!(cut.is_ok() || cut.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
    assert_eq!(ask(own, &format!("GET /healthz HTTP/1.0\r\nHost: {own}\r\n\r\n")).await.status, 200);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_chooses_the_owners_password_is_logged_in_where_they_chose_it() {
    let studio = at_home().await;
    let own = studio.app().address;
    let asked = async |what: &str, cookie: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "{what} HTTP/1.0\r\nHost: {own}\r\nOrigin: http://{own}\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{cookie}\r\n{body}"
        );
        ask(own, &request).await
    };
    let password = "correct+horse";
    let chosen = format!("network=home&name=mira&password={password}&again={password}");
    let shared = asked("POST /people/sharing", "", &chosen).await;
    assert_eq!(shared.status, 303, "{}", shared.body);
    let set = shared.header("set-cookie").expect("logged in");
    let cookie = format!("Cookie: {}\r\n", set.split(';').next().expect("a pair"));
    let changed = asked("POST /people/sharing", &cookie, "network=home").await;
    assert_eq!((changed.status, changed.header("set-cookie")), (303, None), "once is enough");

    assert_eq!(asked("POST /people/this-computer", "", "open=off").await.status, 303);
    assert_eq!(asked("GET /people", "", "").await.status, 303, "this computer has to log in");
    let people = asked("GET /people", &cookie, "").await;
    assert!(people.status == 200 && people.body.contains("this device"), "whoever did it is logged in");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_shared_is_shared_again_after_a_restart() {
    let mut studio = at_home().await;
    let way_in = share(&studio).await;
    studio.stop_app().await;
    assert!(is_refused(way_in), "a Pasut that stopped listens nowhere");
    studio.start_app().await;
    let opened = async {
        while is_refused(way_in) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), opened).await.expect("shared again");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_in_follows_the_address_and_never_goes_into_another_network() {
    static MOVED: AtomicU8 = AtomicU8::new(0);
    fn moving() -> Vec<Network> {
        let network = |name: &str, last| Network {
            name: name.to_owned(),
            addresses: vec![IpAddr::from([127, 0, 0, last])],
        };
        match MOVED.load(Ordering::SeqCst) {
            0 => vec![network("home", 3), network("other", 5)],
            1 => vec![network("home", 4), network("other", 5)],
            _ => vec![network("other", 5)],
        }
    }
    let studio = Studio::with(Setup { networks: NetworkReader(moving), ..Setup::default() }).await;
    let port = studio.app().address.port();
    for (moved, wanted) in [(0, vec![3]), (1, vec![4]), (2, vec![]), (0, vec![3])] {
        MOVED.store(moved, Ordering::SeqCst);
        // A change makes it look again at once rather than after some seconds.
        studio.app().listening.share(&["home"]).await.expect("saved");
        let addresses: Vec<SocketAddr> =
            wanted.iter().map(|last| SocketAddr::from(([127, 0, 0, *last], port))).collect();
        let opened = async {
            let open = || studio.app().listening.reach().open;
            while open().into_iter().map(|Open { address, .. }| address).collect::<Vec<_>>() != addresses {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), opened).await.expect("it follows");
        for last in [3, 4, 5] {
            let is_wanted = wanted.contains(&last);
            assert_eq!(!is_refused(SocketAddr::from(([127, 0, 0, last], port))), is_wanted, "{last}");
        }
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_port_is_taken_another_one_is_listened_on() {
    let studio = at_home().await;
    let port = studio.app().address.port();
    let _taken = TcpListener::bind((HOME, port)).expect("free until now");
    let way_in = share(&studio).await;
    assert_eq!(way_in.ip(), HOME);
    assert_ne!(way_in.port(), port);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_certificate_other_computers_are_answered_over_tls_and_not_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = rcgen::generate_simple_self_signed(["pasut.test".to_owned()]).expect("a certificate");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    let file = format!("[tls]\ncert = '{}'\nkey = '{}'", certificate.display(), key.display());
    let setup = Setup { networks: NetworkReader(home), file, ..Setup::default() };
    let studio = Studio::with(setup).await;
    let way_in = share(&studio).await;
    assert_eq!(studio.app().listening.scheme(), "https");

    let spoken = tokio::task::spawn_blocking(move || over_tls(way_in, &certificate)).await.expect("no panic");
    assert!(spoken.starts_with("HTTP/1.0 200"), "{spoken}");
    let mut plain = TcpStream::connect(way_in).expect("it listens");
    plain.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    plain.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    // The connection ends, with or without a reset; nothing was said in plain words.
    let _ended = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
    studio.close().await;
}

/// What `/healthz` says to a program that trusts `certificate` and nothing else.
fn over_tls(address: SocketAddr, certificate: &std::path::Path) -> String {
    let mut trusted = rustls::RootCertStore::empty();
    trusted.add(CertificateDer::from_pem_file(certificate).expect("PEM")).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks them")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from("pasut.test").expect("a name");
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut socket = TcpStream::connect(address).expect("it listens");
    let mut tls = rustls::Stream::new(&mut client, &mut socket);
    tls.write_all(b"GET /healthz HTTP/1.0\r\nHost: pasut.test\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    // A server may end the connection without saying goodbye.
    let _ended = tls.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
