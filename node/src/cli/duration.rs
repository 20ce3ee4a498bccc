//! Lengths of time as people write them: `60s`, `5m`, `12h`, `7d`, `500ms`. Owns the form only.

use std::time::Duration;

/// Reads one. A number alone is seconds.
pub fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let wrong = || format!("{text:?} is no length of time: write 60s, 5m, 12h or 7d");
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let ms_per_unit = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(ms_per_unit).map(Duration::from_millis).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_others_refused() {
        assert_eq!(parse("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(parse("2"), Ok(Duration::from_secs(2)));
        assert_eq!(parse("7d"), Ok(Duration::from_secs(7 * 86_400)));
        for text in ["", "s", "1w", "-1s", "1.5s", "99999999999999999d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
