//! One binary for all tests that need more than one room.

mod access;
mod api;
mod captures;
mod pages;
mod recording;
mod served;
mod studio;
