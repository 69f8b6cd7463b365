//! Settings, Data: looking for somebody in archives, to erase them.

use super::board::panel::asked_name;
use super::settings::{Tab, Tabs};
use super::shell::{Nav, Shell, Visit};
use crate::housekeeping::seeking::Sought;
use crate::store::people::Person;
use crate::web::address::Address;
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/sought.html")]
pub struct SoughtPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub text: String,
    /// How the look ended, or goes on.
    pub said: String,
    pub people: Vec<FoundPerson>,
    /// The archive that names them.
    pub archive: i64,
    /// Where it goes on.
    pub next: Option<String>,
    /// Archives that could not be read.
    pub unread: Vec<String>,
}

pub struct FoundPerson {
    pub id: String,
    pub name: String,
    pub handle: String,
    pub seen: String,
    pub asked_name: String,
}

impl SoughtPage {
    #[must_use]
    pub fn new(visit: &Visit, text: &str, sought: Sought, unread: Vec<String>) -> Self {
        let look = &visit.look;
        let w = look.words();
        let on = |before: i64| {
            let place = Address::new("/settings/data/person").and("q", text);
            Some(place.and("before", &before.to_string()).finish())
        };
        let (said, archive, people, next) = match sought {
            Sought::Found { archive, name, people } => {
                let said = w.with("sought-found", [("n", people.len().into()), ("name", name.into())]);
                (said, archive, people, on(archive))
            }
            Sought::NotYet { archive } => {
                (w.t("sought-not-yet").into_owned(), archive, Vec::new(), on(archive))
            }
            Sought::Nobody => (w.t("sought-nobody").into_owned(), 0, Vec::new(), None),
            Sought::Busy => (w.t("sought-busy").into_owned(), 0, Vec::new(), None),
        };
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("sought-head"))),
            w,
            tabs: Tabs::new(Tab::Data, look),
            text: text.to_owned(),
            said,
            people: people.iter().map(|person| found(person, look)).collect(),
            archive,
            next,
            unread,
        }
    }
}

fn found(person: &Person, look: &Look) -> FoundPerson {
    let name = match person.nickname.trim() {
        "" => asked_name(person),
        name => name.to_owned(),
    };
    FoundPerson {
        id: person.id.to_string(),
        name,
        handle: person.display_id.clone(),
        seen: look.words().with(
            "days-span",
            [
                ("from", views::full_date(look, person.first_seen).into()),
                ("to", views::full_date(look, person.last_seen).into()),
            ],
        ),
        asked_name: asked_name(person),
    }
}
