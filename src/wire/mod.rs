//! TikTok's Webcast wire: frames and protobuf messages, bytes to structs and back, nothing else.
//!
//! Knows no meaning (that is `connector::translate`) and no network. Used by the connector, which
//! reads it, and by the simulator, which writes it.

pub mod capture;
pub mod frame;

/// The structs of `webcast.proto`, compiled by `build.rs`.
pub mod webcast {
    include!(concat!(env!("OUT_DIR"), "/webcast.rs"));
}

pub use prost::{DecodeError, Message};
