//! Sessions of browsers: a cookie that no script reads, that goes over TLS alone and with no request which another site makes. Owns how long
//! a session lives, idle and at all; of its secret the hash is held, in memory. Whether its account may still go on is the book's to say at
//! each request. Time is an argument.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use blake3::Hash;
use comptoir_door::text::hex;

use super::book::accounts::Signed;
use crate::limits::{MAX_CONSOLE_SESSIONS, MAX_SESSIONS_PER_ACCOUNT, SESSION_IDLE_LIFETIME, SESSION_LIFETIME};

/// The cookie. The beginning of its name makes browsers refuse it from any other host, path, or way than this one.
pub const COOKIE: &str = "__Host-comptoir-console";

/// Sessions that are open.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<Vec<Session>>);

#[derive(Debug)]
struct Session {
    secret: Hash,
    signed: Signed,
    opened: Instant,
    seen: Instant,
}

impl Session {
    fn is_open(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.seen) < SESSION_IDLE_LIFETIME
            && now.saturating_duration_since(self.opened) < SESSION_LIFETIME
    }
}

impl Sessions {
    /// Opens one with a new secret: what the answer sets as its cookie. The one that the request bore, if any, ends.
    pub fn open(&self, borne: Option<&str>, signed: Signed, (secret, now): ([u8; 32], Instant)) -> String {
        self.end(borne);
        let secret = hex(&secret);
        let mut sessions = self.locked();
        sessions.retain(|session| session.is_open(now));
        let of_account = |session: &Session| session.signed.account == signed.account;
        if sessions.iter().filter(|session| of_account(session)).count() >= MAX_SESSIONS_PER_ACCOUNT
            && let Some(oldest) = sessions.iter().position(of_account)
        {
            sessions.remove(oldest);
        }
        if sessions.len() >= MAX_CONSOLE_SESSIONS {
            sessions.remove(0);
        }
        sessions.push(Session { secret: blake3::hash(secret.as_bytes()), signed, opened: now, seen: now });
        set_cookie(&secret, SESSION_LIFETIME.as_secs())
    }

    /// Who is signed in by what a request bears; it lives on with each request.
    pub fn who(&self, borne: Option<&str>, now: Instant) -> Option<Signed> {
        let secret = blake3::hash(borne?.as_bytes());
        let mut sessions = self.locked();
        sessions.retain(|session| session.is_open(now));
        let session = sessions.iter_mut().find(|session| session.secret == secret)?;
        session.seen = now;
        Some(session.signed)
    }

    /// The same of a request that was let in and is still under way, by which no session lives on.
    pub fn still(&self, borne: Option<&str>, now: Instant) -> Option<Signed> {
        let secret = blake3::hash(borne?.as_bytes());
        let sessions = self.locked();
        let session = sessions.iter().find(|session| session.secret == secret)?;
        session.is_open(now).then_some(session.signed)
    }

    /// Ends the one that a request bears.
    pub fn end(&self, borne: Option<&str>) {
        if let Some(secret) = borne.map(|borne| blake3::hash(borne.as_bytes())) {
            self.locked().retain(|session| session.secret != secret);
        }
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What takes the cookie away.
pub fn no_cookie() -> String {
    set_cookie("", 0)
}

fn set_cookie(secret: &str, seconds: u64) -> String {
    format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn signed(account: i64) -> Signed {
        Signed { account, generation: 0 }
    }

    fn secret_of(cookie: &str) -> &str {
        cookie.split(['=', ';']).nth(1).unwrap_or_default()
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_after_its_time_whatever_is_done() {
        let (sessions, begun) = (Sessions::default(), Instant::now());
        let cookie = sessions.open(None, signed(1), ([1; 32], begun));
        let borne = Some(secret_of(&cookie));
        let nearly = SESSION_IDLE_LIFETIME - Duration::from_secs(1);
        let mut now = begun;
        while now.duration_since(begun) + nearly < SESSION_LIFETIME {
            now += nearly;
            assert_eq!(sessions.who(borne, now), Some(signed(1)));
        }
        assert_eq!(sessions.who(borne, begun + SESSION_LIFETIME), None);
        let cookie = sessions.open(None, signed(1), ([2; 32], now));
        let borne = Some(secret_of(&cookie));
        assert_eq!(sessions.still(borne, now + SESSION_IDLE_LIFETIME / 2), Some(signed(1)));
        assert_eq!(sessions.still(borne, now + SESSION_IDLE_LIFETIME), None, "to look is no request");
        assert_eq!(sessions.who(borne, now + SESSION_IDLE_LIFETIME), None);
    }

    #[test]
    fn whoever_signs_in_gets_a_new_secret_and_the_old_one_ends() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let first = sessions.open(None, signed(1), ([1; 32], now));
        let second = sessions.open(Some(secret_of(&first)), signed(1), ([2; 32], now));
        assert_eq!(sessions.who(Some(secret_of(&first)), now), None);
        assert_eq!(sessions.who(Some(secret_of(&second)), now), Some(signed(1)));
        sessions.end(Some(secret_of(&second)));
        assert_eq!((sessions.who(Some(secret_of(&second)), now), sessions.who(None, now)), (None, None));
    }

    #[test]
    fn sessions_are_bounded_in_all() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let open = |number: usize| {
            let secret = *blake3::hash(&number.to_le_bytes()).as_bytes();
            sessions.open(None, signed(number as i64), (secret, now))
        };
        let (first, second) = (open(0), open(1));
        for number in 2..=MAX_CONSOLE_SESSIONS {
            open(number);
        }
        assert_eq!(sessions.who(Some(secret_of(&first)), now), None, "the oldest made room");
        assert!(sessions.who(Some(secret_of(&second)), now).is_some());
    }

    #[test]
    fn sessions_are_bounded_by_account() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let other = sessions.open(None, signed(2), ([255; 32], now));
        let first = sessions.open(None, signed(1), ([0; 32], now));
        for number in 1..=MAX_SESSIONS_PER_ACCOUNT as u8 {
            sessions.open(None, signed(1), ([number; 32], now));
        }
        assert_eq!(sessions.who(Some(secret_of(&first)), now), None);
        assert!(sessions.who(Some(secret_of(&other)), now).is_some(), "nobody else pays for it");
    }
}
