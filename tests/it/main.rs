//! One binary for all tests that need more than one room.

mod access;
mod accounting;
mod api;
mod browser;
mod captures;
mod disconnects;
mod pages;
mod proxies;
mod recording;
mod recounts;
mod served;
mod studio;
