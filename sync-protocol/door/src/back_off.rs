//! Back-off: how long whoever guessed wrong waits before the next guess, by the account that is guessed at and by the address that the
//! guesses come from. Owns counts, which live as long as the process, and their bounds; time is an argument. Nobody is shut out for
//! good: a wait has an end, and what is long ago is forgotten.
//!
//! A device at which somebody signed in to the account before has a count of its own, so that strangers who guess on do not keep the owner
//! waiting there. Which devices these are is the caller's to know.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use blake3::Hash;

use crate::limits::{
    ACCOUNT_FREE_GUESSES, ADDRESS_FREE_GUESSES, GUESSES_FORGOTTEN_AFTER, MAX_ACCOUNT_WAIT, MAX_ADDRESS_WAIT,
    MAX_FACTOR_WAIT, MAX_REMEMBERED_GUESSERS,
};

/// Wrong guesses, by what is guessed at and by address.
pub struct BackOff {
    passwords: Counts,
    factors: Counts,
    addresses: Counts,
}

/// What is guessed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A password, or whatever stands in for one.
    Password,
    /// A second factor. One waits longer: who comes so far knows the password.
    Factor,
}

/// One guess: at what, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    at: At,
    /// The account, or the device.
    counted: Hash,
    address: Option<Hash>,
}

impl Guess {
    /// By anybody, at an account, from an address.
    pub fn of_stranger(at: At, account: Hash, address: Hash) -> Self {
        Self { at, counted: account, address: Some(address) }
    }

    /// At a device at which somebody signed in to the account before: it counts there alone.
    pub fn at_device(at: At, device: Hash) -> Self {
        Self { at, counted: device, address: None }
    }
}

struct Counts {
    /// How many before there is a wait.
    free: u32,
    /// The longest wait.
    most: Duration,
    of: HashMap<Hash, (u32, Instant)>,
}

impl Default for BackOff {
    fn default() -> Self {
        Self {
            passwords: Counts::new(ACCOUNT_FREE_GUESSES, MAX_ACCOUNT_WAIT),
            factors: Counts::new(ACCOUNT_FREE_GUESSES, MAX_FACTOR_WAIT),
            addresses: Counts::new(ADDRESS_FREE_GUESSES, MAX_ADDRESS_WAIT),
        }
    }
}

impl BackOff {
    /// A guess is about to be looked at. It counts as wrong until [`BackOff::was_right`]: many at one moment are no way round.
    ///
    /// # Errors
    /// How long to wait first; nothing is counted then.
    pub fn guess(&mut self, guess: Guess, now: Instant) -> Result<(), Duration> {
        let wait = self.at(guess.at).wait(&guess.counted, now);
        let wait = guess.address.map_or(wait, |address| wait.max(self.addresses.wait(&address, now)));
        if !wait.is_zero() {
            return Err(wait);
        }
        self.at(guess.at).count(guess.counted, now);
        if let Some(address) = guess.address {
            self.addresses.count(address, now);
        }
        Ok(())
    }

    /// The guess was right: what it counted for begins anew. The address loses this one only, so that who has an account of their own
    /// buys no guesses at others with it.
    pub fn was_right(&mut self, guess: Guess) {
        self.at(guess.at).of.remove(&guess.counted);
        if let Some((count, _)) = guess.address.and_then(|address| self.addresses.of.get_mut(&address)) {
            *count = count.saturating_sub(1);
        }
    }

    fn at(&mut self, at: At) -> &mut Counts {
        match at {
            At::Password => &mut self.passwords,
            At::Factor => &mut self.factors,
        }
    }
}

/// By what back-off knows a name, without keeping it.
pub fn trace(what: &str) -> Hash {
    blake3::hash(what.as_bytes())
}

/// By what it knows an address: a whole network of IPv6 counts as one, in which anybody has as many addresses as they like.
pub fn trace_of(address: IpAddr) -> Hash {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
    };
    trace(&network)
}

impl Counts {
    fn new(free: u32, most: Duration) -> Self {
        Self { free, most, of: HashMap::new() }
    }

    fn wait(&self, of: &Hash, now: Instant) -> Duration {
        let Some((count, last)) = self.of.get(of) else { return Duration::ZERO };
        let since = now.saturating_duration_since(*last);
        if *count < self.free || since >= GUESSES_FORGOTTEN_AFTER {
            return Duration::ZERO;
        }
        // One second, and twice as long each time.
        let doublings = (count - self.free).min(31);
        let whole = Duration::from_secs(1 << doublings).min(self.most);
        whole.saturating_sub(since)
    }

