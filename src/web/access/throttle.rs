//! How long whoever typed wrong passwords or PINs has to wait before the next. Pure.
//!
//! Every attempt counts as a failed one from the moment it begins, so that many at a time gain nothing. One
//! that succeeds is taken back.
//!
//! Somebody who guesses is slowed by the address they do it from. What many addresses do together is bounded
//! besides: for an account by a short wait, and for a link, which many share, by a number of wrong PINs that a
//! single address never reaches.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};

/// Everybody mistypes.
const FREE: u32 = 3;

/// Whoever does not try again for so long begins anew.
const FORGET_MS: i64 = 3_600_000;

/// From one address the wait grows up to this.
const MOST_OF_ADDRESS_MS: i64 = 900_000;

/// For one account it grows less, so that a stranger cannot keep its owner out.
const MOST_OF_ACCOUNT_MS: i64 = 30_000;

/// From all addresses together so many PINs of one link can be wrong at once, and after that one more for every so
/// long. Ten thousand take a month; one address, which soon waits a quarter of an hour, does not come near.
const PINS_AT_ONCE: i64 = 30;
const PIN_EVERY_MS: i64 = 300_000;

/// So many addresses, and so many names, are remembered.
const MOST: usize = 2_048;

/// Names are only remembered by their beginning.
const NAME_CHARS: usize = 40;

#[derive(Clone, Copy, Debug)]
struct Failures {
    times: u32,
    last_ms: i64,
}

/// Who typed wrong passwords lately.
#[derive(Debug, Default)]
pub struct Throttle {
    addresses: HashMap<IpAddr, Failures>,
    names: HashMap<String, Failures>,
}

impl Throttle {
    /// Begins an attempt to log in as `name`, or says how many milliseconds are left to wait. Someone at
    /// this computer (`is_here`) does not wait for what others tried with their name.
    ///
    /// # Errors
    ///
    /// The milliseconds.
    pub fn begin(
        &mut self,
        address: Option<IpAddr>,
        name: &str,
        is_here: bool,
        now_ms: i64,
    ) -> Result<(), i64> {
        let (address, name) = (network(address), beginning(name));
        let of_address = left(self.addresses.get(&address), MOST_OF_ADDRESS_MS, now_ms);
        let of_name = left(self.names.get(&name), MOST_OF_ACCOUNT_MS, now_ms);
        let wait = if is_here { of_address } else { of_address.max(of_name) };
        if wait > 0 {
            return Err(wait);
        }
        count(&mut self.addresses, address, now_ms);
        count(&mut self.names, name, now_ms);
        Ok(())
    }

    /// The attempt succeeded: what was counted for both is forgotten.
    pub fn succeeded(&mut self, address: Option<IpAddr>, name: &str) {
        self.addresses.remove(&network(address));
        self.names.remove(&beginning(name));
    }
}

/// Who typed wrong PINs lately.
#[derive(Debug, Default)]
pub struct PinThrottle {
    addresses: HashMap<IpAddr, Failures>,
    /// When what was tried of each link is forgotten, at one PIN for every [`PIN_EVERY_MS`].
    links: HashMap<i64, i64>,
}

impl PinThrottle {
    /// Begins an attempt to open a link, or says how many milliseconds are left to wait. Someone at this computer
    /// (`is_here`) does not wait for what others tried.
    ///
    /// # Errors
    ///
    /// The milliseconds.
    pub fn begin(
        &mut self,
        address: Option<IpAddr>,
        link: i64,
        is_here: bool,
        now_ms: i64,
    ) -> Result<(), i64> {
        let address = network(address);
        let of_address = left(self.addresses.get(&address), MOST_OF_ADDRESS_MS, now_ms);
        let forgotten_ms = self.links.get(&link).map_or(now_ms, |at| now_ms.max(*at)) + PIN_EVERY_MS;
        let of_link = forgotten_ms - now_ms - PINS_AT_ONCE * PIN_EVERY_MS;
        let wait = if is_here { of_address } else { of_address.max(of_link) };
        if wait > 0 {
            return Err(wait);
        }
        count(&mut self.addresses, address, now_ms);
        self.links.retain(|_, at| *at > now_ms);
        self.links.insert(link, forgotten_ms);
        Ok(())
    }

    /// The attempt succeeded, and what others tried stays counted: many share a link, and each of them typing its
    /// PIN must not give somebody who guesses another three attempts.
    pub fn take_back(&mut self, address: Option<IpAddr>, link: i64) {
        if let Some(failures) = self.addresses.get_mut(&network(address)) {
            failures.times = failures.times.saturating_sub(1);
        }
        if let Some(forgotten_ms) = self.links.get_mut(&link) {
            *forgotten_ms -= PIN_EVERY_MS;
        }
    }
}

fn beginning(name: &str) -> String {
    name.trim().to_lowercase().chars().take(NAME_CHARS).collect()
}

