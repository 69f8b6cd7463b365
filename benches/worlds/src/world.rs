//! One room, second by second. People run on shared clocks: the patience clock runs faster when the show bores, and
//! someone leaves when it has run their patience; each kind has a clock of liveliness, and someone acts when it has
//! run their gap. So what excites or holds a crowd changes everybody's timing without changing who they are, and the
//! same random numbers serve fact and counterfactual.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use crate::dice::Dice;
use crate::families::{Path, Pull, Room};
use crate::feed::{Compared, Feed};
use crate::host::Script;
use crate::kind::{Kind, PerKind};
use crate::person::{self, FEED_SHARE, Person, SEARCH_SHARE, Source};

/// What happened in one second.
pub struct Second {
    pub present: u32,
    pub arrivals: Vec<Arrival>,
    pub acts: Vec<Act>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    pub id: u64,
    pub friend: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Act {
    pub kind: Kind,
    pub id: u64,
    pub units: u32,
    pub count: u32,
}

#[derive(Clone)]
pub struct World<'a> {
    room: &'a Room,
    script: &'a Script,
    t: i64,
    /// People a second in an ordinary moment.
    inflow: f64,
    patience: f64,
    liveliness: PerKind<f64>,
    /// One entry per person present: the patience at which they go.
    leaving: BinaryHeap<Reverse<Ordered>>,
    turns: PerKind<BinaryHeap<Reverse<Turn>>>,
    plans: BinaryHeap<Reverse<Plan>>,
    feed: Feed,
    excitement: Compared,
    felt: Vec<Felt>,
    hidden: Option<(Kind, std::ops::Range<i64>)>,
    audience: VecDeque<u32>,
    greeting: Option<Greeting>,
}

/// A pull and how its kind has gone of late.
#[derive(Debug, Clone)]
struct Felt {
    pull: Pull,
    activity: Compared,
    /// Visitors one unit of dose brings, where it brings any.
    visitors: f64,
}

/// The host has seen the count rise and welcomes people.
#[derive(Debug, Clone, Copy)]
struct Greeting {
    begins: i64,
    ends: i64,
    gain: f64,
}

/// Somebody's next act: due when the clock of its kind reaches `at`, unless they have left by then.
#[derive(Debug, Clone, Copy)]
struct Turn {
    at: Ordered,
    leaves: f64,
    gap: f64,
    id: u64,
    n: u32,
}

/// Something due at a second, whatever the clocks do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Plan {
    at: i64,
    id: u64,
    what: Planned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Planned {
    Arrive,
    Act(Kind, u32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}
impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialEq for Turn {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Turn {}
impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Turn {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at).then(self.id.cmp(&other.id))
    }
}

impl<'a> World<'a> {
    /// The room at its first recorded second. Pulls of kind `without` are switched off from the very beginning.
    pub fn new(room: &'a Room, script: &'a Script, without: Option<Kind>) -> Self {
        let inflow = room.viewers / person::usual_stay_s(room);
        let felt = room.pulls.iter().filter(|pull| Some(pull.kind) != without).map(|pull| {
            let usual = room.rates[pull.kind] * room.viewers * person::usual_dose(pull.kind);
            Felt {
                pull: *pull,
                activity: Compared::over(pull.memory_s, 900.0),
                visitors: if pull.path == Path::Visitors { pull.strength * inflow / usual } else { 0.0 },
            }
        });
        let mut world = Self {
            room,
            script,
            t: -room.before_s,
            inflow,
            patience: 0.0,
            liveliness: PerKind::default(),
            leaving: BinaryHeap::new(),
            turns: PerKind::default(),
            plans: BinaryHeap::new(),
            feed: Feed::new(room),
            excitement: Compared::over(25.0, 600.0),
            felt: felt.collect(),
            hidden: None,
            audience: VecDeque::new(),
            greeting: None,
        };
        while world.t < 0 {
            world.step();
        }
        world
    }

    /// From now on acts of `kind` in `when` pull nobody, though people still see them.
    pub fn hide(&mut self, kind: Kind, when: std::ops::Range<i64>) {
        self.hidden = Some((kind, when));
    }

    pub fn step(&mut self) -> Second {
        let moment = *self.script.at(self.t);
        let before = self.leaving.len();
        self.patience += moment.boredom * self.impatience();
        while self.leaving.peek().is_some_and(|next| next.0.0 <= self.patience) {
            self.leaving.pop();
        }
        let left = before - self.leaving.len();

        let mut arrivals = self.arrive_from_outside();
        let greeting = self.greet();
        let stirred = 1.0 + self.room.contagion * (self.excitement.ratio() - 1.0).max(0.0).tanh();
        let mut acts = Vec::new();
        for kind in Kind::ALL {
            self.liveliness[kind] +=
                moment.mood[kind] * stirred * if kind == Kind::Gifts { 1.0 } else { greeting };
            self.take_turns(kind, &mut acts);
        }
        self.carry_out_plans(&mut arrivals, &mut acts);
        self.learn(left as f64 / before.max(1) as f64, &acts);
        if self.t.rem_euclid(300) == 0 {
            self.forget_the_departed();
        }
        self.t += 1;
        Second { present: self.leaving.len() as u32, arrivals, acts }
    }

