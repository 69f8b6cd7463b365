//! The crowd: who watches, what they call themselves, what they say, what they give.

use super::dice::Dice;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: i64,
    pub display_id: String,
    pub nickname: String,
}

/// What a viewer can give. Ids and prices as TikTok's public gift lists had them in 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GiftKind {
    pub id: i64,
    pub name: &'static str,
    pub diamonds: i64,
    pub streakable: bool,
}

const fn gift(id: i64, name: &'static str, diamonds: i64, streakable: bool) -> GiftKind {
    GiftKind { id, name, diamonds, streakable }
}

pub const ROSE: GiftKind = gift(5655, "Rose", 1, true);
pub const GALAXY: GiftKind = gift(11046, "Galaxy", 1000, false);

/// Cheapest first.
pub const GIFTS: &[GiftKind] = &[
    ROSE,
    gift(6064, "GG", 1, true),
    gift(5269, "TikTok", 1, true),
    gift(5487, "Finger Heart", 5, true),
    gift(5658, "Perfume", 20, true),
    gift(5879, "Doughnut", 30, true),
    gift(5660, "Hand Hearts", 100, true),
    gift(6267, "Corgi", 299, true),
    gift(7168, "Money Gun", 500, false),
    gift(5899, "Swan", 699, false),
    GALAXY,
    gift(6149, "Interstellar", 10000, false),
];

const FIRST: &[&str] = &[
    "Ayu", "Budi", "Citra", "Dewi", "Eka", "Fajar", "Gita", "Hendra", "Indah", "Joko", "Kirana", "Lestari",
    "Made", "Nadia", "Putri", "Rizky", "Sari", "Tono", "Wahyu", "Yanti", "Zahra", "Bagus", "Mira", "Ana",
    "Bruno", "Chloé", "Daan", "Elif", "Fatima", "Gabriel", "Hana", "Ivan", "José", "Karim", "Linh", "Mateo",
    "Noor", "Olga", "Priya", "Quinn", "Rosa", "Sven", "Thiago", "Uma", "Viktor", "Wanjiru", "Yuki", "Zoë",
];

const LAST: &[&str] = &[
    "Pratama", "Wijaya", "Saputra", "Lestari", "Nugroho", "Siregar", "Santoso", "Hidayat", "Utami",
    "Ramadhan", "Kusuma", "Silva", "Tanaka", "Müller", "Okoye", "Nguyễn", "García", "Kim", "Rossi", "Haddad",
    "Novak", "Khan", "Larsen", "Demir",
];

const MARKS: &[&str] = &["✨", "🌸", "🔥", "💙", "🦋", "🍉", "🎧", "🐈", "🇮🇩", "👑", "🌙", "☕"];

/// Names that try to break whatever shows them.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://x\",\"gift\")",
    "'; DROP TABLE gifts;--",
    "{{7*7}}",
    "\u{202e}drawkcab",
    "\u{200b}",
    "Z\u{0335}\u{031b}a\u{0321}\u{0334}l\u{0335}g\u{0336}o\u{0337}",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "name,with;separators\tand\nlines",
    "مرحبا بالعالم",
];

const COMMENTS: &[&str] = &[
    "halo kak",
    "hai dari Bandung",
    "semangat kak 🔥",
    "lagunya apa?",
    "cantik banget",
    "hadir kak",
    "salam dari Surabaya",
    "wkwkwk",
    "mantap",
    "ayo tap tap layar",
    "kapan live lagi?",
    "terima kasih kak",
    "baru datang nih",
    "suara jernih",
    "first time here!",
    "love from Brazil 🇧🇷",
    "hello",
    "this is so good",
    "omg",
    "can you say hi to me?",
    "where are you from?",
    "what song is this",
    "❤️❤️❤️",
    "😂😂",
    "gg",
    "let's go",
    "one more game",
    "so close!",
    "you got this",
    "おはよう",
    "안녕하세요",
    "привет",
    "مرحبا",
    "merhaba",
    "¡hola!",
    "ini live setiap hari?",
    "follow back kak",
    "goal hampir!",
    "lucu banget",
    "<b>bold?</b>",
    "=1+1",
    "🐈🐈🐈",
];

const QUESTIONS: &[&str] = &[
    "What camera do you use?",
    "Kakak asal mana?",
    "How long have you been streaming?",
    "Boleh request lagu?",
    "Which game is next?",
    "Do you read every comment?",
];

impl Person {
    /// The same number and seed are always the same person.
    #[must_use]
    pub fn number(seed: u64, number: u64) -> Self {
        let mut dice = Dice::aside(seed, number + 1);
        let (first, last) = (*dice.pick(FIRST), *dice.pick(LAST));
        let nickname = match dice.between(0, 99) {
            0..=1 => (*dice.pick(HOSTILE)).to_owned(),
            2..=34 => first.to_owned(),
            35..=54 => format!("{first} {}", dice.pick(MARKS)),
            55..=59 => format!("{}{}{}", dice.pick(MARKS), dice.pick(MARKS), dice.pick(MARKS)),
            _ => format!("{first} {last}"),
        };
        let plain =
            |name: &str| name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let display_id = format!("{}.{}{}", plain(first), plain(last), number);
        // Like real ids: 19 digits, above 2^53, so that a float would lose them.
        let id =
            6_800_000_000_000_000_000 + dice.between(0, 1 << 40) * 1_000_003 + (number % 1_000_003) as i64;
        Self { id, display_id, nickname }
    }

    /// Somebody known by a name a test chose; the same name is always the same person.
    #[must_use]
    pub fn named(display_id: &str) -> Self {
        let hash = display_id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let id = 7_000_000_000_000_000_000 + (hash % 100_000_000_000_000_000) as i64;
        Self { id, display_id: display_id.to_owned(), nickname: display_id.to_owned() }
    }
}

#[must_use]
pub fn comment(dice: &mut Dice) -> &'static str {
    dice.pick::<&str>(COMMENTS)
}

#[must_use]
pub fn question(dice: &mut Dice) -> &'static str {
    dice.pick::<&str>(QUESTIONS)
}

/// A gift somebody would plausibly choose: the dearer, the rarer. `generous` goes from 0 (as often
/// as it is cheap) to 1 (price hardly matters).
#[must_use]
pub fn chosen_gift(dice: &mut Dice, generous: f64) -> GiftKind {
    let weight = |gift: &GiftKind| (gift.diamonds as f64).powf(0.8 * generous - 1.0);
    let mut left = dice.fraction() * GIFTS.iter().map(weight).sum::<f64>();
    let chosen = GIFTS.iter().find(|gift| {
        left -= weight(gift);
        left < 0.0
    });
    *chosen.unwrap_or(&ROSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn people_keep_their_identity_and_do_not_share_it() {
        assert_eq!(Person::number(5, 17), Person::number(5, 17));
        let ids: HashSet<i64> = (0..5000).map(|number| Person::number(5, number).id).collect();
        assert_eq!(ids.len(), 5000);
        assert!(ids.iter().all(|id| *id > 1 << 53));
        assert_ne!(Person::named("ana").id, Person::named("budi").id);
    }
}
