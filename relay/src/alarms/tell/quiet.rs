//! Quiet hours: when nobody is to be woken by mail. Owns the arithmetic of a day's hours in a time zone.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// From one hour of the day to another, perhaps across midnight.
#[derive(Clone, Debug)]
pub struct QuietHours {
    /// They begin.
    pub from: Time,
    /// They end.
    pub to: Time,
    /// Where these hours are meant.
    pub zone: TimeZone,
}

impl QuietHours {
    /// When what happens at this moment may be told: at once, or when the quiet hours end; Unix milliseconds.
    pub fn told_ms(&self, now_ms: i64) -> i64 {
        let Ok(now) = Timestamp::from_millisecond(now_ms) else { return now_ms };
        let here = now.to_zoned_datetime(self.zone.clone());
        let time = here.time();
        let (is_quiet, ends_tomorrow) = match self.from <= self.to {
            true => (self.from <= time && time < self.to, false),
            false => (time >= self.from || time < self.to, time >= self.from),
        };
        if !is_quiet {
            return now_ms;
        }
        let day = if ends_tomorrow { here.date().saturating_add(SignedDuration::from_hours(24)) } else { here.date() };
        day.to_datetime(self.to)
            .to_zoned_datetime(self.zone.clone())
            .map_or(now_ms, |end| end.timestamp().as_millisecond().max(now_ms))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told(hours: &QuietHours, at: &str) -> String {
        let at: Timestamp = at.parse().unwrap();
        Timestamp::from_millisecond(hours.told_ms(at.as_millisecond())).unwrap().to_string()
    }

    #[test]
    fn a_night_ends_in_the_morning_of_the_place() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let night = QuietHours { from: Time::constant(22, 0, 0, 0), to: Time::constant(6, 30, 0, 0), zone };
        assert_eq!(told(&night, "2026-01-10T12:00:00Z"), "2026-01-10T12:00:00Z");
        assert_eq!(told(&night, "2026-01-10T20:59:59Z"), "2026-01-10T20:59:59Z");
        assert_eq!(told(&night, "2026-01-10T21:00:00Z"), "2026-01-11T05:30:00Z");
        assert_eq!(told(&night, "2026-01-11T05:29:00Z"), "2026-01-11T05:30:00Z");
        assert_eq!(told(&night, "2026-01-11T05:30:00Z"), "2026-01-11T05:30:00Z");
        assert_eq!(told(&night, "2026-03-28T23:00:00Z"), "2026-03-29T04:30:00Z", "summer time begins");
    }

    #[test]
    fn an_afternoon_is_quiet_too() {
        let rest =
            QuietHours { from: Time::constant(13, 0, 0, 0), to: Time::constant(15, 0, 0, 0), zone: TimeZone::UTC };
        assert_eq!(told(&rest, "2026-01-10T14:00:00Z"), "2026-01-10T15:00:00Z");
        assert_eq!(told(&rest, "2026-01-10T15:00:00Z"), "2026-01-10T15:00:00Z");
        let never = QuietHours { to: rest.from, ..rest };
        assert_eq!(told(&never, "2026-01-10T13:00:00Z"), "2026-01-10T13:00:00Z");
    }
}
