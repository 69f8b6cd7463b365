//! Widgets for OBS: under the address a token opens, and for their owner on the gallery.

use super::{Asked, Fields, go_to, last, moments, shown, shown_as};
use crate::domain::access::{Opens, Role, Widget};
use crate::domain::audit::Deed;
use crate::domain::handle::Handle;
use crate::domain::ids::UserId;
use crate::recorder::snapshot::Snapshot;
use crate::store::tokens::{MOST_TOKENS, NewToken};
use crate::web::access::Visitor;
use crate::web::access::arrival::Way;
use crate::web::access::secret::Secret;
use crate::web::address::Address;
use crate::web::error::Trouble;
use crate::web::look::Look;
use crate::web::pages::gallery::{self, By, Choice, Done, GalleryPage, Start};
use crate::web::pages::goals;
use crate::web::pages::overlay::options::Options;
use crate::web::pages::overlay::worth::Ticked;
use crate::web::pages::overlay::{self, GonePage, OverlayPage, Scene};
use crate::web::sight::{Moneyless, Sight};
use crate::web::state::AppState;
use crate::web::visits::fragments::html;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HOST, HeaderValue, X_FRAME_OPTIONS};
use actix_web::web::{Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// A widget that somebody may see.
struct Opened {
    creator: Handle,
    widget: Widget,
    ticked: Option<Ticked>,
    /// Whether it is seen on the gallery.
    preview: bool,
}

/// What it is drawn from.
struct Stage {
    opened: Opened,
    options: Options,
    look: Look,
    snapshot: Option<Arc<Snapshot>>,
}

/// `GET /o/{token}/{widget}`
pub async fn opened(
    path: Path<(String, String)>,
    visitor: Visitor,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    page(by_token(&path.1, &visitor)?, &asked, &state).await
}

/// `GET /o/{token}/{widget}/f`
pub async fn opened_part(
    req: HttpRequest,
    path: Path<(String, String)>,
    visitor: Visitor,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    part(&req, by_token(&path.1, &visitor)?, &asked, &state).await
}

/// `GET /o/{token}/{widget}/avatars/{user}`
pub async fn opened_avatar(
    path: Path<(String, String, i64)>,
    visitor: Visitor,
    asked: Asked<Moneyless>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    avatar(by_token(&path.1, &visitor)?, UserId(path.2), &asked, &state).await
}

/// The one widget that the token in the address opens, if that is the one it names.
fn by_token(widget: &str, visitor: &Visitor) -> Result<Opened, Trouble> {
    match visitor.opens() {
        Some(Opens::Overlay { creator, widget: opens, money }) if opens.as_str() == widget => Ok(Opened {
            creator: creator.clone(),
            widget: *opens,
            ticked: Ticked::new(*money),
            preview: false,
        }),
        _ => Err(Trouble::NotFound("This address opens no overlay.".to_owned())),
    }
}

/// `GET /overlay`
pub async fn gallery(
    req: HttpRequest,
    asked: Asked,
    state: Data<AppState>,
    way: ReqData<Way>,
) -> Result<HttpResponse, Trouble> {
    let choice = Choice::read(asked.look.lang, |name| asked.param(name));
    let tokens = state.store.tokens().await?;
    let starts = starts(&req, &way, &state);
    Ok(with_frames(shown(&GalleryPage::new(&asked.visit(), &choice, &starts, &tokens, None))?))
}

/// `POST /overlay/{widget}/url`: makes an address and shows it this once. The one before opens nothing any more.
pub async fn make(
    req: HttpRequest,
    widget: Path<String>,
    visitor: Visitor,
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
    way: ReqData<Way>,
) -> Result<HttpResponse, Trouble> {
    let (mut asked, widget, creator, choice) = wished(&widget, asked, &fields)?;
    let starts = starts(&req, &way, &state);
    let before = state.store.tokens().await?;
    let secret = Secret::random();
    let label = label(&creator, widget);
    let new = NewToken {
        hash: secret.hash(),
        opens: Opens::Overlay { creator: creator.clone(), widget, money: choice.money },
        label: label.clone(),
        expires_at: None,
        pin: None,
    };
    let done = match state.store.add_token(new, state.now()).await? {
        Some(_) => {
            state.store.note(visitor.who(), Deed::TokenAdded, &label, state.now()).await?;
            for token in before.iter().filter(|token| gallery::opens(token, &creator, widget)) {
                state.store.revoke_token(token.id).await?;
                state.store.note(visitor.who(), Deed::TokenRevoked, &label, state.now()).await?;
            }
            let page = format!("{}/o/{}/{}", choice.start(&starts), secret.reveal(), widget.as_str());
            Done::Made { widget, address: choice.onto(Address::new(&page), widget).finish() }
        }
        None => Done::Full { widget, most: MOST_TOKENS },
    };
    let tokens = state.store.tokens().await?;
    asked.creator = Some(creator);
    asked.here = "/overlay".to_owned();
    Ok(with_frames(shown(&GalleryPage::new(&asked.visit(), &choice, &starts, &tokens, Some(&done)))?))
}

/// `POST /overlay/{widget}/revoke`
pub async fn revoke(
    widget: Path<String>,
    visitor: Visitor,
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (_, widget, creator, choice) = wished(&widget, asked, &fields)?;
    for token in state.store.tokens().await?.iter().filter(|token| gallery::opens(token, &creator, widget)) {
        state.store.revoke_token(token.id).await?;
        state.store.note(visitor.who(), Deed::TokenRevoked, &label(&creator, widget), state.now()).await?;
    }
    Ok(go_to(&choice.page(&creator, widget)))
}

/// `POST /overlay/{widget}/test`
pub async fn test(
    widget: Path<String>,
    asked: Asked,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (_, widget, creator, choice) = wished(&widget, asked, &fields)?;
    state.kept.rehearsals.begin(creator.clone(), widget, Instant::now());
    Ok(go_to(&choice.page(&creator, widget)))
}

/// The widget and the watched creator a form is about, and what was chosen.
fn wished(widget: &str, asked: Asked, fields: &Fields) -> Result<(Asked, Widget, Handle, Choice), Trouble> {
    let widget = Widget::parse(widget).ok_or_else(no_widget)?;
    let field = |name: &str| last(fields, name).unwrap_or_default();
    let creator = Handle::parse(field("creator")).ok();
    let creator = creator.filter(|creator| asked.watched.iter().any(|watch| watch.creator == *creator));
    let creator = creator.ok_or_else(no_widget)?;
    let choice = Choice::read(asked.look.lang, field);
    Ok((asked, widget, creator, choice))
}

/// What is written on its token.
fn label(creator: &Handle, widget: Widget) -> String {
    format!("overlay {} @{creator}", widget.as_str())
}

/// The address of this very request, which the gate has held against our own.
pub(super) fn origin(req: &HttpRequest, way: &Way) -> String {
    let scheme = if way.is_secure { "https" } else { "http" };
    let host = req.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{scheme}://{host}")
}

/// By what addresses Pasut is reached: first the one of this very request, then that of this computer, and those of
/// the networks it is shared in.
fn starts(req: &HttpRequest, way: &Way, state: &AppState) -> Vec<Start> {
    let mut starts = vec![Start { origin: origin(req, way), by: By::Here }];
    let (own, scheme) = (state.listening.own(), state.listening.scheme());
    let own = own.ip().is_loopback().then(|| (format!("http://{own}"), By::ThisComputer));
    let open = state.listening.reach().open.into_iter();
    let open = open.map(|open| (format!("{scheme}://{}", open.address), By::Network));
    for (origin, by) in own.into_iter().chain(open) {
        if starts.iter().all(|start| start.origin != origin) {
            starts.push(Start { origin, by });
        }
    }
    starts
}

/// `GET /overlay/{widget}`: a widget as its owner tries it.
pub async fn preview(
    widget: Path<String>,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    page(own(&widget, &asked)?, &asked, &state).await
}

/// `GET /overlay/{widget}/f`
pub async fn preview_part(
    req: HttpRequest,
    widget: Path<String>,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    part(&req, own(&widget, &asked)?, &asked, &state).await
}

/// Of the creator and with the money that the gallery chose.
fn own(widget: &str, asked: &Asked) -> Result<Opened, Trouble> {
    let widget = Widget::parse(widget).ok_or_else(no_widget)?;
    let creator = asked.creator.clone().ok_or_else(no_widget)?;
    let ticked = Ticked::new(!asked.param("money").is_empty());
    Ok(Opened { creator, widget, ticked, preview: true })
}

fn no_widget() -> Trouble {
    Trouble::NotFound("There is no such widget. Those that exist are at /overlay.".to_owned())
}

async fn page<S: Sight>(opened: Opened, asked: &Asked<S>, state: &AppState) -> Result<HttpResponse, Trouble> {
    let stage = Stage::of(opened, asked, state).await?;
    let page = stage.drawn(state, OverlayPage::new).await?;
    let preview = stage.opened.preview;
    Ok(with_headers(shown(&if preview { page.in_frame() } else { page })?, preview))
}

/// 205 asks a page of another Pasut to load itself anew.
async fn part<S: Sight>(
    req: &HttpRequest,
    opened: Opened,
    asked: &Asked<S>,
    state: &AppState,
) -> Result<HttpResponse, Trouble> {
    if asked.param("make") != overlay::make() {
        return Ok(HttpResponse::ResetContent().finish());
    }
    let stage = Stage::of(opened, asked, state).await?;
    Ok(with_headers(html(req, stage.drawn(state, overlay::stage).await?), stage.opened.preview))
}

/// What is answered under an address that opens no widget, or none any more.
pub fn gone(status: StatusCode, look: &Look) -> Result<HttpResponse, Trouble> {
    Ok(with_headers(shown_as(status, &GonePage { w: look.words() })?, false))
}

/// OBS puts its custom CSS into the page as a style element, so these pages take styles from inside. Only the
/// gallery may have one in a frame.
fn with_headers(mut response: HttpResponse, preview: bool) -> HttpResponse {
    let (ancestors, framed) = if preview { ("'self'", "SAMEORIGIN") } else { ("'none'", "DENY") };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; \
         connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
    );
    let headers = response.headers_mut();
    let policy = HeaderValue::try_from(policy).expect("plain letters and signs");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static(framed));
    response
}

