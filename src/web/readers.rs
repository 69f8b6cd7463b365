//! Who reads the feed now: so many at most, so that no program takes all of Pasut's attention.

use super::error::Trouble;
use actix_web::http::StatusCode;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MOST: usize = 64;

/// From one address; a game that connects again and again leaves room for others.
const MOST_PER_ADDRESS: usize = 32;

/// How many read, by address. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A reader's place; dropped, it is free again.
#[derive(Debug)]
pub struct Seat {
    readers: Readers,
    address: IpAddr,
}

impl Readers {
    /// Takes a place for a reader.
    ///
    /// # Errors
    ///
    /// 429 if there is none, with what to do.
    pub fn sit(&self, peer: Option<SocketAddr>) -> Result<Seat, Trouble> {
        let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        let mut readers = self.lock();
        let here = readers.get(&address).copied().unwrap_or(0);
        if readers.values().sum::<usize>() >= MOST {
            return Err(full(&format!("{MOST} programs read the feed already, which is the most")));
        }
        if here >= MOST_PER_ADDRESS {
            let most =
                format!("{MOST_PER_ADDRESS} programs at {address} read the feed already, which is the most");
            return Err(full(&most));
        }
        readers.insert(address, here + 1);
        Ok(Seat { readers: self.clone(), address })
    }

    /// How many read now.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().values().sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn full(why: &str) -> Trouble {
    let reason = format!("{why}. Nothing recorded is affected. Close one of them and connect again.");
    Trouble::Http { status: StatusCode::TOO_MANY_REQUESTS, reason }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut readers = self.readers.lock();
        if let Some(here) = readers.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                readers.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Option<SocketAddr> {
        Some(SocketAddr::from(([192, 168, 1, last], 4000)))
    }

    #[test]
    fn one_address_leaves_room_for_others() {
        let readers = Readers::default();
        let here: Vec<_> = (0..MOST_PER_ADDRESS).map(|_| readers.sit(from(1)).expect("room")).collect();
        let refused = readers.sit(from(1)).expect_err("full");
        assert!(refused.to_string().contains("192.168.1.1"), "{refused}");
        let other = readers.sit(from(2)).expect("room for another");
        drop((here, other));
        assert!(readers.lock().is_empty(), "places are given back");
    }

    #[test]
    fn so_many_read_at_once_and_a_place_that_is_left_is_free() {
        let readers = Readers::default();
        let mut seats: Vec<_> = (0..MOST)
            .map(|reader| readers.sit(from(u8::try_from(reader).expect("few"))).expect("room"))
            .collect();
        assert!(readers.sit(from(200)).is_err());
        assert_eq!(readers.count(), MOST);
        seats.pop();
        assert!(readers.sit(from(200)).is_ok());
    }
}
