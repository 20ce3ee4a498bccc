//! Scalars: the only values that a record's cells hold.
//!
//! Owns their conversions to Automerge, JSON, CBOR and the canonical bytes that hashes read. There is no float, counter
//! or unsigned integer: money and quantities are integers of minor units.

use automerge::ScalarValue;
use minicbor::data::{Tag, Type};
use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// CBOR tag of a [`Scalar::Timestamp`] (milliseconds; the registered tag 1 counts seconds). Stored locally only.
const TIMESTAMP_TAG: u64 = 0x4354;

/// One value of one cell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Scalar {
    /// No value: an optional field that is empty.
    #[default]
    Null,
    /// A yes or no.
    Bool(bool),
    /// A whole number; money in minor units.
    Int(i64),
    /// UTF-8 text.
    Str(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// An instant, Unix milliseconds.
    Timestamp(i64),
}

/// An Automerge value that no record may hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a record holds no value of type {kind}")]
pub struct UnsupportedScalar {
    /// Automerge's name of the type.
    pub kind: &'static str,
}

/// A JSON value that is no scalar: float, array or object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a field holds no JSON {kind}")]
pub struct UnsupportedJson {
    /// JSON's name of the type.
    pub kind: &'static str,
}

impl Scalar {
    /// The text of a [`Scalar::Str`].
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a [`Scalar::Int`].
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth of a [`Scalar::Bool`].
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Whether this is [`Scalar::Null`].
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Bytes of a string or byte value, 0 for the rest: what [`super::limits::MAX_VALUE_BYTES`] bounds.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Str(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// Appends the canonical bytes that state hashes read: a type byte, then a fixed-width or length-prefixed value.
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Bool(truth) => out.extend([1, u8::from(*truth)]),
            Self::Int(number) => write_fixed(out, 2, &number.to_be_bytes()),
            Self::Str(text) => write_sized(out, 3, text.as_bytes()),
            Self::Bytes(bytes) => write_sized(out, 4, bytes),
            Self::Timestamp(instant) => write_fixed(out, 5, &instant.to_be_bytes()),
        }
    }

    /// The JSON of the API: numbers for integers and instants, lower-case hexadecimal strings for bytes.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(truth) => (*truth).into(),
            Self::Int(number) | Self::Timestamp(number) => (*number).into(),
            Self::Str(text) => text.as_str().into(),
            Self::Bytes(bytes) => hex(bytes).into(),
        }
    }

    /// Reads the JSON of the API. Bytes and instants come back as strings and integers: JSON does not tell them apart.
    ///
    /// # Errors
    /// [`UnsupportedJson`] for floats, integers beyond 64 bits, arrays and objects.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, UnsupportedJson> {
        match value {
            serde_json::Value::Null => Ok(Self::Null),
            serde_json::Value::Bool(truth) => Ok(Self::Bool(*truth)),
            serde_json::Value::Number(number) => {
                number.as_i64().map(Self::Int).ok_or(UnsupportedJson { kind: "number that is no 64-bit integer" })
            }
            serde_json::Value::String(text) => Ok(Self::Str(text.clone())),
            serde_json::Value::Array(_) => Err(UnsupportedJson { kind: "array" }),
            serde_json::Value::Object(_) => Err(UnsupportedJson { kind: "object" }),
        }
    }

    pub(crate) fn to_automerge(&self) -> ScalarValue {
        match self {
            Self::Null => ScalarValue::Null,
            Self::Bool(truth) => ScalarValue::Boolean(*truth),
            Self::Int(number) => ScalarValue::Int(*number),
            Self::Str(text) => ScalarValue::Str(text.as_str().into()),
            Self::Bytes(bytes) => ScalarValue::Bytes(bytes.clone()),
            Self::Timestamp(instant) => ScalarValue::Timestamp(*instant),
        }
    }
}

fn write_fixed(out: &mut Vec<u8>, kind: u8, bytes: &[u8; 8]) {
    out.push(kind);
    out.extend_from_slice(bytes);
}

