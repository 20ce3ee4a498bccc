//! Passwords: what is kept of one, and whether what was typed is it. Owns argon2id with its parameters, and that one is computed at a
//! time: each takes memory, and whoever asks without end must not take all of it. Salts are arguments; never keeps a password.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::limits::{
    MAX_PASSWORD_LANES, MAX_PASSWORD_MEMORY_KIB, MAX_PASSWORD_PASSES, PASSWORD_HASH_BYTES, PASSWORD_LANES,
    PASSWORD_MEMORY_KIB, PASSWORD_PASSES, PASSWORD_SALT_BYTES,
};
use crate::text::{hex, unhex};

/// A password as somebody typed it: gone from memory when dropped.
pub type Typed = Zeroizing<String>;

/// What is kept of a password. The parameters stand with it: those of a later version differ, and this one goes on to be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// In hex.
    salt: String,
    /// In hex.
    hash: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Computes hashes, one at a time, and counts them.
#[derive(Default)]
pub struct Hashing {
    turn: Mutex<()>,
    count: AtomicU64,
}

/// No hash of a password could be computed.
#[derive(Debug, thiserror::Error)]
#[error("No hash of the password was computed")]
pub struct HashError(#[source] argon2::Error);

impl Hashing {
    /// What to keep of a password.
    pub fn keep(&self, password: &Typed, salt: [u8; PASSWORD_SALT_BYTES]) -> Result<Kept, HashError> {
        let (memory_kib, passes, lanes) = (PASSWORD_MEMORY_KIB, PASSWORD_PASSES, PASSWORD_LANES);
        let hash = self.hash(password, &salt, (memory_kib, passes, lanes)).map_err(HashError)?;
        Ok(Kept { salt: hex(&salt), hash: hex(&*hash), memory_kib, passes, lanes })
    }

    /// Whether this is the password; takes as long when nothing is kept, and says no.
    pub fn is_it(&self, password: &Typed, kept: Option<&Kept>) -> bool {
        let usual = (PASSWORD_MEMORY_KIB, PASSWORD_PASSES, PASSWORD_LANES);
        let Some(kept) = kept.filter(|kept| kept.is_bounded()) else {
            drop(self.hash(password, &[0; PASSWORD_SALT_BYTES], usual));
            return false;
        };
        let Some((salt, wanted)) = unhex(&kept.salt).zip(unhex(&kept.hash)) else { return false };
        let computed = self.hash(password, &salt, (kept.memory_kib, kept.passes, kept.lanes));
        // Hashes of hashes, which are compared in constant time.
        computed.is_ok_and(|computed| blake3::hash(&*computed) == blake3::hash(&wanted))
    }

    /// How many were computed.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn hash(
        &self,
        password: &Typed,
        salt: &[u8],
        (memory_kib, passes, lanes): (u32, u32, u32),
    ) -> Result<Zeroizing<[u8; PASSWORD_HASH_BYTES]>, argon2::Error> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.count.fetch_add(1, Ordering::Relaxed);
        let params = Params::new(memory_kib, passes, lanes, Some(PASSWORD_HASH_BYTES))?;
        let mut hash = Zeroizing::new([0; PASSWORD_HASH_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
            password.as_bytes(),
            salt,
            &mut *hash,
        )?;
        Ok(hash)
    }
}

impl Kept {
    /// A file that somebody wrote into must not make the node take all memory, or work for an hour.
    fn is_bounded(&self) -> bool {
        self.memory_kib <= MAX_PASSWORD_MEMORY_KIB
            && self.passes <= MAX_PASSWORD_PASSES
            && self.lanes <= MAX_PASSWORD_LANES
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed(text: &str) -> Typed {
        Zeroizing::new(text.to_owned())
    }

    /// A vector of the reference implementation (its test.c: argon2id, version 1.3, 2 passes, 256 KiB, 1 lane).
    #[test]
    fn what_is_kept_is_argon2id_as_others_have_it() {
        let hash = Hashing::default().hash(&typed("password"), b"somesalt", (256, 2, 1)).unwrap();
        assert_eq!(hex(&*hash), "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    }

    #[test]
    fn the_parameters_are_kept_with_the_hash() {
        let kept = Hashing::default().keep(&typed("correct horse"), *b"sixteen bytes of").unwrap();
        let told = serde_json::to_value(&kept).unwrap();
        assert_eq!((&told["memory_kib"], &told["passes"], &told["lanes"]), (&19_456.into(), &2.into(), &1.into()));
        assert_eq!(told["salt"], "7369787465656e206279746573206f66");
    }

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let hashing = Hashing::default();
        let kept = hashing.keep(&typed("a long password"), [7; PASSWORD_SALT_BYTES]).unwrap();
        assert!(hashing.is_it(&typed("a long password"), Some(&kept)));
        assert!(!hashing.is_it(&typed("a long passwore"), Some(&kept)));
        assert!(!hashing.is_it(&typed(""), Some(&kept)) && !hashing.is_it(&typed("a long password"), None));
        let other = hashing.keep(&typed("a long password"), [8; PASSWORD_SALT_BYTES]).unwrap();
        assert_ne!(kept.hash, other.hash);
    }

    #[test]
    fn a_password_is_taken_whole_and_as_it_was_typed() {
        let hashing = Hashing::default();
        let of_bytes = |bytes: usize| format!(" Cheval{}", "x".repeat(bytes - 7));
        for bytes in [64, 1_024] {
            let password = of_bytes(bytes);
            let kept = hashing.keep(&typed(&password), [7; PASSWORD_SALT_BYTES]).unwrap();
            assert!(hashing.is_it(&typed(&password), Some(&kept)));
            for other in [&password[..bytes - 1], &password[..56], password.trim(), &password.to_lowercase()] {
                assert!(!hashing.is_it(&typed(other), Some(&kept)), "{other}");
            }
            assert!(!hashing.is_it(&typed(&format!("{password} ")), Some(&kept)));
        }
    }

    #[test]
    fn a_file_that_asks_for_all_memory_is_not_obeyed() {
        let hashing = Hashing::default();
        let kept = hashing.keep(&typed("a long password"), [7; PASSWORD_SALT_BYTES]).unwrap();
        let greedy = Kept { memory_kib: u32::MAX, ..kept };
        assert!(!hashing.is_it(&typed("a long password"), Some(&greedy)));
    }
}
