use super::*;
use crate::domain::totals::GifterTotal;
use proptest::prelude::*;

const GIFTS: u32 = 5;

fn gifts() -> Vec<BoardGift> {
    let gift = |number: u32| BoardGift {
        gift: GiftId(i64::from(number) * 5_655),
        name: format!("Mawar {number} 🌹"),
        unit_diamonds: number * 300,
    };
    (0..GIFTS).map(gift).collect()
}

fn gifter() -> impl Strategy<Value = (BoardGifter, Vec<BoardGiven>)> {
    // Small numbers are usual; sessions last hours and ids are long.
    let amount = || prop_oneof![4 => 0..200_i64, 1 => 0..1_i64 << 40];
    let wait = || prop_oneof![4 => 0..15_000_000_i64, 1 => -(1_i64 << 40)..1_i64 << 40];
    let given = (0..GIFTS, amount()).prop_map(|(gift, diamonds)| BoardGiven { gift, diamonds });
    let given = prop::collection::vec(given, 0..4);
    let numbers = (amount(), amount(), amount(), amount());
    (any::<i64>(), numbers, wait(), wait(), wait(), any::<bool>(), given).prop_map(
        |(user, (units, diamonds, to_guests, biggest), first, last, seen, estimated, given)| {
            let first_gift_at = Stamp(1_795_000_000_000 + first);
            let total = GifterTotal {
                user: UserId(user),
                units,
                diamonds,
                diamonds_to_creator: diamonds - to_guests,
                gift_types: given.len() as i64,
                biggest_diamonds: biggest,
                biggest_gift: GiftId(biggest),
                first_gift_at,
                last_gift_at: first_gift_at + last,
                estimated,
            };
            (BoardGifter { total, last_seen: total.last_gift_at + seen }, given)
        },
    )
}

fn board(most: usize) -> impl Strategy<Value = SessionBoard> {
    prop::collection::vec(gifter(), 0..most).prop_map(|all| {
        let (gifters, given): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        SessionBoard { gifts: gifts(), gifters, given: given.concat() }
    })
}

proptest! {
    #[test]
    fn a_board_reads_back_equal_whole_and_its_beginning_alone(board in board(3 * FIRST)) {
        let packed = PackedBoard::new(&board);
        let whole = unpack(&packed.first_gifters, Some(&packed.other_gifters));
        prop_assert_eq!(whole.as_ref(), Ok(&board));
        let first = unpack(&packed.first_gifters, None).expect("what was packed");
        let count = board.gifters.len().min(FIRST);
        prop_assert_eq!(&first.gifters, &board.gifters[..count]);
        prop_assert!(board.given.starts_with(&first.given));
    }

    #[test]
    fn a_board_that_lacks_its_end_or_has_another_byte_does_no_harm(
        board in board(8),
        cut in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let PackedBoard { first_gifters: mut bytes, .. } = PackedBoard::new(&board);
        prop_assert_eq!(unpack(&bytes[..cut.index(bytes.len())], None), Err(Damaged));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = unpack(&bytes, None) {
            prop_assert!(read.gifters.len() + read.given.len() + read.gifts.len() <= bytes.len());
        }
    }
}

#[test]
fn more_gifters_than_the_bytes_can_hold_are_refused() {
    let mut bytes = Vec::new();
    put_signed(&mut bytes, 0);
    put(&mut bytes, 0);
    put(&mut bytes, u64::MAX);
    let first = PackedBoard::new(&SessionBoard::default());
    assert_eq!(unpack(&bytes, Some(&first.other_gifters)), Err(Damaged));
    assert_eq!(unpack(&first.first_gifters, Some(&[])), Err(Damaged), "even nobody is said in columns");
}

#[test]
fn a_column_is_as_wide_as_its_largest_number_needs() {
    for (numbers, bytes) in [
        (vec![], 1),
        (vec![0, 127, -128], 1),
        (vec![0, 128], 2),
        (vec![-32_768, 32_767], 2),
        (vec![32_768], 4),
        (vec![i64::from(i32::MIN)], 4),
        (vec![1 << 31], 8),
        (vec![i64::MIN, i64::MAX], 8),
    ] {
        let mut column = Vec::new();
        put_column(&mut column, numbers.iter().copied());
        assert_eq!(column.len(), 1 + bytes * numbers.len(), "{numbers:?}");
        let mut read = vec![0; numbers.len()];
        read_column(&mut column.as_slice(), &mut read, |number, value| *number = value).expect("read");
        assert_eq!(read, numbers);
    }
}