fn write_sized(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    out.push(kind);
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl TryFrom<&ScalarValue> for Scalar {
    type Error = UnsupportedScalar;

    fn try_from(value: &ScalarValue) -> Result<Self, UnsupportedScalar> {
        match value {
            ScalarValue::Null => Ok(Self::Null),
            ScalarValue::Boolean(truth) => Ok(Self::Bool(*truth)),
            ScalarValue::Int(number) => Ok(Self::Int(*number)),
            ScalarValue::Uint(number) => {
                i64::try_from(*number).map(Self::Int).map_err(|_| UnsupportedScalar { kind: "uint beyond 63 bits" })
            }
            ScalarValue::Str(text) => Ok(Self::Str(text.to_string())),
            ScalarValue::Bytes(bytes) => Ok(Self::Bytes(bytes.clone())),
            ScalarValue::Timestamp(instant) => Ok(Self::Timestamp(*instant)),
            ScalarValue::F64(_) => Err(UnsupportedScalar { kind: "float" }),
            ScalarValue::Counter(_) => Err(UnsupportedScalar { kind: "counter" }),
            ScalarValue::Unknown { .. } => Err(UnsupportedScalar { kind: "unknown" }),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Scalar {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl<T: Into<Scalar>> From<Option<T>> for Scalar {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<C> Encode<C> for Scalar {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Null => e.null()?,
            Self::Bool(truth) => e.bool(*truth)?,
            Self::Int(number) => e.i64(*number)?,
            Self::Str(text) => e.str(text)?,
            Self::Bytes(bytes) => e.bytes(bytes)?,
            Self::Timestamp(instant) => e.tag(Tag::new(TIMESTAMP_TAG))?.i64(*instant)?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Scalar {
    fn decode(d: &mut Decoder<'b>, _ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        match d.datatype()? {
            Type::Null => d.null().map(|()| Self::Null),
            Type::Bool => d.bool().map(Self::Bool),
            Type::String => d.str().map(|text| Self::Str(text.to_owned())),
            Type::Bytes => d.bytes().map(|bytes| Self::Bytes(bytes.to_vec())),
            Type::Tag => {
                let tag = d.tag()?;
                if tag.as_u64() != TIMESTAMP_TAG {
                    return Err(minicbor::decode::Error::message("unknown tag of a scalar"));
                }
                d.i64().map(Self::Timestamp)
            }
            _ => d.i64().map(Self::Int),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a boolean, a 64-bit integer or a string")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(truth))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
        i64::try_from(number).map(Scalar::Int).map_err(|_| E::custom("an integer beyond 63 bits"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Str(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn samples() -> Vec<Scalar> {
        vec![
            Scalar::Null,
            Scalar::Bool(true),
            Scalar::Bool(false),
            Scalar::Int(i64::MIN),
            Scalar::Int(-1),
            Scalar::Int(i64::MAX),
            Scalar::Str(String::new()),
            Scalar::from("Société Générale"),
            Scalar::Bytes(vec![0, 255]),
            Scalar::Timestamp(1_700_000_000_000),
            Scalar::Timestamp(-1),
        ]
    }

    #[test]
    fn survives_cbor_and_automerge() {
        for scalar in samples() {
            let bytes = minicbor::to_vec(&scalar).unwrap();
            assert_eq!(minicbor::decode::<Scalar>(&bytes).unwrap(), scalar);
            assert_eq!(Scalar::try_from(&scalar.to_automerge()).unwrap(), scalar);
        }
    }

    #[test]
    fn canonical_bytes_tell_all_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for scalar in samples() {
            let mut bytes = Vec::new();
            scalar.write_canonical(&mut bytes);
            assert!(seen.insert(bytes), "{scalar:?}");
        }
    }

    #[test]
    fn refuses_what_no_record_holds() {
        let refused = [
            ScalarValue::F64(1.5),
            ScalarValue::counter(1),
            ScalarValue::Uint(u64::MAX),
            ScalarValue::Unknown { type_code: 11, bytes: vec![1] },
        ];
        assert!(refused.iter().all(|value| Scalar::try_from(value).is_err()));
    }

    #[test]
    fn json_is_untagged() {
        assert_eq!(serde_json::to_string(&samples()[4]).unwrap(), "-1");
        assert_eq!(serde_json::from_str::<Scalar>("\"x\"").unwrap(), Scalar::from("x"));
        assert_eq!(serde_json::from_str::<Scalar>("null").unwrap(), Scalar::Null);
        assert!(serde_json::from_str::<Scalar>("1.5").is_err());
        assert!(Scalar::from_json(&serde_json::json!([1])).is_err());
        assert!(Scalar::from_json(&serde_json::json!(18_446_744_073_709_551_615_u64)).is_err());
    }
}
