//! The events of a session, as they came.

use super::event_json::{self, KINDS, Origin};
use super::query::{Query, session_id};
use crate::domain::event::Kind;
use crate::domain::gift::TierLimits;
use crate::domain::ids::SessionId;
use crate::domain::session::{Gap, Session, SessionStart};
use crate::domain::time::Stamp;
use crate::store::thinned::Kept;
use crate::store::{Store, StoreError};
use crate::web::error::Trouble;
use crate::web::sight::Sight;
use crate::web::state::AppState;
use actix_web::http::header::{ACCEPT, LINK};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use std::marker::PhantomData;

/// Lines of one JSON answer, unless asked otherwise, and at most.
const DEFAULT_LIMIT: u32 = 1_000;
const MAX_LIMIT: u32 = 10_000;

/// `GET /api/v1/sessions/{id}/events`: an array of some events and the address of the next, or all
/// of them as lines.
pub async fn events<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["kind", "after", "limit", "format"])?;
    let id = session_id(&id)?;
    let kinds = query.names("kind", &KINDS)?;
    let after = query.text("after").map_or(Ok(Place::default()), Place::read)?;
    let limit = query.number("limit", MAX_LIMIT)?;
    let lines =
        query.choice("format", &[("json", false), ("ndjson", true)])?.unwrap_or_else(|| wants_lines(&req));
    let session = state.store.session(id).await?.ok_or_else(Trouble::no_session)?;
    if !matches!(state.store.kept(id).await?, Some(Kept::Events { .. })) {
        return Err(gone());
    }
    let gaps = if wants(kinds.as_deref(), "gap") { state.store.gaps(id).await? } else { Vec::new() };
    let reading = Reading::<S>::begin(&state, session, kinds, gaps, after).await?;
    if lines {
        return Ok(all_lines(reading, limit));
    }
    one_page(&req, reading, limit.unwrap_or(DEFAULT_LIMIT)).await
}

/// They must not pass for a session in which nothing happened.
pub(super) fn gone() -> Trouble {
    Trouble::gone(
        "The raw events of this session were removed because they are old (Settings, Data). Its totals are still \
         at /api/v1/sessions; if its details left for an archive, that is listed at /exports.",
    )
}

fn wants_lines(req: &HttpRequest) -> bool {
    let accept = req.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("");
    accept.contains("ndjson") || accept.contains("jsonl")
}

fn wants(kinds: Option<&[&str]>, kind: &str) -> bool {
    kinds.is_none_or(|kinds| kinds.contains(&kind))
}

/// Everything, line by line, from the database to the socket a chunk at a time.
fn all_lines<S: Sight>(reading: Reading<S>, limit: Option<u32>) -> HttpResponse {
    let left = limit.map_or(usize::MAX, |limit| limit as usize);
    let chunks = stream::try_unfold((reading, left), |(mut reading, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let Some(lines) = reading.next().await? else { return Ok::<_, StoreError>(None) };
        let taken = lines.len().min(left);
        let chunk = Bytes::from(lines[..taken].concat());
        Ok(Some((chunk, (reading, left - taken))))
    });
    HttpResponse::Ok().content_type("application/x-ndjson").streaming(Box::pin(chunks))
}

/// An array; the address of what follows stands in the `Link` header.
async fn one_page<S: Sight>(
    req: &HttpRequest,
    mut reading: Reading<S>,
    limit: u32,
) -> Result<HttpResponse, Trouble> {
    let limit = limit as usize;
    let mut lines = Vec::new();
    while lines.len() <= limit {
        match reading.next().await? {
            Some(more) => lines.extend(more),
            None => break,
        }
    }
    let has_more = lines.len() > limit;
    lines.truncate(limit);
    let mut body = b"[".to_vec();
    for (at, line) in lines.iter().enumerate() {
        body.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        body.extend_from_slice(line.trim_ascii_end());
    }
    body.extend_from_slice(b"\n]\n");
    let mut response = HttpResponse::Ok();
    if let (true, Some(last)) = (has_more, lines.last()) {
        response.insert_header((LINK, next_page(req, last)));
    }
    Ok(response.content_type("application/json").body(body))
}

