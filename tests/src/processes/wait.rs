//! Waiting for a condition, by looking again until a deadline. It owns the interval, and never waits for time alone.

use std::time::{Duration, Instant};

use super::failure::Failure;
use super::limits::LOOK_AGAIN;

/// Looks until there is something to return. What was seen last, `Err(text)`, goes into the failure; a failure of the look
/// itself ends the wait at once.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<Result<T, String>, Failure>,
) -> Result<T, Failure> {
    until_every(what, limit, LOOK_AGAIN, &mut look)
}

/// As [`until`], with an interval of its own.
pub fn until_every<T>(
    what: &str,
    limit: Duration,
    interval: Duration,
    mut look: impl FnMut() -> Result<Result<T, String>, Failure>,
) -> Result<T, Failure> {
    let deadline = Instant::now() + limit;
    loop {
        match look()? {
            Ok(found) => return Ok(found),
            Err(last) if Instant::now() >= deadline => {
                return Err(Failure::Deadline { what: what.to_owned(), limit, last });
            }
            Err(_) => std::thread::park_timeout(interval),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_returns_what_was_found_and_tells_what_it_saw_last() {
        let mut looks = 0;
        let found = until("three looks", Duration::from_secs(60), || {
            looks += 1;
            Ok(if looks == 3 { Ok(looks) } else { Err(looks.to_string()) })
        });
        assert_eq!(found.unwrap(), 3);
        let never = until::<()>("never", Duration::ZERO, || Ok(Err("a wall".to_owned())));
        assert!(never.unwrap_err().to_string().contains("a wall"));
    }

    #[test]
    fn a_look_that_fails_ends_the_wait() {
        let failed = until::<()>("x", Duration::from_secs(600), || Err(Failure::Wrong("broken".to_owned())));
        assert!(matches!(failed, Err(Failure::Wrong(_))));
    }
}
