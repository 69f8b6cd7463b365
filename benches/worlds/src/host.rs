//! The host's show and the world outside: everything that happens whatever viewers do. A show is a chain of
//! segments that stir several kinds of activity at once and hold (or lose) attention for minutes; in between the
//! host calls for one kind, often again after a minute. The first generator places independent bursts instead.

use crate::dice::Dice;
use crate::families::Room;
use crate::kind::{Kind, PerKind};

/// One second as it is set from outside.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// How much livelier than ordinary each kind is.
    pub mood: PerKind<f64>,
    /// How fast patience runs: below 1 the show holds people.
    pub boredom: f64,
    /// Feed traffic the platform has to give, as a multiple of the ordinary.
    pub outside: f64,
    /// Followers called by a notification and raiders, in people a second.
    pub notified: f64,
    pub raiders: f64,
}

/// Something that was placed, for the truth's log.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    pub what: &'static str,
    pub at_s: i64,
    pub length_s: i64,
}

pub struct Script {
    moments: Vec<Moment>,
    before_s: i64,
    pub log: Vec<Placed>,
}

struct Segment {
    what: &'static str,
    chance: f64,
    median_s: f64,
    sigma: f64,
    /// Likes, gifts, comments, follows, shares.
    mood: [f64; 5],
    boredom: f64,
}

/// What hosts do, as one sees them do it; a battle lasts five minutes by TikTok's rule.
const SEGMENTS: [Segment; 5] = [
    Segment { what: "talk", chance: 0.45, median_s: 240.0, sigma: 0.7, mood: [1.0; 5], boredom: 1.0 },
    Segment {
        what: "game",
        chance: 0.2,
        median_s: 300.0,
        sigma: 0.5,
        mood: [1.6, 1.2, 1.8, 1.2, 1.2],
        boredom: 0.85,
    },
    Segment {
        what: "battle",
        chance: 0.15,
        median_s: 300.0,
        sigma: 0.0,
        mood: [3.0, 3.5, 1.5, 1.0, 1.5],
        boredom: 0.8,
    },
    Segment {
        what: "giveaway",
        chance: 0.1,
        median_s: 150.0,
        sigma: 0.4,
        mood: [1.3, 1.2, 3.0, 4.0, 3.0],
        boredom: 0.75,
    },
    Segment {
        what: "break",
        chance: 0.1,
        median_s: 120.0,
        sigma: 0.5,
        mood: [0.25, 0.15, 0.4, 0.4, 0.3],
        boredom: 1.7,
    },
];

impl Script {
    pub fn of(room: &Room) -> Self {
        let length = (room.before_s + room.duration_s) as usize;
        let still =
            Moment { mood: PerKind([1.0; 5]), boredom: 1.0, outside: 1.0, notified: 0.0, raiders: 0.0 };
        let mut script = Self { moments: vec![still; length], before_s: room.before_s, log: Vec::new() };
        script.wander(room);
        script.play_segments(room);
        script.call_for_activity(room);
        script.bring_outsiders(room);
        script
    }

    /// Second `t` of the recording; the time before it is negative.
    pub fn at(&self, t: i64) -> &Moment {
        &self.moments[(t + self.before_s) as usize]
    }

    /// Slow changes without a cause anyone sees: moods and the feed move in plateaus of a few minutes.
    fn wander(&mut self, room: &Room) {
        for stream in 0..6u64 {
            let mut dice = Dice::of(&[room.seed, 10, stream]);
            let mut level = dice.normal() * 0.25;
            let mut until = 0.0;
            for (i, moment) in self.moments.iter_mut().enumerate() {
                if i as f64 >= until {
                    level = 0.7 * level + 0.2 * dice.normal();
                    until = i as f64 + dice.lognormal(200.0, 0.7);
                }
                match Kind::ALL.get(stream as usize) {
                    Some(&kind) => moment.mood[kind] *= level.exp(),
                    None => moment.outside *= level.exp(),
                }
            }
        }
    }

    fn play_segments(&mut self, room: &Room) {
        let mut dice = Dice::of(&[room.seed, 11]);
        let mut start = 0;
        while start < self.moments.len() {
            let segment = self.next_segment(&mut dice, room.breaks);
            let end = (start + dice.lognormal(segment.median_s, segment.sigma) as usize + 1)
                .min(self.moments.len());
            let intensity = dice.within((0.5, 1.3));
            for (i, moment) in self.moments[start..end].iter_mut().enumerate() {
                // A crowd needs half a minute to warm to something new.
                let warm = (i as f64 / 30.0).min(1.0) * intensity;
                for kind in Kind::ALL {
                    moment.mood[kind] *= segment.mood[kind as usize].powf(warm);
                }
                let held = if segment.what == "break" { warm } else { warm * room.showmanship };
                moment.boredom *= f64::powf(segment.boredom, held);
            }
            if segment.what != "talk" {
                self.note(segment.what, start, end - start);
            }
            start = end;
        }
    }

