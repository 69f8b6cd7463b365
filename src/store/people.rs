//! Everyone who was seen, and what they did in each session.

use super::among::among;
use super::schema::{gift_contributions, people, person_names, session_people};
use super::{Store, StoreError};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Stamp;
use crate::domain::totals::PersonActivity;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteConnection};

/// So many people are found by one name at most.
const MOST_CALLED: i64 = 12;

/// A person by the names used last.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = people, primary_key(user_id))]
pub struct Person {
    #[diesel(column_name = user_id)]
    pub id: UserId,
    pub display_id: String,
    pub nickname: String,
    /// Kept of gifters only.
    pub avatar_url: String,
    pub first_seen: Stamp,
    /// Settled when a session ends.
    pub last_seen: Stamp,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = session_people, treat_none_as_default_value = false)]
pub(super) struct ActivityRow {
    session_id: SessionId,
    user_id: UserId,
    moderator: bool,
    subscriber: bool,
    follower: bool,
    first_at: Stamp,
    last_at: Stamp,
    comments: i64,
    likes: i64,
    gift_units: i64,
    follows: i64,
    shares: i64,
    joins: i64,
}

impl Store {
    /// Those of `users` who are known, in no particular order.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn people(&self, users: &[UserId]) -> Result<Vec<Person>, StoreError> {
        let users = users.to_vec();
        self.read(move |connection| named(connection, &users)).await
    }

    /// Those who ever gave something and whose handle or nickname contains `text` in any case, now or
    /// earlier.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn find_gifters(&self, text: &str) -> Result<Vec<UserId>, StoreError> {
        let pattern = containing(text);
        self.read(move |connection| {
            let has_now = people::display_id.like(&pattern).escape('\\');
            let has_now = has_now.or(people::nickname.like(&pattern).escape('\\'));
            let had = person_names::display_id.like(&pattern).escape('\\');
            let had = had.or(person_names::nickname.like(&pattern).escape('\\'));
            // The column alone, as in the index that holds only these people.
            let now = people::table.filter(people::gave).filter(has_now).select(people::user_id);
            // Few have earlier names, but SQLite would begin a join with the many who gave.
            let them = people::table.filter(people::user_id.eq(person_names::user_id));
            let earlier = person_names::table
                .filter(had)
                .filter(exists(them.filter(people::gave)))
                .select(person_names::user_id);
            // For a union SQLite would visit everyone in order; duplicates are few.
            let mut found: Vec<UserId> = now.union_all(earlier).load(connection)?;
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
        .await
    }

    /// The people whose id, handle or nickname is `text` in any case, now or earlier; the first dozen.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn called(&self, text: &str) -> Result<Vec<Person>, StoreError> {
        let id = text.parse().ok().filter(|id: &UserId| id.0 > 0);
        let literal = literally(text);
        self.read(move |connection| {
            let is_now = people::display_id.like(&literal).escape('\\');
            let is_now = is_now.or(people::nickname.like(&literal).escape('\\'));
            let was = person_names::display_id.like(&literal).escape('\\');
            let was = was.or(person_names::nickname.like(&literal).escape('\\'));
            let earlier = person_names::table.filter(was).select(person_names::user_id);
            let found = people::table
                .filter(is_now.or(people::user_id.eq_any(earlier)))
                .or_filter(people::user_id.nullable().eq(id));
            Ok(found
                .order(people::user_id)
                .limit(MOST_CALLED)
                .select(Person::as_select())
                .load(connection)?)
        })
        .await
    }

    /// The names a person had before, newest first: handle, nickname, and when they were seen last.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn earlier_names(&self, user: UserId) -> Result<Vec<(String, String, Stamp)>, StoreError> {
        self.read(move |connection| {
            Ok(person_names::table
                .filter(person_names::user_id.eq(user))
                .order(person_names::last_seen.desc())
                .select((person_names::display_id, person_names::nickname, person_names::last_seen))
                .load(connection)?)
        })
        .await
    }

    /// What everyone did in a session, most recently seen first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn session_people(
        &self,
        session: SessionId,
        limit: i64,
    ) -> Result<Vec<PersonActivity>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<ActivityRow> = session_people::table
                .filter(session_people::session_id.eq(session))
                .order((session_people::last_at.desc(), session_people::user_id))
                .limit(limit)
                .load(connection)?;
            Activities(rows).named(connection)
        })
        .await
    }
}

/// What some people did in a session.
pub(super) struct Activities(pub Vec<ActivityRow>);

impl Activities {
    /// The same with their names, in the same order.
    pub fn named(self, connection: &mut SqliteConnection) -> Result<Vec<PersonActivity>, StoreError> {
        let users: Vec<UserId> = self.0.iter().map(|row| row.user_id).collect();
        let mut people = named(connection, &users)?;
        people.sort_unstable_by_key(|person| person.id);
        Ok(self.0.iter().map(|row| activity(row, &people)).collect())
    }
}

/// An insert into `session_people` that adds to the row that exists. Its text is ours because diesel
/// lets SQLite plan every `DO UPDATE` anew, which costs several times what the change itself does,
/// and no other change is made so often.
#[derive(QueryId)]
struct AddActivity<Insert>(Insert);

impl<Insert: QueryFragment<Sqlite>> QueryFragment<Sqlite> for AddActivity<Insert> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(
            " ON CONFLICT (session_id, user_id) DO UPDATE SET moderator = excluded.moderator, \
             subscriber = excluded.subscriber, follower = excluded.follower, \
             last_at = excluded.last_at, comments = comments + excluded.comments, \
             likes = likes + excluded.likes, gift_units = gift_units + excluded.gift_units, \
             follows = follows + excluded.follows, shares = shares + excluded.shares, \
             joins = joins + excluded.joins",
        );
        Ok(())
    }
}

