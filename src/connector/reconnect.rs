//! What to do after a disconnect: one pure table.

use super::disconnect::Disconnect;

/// What follows a disconnect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// Milliseconds to wait before the room is looked up again.
    pub wait_ms: i64,
    /// Show TikTok another browser and get another visitor cookie.
    pub new_identity: bool,
    /// Where the route is `auto`: try the other one.
    pub other_route: bool,
}

/// A connection that stood this long was a good one: the count of attempts starts anew, and the
/// identity is kept.
pub const GOOD_CONNECTION_MS: i64 = 30_000;

/// `attempt` counts from 1 the disconnects since the last good connection; `jitter`, from 0 to 1,
/// spreads many watches over time.
#[must_use]
pub fn after(cause: &Disconnect, attempt: u32, jitter: f64) -> Next {
    let s = |seconds: i64| seconds * 1000;
    // Between once and twice the time, so that many watches do not ask at once.
    let spread = |ms: i64| ms + (ms as f64 * jitter.clamp(0.0, 1.0)) as i64;
    let doubling = |first: i64, cap: i64| (first << attempt.saturating_sub(1).min(10)).min(cap);
    let (wait_ms, new_identity, other_route) = match cause {
        Disconnect::LiveEnded => (spread(s(5)), false, false),
        Disconnect::NotLive => (spread(s(30)), false, false),
        Disconnect::NotFound | Disconnect::Restricted => (spread(s(300)), false, false),
        Disconnect::Blocked { .. } => (spread(doubling(s(30), s(600))), true, true),
        Disconnect::DeviceBlocked { .. } if attempt <= 3 => (s(2), true, false),
        Disconnect::DeviceBlocked { .. } => (spread(doubling(s(2), s(600))), true, true),
        Disconnect::RateLimited { retry_after_s } => {
            (spread(retry_after_s.map_or(s(60), |wait| s(i64::from(wait.clamp(10, 3_600))))), false, true)
        }
        Disconnect::SignRefused { .. } => (spread(doubling(s(2), s(300))), false, true),
        Disconnect::NoInternet => {
            ([s(5), s(10)].get(attempt.saturating_sub(1) as usize).copied().unwrap_or(s(30)), false, false)
        }
        Disconnect::Lost { .. } => (doubling(s(2), s(30)), attempt > 1, false),
        Disconnect::Silent | Disconnect::Woke if attempt <= 1 => (0, false, false),
        Disconnect::Silent | Disconnect::Woke => (doubling(s(2), s(30)), attempt > 2, false),
    };
    Next { wait_ms, new_identity, other_route }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_next_step() {
        let why = || "why".to_owned();
        for (cause, attempt, jitter, expected) in [
            (Disconnect::LiveEnded, 1, 0.0, (5_000, false, false)),
            (Disconnect::NotLive, 1, 0.0, (30_000, false, false)),
            (Disconnect::NotLive, 9, 1.0, (60_000, false, false)),
            (Disconnect::NotFound, 1, 0.0, (300_000, false, false)),
            (Disconnect::Restricted, 1, 0.0, (300_000, false, false)),
            (Disconnect::Blocked { why: why() }, 1, 0.0, (30_000, true, true)),
            (Disconnect::Blocked { why: why() }, 3, 0.5, (180_000, true, true)),
            (Disconnect::Blocked { why: why() }, 40, 0.0, (600_000, true, true)),
            (Disconnect::DeviceBlocked { why: why() }, 1, 0.9, (2_000, true, false)),
            (Disconnect::DeviceBlocked { why: why() }, 4, 0.0, (16_000, true, true)),
            (Disconnect::RateLimited { retry_after_s: None }, 1, 0.0, (60_000, false, true)),
            (Disconnect::RateLimited { retry_after_s: Some(90) }, 1, 0.0, (90_000, false, true)),
            (Disconnect::RateLimited { retry_after_s: Some(0) }, 1, 0.0, (10_000, false, true)),
            (Disconnect::SignRefused { why: why() }, 1, 0.0, (2_000, false, true)),
            (Disconnect::NoInternet, 1, 0.7, (5_000, false, false)),
            (Disconnect::NoInternet, 2, 0.7, (10_000, false, false)),
            (Disconnect::NoInternet, 7, 0.7, (30_000, false, false)),
            (Disconnect::Lost { why: why() }, 1, 0.7, (2_000, false, false)),
            (Disconnect::Lost { why: why() }, 3, 0.7, (8_000, true, false)),
            (Disconnect::Lost { why: why() }, 99, 0.7, (30_000, true, false)),
            (Disconnect::Silent, 1, 0.7, (0, false, false)),
            (Disconnect::Silent, 3, 0.7, (8_000, true, false)),
            (Disconnect::Woke, 1, 0.7, (0, false, false)),
        ] {
            let next = after(&cause, attempt, jitter);
            assert_eq!((next.wait_ms, next.new_identity, next.other_route), expected, "{cause:?} {attempt}");
        }
    }
}