/// The gallery has our own widgets in frames, beside what every page has.
fn with_frames(mut response: HttpResponse) -> HttpResponse {
    let policy = HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

impl Stage {
    async fn of<S: Sight>(opened: Opened, asked: &Asked<S>, state: &AppState) -> Result<Self, Trouble> {
        let options = Options::read(opened.widget, |name| asked.param(name));
        let look = Look {
            lang: options.lang.unwrap_or(asked.look.lang),
            zone: state.kept.zones.of(&opened.creator, &state.store).await?,
            // Whatever it shows is broadcast.
            role: Role::Guest,
            ..asked.look
        };
        let snapshot = asked.watched.iter().find(|watch| watch.creator == opened.creator).cloned();
        Ok(Self { opened, options, look, snapshot })
    }

    async fn drawn<T>(
        &self,
        state: &AppState,
        draw: impl FnOnce(&Scene) -> askama::Result<T>,
    ) -> Result<T, Trouble> {
        let Opened { creator, widget, ticked, preview } = &self.opened;
        let session = self.snapshot.as_ref().and_then(|snapshot| snapshot.session.as_deref());
        let gifts = match session.filter(|_| *widget == Widget::Moments) {
            Some(session) => moments::gift_names(session.id, session.answer.as_deref(), state).await?,
            None => HashMap::new(),
        };
        let goals = match self.snapshot.as_deref().filter(|_| *widget == Widget::Goal) {
            Some(snapshot) => goals::shown(&state.goals, snapshot),
            None => Vec::new(),
        };
        Ok(draw(&Scene {
            widget: *widget,
            creator,
            snapshot: self.snapshot.as_deref(),
            gifts: &gifts,
            goals: &goals,
            options: &self.options,
            look: &self.look,
            ticked: *ticked,
            test: state.kept.rehearsals.is_on(creator, *widget, Instant::now()),
            preview: *preview,
            now: state.now(),
        })?)
    }
}

/// `GET /overlay/{widget}/avatars/{user}`
pub async fn preview_avatar(
    path: Path<(String, i64)>,
    asked: Asked,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (widget, user) = path.into_inner();
    avatar(own(&widget, &asked)?, UserId(user), &asked, &state).await
}

/// A picture of somebody who is seen on the widget, and of nobody else.
async fn avatar<S: Sight>(
    opened: Opened,
    user: UserId,
    asked: &Asked<S>,
    state: &AppState,
) -> Result<HttpResponse, Trouble> {
    let snapshot = asked.watched.iter().find(|watch| watch.creator == opened.creator);
    let session = snapshot.and_then(|snapshot| snapshot.session.as_deref());
    if !session.is_some_and(|session| overlay::people(opened.widget, session).contains(&user)) {
        return Err(Trouble::NotFound("Nobody on this widget has that picture.".to_owned()));
    }
    super::avatars::picture(user, state).await
}
