//! The same facts as the pages, as JSON; one file per resource.
//!
//! `openapi.json` describes all of it and is kept by hand; a test asks every route it names.
//! Handlers are called through `web::routes`.

pub mod answer;
pub mod connector_feed;
mod connector_json;
pub mod creators;
pub mod drivers;
pub mod event_json;
pub mod events;
pub mod exports;
pub mod feed;
pub mod health;
pub mod leaderboard;
pub mod markers;
pub mod metrics;
pub mod openapi;
pub mod push;
pub mod query;
pub mod remarks;
pub mod series;
pub mod session_json;
pub mod sessions;
pub mod windows;
