//! The wall clock: the one place of the relay that reads it. Nothing is ordered by it; it only ages what waits.

use std::time::{SystemTime, UNIX_EPOCH};

/// Unix milliseconds now; 0 on a clock that stands before 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
