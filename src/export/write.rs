//! Fills a file: table by table, session by session, person by person.

use super::ExportError;
use super::book::{Book, Saying};
use super::names::{Fans, Names};
use super::pace::Pace;
use super::request::{Request, Section};
use super::sheet::{Column, Table};
use super::sheets::{answers, battles, gifts, intervals, markers, people, quality, sessions, summary};
use crate::analytics::board::Board;
use crate::analytics::leaderboard::ranks;
use crate::domain::answer::Answer;
use crate::domain::board::BoardGifter;
use crate::domain::gift::TierLimits;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::reports::{explain, review};
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::rc::Rc;

/// A file that is being filled.
pub struct Writing<'a> {
    pub store: &'a Store,
    pub request: &'a Request,
    pub sessions: &'a [SessionId],
    pub book: Box<dyn Book>,
    pub pace: Pace,
    pub names: Names,
    pub fans: Fans,
}

impl Writing<'_> {
    /// Writes everything that was asked for.
    ///
    /// # Errors
    ///
    /// Any [`ExportError`]; the file is then worth nothing.
    pub async fn fill(mut self, saying: Saying) -> Result<(), ExportError> {
        for section in Section::ALL.into_iter().filter(|section| self.request.wants(*section)) {
            match section {
                Section::Sessions => self.sessions().await?,
                Section::Analytics => self.intervals().await?,
                Section::Minutes => self.minutes().await?,
                Section::Contributions => self.contributions().await?,
                Section::Correlations => self.drivers().await?,
                Section::Leaderboard => self.leaderboard().await?,
                Section::Gifts => self.gifts().await?,
                Section::Moments => self.moments().await?,
                Section::Markers => self.markers().await?,
                Section::Battles => self.battles().await?,
                Section::Gaps => self.gaps().await?,
                Section::Quality => self.quality().await?,
            }
        }
        let mut sums = summary::Sums::default();
        for id in self.sessions {
            if let Some(session) = self.store.session(*id).await? {
                sums.add(&session, self.store.has_left(*id).await?);
            }
        }
        self.book.finish(&sums.facts(self.request, saying))
    }

    async fn sessions(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Sessions, sessions::COLUMNS)?;
        for id in self.sessions {
            let Some(session) = self.store.session(*id).await? else { continue };
            self.put(&table, &sessions::Row::new(session))?;
        }
        Ok(())
    }

    async fn intervals(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Analytics, intervals::COLUMNS)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            let gaps = self.store.gaps(*id).await?;
            for reviewed in review::intervals(self.store, *id).await? {
                let top_gifter = match reviewed.row.top_gifter {
                    Some(gifter) => self.name(gifter, reviewed.top_gifter_name),
                    None => String::new(),
                };
                let row = intervals::Row::new(Rc::clone(&session), reviewed.row, &gaps, top_gifter);
                self.put(&table, &row)?;
            }
        }
        Ok(())
    }

    async fn minutes(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Minutes, intervals::MINUTES)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            let gaps = self.store.gaps(*id).await?;
            let bins = self.store.series(*id, Stamp(i64::MIN), Stamp(i64::MAX)).await?;
            for minute in intervals::minutes(&session, &bins) {
                let row = intervals::Row::new(Rc::clone(&session), minute, &gaps, String::new());
                self.put(&table, &row)?;
            }
        }
        Ok(())
    }

    async fn contributions(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Contributions, people::CONTRIBUTIONS)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            let board = self.store.session_board(*id).await?;
            self.learn(board.gifters.iter().map(|gifter| gifter.total.user)).await?;
            let ranks = ranks(&board.gifters, |gifter| gifter.total.diamonds);
            for (BoardGifter { total, .. }, rank) in board.gifters.iter().zip(ranks) {
                let biggest = board.gifts.iter().find(|gift| gift.gift == total.biggest_gift);
                let (display_id, name) = self.known(total.user);
                let row = people::Row {
                    session: Rc::clone(&session),
                    rank,
                    display_id,
                    name,
                    total: *total,
                    biggest_gift: biggest.map(|gift| gift.name.clone()).unwrap_or_default(),
                };
                self.put(&table, &row)?;
            }
        }
        Ok(())
    }

    async fn leaderboard(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Leaderboard, people::LEADERBOARD)?;
        // Nothing here tells the tiers of gifts apart.
        let mut board = Board::new(TierLimits::default());
        board.reserve(self.names.len());
        let mut board = self.store.add_boards(self.sessions.to_vec(), board, Board::add).await?;
        board.rank();
        self.learn(board.standings().iter().map(|standing| standing.user)).await?;
        for standing in board.standings() {
            let (display_id, name) = self.known(standing.user);
            let row = people::Leader { standing: *standing, display_id, name };
            self.put(&table, &row)?;
        }
        Ok(())
    }

    async fn drivers(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Correlations, answers::DRIVERS)?;
        for id in self.sessions {
            let Some((session, answer)) = self.answer(*id).await? else { continue };
            for driver in answer.by_strength() {
                let row = answers::Row::new(Rc::clone(&session), answer.at, driver, self.request.money);
                self.put(&table, &row)?;
            }
        }
        Ok(())
    }

    async fn moments(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Moments, answers::MOMENTS)?;
        for id in self.sessions {
            let Some((session, answer)) = self.answer(*id).await? else { continue };
            let gifts = self.store.gift_totals(*id).await?;
            let names: HashMap<GiftId, String> =
                gifts.into_iter().map(|gift| (gift.gift, gift.name)).collect();
            for window in answer.windows {
                let gift = window.occasion.and_then(|occasion| occasion.gift);
                let gift_name = gift.and_then(|gift| names.get(&gift).cloned()).unwrap_or_default();
                let row = answers::Moment { session: Rc::clone(&session), window, gift_name };
                self.put(&table, &row)?;
            }
        }
        Ok(())
    }

    async fn gifts(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Gifts, gifts::COLUMNS)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            for total in self.store.gift_totals(*id).await? {
                self.put(&table, &gifts::Row { session: Rc::clone(&session), total })?;
            }
        }
        Ok(())
    }

    async fn markers(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Markers, markers::COLUMNS)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            for marker in self.store.markers(*id).await? {
                self.put(&table, &markers::Row { session: Rc::clone(&session), marker })?;
            }
        }
        Ok(())
    }

    async fn battles(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Battles, battles::COLUMNS)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            let battles = self.store.battles(*id).await?;
            if battles.is_empty() {
                continue;
            }
            let bins = self.store.series(*id, Stamp(i64::MIN), Stamp(i64::MAX)).await?;
            for battle in battles {
                let row = battles::Row::new(Rc::clone(&session), battle, &bins, self.request.at);
                self.put(&table, &row)?;
            }
        }
        Ok(())
    }

    async fn gaps(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Gaps, quality::GAPS)?;
        for id in self.sessions {
            let Some(session) = self.session(*id).await? else { continue };
            for gap in self.store.gaps(*id).await? {
                self.put(
                    &table,
                    &quality::Missed { session: Rc::clone(&session), gap, now: self.request.at },
                )?;
            }
        }
        Ok(())
    }

    async fn quality(&mut self) -> Result<(), ExportError> {
        let table = self.begin(Section::Quality, quality::COLUMNS)?;
        for id in self.sessions {
            let Some(session) = self.store.session(*id).await? else { continue };
            let gaps = self.store.gaps(*id).await?;
            let streaks = self.store.streak_counts(*id).await?;
            self.put(&table, &quality::Row { session, gaps, streaks })?;
        }
        Ok(())
    }

    fn begin<R>(&mut self, section: Section, columns: &'static [Column<R>]) -> Result<Table<R>, ExportError> {
        let table = Table::new(columns, self.request);
        self.book.begin(section, table.heads())?;
        Ok(table)
    }

    fn put<R>(&mut self, table: &Table<R>, row: &R) -> Result<(), ExportError> {
        self.pace.row()?;
        self.book.row(&table.cells(row))
    }

    /// A session that was deleted meanwhile is left out.
    async fn session(&self, id: SessionId) -> Result<Option<Rc<Session>>, StoreError> {
        Ok(self.store.session(id).await?.map(Rc::new))
    }

    async fn answer(&self, id: SessionId) -> Result<Option<(Rc<Session>, Answer)>, ExportError> {
        let Some(session) = self.session(id).await? else { return Ok(None) };
        let answer = explain::answer(self.store, &session).await?;
        Ok(answer.map(|answer| (session, answer)))
    }

    /// Asks what people are called, unless the file hides it.
    async fn learn(&mut self, users: impl Iterator<Item = UserId>) -> Result<(), StoreError> {
        match self.request.hide_names {
            true => Ok(()),
            false => self.names.learn(self.store, users).await,
        }
    }

    /// The handle of a person whose names were asked for, and what they are called in this file.
    fn known(&mut self, user: UserId) -> (String, String) {
        let (handle, nickname) = self.names.of(user);
        let (handle, nickname) = (handle.to_owned(), nickname.to_owned());
        (handle, self.name(user, nickname))
    }

    /// What a person is called in this file.
    fn name(&mut self, user: UserId, nickname: String) -> String {
        if self.request.hide_names { format!("Fan #{}", self.fans.number(user)) } else { nickname }
    }
}
