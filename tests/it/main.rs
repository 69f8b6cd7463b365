//! One binary for all tests that need more than one room.

mod access;
mod api;
mod browser;
mod captures;
mod pages;
mod recording;
mod recounts;
mod served;
mod studio;
