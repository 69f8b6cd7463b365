//! Who comes to the LIVEs of one creator: regulars who are nearly always there, many who come now and
//! then, and passers-by. The same seed is the same crowd.

use pasut::simulator::Person;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::collections::HashSet;

/// For each gifter of an evening so many people give at some time in a quarter of a year.
const GIFTERS_IN_ALL: u64 = 25;
/// The same for those who only watch.
const PASSERS_BY_IN_ALL: u64 = 100;
/// One in so many takes another name at some time.
const RENAMED: u64 = 33;

pub struct Crowd {
    seed: u64,
    /// Number of the first of this creator's people; crowds of several creators overlap by half.
    first: u64,
    gifters: usize,
}

/// Who is there in one LIVE.
pub struct Evening {
    pub gifters: Vec<Person>,
    /// The gifters and twice as many others.
    pub everybody: Vec<Person>,
}

impl Crowd {
    pub fn of(creator: u64, gifters: usize, seed: u64) -> Self {
        Self { seed, first: creator * gifters as u64 * GIFTERS_IN_ALL / 2, gifters }
    }

    /// The people of the LIVE on `day` of `days`.
    pub fn evening(&self, live: u64, day: u64, days: u64) -> Evening {
        let mut random = StdRng::seed_from_u64(self.seed ^ (live + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let all = self.gifters as u64 * GIFTERS_IN_ALL;
        let mut numbers = Vec::new();
        let mut chosen = HashSet::new();
        while numbers.len() < self.gifters {
            // The cube makes the first of them regulars: the more often somebody comes, the fewer do so.
            let number = (random.random::<f64>().powi(3) * all as f64) as u64;
            if chosen.insert(number) {
                numbers.push(number);
            }
        }
        let passers_by = self.gifters as u64 * PASSERS_BY_IN_ALL;
        numbers.extend((0..2 * self.gifters).map(|_| all + random.random_range(0..passers_by)));
        let everybody: Vec<Person> =
            numbers.into_iter().map(|number| self.person(number, day, days)).collect();
        Evening { gifters: everybody[..self.gifters].to_vec(), everybody }
    }

    fn person(&self, number: u64, day: u64, days: u64) -> Person {
        let number = self.first + number;
        let mut person = Person::number(self.seed, number);
        if number.is_multiple_of(RENAMED) && day >= number / RENAMED % days {
            person.display_id = format!("{}.baru", person.display_id);
            person.nickname = format!("{} ✨", person.nickname);
        }
        person
    }
}
