//! Trials from the form to the reminder on the live page, and their end.

use crate::studio::Studio;
use pasut::analytics::trial::timetable;
use pasut::domain::handle::Handle;
use pasut::domain::time::Stamp;
use pasut::domain::trial::{Arm, TrialState};
