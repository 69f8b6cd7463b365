//! How an answer is put: JSON with a tag, and times as text.

use crate::domain::time::Stamp;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher};

/// `value` as JSON, or 304 if the asker has it already.
pub fn json(req: &HttpRequest, value: &impl Serialize) -> HttpResponse {
    tagged(req, "application/json", bytes(value))
}

/// `value` as JSON for something that was just done.
pub fn done(status: StatusCode, value: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).content_type("application/json").body(bytes(value))
}

/// `body` with a tag made of it, or 304 if the asker sent that tag.
pub fn tagged(req: &HttpRequest, content_type: &str, body: Vec<u8>) -> HttpResponse {
    Tagged::new(body).answer(req, content_type)
}

/// A body and the tag made of it, to be answered as often as it is asked for.
#[derive(Clone, Debug)]
pub struct Tagged {
    tag: HeaderValue,
    body: Bytes,
}

impl Tagged {
    #[must_use]
    pub fn new(body: Vec<u8>) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&body);
        // Weak, because the same answer may be sent compressed or not.
        let tag = format!("W/\"{:016x}\"", hasher.finish());
        let tag = HeaderValue::try_from(tag).expect("hexadecimal digits in quotes");
        Self { tag, body: body.into() }
    }

    /// The body, or 304 if the asker sent its tag.
    pub fn answer(&self, req: &HttpRequest, content_type: &str) -> HttpResponse {
        let known = req.headers().get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
        let is_known = known.is_some_and(|known| known.split(',').any(|known| known.trim() == self.tag));
        let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = HttpResponse::build(status);
        response
            .insert_header((ETAG, self.tag.clone()))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("private, no-cache")));
        if is_known { response.finish() } else { response.content_type(content_type).body(self.body.clone()) }
    }
}

/// RFC 3339 in UTC with milliseconds.
pub fn time(at: Stamp) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// RFC 3339 in any zone; `None` if it is none.
pub fn read_time(text: &str) -> Option<Stamp> {
    Some(Stamp(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis()))
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("our own structs have text keys and no failing members")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn an_answer_that_did_not_change_is_not_sent_again() {
        let first = json(&TestRequest::default().to_http_request(), &["a"]);
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers().get(ETAG).expect("a tag").clone();
        let again = TestRequest::default().insert_header((IF_NONE_MATCH, tag)).to_http_request();
        assert_eq!(json(&again, &["a"]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(json(&again, &["b"]).status(), StatusCode::OK);
    }

    #[test]
    fn a_time_is_written_with_milliseconds_in_utc() {
        assert_eq!(time(Stamp(1_763_812_800_007)), "2025-11-22T12:00:00.007Z");
    }
}
