//! Who received a gift: the creator, or a guest of the room.

use crate::domain::ids::UserId;

/// Whether a gift sent to `receiver` is the creator's own. A gift that names nobody is.
///
/// While the creator's account is unknown, a named receiver cannot be told from a guest and counts
/// as one, so that the headline never claims what the creator may not have received.
#[must_use]
pub fn is_creator(receiver: Option<UserId>, creator: Option<UserId>) -> bool {
    receiver.is_none_or(|receiver| Some(receiver) == creator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gift_is_the_creators_unless_it_names_somebody_else() {
        let (creator, guest) = (Some(UserId(1)), Some(UserId(2)));
        for (receiver, creator, expected) in [
            (None, creator, true),
            (creator, creator, true),
            (guest, creator, false),
            (None, None, true),
            (guest, None, false),
        ] {
            assert_eq!(is_creator(receiver, creator), expected, "{receiver:?} {creator:?}");
        }
    }
}