impl<Insert> RunQueryDsl<SqliteConnection> for AddActivity<Insert> {}

/// Adds what a person did to what is known. Without names, those known before still hold.
pub(super) fn add_activity(
    connection: &mut SqliteConnection,
    session: SessionId,
    activity: &PersonActivity,
) -> Result<(), StoreError> {
    if !activity.display_id.is_empty() || !activity.nickname.is_empty() {
        meet(connection, session, activity)?;
    }
    let row = ActivityRow {
        session_id: session,
        user_id: activity.user,
        moderator: activity.moderator,
        subscriber: activity.subscriber,
        follower: activity.follower,
        first_at: activity.first_at,
        last_at: activity.last_at,
        comments: activity.comments,
        likes: activity.likes,
        gift_units: activity.gift_units,
        follows: activity.follows,
        shares: activity.shares,
        joins: activity.joins,
    };
    AddActivity(diesel::insert_into(session_people::table).values(&row)).execute(connection)?;
    Ok(())
}

/// A pattern of `LIKE` that finds `text` anywhere, with `\` as escape.
pub(super) fn containing(text: &str) -> String {
    format!("%{}%", literally(text))
}

fn literally(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The people with these ids.
pub(super) fn named(connection: &mut SqliteConnection, users: &[UserId]) -> Result<Vec<Person>, StoreError> {
    let them = people::table.filter(among(people::user_id, users));
    Ok(them.select(Person::as_select()).load(connection)?)
}

/// Settles when people were seen once a session is over; while it runs, only what they did is kept
/// up to date, because most of them are known and nothing else about them changes.
pub(super) fn settle(connection: &mut SqliteConnection, session: SessionId) -> Result<(), StoreError> {
    diesel::sql_query(
        "UPDATE people SET first_seen = min(first_seen, first_at), last_seen = max(last_seen, last_at) \
         FROM session_people WHERE session_id = ? AND session_people.user_id = people.user_id \
         AND (first_at < first_seen OR last_at > last_seen)",
    )
    .bind::<Text, _>(session)
    .execute(connection)?;
    Ok(())
}

/// Keeps who this is; a changed name moves the one before to the earlier names. A name or picture
/// that was left out of a message is not a change.
fn meet(
    connection: &mut SqliteConnection,
    session: SessionId,
    activity: &PersonActivity,
) -> Result<(), StoreError> {
    // A gift may come before the first message that says a name.
    let gave = exists(gift_contributions::table.find((session, activity.user)));
    let is_new = diesel::insert_or_ignore_into(people::table)
        .values((
            people::user_id.eq(activity.user),
            people::display_id.eq(&activity.display_id),
            people::nickname.eq(&activity.nickname),
            people::avatar_url.eq(&activity.avatar_url),
            people::first_seen.eq(activity.first_at),
            people::last_seen.eq(activity.last_at),
            people::gave.eq(gave),
        ))
        .execute(connection)?
        == 1;
    if is_new {
        return Ok(());
    }
    let known: Person = people::table.find(activity.user).select(Person::as_select()).first(connection)?;
    if activity.last_at < known.last_seen {
        // An older recording read in later does not tell their names now, but may be the first with a picture.
        if known.avatar_url.is_empty() && !activity.avatar_url.is_empty() {
            diesel::update(people::table.find(activity.user))
                .set(people::avatar_url.eq(&activity.avatar_url))
                .execute(connection)?;
        }
        return Ok(());
    }
    let now = Person {
        display_id: said(&activity.display_id, &known.display_id),
        nickname: said(&activity.nickname, &known.nickname),
        avatar_url: said(&activity.avatar_url, &known.avatar_url),
        last_seen: activity.last_at,
        ..known
    };
    let had_name = !known.display_id.is_empty() || !known.nickname.is_empty();
    if had_name && (now.display_id != known.display_id || now.nickname != known.nickname) {
        put_earlier_name(connection, session, &known)?;
    }
    diesel::update(people::table.find(activity.user)).set(&now).execute(connection)?;
    Ok(())
}

fn put_earlier_name(
    connection: &mut SqliteConnection,
    session: SessionId,
    known: &Person,
) -> Result<(), StoreError> {
    let seen_here: Option<Stamp> = session_people::table
        .find((session, known.id))
        .select(session_people::last_at)
        .first(connection)
        .optional()?;
    let last_seen =
        person_names::last_seen.eq(seen_here.map_or(known.last_seen, |at| at.max(known.last_seen)));
    diesel::insert_into(person_names::table)
        .values((
            person_names::user_id.eq(known.id),
            person_names::display_id.eq(&known.display_id),
            person_names::nickname.eq(&known.nickname),
            last_seen,
        ))
        .on_conflict((person_names::user_id, person_names::display_id, person_names::nickname))
        .do_update()
        .set(last_seen)
        .execute(connection)?;
    Ok(())
}

fn said(now: &str, before: &str) -> String {
    if now.is_empty() { before.to_owned() } else { now.to_owned() }
}

fn activity(row: &ActivityRow, people: &[Person]) -> PersonActivity {
    let person = people.binary_search_by_key(&row.user_id, |person| person.id).ok().map(|at| &people[at]);
    let name = |field: fn(&Person) -> &String| person.map(field).cloned().unwrap_or_default();
    PersonActivity {
        user: row.user_id,
        display_id: name(|person| &person.display_id),
        nickname: name(|person| &person.nickname),
        avatar_url: name(|person| &person.avatar_url),
        moderator: row.moderator,
        subscriber: row.subscriber,
        follower: row.follower,
        first_at: row.first_at,
        last_at: row.last_at,
        comments: row.comments,
        likes: row.likes,
        gift_units: row.gift_units,
        follows: row.follows,
        shares: row.shares,
        joins: row.joins,
    }
}