    /// How much faster (above 1) or slower patience runs because of what people did.
    fn impatience(&self) -> f64 {
        self.felt
            .iter()
            .map(|felt| match felt.pull.path {
                Path::Holds => {
                    1.0 / (1.0 + felt.pull.strength * (1.0 - (-felt.activity.ratio() / 2.0).exp()))
                }
                Path::Floods => {
                    let over = (felt.activity.ratio() - 1.0).max(0.0);
                    1.0 + felt.pull.strength * over / (1.0 + over)
                }
                Path::Recommender | Path::Visitors => 1.0,
            })
            .product()
    }

    /// What activity asks of the recommender: a share of each pull's strength, more slowly the more there already is.
    fn asked(&self) -> f64 {
        let recommended = self.felt.iter().filter(|felt| felt.pull.path == Path::Recommender);
        recommended.map(|felt| felt.pull.strength * (1.0 - 1.0 / felt.activity.ratio().max(1.0))).sum()
    }

    fn arrive_from_outside(&mut self) -> Vec<Arrival> {
        let moment = self.script.at(self.t);
        let traffic = self.feed.traffic(self.t);
        let others = 1.0 - FEED_SHARE - SEARCH_SHARE;
        let rates = [
            (Source::Feed, FEED_SHARE * self.inflow * moment.outside * traffic),
            (Source::Search, SEARCH_SHARE * self.inflow),
            (Source::Notification, others * self.inflow + moment.notified),
            (Source::Raid, moment.raiders),
        ];
        let mut arrivals = Vec::new();
        for (source, rate) in rates {
            self.arrive_in_layers(source, rate, &mut arrivals);
        }
        arrivals
    }

    /// A Poisson number of arrivals, laid in layers: a higher rate adds people above those of a lower rate and
    /// replaces none of them.
    fn arrive_in_layers(&mut self, source: Source, rate: f64, arrivals: &mut Vec<Arrival>) {
        let height = (0.25 * self.inflow).max(0.005);
        let mut layer = 0u32;
        while f64::from(layer) * height < rate {
            let mut dice = Dice::of(&[self.room.seed, 40, self.t as u64, source as u64, u64::from(layer)]);
            for _ in 0..dice.poisson(height) {
                let (mark, id) = (dice.unit(), dice.key());
                if (f64::from(layer) + mark) * height < rate {
                    arrivals.push(self.welcome(&Person::arriving(id, source, self.room)));
                }
            }
            layer += 1;
        }
    }

    fn welcome(&mut self, person: &Person) -> Arrival {
        let leaves = self.patience + person.patience;
        self.leaving.push(Reverse(Ordered(leaves)));
        for kind in Kind::ALL {
            if let Some(gap) = person.gaps[kind] {
                let mut turn = Turn { at: Ordered(0.0), leaves, gap, id: person.id, n: 0 };
                turn.at =
                    Ordered(self.liveliness[kind] + Dice::of(&[person.id, 5]).unit() * wait(&turn, kind));
                self.turns[kind].push(Reverse(turn));
            }
        }
        if let Some((after_s, kind)) = person.hello {
            self.plans.push(Reverse(Plan {
                at: self.t + after_s,
                id: person.id,
                what: Planned::Act(kind, HELLO),
            }));
        }
        Arrival { id: person.id, friend: person.friend }
    }

    fn take_turns(&mut self, kind: Kind, acts: &mut Vec<Act>) {
        while self.turns[kind].peek().is_some_and(|turn| turn.0.at.0 <= self.liveliness[kind]) {
            let Reverse(mut turn) = self.turns[kind].pop().expect("it was just there");
            if turn.leaves <= self.patience {
                continue;
            }
            let deeds = if kind == Kind::Likes { person::bout(turn.id, turn.n) } else { 1 };
            for i in 0..deeds {
                let n = turn.n * 32 + i;
                let ends = self.t + i64::from(i) + person::deed(turn.id, kind, n).lasts_s;
                if ends == self.t {
                    acts.push(self.act(turn.id, kind, n));
                } else {
                    self.plans.push(Reverse(Plan { at: ends, id: turn.id, what: Planned::Act(kind, n) }));
                }
            }
            turn.n += 1;
            // Nobody follows twice.
            if kind != Kind::Follows {
                turn.at = Ordered(self.liveliness[kind] + wait(&turn, kind));
                self.turns[kind].push(Reverse(turn));
            }
        }
    }

