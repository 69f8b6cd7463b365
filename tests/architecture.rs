//! The floor plan of `ARCHITECTURE.md` as data, held against the sources.
//!
//! It reads text and compiles nothing, so it says in plain words what a reviewer would have to
//! notice. Test code is left out: a test may bring any two rooms together.

use std::fs;
use std::path::{Path, PathBuf};

/// Floor, room, and the rooms it may use. Imports point down, so rooms on one floor do not know
/// each other. The roof joins everything and is imported by nobody.
const FLOOR_PLAN: &[(u8, &str, &[&str])] = &[
    (5, "web", WEB),
    // What it reads is counted where a recording is.
    (4, "imports", &["domain", "disk", "clock", "lifecycle", "analytics", "store", "recorder"]),
    (4, "performance", &["domain", "clock", "lifecycle", "store", "settings"]),
    // It erases people also from what is recorded now and from the pictures, so it stands above both.
    (
        4,
        "housekeeping",
        &[
            "domain",
            "words",
            "disk",
            "clock",
            "lifecycle",
            "memory",
            "store",
            "reports",
            "export",
            "recorder",
            "avatars",
        ],
    ),
    // It hears what is recorded and looks at how it stands, and never makes the recorder wait.
    (4, "alerts", &["domain", "words", "clock", "lifecycle", "outbound", "store", "settings", "recorder"]),
    (3, "export", &["domain", "words", "lifecycle", "analytics", "store", "reports"]),
    (3, "recorder", &["domain", "clock", "lifecycle", "analytics", "store", "connector"]),
    (3, "settings", &["domain", "words", "store", "connector"]),
    (3, "avatars", &["domain", "connector"]),
    (2, "reports", &["domain", "lifecycle", "analytics", "store"]),
    (2, "connector", &["domain", "wire", "outbound", "clock"]),
    (1, "simulator", &["wire", "lifecycle"]),
    (1, "store", &["domain"]),
    (1, "analytics", &["domain"]),
    (1, "clock", &["domain"]),
    (1, "disk", &["domain", "words"]),
    (0, "domain", &[]),
    (0, "wire", &[]),
    (0, "outbound", &[]),
    (0, "picture", &[]),
    (0, "lifecycle", &[]),
    (0, "memory", &[]),
    (0, "network", &[]),
    (0, "words", &[]), // of web and of export, so of neither
];

const WEB: &[&str] = &[
    "domain",
    "words",
    "disk",
    "clock",
    "lifecycle",
    "network",
    "picture",
    // What two courses or the hours of a week mean is drawn step by step as a page asks.
    "analytics",
    "store",
    "connector",
    "avatars",
    "reports",
    "export",
    "recorder",
    "settings",
    "performance",
    "housekeeping",
    "imports",
    "alerts",
];

const ROOF: &[&str] = &["main", "lib", "app", "config", "commands"];

/// Crates that live behind one door, and who holds the key.
const DOORS: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("actix_web", &["web", "app"]), // app holds the server's handle, to stop it in its order
    ("actix_ws", &["web"]),
    ("actix_multipart", &["web"]),
    ("askama", &["web"]),
    ("fluent_bundle", &["words"]),
    ("rust_embed", &["words", "web"]), // what each shows: texts, and what a browser loads
    ("rust_xlsxwriter", &["export"]),
    ("zip", &["export", "housekeeping", "imports"]), // a file of several: tables, a backup, what somebody brings
    ("argon2", &["housekeeping", "web"]),            // the key of a backup, and passwords
    ("chacha20poly1305", &["housekeeping"]),
    ("sysinfo", &["performance", "network"]), // how the computer is doing, and where it is
    ("libc", &["memory"]),
    ("thread_priority", &["lifecycle"]),
    ("prost", &["wire"]),
    ("tokio_tungstenite", &["connector", "simulator"]),
    ("hyper", &["simulator"]),
    ("reqwest", &["outbound", "connector"]), // connector: the type of an upgraded connection, and Url
    ("rustls", &["outbound", "web"]),        // to others, and with the owner's certificate to whoever asks
    ("qrcode", &["picture"]),
    ("ring", &["alerts", "outbound", "web"]), // signatures of what webhooks are sent; what rustls is told to use
    ("zeno", &["picture"]),
    ("ttf_parser", &["picture"]),
    ("toml", &["config"]),
    ("clap", &["main", "config", "commands"]),
    ("rpassword", &["commands"]),
];

/// Rooms that cannot fail, because nothing in them waits, reads a clock, does I/O or logs.
const PURE: &[&str] = &["domain", "analytics"];
const IMPURE: &[&str] = &[
    "async fn",
    "async move",
    ".await",
    "tokio::",
    "tracing::",
    "println!",
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::thread",
    "SystemTime",
    "Instant",
    "Utc::now",
];

/// A thing without a room has not been named yet.
const NAMELESS: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc"];

