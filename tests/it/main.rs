//! What Pasut does as a whole: real server, real database, requests over the wire.

mod access;
mod api;
mod served;
