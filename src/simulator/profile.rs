//! Characters of rooms: numbers only, so that a new one is a new row.

/// What a room is like. Rates per viewer are per minute of simulated time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    pub name: &'static str,
    /// Viewers the room settles at when nothing moves them.
    pub viewers: f64,
    /// How long a viewer stays on average, seconds.
    pub stay_s: f64,
    pub comments_per_viewer: f64,
    /// Like messages; each carries 1 to 15 likes.
    pub likes_per_viewer: f64,
    /// Gifts or streaks begun.
    pub gifts_per_viewer: f64,
    /// 0: gifts are as frequent as they are cheap, 1: price hardly matters.
    pub generous: f64,
    /// Which part of those who come is announced.
    pub join_sample: f64,
    /// Additional viewers a second for each unit of ln(1 + diamonds a second), 10 to 50 s later.
    pub pull_of_gifts: f64,
    /// The same for ln(1 + likes a second).
    pub pull_of_likes: f64,
    /// Seconds between outbursts of gifts, and of likes; 0 for none.
    pub gift_bursts_every_s: f64,
    pub like_bursts_every_s: f64,
    /// Seconds between battles; 0 for none. A room with battles has a guest who gets gifts too.
    pub battles_every_s: i64,
    /// Seconds between pauses of 20 s; 0 for none.
    pub pauses_every_s: i64,
}

const ORDINARY: Profile = Profile {
    name: "",
    viewers: 120.0,
    stay_s: 240.0,
    comments_per_viewer: 0.8,
    likes_per_viewer: 2.0,
    gifts_per_viewer: 0.03,
    generous: 0.1,
    join_sample: 0.6,
    pull_of_gifts: 0.0,
    pull_of_likes: 0.0,
    gift_bursts_every_s: 0.0,
    like_bursts_every_s: 0.0,
    battles_every_s: 0,
    pauses_every_s: 0,
};

pub const PROFILES: &[Profile] = &[
    Profile {
        name: "lively",
        viewers: 180.0,
        likes_per_viewer: 3.0,
        gifts_per_viewer: 0.06,
        generous: 0.4,
        pull_of_gifts: 0.5,
        gift_bursts_every_s: 300.0,
        like_bursts_every_s: 420.0,
        battles_every_s: 600,
        pauses_every_s: 2400,
        ..ORDINARY
    },
    Profile {
        name: "calm",
        viewers: 14.0,
        stay_s: 420.0,
        comments_per_viewer: 1.2,
        join_sample: 1.0,
        ..ORDINARY
    },
    Profile {
        name: "gift-driven",
        viewers: 90.0,
        pull_of_gifts: 0.8,
        gift_bursts_every_s: 260.0,
        ..ORDINARY
    },
    // Few likes between outbursts: a steady stream would hold viewers up and hide what moves them.
    Profile {
        name: "like-driven",
        viewers: 80.0,
        likes_per_viewer: 0.15,
        pull_of_likes: 0.6,
        like_bursts_every_s: 260.0,
        ..ORDINARY
    },
    Profile { name: "unmoved", gift_bursts_every_s: 260.0, like_bursts_every_s: 300.0, ..ORDINARY },
    Profile {
        name: "busy",
        viewers: 5000.0,
        stay_s: 600.0,
        comments_per_viewer: 0.7,
        likes_per_viewer: 3.0,
        gifts_per_viewer: 0.06,
        generous: 0.3,
        ..ORDINARY
    },
];

/// The profile of that name.
///
/// # Errors
///
/// A sentence that lists the names.
pub fn named(name: &str) -> Result<Profile, String> {
    PROFILES.iter().find(|profile| profile.name == name).copied().ok_or_else(|| {
        let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
        format!("`{name}` is no scenario; choose one of {}", names.join(", "))
    })
}
