//! Which gifts are given in one LIVE, by whom, and when: decided before it begins, so that it has as
//! many gifters as it must.

use super::crowd::Evening;
use super::live::Plan;
use pasut::simulator::GiftKind;
use rand::RngExt as _;
use rand::rngs::StdRng;
use std::sync::LazyLock;

/// One message about a gift.
#[derive(Clone, Copy)]
pub struct Told {
    pub at_ms: i64,
    /// Place in [`Evening::gifters`].
    pub from: usize,
    pub gift: GiftKind,
    pub group: i64,
    pub count: i64,
    pub end: bool,
    pub to_guest: bool,
    /// TikTok does not describe every gift that it reports.
    pub described: bool,
    /// What this message adds, in diamonds.
    pub diamonds: i64,
}

/// Gifts that nobody can price: neither described nor on any list.
const UNKNOWN: [i64; 2] = [9_870_001, 9_870_002];

const LIST: &str = include_str!("../../src/analytics/gift_list.csv");

/// Every 12th gift of the list that has a name, and its price.
static KINDS: LazyLock<Vec<GiftKind>> = LazyLock::new(|| {
    let named = LIST.lines().skip(1).filter_map(|line| {
        let (id, rest) = line.split_once(',')?;
        let (name, diamonds) = rest.rsplit_once(',')?;
        let diamonds: i64 = diamonds.parse().ok()?;
        let id = id.parse().ok()?;
        (!name.is_empty() && diamonds > 0).then_some(GiftKind {
            id,
            name,
            diamonds,
            streakable: diamonds < 300,
        })
    });
    let mut kinds = pasut::simulator::GIFTS.to_vec();
    kinds.extend(named.step_by(12));
    kinds
});

/// Everything about the gifts of a LIVE, in order of time. Half of it falls into outbursts of 20 seconds,
/// five minutes apart on average; everybody gives at least once while the connection is there.
pub fn told(evening: &Evening, plan: &Plan, random: &mut StdRng) -> Vec<Told> {
    let (from_ms, to_ms) = (plan.from_ms, plan.to_ms);
    let weights: Vec<f64> = KINDS
        .iter()
        .scan(0.0, |sum, kind| {
            *sum += (kind.diamonds as f64).powf(-0.8);
            Some(*sum)
        })
        .collect();
    let all = *weights.last().expect("there are gifts");
    let outbursts: Vec<i64> =
        (0..(to_ms - from_ms) / 300_000 + 1).map(|_| random.random_range(from_ms..to_ms - 20_000)).collect();
    let mut told = Vec::new();
    for from in 0..evening.gifters.len() {
        // Most give once; one in a hundred gives twenty times.
        let times = (random.random::<f64>().powf(-0.65) as usize).min(60);
        for time in 0..times {
            let mut at_ms = moment(plan, &outbursts, random);
            while time == 0 && plan.away(at_ms).is_some() {
                at_ms = moment(plan, &outbursts, random);
            }
            let dice = random.random_range(0.0..all);
            let mut gift = KINDS[weights.partition_point(|weight| *weight <= dice)];
            let unknown = random.random_bool(0.002);
            if unknown {
                gift = GiftKind { id: UNKNOWN[random.random_range(0..UNKNOWN.len())], diamonds: 0, ..gift };
            }
            let first = Told {
                at_ms,
                from,
                gift,
                group: at_ms * 1000 + random.random_range(0..1000),
                count: 1,
                end: false,
                to_guest: plan.battles && random.random_bool(0.06),
                described: !unknown && random.random_bool(0.98),
                diamonds: gift.diamonds,
            };
            streak(first, random, &mut told);
        }
    }
    told.retain(|told| told.at_ms < to_ms);
    told.sort_by_key(|told| told.at_ms);
    told
}

fn moment(plan: &Plan, outbursts: &[i64], random: &mut StdRng) -> i64 {
    if random.random_bool(0.5) {
        outbursts[random.random_range(0..outbursts.len())] + random.random_range(0..20_000)
    } else {
        random.random_range(plan.from_ms..plan.to_ms)
    }
}

/// A gift that may be repeated is told of every second while it grows, and once more when it is over;
/// one end in a hundred is never told.
fn streak(first: Told, random: &mut StdRng, told: &mut Vec<Told>) {
    told.push(first);
    // What is not described does not say that it may be repeated.
    if !first.gift.streakable || !first.described {
        return;
    }
    let mean = (30.0 / first.gift.diamonds.max(1) as f64).clamp(1.0, 6.0);
    let target = 1 + (-random.random::<f64>().max(1e-9).ln() * mean) as i64;
    let (mut at_ms, mut count) = (first.at_ms, 1);
    while count < target.min(99) {
        let more = random.random_range(1..=4).min(target - count);
        (at_ms, count) = (at_ms + 1000, count + more);
        told.push(Told { at_ms, count, diamonds: more * first.gift.diamonds, ..first });
    }
    if random.random_bool(0.99) {
        told.push(Told { at_ms: at_ms + 2000, count, end: true, diamonds: 0, ..first });
    }
}
