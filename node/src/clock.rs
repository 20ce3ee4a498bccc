//! The wall clock: the one place of the node that reads it. Owns conversion to text; orders nothing, since clocks lie.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::problem::{Code, Problem};

/// Unix milliseconds now.
pub fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// RFC 3339, UTC. An instant that no calendar can name becomes the nearest that one can.
pub fn rfc3339(ms: i64) -> String {
    let nearest = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(ms).unwrap_or(nearest).to_string()
}

/// The moment that a text names, in Unix milliseconds: RFC 3339, or a day, whose end in the time zone is meant.
pub fn moment(text: &str, time_zone: &str) -> Result<i64, Problem> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.as_millisecond());
    }
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    let end = day.and_then(|day| zone.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok());
    let wrong = || {
        let message = format!("{text} is no moment: write 2026-11-24, or 2026-11-24T10:00:00Z (RFC 3339)");
        Problem::new(Code::BadRequest, message).with("value", text)
    };
    Ok(end.ok_or_else(wrong)?.as_millisecond() - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_ends_where_the_site_is() {
        let at = |text: &str, zone: &str| rfc3339(moment(text, zone).unwrap());
        assert_eq!(at("2026-11-24", "Europe/Paris"), "2026-11-24T22:59:59.999Z");
        assert_eq!(at("2026-11-24", "Africa/Dakar"), "2026-11-24T23:59:59.999Z");
        assert_eq!(at("2026-11-24T10:00:00+01:00", "Africa/Dakar"), "2026-11-24T09:00:00Z");
        for wrong in ["", "yesterday", "2026-02-30", "9999-12-31", "2026-11-24 10:00"] {
            assert!(moment(wrong, "Europe/Paris").is_err(), "{wrong}");
        }
    }

    #[test]
    fn f10_an_absurd_clock_is_still_text() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert!(rfc3339(i64::MAX).ends_with('Z'));
        assert!(rfc3339(i64::MIN).ends_with('Z'));
    }
}
