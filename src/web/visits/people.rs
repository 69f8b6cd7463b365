//! People: sharing in a network, accounts, devices, links for guests.

use super::login::{agent, header};
use super::preferences::trouble;
use super::{Asked, Fields, go_to, last, links, shown, shown_as};
use crate::domain::access::{AccountName, Role};
use crate::domain::audit::Deed;
use crate::settings::preferences::Key;
use crate::settings::sharing::SharingError;
use crate::store::accounts::{Added, Removed};
use crate::web::access::arrival::Way;
use crate::web::access::password::Password;
use crate::web::access::{Identity, Visitor};
use crate::web::error::Trouble;
use crate::web::pages::links::parse;
use crate::web::pages::people::{PeoplePage, Problem, Refused, View};
use crate::web::pages::shell::Visit;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use actix_web::web::{Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};

/// So much of the audit log is shown.
const LOG_LINES: u32 = 50;

/// `GET /people`
pub async fn page(asked: Asked, visitor: Visitor, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let wanted = links::Wanted { page: parse(asked.param("page")), ..links::Wanted::default() };
    let view = view(&visitor, &state, wanted).await?;
    shown(&PeoplePage::new(&asked.visit(), &view, None))
}

/// `POST /people/sharing`: shares in the chosen networks. Whoever does it first chooses the owner's password, and
/// is logged in from then on.
pub async fn share(
    req: HttpRequest,
    asked: Asked,
    visitor: Visitor,
    fields: Fields,
    state: Data<AppState>,
    way: ReqData<Way>,
) -> Result<HttpResponse, Trouble> {
    let networks: Vec<&str> =
        fields.iter().filter(|(name, _)| name == "network").map(|(_, value)| value.as_str()).collect();
    if networks.is_empty() {
        return refused(&asked, &visitor, &state, ("sharing", Problem::NoNetwork)).await;
    }
    let mut cookie = None;
    if !state.access.has_owner().await? {
        let (name, password) = match account(&fields) {
            Ok(account) => account,
            Err(problem) => return refused(&asked, &visitor, &state, ("sharing", problem)).await,
        };
        let hash = state.access.passwords().hash(&password).await?;
        if !state.store.add_first_owner(&name, &hash, state.now()).await? {
            return refused(&asked, &visitor, &state, ("sharing", Problem::Owned)).await;
        }
        note(&state, &visitor, Deed::AccountAdded, name.as_str()).await?;
        cookie = state.access.begin(&name, &way, agent(&req)).await?;
    }
    let mut response = match state.listening.share(&networks).await {
        Ok(()) => {
            note(&state, &visitor, Deed::SharingOn, &networks.join(", ")).await?;
            go_to("/people#sharing")
        }
        Err(SharingError::NoNetwork) => {
            refused(&asked, &visitor, &state, ("sharing", Problem::NoNetwork)).await?
        }
        Err(SharingError::Store(error)) => return Err(error.into()),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, header(&cookie));
    }
    Ok(response)
}

/// `POST /people/sharing/stop`
pub async fn stop_sharing(visitor: Visitor, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    state.listening.stop_sharing().await?;
    note(&state, &visitor, Deed::SharingOff, "").await?;
    Ok(go_to("/people#sharing"))
}

/// `POST /people/this-computer`: whether the computer Pasut runs on is open without a login. It is closed only
/// when somebody could log in then.
pub async fn this_computer(
    asked: Asked,
    visitor: Visitor,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    if !state.access.has_owner().await? {
        return refused(&asked, &visitor, &state, ("here", Problem::NobodyOwns)).await;
    }
    let open = last(&fields, "open").unwrap_or_default();
    state.preferences.change(&[(Key::ThisComputer, Some(open))]).await.map_err(trouble)?;
    Ok(go_to("/people#here"))
}

/// `POST /people/accounts`
pub async fn add_account(
    asked: Asked,
    visitor: Visitor,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (name, password) = match account(&fields) {
        Ok(account) => account,
        Err(problem) => return refused(&asked, &visitor, &state, ("account", problem)).await,
    };
    let role = match last(&fields, "role") {
        Some("owner") => Role::Owner,
        _ => Role::Moderator,
    };
    let hash = state.access.passwords().hash(&password).await?;
    let problem = match state.store.add_account(&name, role, &hash, state.now()).await? {
        Added::Done => {
            note(&state, &visitor, Deed::AccountAdded, name.as_str()).await?;
            return Ok(go_to("/people#accounts"));
        }
        Added::Taken => Problem::Taken,
        Added::TooMany => Problem::ManyAccounts,
    };
    refused(&asked, &visitor, &state, ("account", problem)).await
}

