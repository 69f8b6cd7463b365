//! Links for guests, made and revoked on the page People.

use super::overlay::origin;
use super::people::{here, note, view as people};
use super::{Asked, Fields, go_to, last, shown_as};
use crate::domain::access::{Opens, SharedPage};
use crate::domain::audit::Deed;

use crate::store::sessions::SessionFilter;
use crate::store::tokens::NewToken;
use crate::web::access::Visitor;
use crate::web::access::arrival::Way;
use crate::web::access::password::Password;
use crate::web::access::secret::Secret;
use crate::web::error::Trouble;
use crate::web::pages::links::{LinksView, Made, parse, pin};
use crate::web::pages::people::{PeoplePage, Problem};
use crate::web::pages::tokens::ends;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};

/// So many sessions can be chosen from; of another, Review leads to the form.
const NEWEST: i64 = 12;

/// What the form is to begin with, and what came of it.
#[derive(Default)]
pub struct Wanted {
    pub page: Option<SharedPage>,
    pub lasts: String,
    pub made: Option<Made>,
}

/// `POST /people/links`: makes a link and shows it this once.
pub async fn make(
    req: HttpRequest,
    asked: Asked,
    visitor: Visitor,
    way: ReqData<Way>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (now, lasts) = (state.now(), last(&fields, "lasts").unwrap_or_default().to_owned());
    let expires_at = ends(&lasts, now)
        .ok_or_else(|| Trouble::invalid("lasts", "names no length of time that can be chosen"))?;
    let page = match parse(last(&fields, "page").unwrap_or_default()) {
        Some(page) if is_there(&page, &asked, &state).await? => Some(page),
        _ => None,
    };
    let wanted = Wanted { page: page.clone(), lasts, made: None };
    let Some(page) = page else { return refused(&asked, &visitor, &state, wanted, Problem::NoPage).await };
    let Ok(pin) = pin(last(&fields, "pin").unwrap_or_default()) else {
        return refused(&asked, &visitor, &state, wanted, Problem::Pin).await;
    };
    let pin = match pin {
        Some(pin) => Some(state.access.passwords().hash(&Password::typed(&pin)).await?),
        None => None,
    };
    let (secret, label) = (Secret::random(), label(&page));
    let new = NewToken {
        hash: secret.hash(),
        opens: Opens::Share { page: page.clone() },
        label: label.clone(),
        expires_at,
        pin,
    };
    if state.store.add_token(new, now).await?.is_none() {
        return refused(&asked, &visitor, &state, wanted, Problem::ManyLinks).await;
    }
    note(&state, &visitor, Deed::TokenAdded, &label).await?;
    let made = Made { page, secret: secret.reveal(), origin: origin(&req, &way), here: way.is_here };
    let view = people(&visitor, &state, Wanted { made: Some(made), ..wanted }).await?;
    shown_as(StatusCode::OK, &PeoplePage::new(&here(&asked), &view, None))
}

/// `POST /people/links/{id}/revoke`
pub async fn revoke(visitor: Visitor, id: Path<i64>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let tokens = state.store.tokens().await?;
    let is_link = |opens: &Opens| matches!(opens, Opens::Share { .. });
    if let Some(link) = tokens.iter().find(|token| token.id == *id && is_link(&token.opens)) {
        state.store.revoke_token(link.id).await?;
        note(&state, &visitor, Deed::TokenRevoked, &link.label).await?;
    }
    Ok(go_to("/people#links"))
}

/// What the section of the page shows.
pub(super) async fn view(state: &AppState, wanted: Wanted) -> Result<LinksView, Trouble> {
    let tokens = state.store.tokens().await?;
    let mut sessions = state.store.sessions(&SessionFilter::default(), NEWEST).await?;
    let newest = sessions.len();
    let opened = tokens.iter().filter_map(|token| match &token.opens {
        Opens::Share { page } => Some(page),
        _ => None,
    });
    for page in opened.chain(&wanted.page) {
        if let SharedPage::Session(id) = page
            && sessions.iter().all(|session| session.id != *id)
        {
            sessions.extend(state.store.session(*id).await?);
        }
    }
    let Wanted { page, lasts, made } = wanted;
    Ok(LinksView { tokens, sessions, newest, page, lasts, made })
}

/// Whether there is such a page now.
async fn is_there(page: &SharedPage, asked: &Asked, state: &AppState) -> Result<bool, Trouble> {
    Ok(match page {
        SharedPage::Live(creator) => asked.watched.iter().any(|watch| watch.creator == *creator),
        SharedPage::Session(session) => state.store.session(*session).await?.is_some(),
    })
}

/// What is written on its token, and of it in the audit log: the address of the page, as that is the same in every
/// language.
fn label(page: &SharedPage) -> String {
    match page {
        SharedPage::Live(creator) => format!("/live?creator={creator}"),
        SharedPage::Session(session) => format!("/sessions/{session}"),
    }
}

async fn refused(
    asked: &Asked,
    visitor: &Visitor,
    state: &AppState,
    wanted: Wanted,
    problem: Problem,
) -> Result<HttpResponse, Trouble> {
    let view = people(visitor, state, wanted).await?;
    let page = PeoplePage::new(&here(asked), &view, Some(("links", problem)));
    shown_as(StatusCode::BAD_REQUEST, &page)
}
