//! The gifts of a session: what each added up to, how its price is known, and what viewers did after it.
//! The one place where a gift gets a price.

use super::super::leaderboard::approximate;
use super::super::worth::{shares, source_key};
use crate::domain::experiment::Lift;
use crate::domain::gift::{Tier, TierLimits, ValueSource};
use crate::domain::ids::GiftId;
use crate::domain::totals::{GiftTotal, SessionTotals};
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight, WithMoney};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::collections::HashMap;

/// With fewer occasions the middle of them says little, and only their number is shown.
const ENOUGH: usize = 3;

#[derive(Template)]
#[template(path = "review/gifts.html")]
pub struct Gifts<S: Sight> {
    pub w: &'static Words,
    pub gifts: Vec<GiftRow<S>>,
    pub prices: S::Money<Prices>,
}

/// How the prices of a session's gifts are known, and where they are set.
pub struct Prices {
    /// Where the diamonds' values come from, as shares; empty if there were none.
    pub sources: String,
    /// The gifts whose price no event of theirs said, those that nobody knows first.
    pub to_price: Vec<GiftRow<WithMoney>>,
    /// Sessions that still have to be valued at a price that was set; empty if none.
    pub waiting: String,
    pub back: String,
}

pub struct GiftRow<S: Sight> {
    pub id: String,
    pub name: String,
    pub price: S::Money<Price>,
    pub units: String,
    pub streaks: String,
    /// What viewers did in the five minutes after it, if that is known often enough.
    pub lift: String,
    /// How often that is known.
    pub lift_n: String,
}

/// What one of a gift costs, and all of them.
pub struct Price {
    /// One mark for each step of the tier; 0 where nobody knows the price.
    pub tier: usize,
    pub tier_name: String,
    pub each: String,
    pub diamonds: String,
    pub source: String,
    /// As a number to be changed; empty if nobody knows it.
    pub typed: String,
    pub unknown: bool,
}

impl<S: Sight> Gifts<S> {
    /// `waiting` is how many sessions wait to be valued anew.
    #[must_use]
    pub fn new(
        gifts: &[GiftTotal],
        lifts: &HashMap<GiftId, Lift>,
        totals: &SessionTotals,
        tiers: TierLimits,
        waiting: i64,
        back: String,
        look: &Look,
    ) -> Self {
        let row = |gift: &GiftTotal| gift_row(gift, lifts.get(&gift.gift), tiers, look);
        let prices = || {
            let mut to_price: Vec<_> = gifts.iter().filter(|gift| gift.value.source.is_estimate()).collect();
            to_price.sort_by_key(|gift| gift.value.source != ValueSource::Unknown);
            Prices {
                sources: shares(&totals.known(), look),
                to_price: to_price.into_iter().map(|gift| gift_row(gift, None, tiers, look)).collect(),
                waiting: match waiting {
                    0 => String::new(),
                    n => look.words().with("revaluing", [("n", n.into())]),
                },
                back,
            }
        };
        Self { w: look.words(), gifts: gifts.iter().map(row).collect(), prices: S::money(prices) }
    }
}

#[must_use]
pub fn gift_row<S: Sight>(
    gift: &GiftTotal,
    lift: Option<&Lift>,
    tiers: TierLimits,
    look: &Look,
) -> GiftRow<S> {
    GiftRow {
        id: gift.gift.to_string(),
        name: match gift.name.trim() {
            "" => look.words().with("gift-unnamed", [("id", gift.gift.to_string().into())]),
            name => name.to_owned(),
        },
        price: S::money(|| Price::new(gift, tiers, look)),
        units: views::count(look.lang, gift.units),
        streaks: views::count(look.lang, gift.streaks),
        lift: lift.and_then(|lift| changed(lift, look)).unwrap_or_default(),
        lift_n: lift.map_or_else(String::new, |lift| views::count(look.lang, lift.known as i64)),
    }
}

impl Price {
    fn new(gift: &GiftTotal, tiers: TierLimits, look: &Look) -> Self {
        let w = look.words();
        let unknown = gift.value.source == ValueSource::Unknown;
        let tier = tiers.tier(gift.value.diamonds);
        let shown = |n: i64| approximate(look, n, gift.value.source.is_estimate());
        Self {
            tier: if unknown { 0 } else { tier as usize + 1 },
            tier_name: w
                .t(match tier {
                    _ if unknown => "source-unknown",
                    Tier::Standard => "tier-standard",
                    Tier::Special => "tier-special",
                    Tier::Premium => "tier-premium",
                })
                .into_owned(),
            each: if unknown { views::NOTHING.to_owned() } else { shown(i64::from(gift.value.diamonds)) },
            diamonds: shown(gift.diamonds),
            source: w.t(source_key(gift.value.source)).into_owned(),
            typed: if unknown { String::new() } else { gift.value.diamonds.to_string() },
            unknown,
        }
    }
}

fn changed(lift: &Lift, look: &Look) -> Option<String> {
    let around = lift.around.filter(|_| lift.known >= ENOUGH)?;
    let percent = views::signed(look.lang, (around.change * 100.0).round() as i64);
    Some(format!("{percent}%"))
}