/// The same request, continued after the event of `line`.
fn next_page(req: &HttpRequest, line: &[u8]) -> String {
    let event: serde_json::Value = serde_json::from_slice(line).expect("we wrote this line");
    let last = event["event_id"].as_str().expect("every event has an id");
    let others = req.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let query: Vec<_> = others.map(str::to_owned).chain([format!("after={last}")]).collect();
    format!("<{}?{}>; rel=\"next\"", req.path(), query.join("&"))
}

/// A place between two events: after event `number`, and after the gap that follows it if that
/// began at `gap_from`. This is the `event_id` of the line before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Place {
    number: u64,
    gap_from: Option<Stamp>,
}

impl Place {
    fn read(text: &str) -> Result<Self, Trouble> {
        let (number, gap) = text.split_once('.').map_or((text, None), |(number, gap)| (number, Some(gap)));
        let gap_from = gap.map(|gap| gap.parse().map(Stamp)).transpose();
        match (number.parse(), gap_from) {
            (Ok(number), Ok(gap_from)) => Ok(Self { number, gap_from }),
            _ => Err(Trouble::invalid("after", "must be the event_id of the last event you have, or 0")),
        }
    }
}

/// Reads a session's events and puts its gaps where they belong.
struct Reading<S> {
    sight: PhantomData<S>,
    store: Store,
    tiers: TierLimits,
    session: SessionId,
    start: SessionStart,
    kinds: Option<Vec<&'static str>>,
    /// Those not yet told, the next one last.
    gaps: Vec<Gap>,
    after: Place,
    done: bool,
}

impl<S: Sight> Reading<S> {
    async fn begin(
        state: &AppState,
        session: Session,
        kinds: Option<Vec<&'static str>>,
        mut gaps: Vec<Gap>,
        after: Place,
    ) -> Result<Self, StoreError> {
        if !gaps.is_empty() && after.number > 0 {
            // Gaps that began before the event that was read last were told before it.
            let last = state.store.events(session.id, after.number - 1, &[]).await?.into_iter().next();
            gaps.retain(|gap| last.as_ref().is_none_or(|last| gap.from >= last.at));
        }
        gaps.retain(|gap| Some(gap.from) > after.gap_from);
        gaps.sort_by_key(|gap| std::cmp::Reverse(gap.from));
        let (store, tiers) = (state.store.clone(), state.recorder.tiers());
        Ok(Self {
            sight: PhantomData,
            store,
            tiers,
            session: session.id,
            start: session.start,
            kinds,
            gaps,
            after,
            done: false,
        })
    }

    /// The next lines, each with its line break; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
        if self.done {
            return Ok(None);
        }
        // A gap stands behind the event before it, whatever kind that is: then all are read.
        let tells_gaps = wants(self.kinds.as_deref(), "gap");
        let filter = if tells_gaps { Vec::new() } else { self.stored_kinds() };
        let events = self.store.events(self.session, self.after.number, &filter).await?;
        let origin = Origin {
            session: self.session,
            creator: &self.start.creator,
            host: self.start.host,
            tiers: self.tiers,
        };
        let mut lines = Vec::new();
        for accounted in &events {
            while let Some(gap) = self.gaps.pop_if(|gap| gap.from < accounted.at) {
                tell_gap(&mut lines, &origin, self.after, &gap);
            }
            self.after = Place { number: accounted.number, gap_from: None };
            let kind = event_json::kind_name(accounted.event.what.kind());
            if kind.is_some_and(|kind| wants(self.kinds.as_deref(), kind)) {
                let mut line = Vec::new();
                event_json::write_event::<S>(&mut line, &origin, accounted);
                lines.push(line);
            }
        }
        if events.is_empty() {
            self.done = true;
            while let Some(gap) = self.gaps.pop() {
                tell_gap(&mut lines, &origin, self.after, &gap);
            }
        }
        Ok(Some(lines))
    }

    fn stored_kinds(&self) -> Vec<Kind> {
        let shown =
            |kind: &Kind| event_json::kind_name(*kind).is_some_and(|name| wants(self.kinds.as_deref(), name));
        Kind::ALL.into_iter().filter(shown).collect()
    }
}

fn tell_gap(lines: &mut Vec<Vec<u8>>, origin: &Origin, after: Place, gap: &Gap) {
    let mut line = Vec::new();
    event_json::write_gap(&mut line, origin, after.number, gap);
    lines.push(line);
}