    fn carry_out_plans(&mut self, arrivals: &mut Vec<Arrival>, acts: &mut Vec<Act>) {
        while self.plans.peek().is_some_and(|plan| plan.0.at <= self.t) {
            let Reverse(plan) = self.plans.pop().expect("it was just there");
            match plan.what {
                Planned::Arrive => {
                    arrivals.push(self.welcome(&Person::arriving(plan.id, Source::Act, self.room)));
                }
                Planned::Act(kind, n) => acts.push(self.act(plan.id, kind, n)),
            }
        }
    }

    /// An act, with the visitors it brings by itself.
    fn act(&mut self, id: u64, kind: Kind, n: u32) -> Act {
        let deed = person::deed(id, kind, n);
        let act = Act { kind, id, units: deed.units, count: deed.count };
        for felt in &self.felt {
            if felt.pull.kind != kind || felt.visitors == 0.0 || self.is_hidden(kind) {
                continue;
            }
            let mut dice = Dice::of(&[id, 6, kind as u64, u64::from(n)]);
            // Those a banner or a link can reach have seen it already when there are many of them.
            let fresh = 1.0 / felt.activity.ratio().max(1.0).sqrt();
            let mean = felt.visitors * person::dose(kind, deed.units) * fresh * dice.luck(1.0);
            for _ in 0..dice.poisson(mean) {
                let after_s = 1 + dice.lognormal(felt.pull.memory_s, 0.7) as i64;
                self.plans.push(Reverse(Plan {
                    at: self.t + after_s,
                    id: dice.key(),
                    what: Planned::Arrive,
                }));
            }
        }
        act
    }

    fn is_hidden(&self, kind: Kind) -> bool {
        self.hidden.as_ref().is_some_and(|(hidden, when)| *hidden == kind && when.contains(&self.t))
    }

    fn learn(&mut self, left: f64, acts: &[Act]) {
        let present = self.leaving.len().max(1) as f64;
        let stir = |act: &Act| match act.kind {
            Kind::Likes => 0.3,
            Kind::Gifts => f64::from(act.units).ln_1p(),
            Kind::Comments | Kind::Follows | Kind::Shares => 1.0,
        };
        self.excitement.add(acts.iter().map(stir).sum::<f64>() / present);
        for i in 0..self.felt.len() {
            let pull = self.felt[i].pull;
            let doses =
                acts.iter().filter(|act| act.kind == pull.kind).map(|act| person::dose(act.kind, act.units));
            let dose = if self.is_hidden(pull.kind) { 0.0 } else { doses.sum() };
            self.felt[i].activity.add(if pull.path == Path::Floods { dose / present } else { dose });
        }
        let asked = self.asked();
        self.feed.learn(self.room, self.t, left, asked);
    }

    /// Hosts read the count: a sixth more people within a minute are welcomed by name, and people answer. So
    /// activity also follows viewers in bursts, not only in level.
    fn greet(&mut self) -> f64 {
        self.audience.push_back(self.leaving.len() as u32);
        if self.audience.len() > 60 {
            let (then, now) = (self.audience.pop_front().expect("it is long"), self.leaving.len() as f64);
            let rested = self.greeting.is_none_or(|greeting| self.t > greeting.ends + 150);
            if rested && now > f64::from(then) * 1.17 + 2.0 {
                let mut dice = Dice::of(&[self.room.seed, 50, (self.t / 60) as u64]);
                let gain = if dice.chance(0.5) { dice.within((1.5, 3.5)) } else { 1.0 };
                let begins = self.t + dice.within((5.0, 20.0)) as i64;
                let ends = begins + dice.within((15.0, 45.0)) as i64;
                self.greeting = Some(Greeting { begins, ends, gain });
            }
        }
        self.greeting
            .filter(|greeting| (greeting.begins..greeting.ends).contains(&self.t))
            .map_or(1.0, |greeting| greeting.gain)
    }

    fn forget_the_departed(&mut self) {
        for kind in Kind::ALL {
            self.turns[kind].retain(|turn| turn.0.leaves > self.patience);
        }
    }
}

/// The number of a greeting among someone's acts, out of the way of their turns.
const HELLO: u32 = u32::MAX;

/// What the clock must run until this person's next act: gaps are heavy-tailed, so people act in clusters.
fn wait(turn: &Turn, kind: Kind) -> f64 {
    turn.gap * Dice::of(&[turn.id, 7, kind as u64, u64::from(turn.n)]).luck(1.0)
}