#[test]
fn rooms_use_only_what_is_below_them() {
    let mut faults = Vec::new();
    for source in sources() {
        let Some((floor, _, may_use)) = FLOOR_PLAN.iter().find(|(_, room, _)| *room == source.room) else {
            continue; // `every_source_file_has_a_room_on_the_plan` knows
        };
        for used in names_after(&source.code, "crate::") {
            if used != source.room && !may_use.contains(&used) {
                faults.push(format!("{}: {} may not use {used}", source.path, source.room));
            }
        }
        for below in *may_use {
            if floor_of(below) >= Some(*floor) {
                faults.push(format!("the plan: {below} is not below {}", source.room));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_source_file_has_a_room_on_the_plan_and_every_room_has_a_source() {
    let sources = sources();
    let planned = |room: &str| floor_of(room).is_some() || ROOF.contains(&room);
    let mut faults: Vec<_> = sources
        .iter()
        .filter(|source| !planned(&source.room))
        .map(|source| format!("{}: {} is not on the floor plan", source.path, source.room))
        .collect();
    for (_, room, _) in FLOOR_PLAN {
        if !sources.iter().any(|source| source.room == *room) {
            faults.push(format!("the plan has {room}, and src has not"));
        }
    }
    assert_none(&faults);
}

#[test]
fn crates_stay_behind_their_doors() {
    let mut faults = Vec::new();
    for source in sources() {
        for (name, rooms) in DOORS {
            if !rooms.contains(&source.room.as_str()) && mentions(&source.code, &format!("{name}::")) {
                faults.push(format!("{}: {name} belongs to {}", source.path, rooms.join(" and ")));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn what_the_numbers_mean_depends_on_nothing_but_the_numbers() {
    let mut faults = Vec::new();
    for source in sources().into_iter().filter(|source| PURE.contains(&source.room.as_str())) {
        for impure in IMPURE.iter().filter(|impure| mentions(&source.code, impure)) {
            faults.push(format!("{}: {impure} does not belong into {}", source.path, source.room));
        }
    }
    assert_none(&faults);
}

#[test]
fn everything_has_a_name() {
    let faults: Vec<_> = files(&["src", "tests", "templates", "static"])
        .into_iter()
        .filter(|path| {
            let parts = path.split(['/', '.']);
            parts.into_iter().any(|part| NAMELESS.contains(&part))
        })
        .collect();
    assert_none(&faults);
}

#[test]
fn nothing_is_left_for_later() {
    // Written so that this file does not find itself.
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimple", "mented!(")];
    let mut faults = Vec::new();
    for path in files(&[""]).into_iter().filter(|path| !path.starts_with("static/vendor/")) {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue }; // not a text
        for mark in marks.iter().filter(|mark| mentions(&text, mark)) {
            faults.push(format!("{path}: {mark}"));
        }
    }
    assert_none(&faults);
}

struct Source {
    path: String,
    room: String,
    code: String,
}

/// The program without its tests and comments.
fn sources() -> Vec<Source> {
    let is_test = |path: &str| path.contains("/tests/") || path.ends_with("/tests.rs");
    let rust = files(&["src"]).into_iter().filter(|path| path.ends_with(".rs") && !is_test(path));
    let sources: Vec<_> = rust
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).expect("a source is a text");
            let text = text.replace("\r\n", "\n");
            let program =
                text.split("#[cfg(test)]\nmod tests").next().expect("split gives one part at least");
            let lines = program.lines().filter(|line| !line.trim_start().starts_with("//"));
            let room = path["src/".len()..].split(['/', '.']).next().expect("as above").to_owned();
            Source { room, code: lines.collect::<Vec<_>>().join("\n"), path }
        })
        .collect();
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    sources
}

/// Every file in `folders`, as a path from the root of the repository. What a program made
/// (a folder that says so, or whose name starts with a dot and is not ours) is left out.
fn files(folders: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder can be listed").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ours = !name.starts_with('.') || [".ci", ".github", ".gitignore"].contains(&name.as_str());
            // Built, or brought by npm and pip for what stands beside the package.
            let foreign =
                path.join("CACHEDIR.TAG").exists() || ["node_modules", "venv"].contains(&name.as_str());
            if path.is_dir() {
                if ours && !foreign {
                    folders.push(path);
                }
            } else if ours {
                let path = path.strip_prefix(root()).expect("it was found there");
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn floor_of(room: &str) -> Option<u8> {
    FLOOR_PLAN.iter().find(|(_, name, _)| *name == room).map(|(floor, ..)| *floor)
}

/// The names that follow `prefix`, also those of a group: `crate::{a::b, c}` gives `a` and `c`.
fn names_after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for at in places(code, prefix) {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => names.push(leading_name(rest)),
            Some(group) => names.extend(members(group)),
        }
    }
    names
}

/// The first name of each member of a group whose opening brace was taken off.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut starts_at, mut names) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                names.push(leading_name(group[starts_at..at].trim_start()));
                starts_at = at + 1;
                if character == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn leading_name(text: &str) -> &str {
    text.split(|character: char| !is_of_a_name(character)).next().unwrap_or_default()
}

fn mentions(text: &str, word: &str) -> bool {
    places(text, word).next().is_some()
}

/// Where `word` stands in `text` without being part of a longer name.
fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let ends_a_name = word.ends_with(is_of_a_name);
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let goes_before = before.is_some_and(|before| before == '$' || is_of_a_name(before));
        let goes_on = ends_a_name && after.is_some_and(is_of_a_name);
        !(goes_before || goes_on)
    })
}

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_reader_of_imports_reads_groups_and_leaves_longer_names_alone() {
    let code = "use crate::{connector::{a, b}, domain::event::Kind};\nuse crate::store;\nmy_crate::web; $crate::wire";
    assert_eq!(names_after(code, "crate::"), ["connector", "domain", "store"]);
    assert!(mentions("an Instant.", "Instant") && !mentions("Instantly, reqwests::", "Instant"));
}
