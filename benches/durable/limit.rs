//! The least that has to be done: unzip, decode the same fields, and insert a row for each event in a
//! prepared statement, one durable transaction a second. It counts nothing, knows no repeats and
//! no streaks, and keeps no totals.
#![expect(unsafe_code, reason = "SQLite's own interface, so that nothing stands between it and the limit")]

use crate::Run;
use crate::capture::{Capture, START};
use crate::process::processor_time;
use anyhow::{Context as _, ensure};
use flate2::bufread::GzDecoder;
use libsqlite3_sys as ffi;
use pasut::domain::time::Stamp;
use pasut::wire::webcast as pb;
use prost::Message as _;
use std::ffi::CString;
use std::io::Read as _;
use std::path::Path;
use std::ptr;
use std::time::{Duration, Instant};

const SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; \
     CREATE TABLE events (number INTEGER PRIMARY KEY, at INTEGER, created_at INTEGER, msg_id INTEGER, \
     method TEXT, user_id INTEGER, display_id TEXT, nickname TEXT, text TEXT, a INTEGER, b INTEGER, \
     c INTEGER, d INTEGER, e INTEGER)";
const INSERT: &str = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub fn run(capture: &Capture) -> anyhow::Result<Run> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("limit.db");
    let mut database = Database::open(&path)?;
    let (mut number, mut slowest) = (0, Duration::ZERO);
    let before = processor_time("self");
    for second in &capture.seconds {
        let began = Instant::now();
        database.execute("BEGIN IMMEDIATE")?;
        for frame in &second.frames {
            let frame = pb::PushFrame::decode(frame.clone())?;
            let mut plain = Vec::new();
            GzDecoder::new(&frame.payload[..]).read_to_end(&mut plain)?;
            for message in pb::FetchResult::decode(bytes::Bytes::from(plain))?.messages {
                number += 1;
                database.insert(number, second.at, &message, &row(&message)?)?;
            }
        }
        database.execute("COMMIT")?;
        slowest = slowest.max(began.elapsed());
    }
    let processor = processor_time("self") - before;
    database.execute("PRAGMA wal_checkpoint")?;
    let bytes = std::fs::metadata(&path)?.len();
    ensure!(number > 0 && capture.seconds.len() > 1, "{START:?}: nothing was played");
    Ok(Run {
        events: number as usize,
        processor,
        slowest,
        bytes,
        finishing: Duration::ZERO,
        finished_bytes: bytes,
    })
}

/// The facts of a message.
#[derive(Default)]
struct Row {
    created_at: i64,
    user: pb::User,
    text: bytes::Bytes,
    numbers: [i64; 5],
}

fn row(message: &pb::BaseMessage) -> Result<Row, prost::DecodeError> {
    let payload = message.payload.clone();
    let of = |common: Option<pb::Common>, user: Option<pb::User>, text, numbers| Row {
        created_at: common.unwrap_or_default().create_time,
        user: user.unwrap_or_default(),
        text,
        numbers,
    };
    let none = bytes::Bytes::new;
    Ok(match &message.method[..] {
        b"WebcastChatMessage" => {
            let chat = pb::Chat::decode(payload)?;
            of(chat.common, chat.user, chat.content, [0; 5])
        }
        b"WebcastLikeMessage" => {
            let like = pb::Like::decode(payload)?;
            of(like.common, like.user, none(), [like.count, like.total, 0, 0, 0])
        }
        b"WebcastMemberMessage" => {
            let member = pb::Member::decode(payload)?;
            let numbers = [member.action, member.member_count, 0, 0, 0];
            of(member.common, member.user, member.client_enter_source, numbers)
        }
        b"WebcastGiftMessage" => {
            let message = pb::Gift::decode(payload)?;
            let gift = message.gift.unwrap_or_default();
            let numbers = [
                message.gift_id,
                gift.diamond_count,
                message.repeat_count,
                message.repeat_end,
                message.group_id,
            ];
            of(message.common, message.user, gift.name, numbers)
        }
        b"WebcastSocialMessage" => {
            let social = pb::Social::decode(payload)?;
            of(social.common, social.user, none(), [social.action, social.target_user_id, 0, 0, 0])
        }
        b"WebcastRoomUserSeqMessage" => {
            let room = pb::RoomUserSeq::decode(payload)?;
            of(room.common, None, none(), [room.total, room.total_user, 0, 0, 0])
        }
        b"WebcastEmoteChatMessage" => {
            let chat = pb::EmoteChat::decode(payload)?;
            let emote = chat.emotes.into_iter().next().unwrap_or_default();
            of(chat.common, chat.user, emote.emote_id, [0; 5])
        }
        b"WebcastQuestionNewMessage" => {
            let message = pb::QuestionNew::decode(payload)?;
            let question = message.question.unwrap_or_default();
            of(message.common, question.user, question.content, [0; 5])
        }
        _ => of(pb::CommonOnly::decode(payload)?.common, None, none(), [0; 5]),
    })
}

