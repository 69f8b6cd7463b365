//! The listener and what happens to every request before and after its handler: who is answered,
//! what a trouble looks like, which headers travel with everything, how long it took.

use super::access::arrival::{self, Asked, Way};
use super::access::gate::{cookie_name, pin_cookie_name};
use super::access::{self, Entrance, Identity, Refusal, Visitor};
use super::certificate::Certificate;
use super::error::Trouble;
use super::routes;
use super::state::AppState;
use super::visits;
use crate::domain::access::Role;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{KeepAlive, Method};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{App, Error, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, ResponseError, web};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use tracing::error;

/// Two are plenty for twenty dashboards, and an idle one costs memory.
const WORKERS: usize = 2;

/// Forms and commands are small; nothing else is taken.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Headers of every answer that does not say otherwise itself. `same-origin` rather than `no-referrer`, which
/// would make browsers send `Origin: null` with our own forms.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
    // Another Pasut that finds the port taken asks by this who took it.
    (header::SERVER, HeaderValue::from_static("Pasut")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    (
        header::PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// What opens something is in no index.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Where requests come in.
pub struct Listener {
    pub listener: TcpListener,
    /// With it, TLS is spoken and nothing else.
    pub certificate: Option<Certificate>,
    pub entrance: Entrance,
}

/// Answers requests on `listener` until the returned server is stopped.
///
/// # Errors
///
/// If the listener cannot be taken over.
pub fn serve(listener: Listener, state: AppState) -> std::io::Result<Server> {
    let Listener { listener, certificate, entrance } = listener;
    let state = web::Data::new(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(entrance)
            .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
            .app_data(web::FormConfig::default().limit(MAX_BODY_BYTES))
            .configure(routes::routes)
            .default_service(web::to(nothing_here))
            .wrap(Compress::default())
            .wrap(from_fn(around_every_request))
    })
    .workers(WORKERS)
    .worker_max_blocking_threads(1)
    .max_connections(1024)
    // A compressed answer leaves in pieces; the second must not wait until the first was acknowledged.
    .tcp_nodelay(true)
    .keep_alive(KeepAlive::Timeout(Duration::from_secs(75)))
    .client_request_timeout(Duration::from_secs(10))
    .client_disconnect_timeout(Duration::from_secs(2))
    .tls_handshake_timeout(Duration::from_secs(5))
    .shutdown_timeout(3)
    .disable_signals();
    let server = match certificate {
        Some(certificate) => server.listen_rustls_0_23(listener, certificate.config())?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

/// An address that leads nowhere. Whoever is not admitted does not learn which do.
async fn nothing_here(visitor: Visitor) -> Result<HttpResponse, Trouble> {
    match visitor.identity() {
        Identity::Nobody => Err(Refusal::LoginNeeded.into()),
        Identity::Locked(_) => Err(Refusal::PinNeeded.into()),
        _ => Err(Trouble::NotFound("There is nothing at this address.".to_owned())),
    }
}

async fn around_every_request<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let started = Instant::now();
    let mut response = match admit(&req).await {
        Ok((visitor, way)) => {
            req.extensions_mut().insert(visitor);
            req.extensions_mut().insert(way);
            told(next.call(req).await?)
        }
        Err(trouble) => {
            let shown = shown(req.request(), &trouble);
            req.into_response(shown).map_into_right_body()
        }
    };
    let by_address = address_token(response.request().path(), response.request().query_string()).is_some();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
    if by_address {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let (Some(route), Some(state)) =
        (response.request().match_pattern(), response.request().app_data::<web::Data<AppState>>())
    {
        state.kept.durations.observe(&route, started.elapsed());
    }
    Ok(response)
}

/// Who is asking, if the way they took is open. What they may see is up to the route.
async fn admit(req: &ServiceRequest) -> Result<(Visitor, Way), Trouble> {
    let state = req.app_data::<web::Data<AppState>>().expect("every app is built with its state");
    // Monitors may ask from anywhere whether the process lives.
    if req.path() == "/healthz" && req.method().is_safe() {
        return Ok((Visitor::new(Role::Guest), Way { address: None, is_here: false, is_secure: false }));
    }
    let headers = req.headers();
    let mut hosts: Vec<&str> =
        headers.get_all(header::HOST).map(|host| host.to_str().unwrap_or("?")).collect();
    hosts.extend(req.uri().authority().map(actix_web::http::uri::Authority::as_str));
    let entrance = req.app_data::<Entrance>().copied().unwrap_or(Entrance::Network);
    let forwarded_for: Vec<&str> =
        headers.get_all("x-forwarded-for").map(|list| list.to_str().unwrap_or("?")).collect();
    let asked = Asked {
        entrance,
        peer: req.peer_addr().map(|peer| peer.ip()),
        hosts: &hosts,
        forwarding_header: headers
            .keys()
            .map(HeaderName::as_str)
            .find(|name| arrival::is_forwarding_header(name)),
        forwarded_for: &forwarded_for,
        forwarded_proto: text(headers, &header::X_FORWARDED_PROTO),
        tls: req.app_config().secure(),
        origin: text(headers, &header::ORIGIN),
        fetch_site: text(headers, &HeaderName::from_static("sec-fetch-site")),
    };
    let gate = &state.access;
    let has_owner = gate.has_owner().await?;
    // While Pasut is shared, each address of this computer has a listener of its own.
    let own_address = req.app_config().local_addr().ip().to_canonical();
    let way = arrival::arrive(&asked, gate.rules(), own_address, has_owner)?;
    // What a program has to send, no other site can have a browser send; so it need not say where it is from.
    if let Some(bearer) = text(headers, &header::AUTHORIZATION).and_then(bearer) {
        return Ok((gate.program(bearer).await??, way));
    }
    let changes = !matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if let Some(secret) = address_token(req.path(), req.query_string()) {
        if changes {
            arrival::from_our_own_page(&asked, &way)?;
        }
        let pin = visits::cookie(req.request(), pin_cookie_name(way.is_secure));
        return Ok((gate.by_address(&secret, pin).await??, way));
    }
    if changes {
        arrival::from_our_own_page(&asked, &way)?;
    } else if headers.contains_key(header::UPGRADE) {
        arrival::not_from_another_site(&asked, &way)?;
    }
    if !has_owner {
        return Ok((Visitor::this_computer(), way));
    }
    // A browser does not send the cookie for another site; one that does is not believed.
    if asked.fetch_site != Some("cross-site")
        && let Some(secret) = visits::cookie(req.request(), cookie_name(way.is_secure))
        && let Some(visitor) = gate.logged_in(secret).await?
    {
        return Ok((visitor, way));
    }
    let open = way.is_here && state.preferences.now().this_computer;
    Ok((if open { Visitor::this_computer() } else { Visitor::new(Role::Guest) }, way))
}

/// What stands after `Bearer`, in whatever letters.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The secret in an address of an overlay, a shared page or the feed.
fn address_token(path: &str, query: &str) -> Option<String> {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some("o" | "s"), secret) => Some(secret.unwrap_or_default().to_owned()),
        _ if path == "/api/v1/feed" => {
            query.split('&').find_map(|pair| pair.strip_prefix("token=")).map(str::to_owned)
        }
        _ => None,
    }
}

/// The value of a header; one that is no text is not what we expect it to be.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// The response, with a body where it is a trouble that has none.
fn told<B>(response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
    let status = response.status();
    let is_trouble = status.is_client_error() || status.is_server_error();
    let cause = response.response().error();
    if !is_trouble || (cause.is_none() && response.headers().contains_key(header::CONTENT_TYPE)) {
        return response.map_into_left_body();
    }
    let shown = match cause.map(|cause| (cause, cause.as_error::<Trouble>())) {
        Some((_, Some(trouble))) => shown(response.request(), trouble),
        Some((cause, None)) => {
            shown(response.request(), &Trouble::Http { status, reason: format!("{cause}.") })
        }
        None => {
            let reason = match status.as_u16() {
                404 => "There is nothing at this address.".to_owned(),
                405 => format!("This address does not take {}.", response.request().method()),
                _ => status.canonical_reason().unwrap_or("Something went wrong").to_owned(),
            };
            shown(response.request(), &Trouble::Http { status, reason })
        }
    };
    response.into_response(shown).map_into_right_body()
}

/// A trouble as whoever asked can read it; said in the log once, here.
fn shown(req: &HttpRequest, trouble: &Trouble) -> HttpResponse {
    if trouble.status_code().is_server_error() {
        let path = access::redacted(req.path());
        error!(path, error = ?trouble, "{path} could not be answered: {trouble}");
    }
    let for_programs = ["/api/", "/metrics", "/readyz", "/healthz"];
    if for_programs.iter().any(|start| req.path().starts_with(start)) {
        trouble.problem()
    } else {
        visits::trouble(req, trouble)
    }
}
