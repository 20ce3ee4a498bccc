//! The second factor: six digits of the hour, by RFC 6238 with SHA-1, as every authenticator has it. Owns the settings and the address by
//! which an authenticator learns a secret. That a step is taken once only is the book's to see to; time is an argument.

use base32::Alphabet;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::limits::{TOTP_DIGITS, TOTP_SECRET_BYTES, TOTP_SKEW_STEPS, TOTP_STEP_SECONDS};

/// What an account shares with its authenticator.
pub type Shared = Zeroizing<[u8; TOTP_SECRET_BYTES]>;

/// The step in whose time this is the code, if it is one now.
pub fn step_of(code: &str, shared: &Shared, now_ms: i64) -> Option<u64> {
    let seconds = u64::try_from(now_ms).ok()? / 1_000;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    made_of(shared)?.check(&digits, seconds)
}

/// The code of a moment.
pub fn code_at(shared: &Shared, now_ms: i64) -> Option<String> {
    let seconds = u64::try_from(now_ms).ok()? / 1_000;
    Some(made_of(shared)?.generate(seconds).to_string())
}

fn made_of(shared: &Shared) -> Option<Totp> {
    let builder = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(TOTP_DIGITS)
        .with_skew(TOTP_SKEW_STEPS)
        .with_step_duration(TOTP_STEP_SECONDS)
        .with_secret(Secret::new_stack(**shared));
    builder.build().ok()
}

/// The secret as it is typed into an authenticator.
pub fn typed(shared: &Shared) -> Zeroizing<String> {
    Zeroizing::new(base32::encode(Alphabet::Rfc4648 { padding: false }, &**shared))
}

/// What an authenticator reads from a picture. Both names are plain: an account's, and the relay's host.
pub fn address(shared: &Shared, host: &str, name: &str) -> Zeroizing<String> {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' }).collect()
    };
    let (secret, host) = (typed(shared), plain(host));
    Zeroizing::new(format!(
        "otpauth://totp/Comptoir%20{host}:{}?secret={}&issuer=Comptoir%20{host}&algorithm=SHA1&digits={TOTP_DIGITS}&period={TOTP_STEP_SECONDS}",
        plain(name),
        &*secret
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn shared() -> Shared {
        Zeroizing::new(*b"12345678901234567890")
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // The standard's have eight digits: ours are the last six.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code_at(&shared(), seconds * 1_000).unwrap(), code);
            assert_eq!(step_of(code, &shared(), seconds * 1_000), Some(seconds as u64 / TOTP_STEP_SECONDS));
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let (now, step) = (1_000_000_000_000, 1_000 * TOTP_STEP_SECONDS as i64);
        let code = code_at(&shared(), now).unwrap();
        assert!(step_of(&code, &shared(), now + step).is_some() && step_of(&code, &shared(), now - step).is_some());
        assert!(step_of(&code, &shared(), now + 2 * step).is_none());
        assert!(step_of(&code, &shared(), now - 2 * step).is_none());
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert!(step_of(&spaced, &shared(), now).is_some(), "as authenticators show it");
        for wrong in ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥"] {
            assert!(step_of(wrong, &shared(), now).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_authenticator_reads_the_address() {
        let address = address(&shared(), "relay.example", "awa");
        assert!(
            address.starts_with("otpauth://totp/Comptoir%20relay.example:awa?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&")
        );
    }
}