/// One connection and its one prepared statement.
struct Database {
    connection: *mut ffi::sqlite3,
    insert: *mut ffi::sqlite3_stmt,
}

impl Database {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let path = CString::new(path.to_str().context("a path of our own")?)?;
        let mut database = Self { connection: ptr::null_mut(), insert: ptr::null_mut() };
        // SAFETY: the path ends with a zero; the connection is closed once, when this is dropped.
        let opened = unsafe { ffi::sqlite3_open(path.as_ptr(), &raw mut database.connection) };
        database.check(opened)?;
        database.execute(SETUP)?;
        let insert = CString::new(INSERT)?;
        // SAFETY: the connection is open and the text ends with a zero.
        let prepared = unsafe {
            ffi::sqlite3_prepare_v2(
                database.connection,
                insert.as_ptr(),
                -1,
                &raw mut database.insert,
                ptr::null_mut(),
            )
        };
        database.check(prepared)?;
        Ok(database)
    }

    fn execute(&mut self, sql: &str) -> anyhow::Result<()> {
        let sql = CString::new(sql)?;
        // SAFETY: the connection is open and the text ends with a zero.
        let done = unsafe {
            ffi::sqlite3_exec(self.connection, sql.as_ptr(), None, ptr::null_mut(), ptr::null_mut())
        };
        self.check(done)
    }

    fn insert(&mut self, number: i64, at: Stamp, message: &pb::BaseMessage, row: &Row) -> anyhow::Result<()> {
        self.numbers(1, &[number, at.0, row.created_at, message.msg_id]);
        self.text(5, &message.method);
        self.numbers(6, &[row.user.id]);
        self.text(7, &row.user.display_id);
        self.text(8, &row.user.nickname);
        self.text(9, &row.text);
        self.numbers(10, &row.numbers);
        // SAFETY: the statement is prepared, and what is bound to it lives until it is reset.
        let done = unsafe {
            let stepped = ffi::sqlite3_step(self.insert);
            ffi::sqlite3_reset(self.insert);
            stepped
        };
        ensure!(done == ffi::SQLITE_DONE, "SQLite answered {done}");
        Ok(())
    }

    fn numbers(&mut self, first: i32, numbers: &[i64]) {
        for (place, number) in (first..).zip(numbers) {
            // SAFETY: the statement is prepared and has this place.
            unsafe { ffi::sqlite3_bind_int64(self.insert, place, *number) };
        }
    }

    fn text(&mut self, place: i32, text: &[u8]) {
        // SAFETY: the statement is prepared and has this place. SQLite does not copy the text, which
        // lives longer than the step that reads it.
        unsafe {
            ffi::sqlite3_bind_text(
                self.insert,
                place,
                text.as_ptr().cast(),
                text.len() as i32,
                ffi::SQLITE_STATIC(),
            );
        }
    }

    fn check(&self, code: i32) -> anyhow::Result<()> {
        ensure!(code == ffi::SQLITE_OK, "SQLite answered {code}");
        Ok(())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: both were made by SQLite or are null, and nothing uses them afterwards.
        unsafe {
            ffi::sqlite3_finalize(self.insert);
            ffi::sqlite3_close(self.connection);
        }
    }
}