/// Whoever has one IPv6 address has a whole /64 of them. Those of whom no address is known are one.
fn network(address: Option<IpAddr>) -> IpAddr {
    match address {
        Some(IpAddr::V6(v6)) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        Some(v4) => v4,
        None => Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn left(failures: Option<&Failures>, most_ms: i64, now_ms: i64) -> i64 {
    let Some(Failures { times, last_ms }) = failures else { return 0 };
    if *times < FREE || now_ms - last_ms >= FORGET_MS {
        return 0;
    }
    let wait_ms = (1_000_i64 << (times - FREE).min(20)).min(most_ms);
    (last_ms + wait_ms - now_ms).max(0)
}

fn count<K: Eq + Hash + Clone>(all: &mut HashMap<K, Failures>, key: K, now_ms: i64) {
    if all.len() >= MOST && !all.contains_key(&key) {
        all.retain(|_, failures| now_ms - failures.last_ms < FORGET_MS);
        // Of those left, whoever failed least is the least loss.
        if all.len() >= MOST
            && let Some(mildest) =
                all.iter().min_by_key(|(_, failures)| (failures.times, failures.last_ms)).map(|(key, _)| key)
        {
            all.remove(&mildest.clone());
        }
    }
    let failures = all.entry(key).or_insert(Failures { times: 0, last_ms: now_ms });
    if now_ms - failures.last_ms >= FORGET_MS {
        failures.times = 0;
    }
    *failures = Failures { times: failures.times.saturating_add(1), last_ms: now_ms };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn the_wait_grows_with_every_failure_up_to_a_quarter_of_an_hour() {
        let (mut throttle, mut now) = (Throttle::default(), 0);
        let mut waits = Vec::new();
        for attempt in 0..16 {
            let name = format!("somebody else {attempt}");
            let wait = throttle.begin(ip("10.0.0.9"), &name, false, now).err().unwrap_or(0);
            waits.push(wait / 1000);
            now += wait;
            if wait > 0 {
                throttle.begin(ip("10.0.0.9"), &name, false, now).expect("waited for");
            }
        }
        assert_eq!(waits[..7], [0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[15], 900);
        assert_eq!(throttle.begin(ip("10.0.0.8"), "mira", false, now), Ok(()), "others do not wait");
        assert_eq!(throttle.begin(ip("10.0.0.9"), "mira", false, now + FORGET_MS), Ok(()));
    }

    #[test]
    fn an_account_is_guarded_from_many_addresses_and_its_owner_not_kept_out() {
        let mut throttle = Throttle::default();
        for address in 1..=20 {
            let _ = throttle.begin(ip(&format!("10.0.0.{address}")), "Mira ", false, 0);
        }
        let wait = throttle.begin(ip("10.0.1.1"), "mira", false, 0).expect_err("the account is tried");
        assert!(wait <= MOST_OF_ACCOUNT_MS, "{wait}");
        assert_eq!(throttle.begin(ip("127.0.0.1"), "mira", true, 0), Ok(()));
        throttle.succeeded(ip("127.0.0.1"), "mira");
        assert_eq!(throttle.begin(ip("10.0.1.1"), "mira", false, 0), Ok(()));
    }

    /// For a day somebody guesses the PIN of a link, from a new address after every so many attempts, and once a
    /// minute a guest types the right one. Says how many guesses were made, and how often the guest had to wait.
    fn guessed(attempts_from_one: u32) -> (u32, u32) {
        let (mut throttle, guest, mut tried, mut waited) = (PinThrottle::default(), ip("10.0.0.1"), 0, 0);
        for second in 0..24 * 3_600 {
            let now = second * 1_000;
            let at = tried / attempts_from_one;
            let guess = ip(&format!("10.1.{}.{}", at / 200, at % 200));
            tried += u32::from(throttle.begin(guess, 7, false, now).is_ok());
            if second % 60 == 0 {
                match throttle.begin(guest, 7, false, now) {
                    Ok(()) => throttle.take_back(guest, 7),
                    Err(_) => waited += 1,
                }
            }
        }
        assert_eq!(throttle.begin(guest, 8, false, 24 * 3_600_000), Ok(()), "other links are not concerned");
        (tried, waited)
    }

    #[test]
    fn whoever_guesses_a_pin_from_one_address_waits_alone() {
        let (tried, waited) = guessed(u32::MAX);
        assert!((90..150).contains(&tried), "{tried} of ten thousand PINs in a day");
        assert_eq!(waited, 0, "the other guests never do");
    }

    #[test]
    fn many_addresses_together_hardly_try_more_pins_of_a_link() {
        let (tried, _) = guessed(1);
        assert!((290..330).contains(&tried), "{tried} of ten thousand PINs in a day");
    }

    #[test]
    fn guests_who_know_the_pin_help_nobody_who_does_not() {
        let (mut throttle, guess, guest) = (PinThrottle::default(), ip("10.0.0.9"), ip("10.0.0.1"));
        for _ in 0..FREE {
            throttle.begin(guess, 7, false, 0).expect("free");
            throttle.begin(guest, 7, false, 0).expect("a guest");
            throttle.take_back(guest, 7);
        }
        assert!(throttle.begin(guess, 7, false, 0).is_err());
    }

    #[test]
    fn many_attempts_at_a_time_and_many_addresses_of_one_network_gain_nothing() {
        let mut throttle = Throttle::default();
        let begun = (0..50_u32).filter(|n| {
            throttle.begin(ip(&format!("2001:db8::{n:x}")), &format!("name {n}"), false, 0).is_ok()
        });
        assert_eq!(begun.count(), 3);
    }

    #[test]
    fn memory_is_bounded_and_whoever_failed_most_stays_known() {
        let mut throttle = Throttle::default();
        for _ in 0..3 {
            throttle.begin(ip("10.9.9.9"), "mira", true, 0).expect("free");
        }
        for n in 0..10_000_u32 {
            let address = IpAddr::from(std::net::Ipv4Addr::from_bits(0x0b00_0000 + n));
            let _ = throttle.begin(Some(address), &format!("name {n}"), false, 1);
        }
        assert!(throttle.addresses.len() <= MOST && throttle.names.len() <= MOST);
        assert!(throttle.begin(ip("10.9.9.9"), "budi", false, 2).is_err());
    }
}
