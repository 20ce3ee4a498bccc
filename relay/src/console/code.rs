//! Codes that people copy by hand: one to set an account up with, and those that stand in for a lost second factor. Owns their form and
//! their hash, which is all that is kept. Randomness is an argument.

use base32::Alphabet;
use blake3::Hash;

/// Bytes of a set-up code: 128 bits, which nobody guesses.
pub const SETUP_CODE_BYTES: usize = 16;
/// Bytes of a recovery code: 120 bits, so that a plain hash is enough to keep of it. Earlier ones had 80, and are good as long as they are kept.
pub const RECOVERY_CODE_BYTES: usize = 15;
const GROUP_CHARACTERS: usize = 5;

/// The code as it is shown: groups of letters and digits that are not mistaken for one another.
pub fn shown(bytes: &[u8]) -> String {
    let text = base32::encode(Alphabet::Crockford, bytes);
    let groups: Vec<&str> = (0..text.len())
        .step_by(GROUP_CHARACTERS)
        .filter_map(|start| text.get(start..(start + GROUP_CHARACTERS).min(text.len())))
        .collect();
    groups.join("-")
}

/// What is kept of a code, however it was typed.
pub fn hash(typed: &str) -> Hash {
    let plain = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    });
    blake3::Hash::from_bytes(blake3::derive_key("comptoir 2026 console code", plain.collect::<String>().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_was_typed() {
        let code = shown(&[0xa5; SETUP_CODE_BYTES]);
        assert_eq!(code.replace('-', "").len(), 26);
        assert!(code.split('-').all(|group| group.len() <= GROUP_CHARACTERS));
        let sloppy = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(hash(&sloppy), hash(&code));
        assert_ne!(hash(&shown(&[0xa4; SETUP_CODE_BYTES])), hash(&code));
    }

    #[test]
    fn a_recovery_code_is_long_enough_for_a_plain_hash() {
        // 6.5.2 of the ASVS: under 112 bits, a code is kept like a password.
        const { assert!(8 * RECOVERY_CODE_BYTES >= 112) };
        assert_eq!(shown(&[0xa5; RECOVERY_CODE_BYTES]).replace('-', "").len(), 24);
        let earlier = shown(&[0xa5; 10]);
        assert_eq!(hash(&earlier.to_lowercase()), hash(&earlier), "one of 80 bits that was given out before");
    }
}
