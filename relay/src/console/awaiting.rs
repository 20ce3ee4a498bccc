//! What waits for its second half: sign-ins for a code, set-ups for a confirmation. Owns a bounded number of them, each for a bounded time,
//! in memory, each known by the hash of its secret. Time is an argument.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use blake3::Hash;

/// Halves that wait.
pub struct Awaiting<T> {
    most: usize,
    lifetime: Duration,
    held: Mutex<Vec<Half<T>>>,
}

struct Half<T> {
    secret: Hash,
    since: Instant,
    tries: u32,
    what: T,
}

impl<T: Clone> Awaiting<T> {
    /// Room for so many, each for so long.
    pub fn new(most: usize, lifetime: Duration) -> Self {
        Self { most, lifetime, held: Mutex::default() }
    }

    /// Puts one in, in the place of one of the same secret. Where there is no room, the oldest goes.
    pub fn put(&self, secret: Hash, what: T, now: Instant) {
        let mut held = self.alive(now);
        held.retain(|half| half.secret != secret);
        if held.len() >= self.most {
            held.remove(0);
        }
        held.push(Half { secret, since: now, tries: 0, what });
    }

    /// The one of this secret; each look counts as a try, and after so many it is gone.
    pub fn look(&self, secret: &Hash, most_tries: u32, now: Instant) -> Option<T> {
        let mut held = self.alive(now);
        let place = held.iter().position(|half| half.secret == *secret)?;
        held[place].tries += 1;
        if held[place].tries >= most_tries {
            return Some(held.remove(place).what);
        }
        Some(held[place].what.clone())
    }

    /// It is done, or over.
    pub fn remove(&self, secret: &Hash) {
        self.locked().retain(|half| half.secret != *secret);
    }

    fn alive(&self, now: Instant) -> MutexGuard<'_, Vec<Half<T>>> {
        let mut held = self.locked();
        held.retain(|half| now.saturating_duration_since(half.since) < self.lifetime);
        held
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Half<T>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(number: u8) -> Hash {
        blake3::hash(&[number])
    }

    #[test]
    fn what_waits_is_bounded_in_number_time_and_tries() {
        let (awaiting, now) = (Awaiting::new(2, Duration::from_secs(10)), Instant::now());
        (0..3).for_each(|number| awaiting.put(secret(number), number, now));
        assert_eq!(awaiting.look(&secret(0), 9, now), None, "the oldest made room");
        assert_eq!(awaiting.look(&secret(1), 2, now), Some(1));
        assert_eq!(awaiting.look(&secret(1), 2, now), Some(1));
        assert_eq!(awaiting.look(&secret(1), 2, now), None, "tries are counted");
        assert_eq!(awaiting.look(&secret(2), 9, now + Duration::from_secs(10)), None, "too late");
        awaiting.put(secret(3), 3, now);
        awaiting.remove(&secret(3));
        assert_eq!(awaiting.look(&secret(3), 9, now), None);
    }
}
