//! One file per page or fragment: template structs holding ready values, made by pure functions from snapshots and reports.

pub mod alerts;
pub mod backup;
pub mod board;
pub mod changed;
pub mod chart;
pub mod compare;
pub mod connection;
pub mod creators;
pub mod data;
pub mod exports;
pub mod feed;
pub mod gallery;
pub mod goals;
pub mod guests;
pub mod heat;
pub mod import;
pub mod insights;
pub mod leaderboard;
pub mod left;
pub mod links;
pub mod live;
pub mod login;
pub mod metric;
pub mod moments;
pub mod more;
pub mod overlay;
pub mod people;
pub mod performance;
pub mod plots;
pub mod problem;
pub mod pulse;
pub mod report;
pub mod review;
pub mod sessions;
pub mod settings;
pub mod share;
pub mod shell;
pub mod sought;
pub mod spark;
pub mod state;
pub mod tokens;
pub mod trial;
pub mod verdict;
pub mod webhooks;
pub mod welcome;
pub mod worth;

#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod tests;

use crate::web::look::Look;

/// The files a part of a page is saved as, for whoever may save them: what the link says, and where it leads.
fn files(look: &Look, address: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let kinds: &[_] = if look.may_manage() { &[("PNG", "png"), ("CSV", "csv")] } else { &[] };
    kinds.iter().map(|&(name, kind)| (name, address(kind))).collect()
}
