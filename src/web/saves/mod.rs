//! What somebody saves from a page: charts as pictures and as numbers, from the facts of the page.
//!
//! The interactive chart is not among them; the browser draws that.

pub mod card;
pub mod chart;
pub mod csv;
pub mod figures;
pub mod numbers;
pub mod palette;
pub mod session;
