//! One binary for all tests that need more than one room.

mod access;
mod accounting;
mod answers;
mod api;
mod browser;
mod captures;
mod decoding;
mod disconnects;
mod explaining;
mod export_jobs;
mod exports;
mod housekeeping;
mod kills;
mod known;
mod pages;
mod past;
mod people;
mod pricing;
mod program;
mod proxies;
mod recording;
mod recounts;
mod reviewing;
mod served;
mod studio;
mod trials;
