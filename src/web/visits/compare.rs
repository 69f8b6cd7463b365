//! Two sessions beside each other.

use super::saves::named_file;
use super::{Asked, go_to, shown};
use crate::domain::ids::SessionId;
use crate::reports::compare::{Presets, presets, side};
use crate::reports::past::{Whole, wholes};
use crate::web::api::answer::tagged;
use crate::web::error::Trouble;
use crate::web::pages::compare::view::View;
use crate::web::pages::compare::{Chosen, ComparePage};
use crate::web::pictures::PNG;
use crate::web::saves::csv::CSV;
use crate::web::saves::{figures, numbers};
use crate::web::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

/// So many of the newest sessions can be chosen.
const MOST_PICKS: usize = 200;

/// `GET /compare`. Ticked sessions come as `s`, twice; the address of the answer names both as A and B.
pub async fn page(mut asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let mut all = wholes(state.store.outlines(None).await?);
    let view = View::parse(|name| asked.param(name));
    let ticked: Vec<SessionId> = asked.params("s").filter_map(|id| id.parse().ok()).collect();
    if let [one, other] = ticked[..]
        && one != other
    {
        return Ok(go_to(&newer_first(&all, View { a: Some(one), b: Some(other), ..view }).address()));
    }
    let wrongly_ticked = asked.params("s").next().is_some().then_some(ticked.len());
    let chosen = choose(&all, view, &asked);
    if wrongly_ticked.is_none() && !asked.is_at(&chosen.address()) {
        return Ok(go_to(&chosen.address()));
    }
    let sides = match (chosen.a, chosen.b) {
        (Some(a), Some(b)) => side(&state.store, a).await?.zip(side(&state.store, b).await?),
        _ => None,
    };
    if let Some((a, _)) = &sides {
        asked.turn_to(&a.session.start.creator, &state).await?;
    }
    let presets = match &sides {
        Some((a, _)) => {
            let of_creator: Vec<Whole> = all
                .iter()
                .filter(|whole| whole.session.creator == a.session.start.creator)
                .cloned()
                .collect();
            presets(&of_creator, a.session.id, asked.look.zone)
        }
        None => Presets::default(),
    };
    all.reverse();
    let newest = |(at, whole): &(usize, Whole)| {
        *at < MOST_PICKS || [chosen.a, chosen.b].into_iter().flatten().any(|id| whole.has(id))
    };
    let all: Vec<Whole> = all.into_iter().enumerate().filter(newest).map(|(_, whole)| whole).collect();
    let chosen = Chosen { view: chosen, all: &all, presets, ticked: wrongly_ticked };
    let sides = sides.as_ref().map(|(a, b)| (a, b));
    shown(&ComparePage::new(&asked.visit(), &chosen, sides)?)
}

/// `GET /compare.png`: both courses as the page with that query shows them.
pub async fn png(mut asked: Asked, req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let view = View::parse(|name| asked.param(name));
    let page = named(&mut asked, view, &state).await?;
    let both = page.both.as_ref().ok_or_else(nothing)?;
    let png = state.kept.pictures.png(figures::compared(&page, both, &asked.look)).await?;
    Ok(named_file(png.answer(&req, PNG), &file_name(view, "png")))
}

/// `GET /compare.csv`: the numbers behind them.
pub async fn csv(mut asked: Asked, req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let view = View::parse(|name| asked.param(name));
    let page = named(&mut asked, view, &state).await?;
    let csv = numbers::compared(page.both.as_ref().ok_or_else(nothing)?, &asked.look);
    Ok(named_file(tagged(&req, CSV, csv.into_bytes()), &file_name(view, "csv")))
}

/// The page of two sessions that the address names.
async fn named(asked: &mut Asked, view: View, state: &AppState) -> Result<ComparePage, Trouble> {
    let sides = match (view.a, view.b) {
        (Some(a), Some(b)) => side(&state.store, a).await?.zip(side(&state.store, b).await?),
        _ => None,
    };
    let (a, b) = sides.as_ref().ok_or_else(nothing)?;
    asked.use_zone_of(&a.session.start.creator, state).await?;
    let chosen = Chosen { view, all: &[], presets: Presets::default(), ticked: None };
    Ok(ComparePage::new(&asked.visit(), &chosen, Some((a, b)))?)
}

fn nothing() -> Trouble {
    Trouble::NotFound("There are no two sessions of these numbers. Choose them at /compare.".to_owned())
}

fn file_name(view: View, kind: &str) -> String {
    let id = |id: Option<SessionId>| id.map(|id| id.to_string()).unwrap_or_default();
    format!("pasut-{}-and-{}.{kind}", id(view.a), id(view.b))
}

/// Fills in what is not chosen, or is no session: A is the newest of the creator, B the one before A.
fn choose(all: &[Whole], view: View, asked: &Asked) -> View {
    let known = |id: SessionId| all.iter().any(|whole| whole.has(id));
    let of_creator =
        |whole: &&Whole| asked.creator.as_ref().is_none_or(|creator| whole.session.creator == *creator);
    let newest = all.iter().rev().find(of_creator).or(all.last()).map(|whole| whole.session.id);
    let a = view.a.filter(|id| known(*id)).or(newest);
    let b = view.b.filter(|id| known(*id) && Some(*id) != a).or_else(|| {
        let at = all.iter().position(|whole| a.is_some_and(|a| whole.has(a)))?;
        let before = all[..at].iter().rev().find(|whole| whole.session.creator == all[at].session.creator);
        let other = || all.iter().rev().find(|whole| Some(whole.session.id) != a);
        before.or_else(other).map(|whole| whole.session.id)
    });
    View { a: a.filter(|_| b.is_some()), b, ..view }
}

fn newer_first(all: &[Whole], view: View) -> View {
    let began = |id: Option<SessionId>| {
        all.iter().find(|whole| Some(whole.session.id) == id).map(|whole| whole.session.from)
    };
    if began(view.a) < began(view.b) { view.swapped() } else { view }
}
