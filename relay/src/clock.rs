//! The wall clock: the one place of the relay that reads it. No entry is ordered by it; it ages what waits, and dates what the console
//! shows.

use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Unix milliseconds now; 0 on a clock that stands before 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// RFC 3339, UTC. An instant that no calendar can name becomes the nearest that one can.
pub(crate) fn rfc3339(ms: i64) -> String {
    let nearest = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(ms).unwrap_or(nearest).to_string()
}

/// The moment that a text names, in Unix milliseconds; none where it is not RFC 3339.
pub(crate) fn moment(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// One moment: by the calendar, which may be set anew, and by a clock that only goes on.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Unix milliseconds.
    pub ms: i64,
    /// What waits and lifetimes are measured by.
    pub instant: Instant,
}

/// What time it is for the console; tests have their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// The machine's.
    pub fn system() -> Self {
        Self::of(|| Moment { ms: now_ms(), instant: Instant::now() })
    }

    /// Whatever this says.
    pub fn of(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Now.
    pub fn now(&self) -> Moment {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_and_read() {
        assert_eq!((rfc3339(0).as_str(), moment("1970-01-01T00:00:01Z")), ("1970-01-01T00:00:00Z", Some(1_000)));
        assert_eq!((moment("yesterday"), moment("2026-11-24")), (None, None));
        assert!(rfc3339(i64::MAX).ends_with('Z') && rfc3339(i64::MIN).ends_with('Z'));
    }
}
