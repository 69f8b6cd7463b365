//! Settings, API tokens.

use super::people::note;
use super::{Asked, Fields, go_to, last, shown, shown_as};
use crate::domain::audit::Deed;
use crate::domain::handle::Handle;
use crate::store::tokens::NewToken;
use crate::web::access::Visitor;
use crate::web::access::secret::Secret;
use crate::web::error::Trouble;
use crate::web::pages::tokens::{NoCreator, Problem, TokensPage, ends, opens};
use crate::web::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

const HERE: &str = "/settings/tokens";

/// `GET /settings/tokens`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    shown(&TokensPage::new(&asked.visit(), &state.store.tokens().await?, None, None))
}

/// `POST /settings/tokens`: the answer shows the token once.
pub async fn make(
    asked: Asked,
    visitor: Visitor,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let creator = last(&fields, "creator").filter(|name| !name.is_empty());
    let creator = creator.map(Handle::parse).transpose();
    let creator = creator.map_err(|_| Trouble::invalid("creator", "is no username"))?;
    let opens = match opens(last(&fields, "kind").unwrap_or_default(), creator) {
        Ok(Some(opens)) => opens,
        Ok(None) => return Err(Trouble::invalid("kind", "names nothing a token opens")),
        Err(NoCreator) => return refused(&asked, &state, Problem::NoCreator).await,
    };
    let secret = Secret::random();
    let label = last(&fields, "label").unwrap_or_default().to_owned();
    let new = NewToken {
        hash: secret.hash(),
        opens,
        label: label.clone(),
        expires_at: ends(last(&fields, "lasts").unwrap_or_default(), state.now())
            .ok_or_else(|| Trouble::invalid("lasts", "names no length of time that can be chosen"))?,
        pin: None,
    };
    if state.store.add_token(new, state.now()).await?.is_none() {
        return refused(&asked, &state, Problem::Many).await;
    }
    note(&state, &visitor, Deed::TokenAdded, &label).await?;
    let tokens = state.store.tokens().await?;
    shown(&TokensPage::new(&asked.visit(), &tokens, None, Some(secret.reveal())))
}

/// `POST /settings/tokens/{id}/revoke`
pub async fn take(visitor: Visitor, id: Path<i64>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    if let Some(token) = state.store.revoke_token(*id).await? {
        note(&state, &visitor, Deed::TokenRevoked, &token.label).await?;
    }
    Ok(go_to(HERE))
}

async fn refused(asked: &Asked, state: &AppState, problem: Problem) -> Result<HttpResponse, Trouble> {
    let tokens = state.store.tokens().await?;
    shown_as(StatusCode::BAD_REQUEST, &TokensPage::new(&asked.visit(), &tokens, Some(problem), None))
}
