//! CBOR at the edge: one way in, one way out. Owns the rule that input is whole and has nothing behind it, and the form of
//! everything that later versions add kinds to.

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode};
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

/// A flag of a map that is written only when set: what was written before the flag existed reads as not set, and stays
/// the same bytes.
pub(crate) mod flag {
    use minicbor::encode::{Error, Write};
    use minicbor::{Decoder, Encoder};

    pub(crate) fn encode<C, W: Write>(flag: &bool, e: &mut Encoder<W>, _: &mut C) -> Result<(), Error<W::Error>> {
        e.bool(*flag)?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<bool, minicbor::decode::Error> {
        d.bool()
    }

    pub(crate) fn nil() -> Option<bool> {
        Some(false)
    }

    pub(crate) fn is_nil(flag: &bool) -> bool {
        !flag
    }
}

/// Reads `[number, body]` and returns the body's bytes, whatever they hold.
pub(crate) fn number_and_body<'b>(d: &mut Decoder<'b>) -> Result<(u16, &'b [u8]), minicbor::decode::Error> {
    let start = d.position();
    if d.array()? != Some(2) || d.datatype()? == Type::Break {
        return Err(minicbor::decode::Error::message("expected [number, body]").at(start));
    }
    let number = d.u16()?;
    let from = d.position();
    d.skip()?;
    let body = d.input().get(from..d.position()).ok_or_else(|| minicbor::decode::Error::end_of_input().at(from))?;
    Ok((number, body))
}

/// Encodes an enum as `[number, body]`. Numbers that are not known are carried as they came, in the enum's variant
/// `Unknown(number, body)`, if they lie in the range named last; others are malformed.
macro_rules! numbered {
    ($name:ident { $($number:literal => $variant:ident,)+ } unknown: $unknown:pat) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.array(2)?;
                match self {
                    $(Self::$variant(body) => e.u16($number)?.encode_with(body, ctx)?.ok(),)+
                    Self::Unknown(number, body) => {
                        e.u16(*number)?;
                        e.writer_mut().write_all(body).map_err(minicbor::encode::Error::write)
                    }
                }
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                let start = d.position();
                let (number, body) = $crate::codec::number_and_body(d)?;
                let mut inner = minicbor::Decoder::new(body);
                #[allow(unreachable_patterns, reason = "where every other number is carried")]
                match number {
                    $($number => Ok(Self::$variant(inner.decode_with(ctx)?)),)+
                    $unknown => Ok(Self::Unknown(number, body.to_vec())),
                    _ => Err(minicbor::decode::Error::message("an unknown number").at(start)),
                }
            }
        }
    };
}
pub(crate) use numbered;

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