/// `POST /people/accounts/{name}/password`
pub async fn change_password(
    asked: Asked,
    visitor: Visitor,
    name: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let name = AccountName::parse(&name).map_err(|_| no_account())?;
    let password = match password(&fields) {
        Ok(password) => password,
        Err(problem) => return refused(&asked, &visitor, &state, ("account", problem)).await,
    };
    let hash = state.access.passwords().hash(&password).await?;
    if !state.store.set_password(&name, &hash).await? {
        return Err(no_account());
    }
    note(&state, &visitor, Deed::PasswordChanged, name.as_str()).await?;
    Ok(go_to("/people#accounts"))
}

/// `POST /people/accounts/{name}/remove`, with the name typed.
pub async fn remove_account(
    asked: Asked,
    visitor: Visitor,
    name: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let name = AccountName::parse(&name).map_err(|_| no_account())?;
    let typed = last(&fields, "typed").and_then(|typed| AccountName::parse(typed).ok());
    if typed.as_ref() != Some(&name) {
        return refused(&asked, &visitor, &state, ("account", Problem::NotTyped)).await;
    }
    match state.store.remove_account(&name, false).await? {
        Removed::Done => note(&state, &visitor, Deed::AccountRemoved, name.as_str()).await?,
        Removed::Unknown => return Err(no_account()),
        Removed::LastOwner => {
            return refused(&asked, &visitor, &state, ("account", Problem::LastOwner)).await;
        }
    }
    Ok(go_to("/people#accounts"))
}

/// `POST /people/devices/{id}/revoke`
pub async fn revoke_device(
    visitor: Visitor,
    id: Path<i64>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    if let Some(account) = state.store.end_web_session(*id).await? {
        note(&state, &visitor, Deed::DeviceRevoked, account.as_str()).await?;
    }
    Ok(go_to("/people#devices"))
}

/// Keeps that the visitor did something.
pub(super) async fn note(
    state: &AppState,
    visitor: &Visitor,
    what: Deed,
    about: &str,
) -> Result<(), Trouble> {
    Ok(state.store.note(visitor.who(), what, about, state.now()).await?)
}

pub(super) async fn view(
    visitor: &Visitor,
    state: &AppState,
    wanted: links::Wanted,
) -> Result<View, Trouble> {
    Ok(View {
        reach: state.listening.reach(),
        shared: state.listening.shared(),
        own: state.listening.own(),
        scheme: state.listening.scheme(),
        open_here: state.preferences.chosen().this_computer,
        accounts: state.store.accounts().await?,
        devices: state.store.web_sessions().await?,
        log: state.store.audit(LOG_LINES).await?,
        you: match visitor.identity() {
            Identity::Account { name, browser } => Some((name.clone(), *browser)),
            _ => None,
        },
        links: links::view(state, wanted).await?,
    })
}

async fn refused(
    asked: &Asked,
    visitor: &Visitor,
    state: &AppState,
    refused: Refused,
) -> Result<HttpResponse, Trouble> {
    let view = view(visitor, state, links::Wanted::default()).await?;
    shown_as(StatusCode::BAD_REQUEST, &PeoplePage::new(&here(asked), &view, Some(refused)))
}

/// The page, also where the address is that of a form.
pub(super) fn here(asked: &Asked) -> Visit<'_> {
    Visit { here: "/people", ..asked.visit() }
}

/// The name and the password of a form that makes an account.
fn account(fields: &Fields) -> Result<(AccountName, Password), Problem> {
    let name = AccountName::parse(last(fields, "name").unwrap_or_default()).map_err(|_| Problem::Name)?;
    Ok((name, password(fields)?))
}

/// A password that was typed twice.
fn password(fields: &Fields) -> Result<Password, Problem> {
    let typed = last(fields, "password").unwrap_or_default();
    if last(fields, "again") != Some(typed) {
        return Err(Problem::Again);
    }
    Password::choose(typed).map_err(|_| Problem::Password)
}

fn no_account() -> Trouble {
    Trouble::NotFound("There is no such account. The accounts that exist are at /people.".to_owned())
}