    fn count(&mut self, of: Hash, now: Instant) {
        if self.of.len() >= MAX_REMEMBERED_GUESSERS && !self.of.contains_key(&of) {
            self.of.retain(|_, (_, last)| now.saturating_duration_since(*last) < GUESSES_FORGOTTEN_AFTER);
            if self.of.len() >= MAX_REMEMBERED_GUESSERS {
                // Whoever guessed least: a flood of new names does not make the persistent one forgotten.
                let least = self.of.iter().min_by_key(|(_, (count, last))| (*count, *last)).map(|(hash, _)| *hash);
                least.map(|least| self.of.remove(&least));
            }
        }
        let (count, last) = self.of.entry(of).or_insert((0, now));
        if now.saturating_duration_since(*last) >= GUESSES_FORGOTTEN_AFTER {
            *count = 0;
        }
        (*count, *last) = (count.saturating_add(1), now);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(what: &str) -> Hash {
        trace(what)
    }

    fn at(account: Hash, address: Hash) -> Guess {
        Guess::of_stranger(At::Password, account, address)
    }

    /// How many guesses get through when one is made each second, for so long.
    fn through(
        back_off: &mut BackOff,
        account: impl Fn(u64) -> Hash,
        address: impl Fn(u64) -> Hash,
        seconds: u64,
    ) -> usize {
        let start = Instant::now();
        let made = (0..seconds).filter(|second| {
            back_off.guess(at(account(*second), address(*second)), start + Duration::from_secs(*second)).is_ok()
        });
        made.count()
    }

    #[test]
    fn f33_guesses_at_one_account_from_many_addresses_are_slowed_down() {
        let day = 24 * 3_600;
        let made = through(&mut BackOff::default(), |_| of("aminata"), |n| of(&n.to_string()), day);
        let most = day / MAX_ACCOUNT_WAIT.as_secs() + u64::from(ACCOUNT_FREE_GUESSES) + 20;
        assert!(made as u64 <= most, "{made}");
    }

    #[test]
    fn f33_guesses_at_many_accounts_from_one_address_are_slowed_down() {
        let day = 24 * 3_600;
        let made = through(&mut BackOff::default(), |n| of(&n.to_string()), |_| of("192.168.1.66"), day);
        let most = day / MAX_ADDRESS_WAIT.as_secs() + u64::from(ADDRESS_FREE_GUESSES) + 20;
        assert!(made as u64 <= most, "{made}");
    }

    #[test]
    fn f33_guesses_from_one_network_of_ipv6_come_from_one_address() {
        let of = |text: &str| trace_of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::4"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn f33_nobody_is_shut_out_for_good() {
        let (mut back_off, start) = (BackOff::default(), Instant::now());
        for _ in 0..1_000 {
            let _ = back_off.guess(at(of("aminata"), of("here")), start);
        }
        let wait = back_off.guess(at(of("aminata"), of("there")), start).unwrap_err();
        assert!(wait <= MAX_ACCOUNT_WAIT);
        assert_eq!(back_off.guess(at(of("aminata"), of("there")), start + wait), Ok(()));
        back_off.was_right(at(of("aminata"), of("there")));
        assert_eq!(back_off.guess(at(of("aminata"), of("there")), start + wait), Ok(()), "who was right waits no more");
    }

    #[test]
    fn f33_who_signs_in_with_an_account_of_their_own_buys_no_guesses_at_others() {
        let (mut back_off, start) = (BackOff::default(), Instant::now());
        let mut guessed = 0;
        for n in 0..500 {
            guessed += u32::from(back_off.guess(at(of(&n.to_string()), of("there")), start).is_ok());
            if back_off.guess(at(of("own"), of("there")), start).is_ok() {
                back_off.was_right(at(of("own"), of("there")));
            }
            assert!(guessed <= ADDRESS_FREE_GUESSES, "{n}");
        }
    }

    #[test]
    fn f33_what_is_remembered_is_bounded_and_the_persistent_are_not_forgotten() {
        let (mut back_off, now) = (BackOff::default(), Instant::now());
        for _ in 0..ACCOUNT_FREE_GUESSES {
            back_off.guess(at(of("aminata"), of("there")), now).unwrap();
        }
        for n in 0..2 * MAX_REMEMBERED_GUESSERS {
            let _ = back_off.guess(at(of(&n.to_string()), of(&n.to_string())), now);
        }
        assert!(back_off.passwords.of.len() <= MAX_REMEMBERED_GUESSERS);
        assert!(back_off.guess(at(of("aminata"), of("elsewhere")), now).is_err());
    }

    #[test]
    fn f33_strangers_who_guess_on_keep_nobody_waiting_at_a_device_that_is_known() {
        let (mut back_off, start) = (BackOff::default(), Instant::now());
        let desk = Guess::at_device(At::Password, of("desk"));
        for n in 0..100 {
            let now = start + Duration::from_secs(n);
            let _ = back_off.guess(at(of("aminata"), of(&n.to_string())), now);
            assert_eq!(back_off.guess(desk, now), Ok(()), "{n}");
            back_off.was_right(desk);
        }
        let next = back_off.guess(at(of("aminata"), of("new")), start + Duration::from_secs(100));
        assert!(next.is_err(), "who is right there frees no stranger");
    }

    #[test]
    fn f33_a_device_buys_no_more_guesses_than_an_account_has_and_a_second_factor_fewer() {
        for (at, most_wait) in [(At::Password, MAX_ACCOUNT_WAIT), (At::Factor, MAX_FACTOR_WAIT)] {
            let (mut back_off, start, day) = (BackOff::default(), Instant::now(), 24 * 3_600);
            for by in [Guess::at_device(at, of("stolen")), Guess::of_stranger(at, of("aminata"), of("there"))] {
                let made = (0..day).filter(|n| back_off.guess(by, start + Duration::from_secs(*n)).is_ok()).count();
                let most = day / most_wait.as_secs() + u64::from(ACCOUNT_FREE_GUESSES) + 20;
                assert!(made as u64 <= most, "{by:?}: {made}");
            }
        }
    }
}
