//! Widgets in OBS, as HTTP clients: each asks as often as its page says, and says what it shows already.

use crate::served::Answers;
use anyhow::Context as _;
use reqwest::Client;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Opens the widget after `start` and keeps it open.
pub async fn source(address: &str, start: Duration, until: Instant) -> anyhow::Result<Answers> {
    let (client, mut answers) = (Client::new(), Answers::default());
    let mut next = Instant::now() + start;
    sleep_until(next).await;
    let (_, page) = answers.ask(client.get(address)).await.context("the widget was not answered")?;
    let make = attribute(&page, "data-make").context("the page says which make it is")?.to_owned();
    let (mut every, mut tag) = (every(&page).context("the page says how often")?, None);
    next += every;
    while next < until {
        sleep_until(next).await;
        let mut asked = client.get(format!("{address}/f?make={make}"));
        if let Some(tag) = &tag {
            asked = asked.header(IF_NONE_MATCH, tag);
        }
        if let Some((headers, part)) = answers.ask(asked).await {
            tag = headers.get(ETAG).cloned().or(tag);
            every = self::every(&part).unwrap_or(every);
        }
        next += every;
    }
    Ok(answers)
}

fn every(html: &str) -> Option<Duration> {
    attribute(html, "data-every")?.parse().ok().map(Duration::from_millis)
}

fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    html.split_once(&format!("{name}=\""))?.1.split('"').next()
}
