//! How much of the computer Pasut takes, and what to do when the computer is short.
//!
//! It samples this process and the machine, keeps a row a minute, and, if the preset Auto is chosen, has
//! Pasut take less while the computer is short of something. Deliberately not a profiler, and it never
//! touches recording: what it eases are intervals, polls and explanations. `app` starts it; the web asks
//! for the newest reading, the presets and the advice.

pub mod advice;
pub mod auto;
pub mod costs;
pub mod machine;
mod minutes;
pub mod presets;
pub mod sampler;
