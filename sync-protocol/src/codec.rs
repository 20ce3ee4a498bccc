//! CBOR at the edge: one way in, one way out. Owns the rule that input is whole and has nothing behind it.

use minicbor::{Decode, Encode};
use thiserror::Error;

/// Bytes that are not what they should be.
#[derive(Debug, Error)]
pub enum CodecError {
    /// Not CBOR of the expected shape.
    #[error("malformed {what}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Why.
        #[source]
        source: minicbor::decode::Error,
    },
    /// Bytes are left behind the value.
    #[error("{left} bytes behind the {what}")]
    Trailing {
        /// What was being read.
        what: &'static str,
        /// How many.
        left: usize,
    },
    /// Larger, longer or more than its bound.
    #[error("{what}: {found} is over the bound of {most}")]
    OverBound {
        /// What was being read.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many may be.
        most: usize,
    },
}

/// Encodes into a fresh buffer.
pub fn to_bytes<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("invariant: writing CBOR into a Vec cannot fail")
}

/// Decodes a value that must fill `bytes` to the end.
pub fn from_bytes<'b, T: Decode<'b, ()>>(what: &'static str, bytes: &'b [u8]) -> Result<T, CodecError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().map_err(|source| CodecError::Malformed { what, source })?;
    match bytes.len() - decoder.position() {
        0 => Ok(value),
        left => Err(CodecError::Trailing { what, left }),
    }
}

/// Refuses what is over its bound.
pub fn bounded(what: &'static str, found: usize, most: usize) -> Result<(), CodecError> {
    if found > most { Err(CodecError::OverBound { what, found, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = to_bytes(&7u8);
        assert_eq!(from_bytes::<u8>("number", &bytes).ok(), Some(7));
        bytes.push(0);
        assert!(matches!(from_bytes::<u8>("number", &bytes), Err(CodecError::Trailing { left: 1, .. })));
    }
}
