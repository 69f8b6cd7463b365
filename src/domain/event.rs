//! What happens in a LIVE, in our words.

use super::gift::{GiftAdded, GiftReport};
use super::ids::{BattleId, UserId};
use super::text::Text;
use super::time::Stamp;

/// So many entries of a list are kept: sides of a battle, emotes of a comment, messages taken back.
pub const MAX_LISTED: usize = 100;

/// No room has more likes than this, and none more people than fit into 32 bits.
pub const MOST_LIKES: i64 = 1_000_000_000_000;

/// Who did it, as the message says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewer {
    pub id: UserId,
    pub display_id: Text,
    pub nickname: Text,
    pub avatar_url: Text,
    pub moderator: bool,
    pub subscriber: bool,
    pub follower: bool,
}

/// One message of a LIVE.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveEvent {
    /// TikTok's own time of the event; `None` if the message has none.
    pub created_at: Option<Stamp>,
    pub user: Option<Viewer>,
    pub what: What,
}

impl LiveEvent {
    /// Copies what shares a frame's buffer, so that the event can wait without keeping the frame.
    pub fn detach(&mut self) {
        if let Some(viewer) = &mut self.user {
            viewer.display_id.detach();
            viewer.nickname.detach();
            viewer.avatar_url.detach();
        }
        match &mut self.what {
            What::Comment { text } | What::Question { text } | What::Intro { text } => text.detach(),
            What::Emote { emote_ids } => emote_ids.iter_mut().for_each(Text::detach),
            What::Gift(report) => report.name.detach(),
            What::Join { source, .. } => source.detach(),
            What::Envelope { envelope_id, sender_name, .. } => {
                envelope_id.detach();
                sender_name.detach();
            }
            What::Battle(battle) | What::BattleScores(battle) => {
                for side in &mut battle.sides {
                    side.display_id.detach();
                    side.nickname.detach();
                }
            }
            _ => {}
        }
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Comment {
        text: Text,
    },
    Emote {
        emote_ids: Vec<Text>,
    },
    /// `count` likes in this batch; `total` is the room's own counter.
    Like {
        count: u32,
        total: i64,
    },
    Gift(GiftReport),
    /// `viewers` is the room's count at that moment, 0 if not said; `source` is where they came from.
    Join {
        viewers: i64,
        source: Text,
    },
    /// A member message that is no join (a ban, a new moderator, a subscription).
    MemberOther {
        action: i64,
    },
    /// `target` is who was followed, if the message says; `None` means the creator.
    Follow {
        target: Option<UserId>,
    },
    Share,
    SocialOther {
        action: i64,
    },
    /// The room's statistics: people watching now, and people who ever entered.
    Viewers {
        viewers: i64,
        total_viewers: i64,
    },
    Control(Control),
    Envelope {
        envelope_id: Text,
        sender_id: Option<UserId>,
        sender_name: Text,
        diamonds: u32,
        winners: u32,
        hidden: bool,
    },
    Question {
        text: Text,
    },
    Subscribe {
        months: i64,
    },
    Battle(Battle),
    BattleScores(Battle),
    /// Comments the platform took back, by message id.
    Deleted {
        msg_ids: Vec<i64>,
    },
    /// The creator introduces the LIVE; `user` is the creator.
    Intro {
        text: Text,
    },
    /// Known, with nothing to add up.
    Other,
    /// A message nobody documented.
    Unrecognised,
}

/// The kinds of message, by the names of the capture format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Chat = 1,
    Emote,
    Like,
    Gift,
    Join,
    MemberOther,
    Follow,
    Share,
    SocialOther,
    Viewers,
    Control,
    Envelope,
    Question,
    Subscribe,
    Battle,
    BattleArmies,
    Other,
    Unknown,
}

impl Kind {
    pub const ALL: [Self; 18] = [
        Self::Chat,
        Self::Emote,
        Self::Like,
        Self::Gift,
        Self::Join,
        Self::MemberOther,
        Self::Follow,
        Self::Share,
        Self::SocialOther,
        Self::Viewers,
        Self::Control,
        Self::Envelope,
        Self::Question,
        Self::Subscribe,
        Self::Battle,
        Self::BattleArmies,
        Self::Other,
        Self::Unknown,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Emote => "emote",
            Self::Like => "like",
            Self::Gift => "gift",
            Self::Join => "join",
            Self::MemberOther => "member_other",
            Self::Follow => "follow",
            Self::Share => "share",
            Self::SocialOther => "social_other",
            Self::Viewers => "viewers",
            Self::Control => "control",
            Self::Envelope => "envelope",
            Self::Question => "question",
            Self::Subscribe => "subscribe",
            Self::Battle => "battle",
            Self::BattleArmies => "battle_armies",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

impl What {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Comment { .. } => Kind::Chat,
            Self::Emote { .. } => Kind::Emote,
            Self::Like { .. } => Kind::Like,
            Self::Gift(_) => Kind::Gift,
            Self::Join { .. } => Kind::Join,
            Self::MemberOther { .. } => Kind::MemberOther,
            Self::Follow { .. } => Kind::Follow,
            Self::Share => Kind::Share,
            Self::SocialOther { .. } => Kind::SocialOther,
            Self::Viewers { .. } => Kind::Viewers,
            Self::Control(_) => Kind::Control,
            Self::Envelope { .. } => Kind::Envelope,
            Self::Question { .. } => Kind::Question,
            Self::Subscribe { .. } => Kind::Subscribe,
            Self::Battle(_) => Kind::Battle,
            Self::BattleScores(_) => Kind::BattleArmies,
            Self::Deleted { .. } | Self::Intro { .. } | Self::Other => Kind::Other,
            Self::Unrecognised => Kind::Unknown,
        }
    }
}

/// What the platform or the creator did to the broadcast itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Paused,
    Resumed,
    Ended,
    Suspended,
    Other(i64),
}

impl Control {
    #[must_use]
    pub const fn from_action(action: i64) -> Self {
        match action {
            1 => Self::Paused,
            2 => Self::Resumed,
            3 => Self::Ended,
            4 => Self::Suspended,
            other => Self::Other(other),
        }
    }

    #[must_use]
    pub const fn action(self) -> i64 {
        match self {
            Self::Paused => 1,
            Self::Resumed => 2,
            Self::Ended => 3,
            Self::Suspended => 4,
            Self::Other(action) => action,
        }
    }

    /// Whether the broadcast is over.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Ended | Self::Suspended)
    }
}

/// What a message says about a battle; scores are not diamonds and are never added to income.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Battle {
    pub id: BattleId,
    pub phase: BattlePhase,
    pub started_at: Option<Stamp>,
    pub ends_at: Option<Stamp>,
    pub sides: Vec<BattleSide>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BattlePhase {
    /// Invitations and other talk before a battle.
    #[default]
    Other,
    Open,
    Finished,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct BattleSide {
    pub host: UserId,
    pub display_id: Text,
    pub nickname: Text,
    /// `None` if the message carries names only.
    pub score: Option<i64>,
}

/// An event that was counted: the unit of recording, of the feed and of a recount.
#[derive(Clone, Debug, PartialEq)]
pub struct Accounted {
    /// Position in its session, from 1; the `event_id` of the Event JSON.
    pub number: u64,
    /// When it arrived, by the clock of its source.
    pub at: Stamp,
    /// TikTok's message id, 0 if it has none. Kept while the session runs, to drop repeats.
    pub msg_id: i64,
    pub event: LiveEvent,
    /// For a gift: what this report added.
    pub added: Option<GiftAdded>,
}
