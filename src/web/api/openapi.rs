//! The description of the API: for programs as OpenAPI, for people as a plain page.

use super::answer::tagged;
use crate::web::assets;
use crate::web::error::Trouble;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const OPENAPI: &str = include_str!("openapi.json");

/// `GET /api/v1/openapi.json`
pub async fn openapi(req: HttpRequest) -> HttpResponse {
    tagged(&req, "application/json", OPENAPI.as_bytes().to_vec())
}

/// `GET /api/v1/docs`
pub async fn docs(req: HttpRequest) -> Result<HttpResponse, Trouble> {
    let page = DocsPage { document: &DOCUMENT, sheet: assets::url("pasut.css") }.render()?;
    Ok(tagged(&req, "text/html; charset=utf-8", page.into_bytes()))
}

static DOCUMENT: LazyLock<Document> =
    LazyLock::new(|| serde_json::from_str(OPENAPI).expect("a test reads the same file"));

#[derive(Template)]
#[template(path = "pages/api_docs.html")]
struct DocsPage<'a> {
    document: &'a Document,
    sheet: &'static str,
}

#[derive(Deserialize)]
struct Document {
    info: Info,
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
}

#[derive(Deserialize)]
struct Info {
    title: String,
    description: String,
}

#[derive(Deserialize)]
struct Operation {
    summary: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    responses: BTreeMap<String, Answer>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "in")]
    place: String,
    description: String,
}

#[derive(Deserialize)]
struct Answer {
    description: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::access::may::May;
    use crate::web::routes;
    use std::collections::BTreeSet;

    #[test]
    fn the_document_has_every_route_for_programs_and_no_other() {
        let for_programs =
            |path: &str| path.starts_with("/api/") || ["/healthz", "/readyz", "/metrics"].contains(&path);
        let named = |method: &str, path: &str| format!("{} {path}", method.to_uppercase());
        let open: BTreeSet<_> = routes::table()
            .into_iter()
            .filter(|entry| for_programs(entry.path))
            .map(|entry| named(entry.method, entry.path))
            .collect();
        let told: BTreeSet<_> = DOCUMENT
            .paths
            .iter()
            .flat_map(|(path, operations)| operations.keys().map(move |method| named(method, path)))
            .collect();
        assert_eq!(told, open);
    }

    #[test]
    fn whatever_is_not_open_to_everybody_says_that_it_may_be_refused() {
        for entry in routes::table().into_iter().filter(|entry| entry.may != May::Anyone) {
            let operations = DOCUMENT.paths.get(entry.path);
            let Some(operation) = operations.and_then(|all| all.get(&entry.method.to_lowercase())) else {
                continue;
            };
            for refused in ["401", "403"] {
                assert!(
                    operation.responses.contains_key(refused),
                    "{} {}: {refused}",
                    entry.method,
                    entry.path
                );
            }
        }
    }
}
