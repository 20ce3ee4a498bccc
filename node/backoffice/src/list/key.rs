//! The key of a page: the place before or after one record, by the values that the list is sorted by. Owns its form, which
//! is nobody else's affair: versioned, bounded, of one order alone. New records before or after it do not move it.

use comptoir_replica::record::RecordId;
use rusqlite::types::Value as SqlValue;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_PAGE_KEY_BYTES;
use crate::refusal::{Code, Refusal};
use crate::registry::Kind;

use super::query::SortField;

/// Changes with the form, and with what values lists are sorted by.
const VERSION: u8 = 1;
/// Characters of the fingerprint.
const FINGERPRINT_CHARS: usize = 8;

/// A place in a list.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct PageKey {
    /// Which segment of the order the record is in.
    pub segment: usize,
    /// Its values of the segment's terms, but for the id; empty when they would be too long, and are looked up instead.
    pub values: Vec<SqlValue>,
    /// The record.
    pub id: RecordId,
}

/// One value in its written form.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(i64),
    Text(String),
}

/// Version, fingerprint of the order, segment, values, id.
type Form = (u8, String, usize, Vec<Written>, String);

impl PageKey {
    /// Its text: hexadecimal digits.
    pub fn encode(&self, fingerprint: &str) -> String {
        let written = |value: &SqlValue| match value {
            SqlValue::Integer(number) => Written::Number(*number),
            SqlValue::Text(text) => Written::Text(text.clone()),
            _ => Written::Text(String::new()),
        };
        let form = |values| (VERSION, fingerprint.to_owned(), self.segment, values, self.id.to_string());
        let whole = text(&form(self.values.iter().map(written).collect()));
        if whole.len() <= MAX_PAGE_KEY_BYTES { whole } else { text(&form(Vec::new())) }
    }

    /// Reads [`PageKey::encode`].
    ///
    /// # Errors
    /// [`Code::BadPageKey`] when it is none, or of another order.
    pub fn decode(key: &str, fingerprint: &str) -> Result<Self, Refusal> {
        let bad = || Refusal::new(Code::BadPageKey);
        if key.len() > MAX_PAGE_KEY_BYTES || !key.len().is_multiple_of(2) || !key.is_ascii() {
            return Err(bad());
        }
        let byte = |at| u8::from_str_radix(&key[at..at + 2], 16);
        let bytes: Vec<u8> = (0..key.len()).step_by(2).map(byte).collect::<Result<_, _>>().map_err(|_| bad())?;
        let (version, of, segment, values, id): Form = serde_json::from_slice(&bytes).map_err(|_| bad())?;
        if version != VERSION || of != fingerprint {
            return Err(bad());
        }
        let value = |written| match written {
            Written::Number(number) => SqlValue::Integer(number),
            Written::Text(text) => SqlValue::Text(text),
        };
        let values = values.into_iter().map(value).collect();
        Ok(Self { segment, values, id: id.parse().map_err(|_| bad())? })
    }
}

fn text(form: &Form) -> String {
    let json = serde_json::to_vec(form).expect("invariant: numbers and texts are JSON");
    json.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tells the orders of lists apart.
pub(super) fn fingerprint(kind: &Kind, sort: &[SortField]) -> String {
    let fields = sort.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let hash = blake3::hash(format!("{}:{fields}", kind.name()).as_bytes());
    hash.to_hex()[..FINGERPRINT_CHARS].to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn key() -> PageKey {
        PageKey { segment: 1, values: vec!["dupont é~".to_owned().into(), (-7).into()], id: RecordId([7; 16]) }
    }

    #[test]
    fn a_key_is_read_back_and_is_of_one_order() {
        let text = key().encode("0badcafe");
        assert_eq!(PageKey::decode(&text, "0badcafe"), Ok(key()));
        assert_eq!(PageKey::decode(&text, "0badcaff").unwrap_err().code, Code::BadPageKey);
        let long = PageKey { values: vec!["é".repeat(9_000).into()], ..key() };
        let text = long.encode("0badcafe");
        assert_eq!(PageKey::decode(&text, "0badcafe"), Ok(PageKey { values: vec![], ..key() }));
    }

    proptest! {
        #[test]
        fn what_is_no_key_is_refused(noise in ".{0,80}", at in 0_usize..100, digit in 0_u8..16) {
            prop_assert!(PageKey::decode(&noise, "0badcafe").is_err());
            let mut text = key().encode("0badcafe");
            let at = at % text.len();
            text.replace_range(at..=at, &format!("{digit:x}"));
            // A digit of a value may be another's: then it is another place, never a fault.
            let _ = PageKey::decode(&text, "0badcafe");
            prop_assert!(PageKey::decode(&text[..at], "0badcafe").is_err());
        }
    }
}
