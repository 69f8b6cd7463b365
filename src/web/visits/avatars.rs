//! Pictures of people, from our own cache.

use crate::domain::ids::UserId;
use crate::web::error::Trouble;
use crate::web::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};

/// Within a day a person looks the same.
const A_DAY: &str = "private, max-age=86400, immutable";
const FIVE_MINUTES: &str = "private, max-age=300";

/// Nothing to see: a browser would mark a picture that is missing, over the initial.
const NOTHING: &str = r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;

/// `GET /avatars/{user}`: the picture, or one through which the initial is seen.
pub async fn avatar(user: Path<i64>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    picture(UserId(*user), &state).await
}

pub(super) async fn picture(user: UserId, state: &AppState) -> Result<HttpResponse, Trouble> {
    // Who is erased is not known any more, whatever the cache has.
    let picture = match state.store.people(&[user]).await?.pop() {
        Some(person) => state.avatars.of(user, &person.avatar_url, state.now()).await,
        None => None,
    };
    Ok(match picture {
        Some(picture) => HttpResponse::Ok()
            .content_type(picture.kind.content_type())
            .insert_header((CACHE_CONTROL, A_DAY))
            .body(picture.bytes),
        None => HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header((CACHE_CONTROL, FIVE_MINUTES))
            .body(NOTHING),
    })
}
