//! Which records the rows of one file have named already: a later row that names one of them is refused, for were it to
//! change what an earlier row wrote, the same file would never come out unchanged. Owns that memory: a keyed hash of 64 bits
//! and a line number for each row, 36 MB at a million rows. Two names of one hash (one chance in 40 million then) refuse a
//! good row; the key, drawn anew for each import, keeps anybody from making that happen.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rand_core::Rng;

/// What rows have named.
pub struct Claims {
    key: [u8; 32],
    /// By hash the line of the row.
    claimed: HashMap<u64, u32>,
}

impl Claims {
    /// Nothing is named yet.
    pub fn new(rng: &mut impl Rng) -> Self {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        Self { key, claimed: HashMap::new() }
    }

    /// The line that has the name already; else this line has it now.
    pub fn claim(&mut self, name: &str, line: u64) -> Result<(), u32> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match self.claimed.entry(hash(&self.key, name)) {
            Entry::Occupied(taken) if *taken.get() != line => Err(*taken.get()),
            Entry::Occupied(_) => Ok(()),
            Entry::Vacant(free) => {
                free.insert(line);
                Ok(())
            }
        }
    }

    /// Whether a row has this name.
    pub fn has(&self, name: &str) -> bool {
        self.claimed.contains_key(&hash(&self.key, name))
    }
}

fn hash(key: &[u8; 32], name: &str) -> u64 {
    let hash = blake3::keyed_hash(key, name.as_bytes());
    let (first, _) = hash.as_bytes().split_first_chunk().expect("invariant: a hash has more than 8 bytes");
    u64::from_le_bytes(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::rng;

    #[test]
    fn a_name_belongs_to_the_first_line_that_has_it() {
        let mut claims = Claims::new(&mut rng());
        assert!(!claims.has("C-1"));
        assert_eq!(claims.claim("C-1", 2), Ok(()));
        assert_eq!(claims.claim("C-1", 2), Ok(()), "a row that is judged again");
        assert_eq!(claims.claim("C-1", 9), Err(2));
        assert_eq!(claims.claim("C-2", 9), Ok(()));
        assert!(claims.has("C-1") && !claims.has("C-3"));
    }
}
