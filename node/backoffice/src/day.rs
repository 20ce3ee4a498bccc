//! The day at a site: what its clock and time zone make of a moment. Owns that alone; no day orders anything.

use comptoir_replica::record::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The day of a moment (Unix milliseconds) in a time zone of the IANA database; one that is not known is UTC, and a moment that
/// no calendar can name is the first day of 1970.
#[must_use]
pub fn day_of(now_ms: i64, time_zone: &str) -> Date {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let day = Timestamp::from_millisecond(now_ms).ok().map(|moment| zone.to_datetime(moment).date().to_string());
    let first = || Date::new(1970, 1, 1).expect("invariant: it is a day");
    day.and_then(|day| day.parse().ok()).unwrap_or_else(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_the_site_is() {
        // 2026-11-28T23:30:00Z.
        let at = |zone: &str| day_of(1_795_908_600_000, zone).to_string();
        assert_eq!(
            (at("UTC"), at("Europe/Paris"), at("Mars/Base")),
            (at("Africa/Dakar"), "2026-11-29".into(), at("UTC"))
        );
        assert_eq!(day_of(i64::MAX, "UTC").to_string(), "1970-01-01");
    }
}