    fn next_segment(&self, dice: &mut Dice, breaks: f64) -> &'static Segment {
        let weight = |s: &Segment| if s.what == "break" { s.chance * breaks } else { s.chance };
        let mut left = dice.unit() * SEGMENTS.iter().map(weight).sum::<f64>();
        SEGMENTS
            .iter()
            .find(|segment| {
                left -= weight(segment);
                left < 0.0
            })
            .unwrap_or(&SEGMENTS[0])
    }

    /// "Tap tap tap!": short calls for one kind, sometimes echoed by another, and often repeated soon.
    fn call_for_activity(&mut self, room: &Room) {
        for kind in Kind::ALL {
            let mut dice = Dice::of(&[room.seed, 12, kind as u64]);
            let rarity = if kind == Kind::Gifts { 2.0 } else { 1.0 };
            let mut at = dice.exponential(room.prompt_every_s * rarity);
            while (at as usize) < self.moments.len() {
                let length = dice.spread((12.0, 75.0));
                let gain = dice.spread((3.0, 10.0));
                self.stir(kind, at as usize, length as usize, gain);
                if dice.chance(0.35) {
                    let other = Kind::ALL[dice.below(5)];
                    if other != kind {
                        self.stir(
                            other,
                            (at + dice.within((0.0, 10.0))) as usize,
                            length as usize,
                            1.0 + (gain - 1.0) * 0.6,
                        );
                    }
                }
                self.note(
                    ["likes_call", "gifts_call", "comments_call", "follows_call", "shares_call"]
                        [kind as usize],
                    at as usize,
                    length as usize,
                );
                at += length
                    + if dice.chance(0.4) {
                        dice.within((40.0, 120.0))
                    } else {
                        dice.exponential(room.prompt_every_s * rarity * 1.5)
                    };
            }
        }
    }

    /// The answer to a call is quick at first and tires: not a plateau.
    fn stir(&mut self, kind: Kind, at: usize, length: usize, gain: f64) {
        let end = (at + 2 * length).min(self.moments.len());
        for (i, moment) in self.moments.iter_mut().enumerate().take(end).skip(at) {
            let into = (i - at) as f64 / length as f64;
            moment.mood[kind] *= 1.0 + (gain - 1.0) * (into / 0.15).min(1.0) * (-1.2 * into).exp();
        }
    }

    /// Feed tests, notifications and raids.
    fn bring_outsiders(&mut self, room: &Room) {
        let length = self.moments.len();
        let mut dice = Dice::of(&[room.seed, 13]);
        let mut at = dice.exponential(1200.0);
        while (at as usize) < length {
            let gain = dice.spread((1.4, 3.5));
            let lasts = dice.lognormal(120.0, 0.7) as usize;
            for moment in self.moments.iter_mut().skip(at as usize).take(lasts) {
                moment.outside *= gain;
            }
            self.note("push", at as usize, lasts);
            at += lasts as f64 + dice.exponential(1500.0);
        }
        let mut at = 0.0;
        while (at as usize) < length {
            let called = room.viewers * dice.spread((0.1, 0.6));
            let fade = dice.spread((90.0, 300.0));
            for (i, moment) in self.moments.iter_mut().enumerate().skip(at as usize) {
                moment.notified += called / fade * (-(i as f64 - at) / fade).exp();
            }
            self.note("notification", at as usize, fade as usize);
            at += dice.spread((1500.0, 5400.0));
        }
        for _ in 0..dice.poisson(room.raids_per_h * length as f64 / 3600.0) {
            let at = dice.below(length);
            let size = room.viewers * dice.lognormal(0.4, 0.6);
            let lasts = dice.within((5.0, 40.0)) as usize;
            for moment in self.moments.iter_mut().skip(at).take(lasts) {
                moment.raiders += size / lasts as f64;
            }
            // A raid is greeted by both rooms.
            for kind in [Kind::Likes, Kind::Comments] {
                self.stir(kind, at + 3, 40, dice.spread((1.5, 4.0)));
            }
            self.note("raid", at, lasts);
        }
    }

    fn note(&mut self, what: &'static str, at: usize, length: usize) {
        self.log.push(Placed { what, at_s: at as i64 - self.before_s, length_s: length as i64 });
    }
}
