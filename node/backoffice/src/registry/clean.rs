//! Values as people type them, made into values as they are stored: by the field's kind and widget, alike for every type.
//! Owns the typing of JSON and of text, and the checks that follow from a field's declaration alone.

use comptoir_replica::record::value::Date;
use comptoir_replica::record::{Field, FieldKind, FieldValue, RecordId, Scalar};
use rust_decimal::Decimal;
use serde_json::Value;

use super::language::language;
use super::{Context, Home, Module, kind, parse_money};
use crate::desk::Stopped;
use crate::identifiers::limits::MAX_IDENTIFIER_CHARS;
use crate::identifiers::{Scheme, contact};
use crate::limits::{MAX_CODE_CHARS, MAX_KEY_CHARS, MAX_LINE_CHARS, MAX_NOTES_CHARS};
use crate::reference;
use crate::refusal::{Code, Refusal};
use crate::text::{clean_capitals, clean_line, clean_lines};

/// What a field of the widget `scheme` says of an identifier that is of no scheme known here.
pub const OTHER_SCHEME: &str = "other";

/// The value as the field's kind: text of the command line stands for numbers and truths too. An amount of money without a
/// currency is in that of `home`.
///
/// # Errors
/// [`Code::WrongType`], or those of [`parse_money`].
pub fn typed(kind: FieldKind, optional: bool, value: &Value, home: &Home) -> Result<Scalar, Refusal> {
    let wrong = |expected: &str| Refusal::new(Code::WrongType).with("expected", expected);
    let text = match value {
        Value::String(text) => Some(text.trim()),
        _ => None,
    };
    match (kind, value) {
        (_, Value::Null) if optional => Ok(Scalar::Null),
        (FieldKind::Text | FieldKind::Reference, Value::Null) => Ok(Scalar::Str(String::new())),
        (FieldKind::Text, Value::String(text)) => Ok(Scalar::Str(text.clone())),
        (FieldKind::Text, _) => Err(wrong("text")),
        // Whatever is neither text nor yes and no is empty where its text is.
        (FieldKind::Int | FieldKind::Decimal | FieldKind::Date | FieldKind::Money | FieldKind::Reference, _)
            if optional && text == Some("") =>
        {
            Ok(Scalar::Null)
        }
        (FieldKind::Reference, _) => {
            let id = text.and_then(|text| text.parse::<RecordId>().ok());
            id.map(|id| Scalar::Str(id.to_string())).ok_or_else(|| wrong("the id of a record"))
        }
        (FieldKind::Bool, Value::Bool(truth)) => Ok(Scalar::Bool(*truth)),
        (FieldKind::Bool, _) => text.and_then(truth).map(Scalar::Bool).ok_or_else(|| wrong("yes or no")),
        (FieldKind::Int, value) => {
            let number = text.map_or_else(|| value.as_i64(), |text| text.parse().ok());
            number.map(Scalar::Int).ok_or_else(|| wrong("a whole number"))
        }
        (FieldKind::Decimal, value) => decimal(value).map(|number| number.to_scalar()).ok_or_else(|| wrong("a number")),
        (FieldKind::Date, _) => {
            let date = text.and_then(|text| text.parse::<Date>().ok());
            date.map(|date| date.to_scalar()).ok_or_else(|| wrong("a date as 2026-11-24"))
        }
        (FieldKind::Money, Value::Number(number)) => Ok(parse_money(&number.to_string(), home)?.to_scalar()),
        (FieldKind::Money, _) => {
            let text = text.ok_or_else(|| wrong("an amount as 12.34 EUR"))?;
            Ok(parse_money(text, home)?.to_scalar())
        }
    }
}

/// Yes or no in the words that people use, English and French.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "oui" | "vrai" | "1" | "x" => Some(true),
        "false" | "no" | "non" | "faux" | "0" => Some(false),
        _ => None,
    }
}

/// A number as JSON or text has it: a dot or a comma before the decimals, no float on the way.
fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => decimal_of_text(text),
        Value::Number(number) => Decimal::from_str_exact(&number.to_string()).ok(),
        _ => None,
    }
}

/// A number as people write it: blanks of any kind between digits, a dot or a comma before the decimals.
pub(crate) fn decimal_of_text(text: &str) -> Option<Decimal> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = if text.contains('.') { text } else { text.replace(',', ".") };
    Decimal::from_str_exact(&text).ok()
}

/// What a field's declaration demands of a value: trimmed text within its length, one of its choices, not empty; codes of
/// reference data that are known, addresses and numbers in their canonical form.
///
/// # Errors
/// A value that the field does not take.
pub fn by_widget(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
    let value = match value {
        Scalar::Str(text) if field.kind == FieldKind::Text => Scalar::Str(text_of(context, field, &text)?),
        other => other,
    };
    let empty = value.is_null() || value.as_str() == Some("");
    if field.required && empty {
        return Err(Refusal::new(Code::Required).into());
    }
    Ok(value)
}

fn text_of(context: &Context<'_>, field: &Field, text: &str) -> Result<String, Stopped> {
    if field.choices.is_empty() && !text.trim().is_empty() {
        // What depends on reference data, which an organisation has as records.
        match field.widget {
            Some("country") => return country(context, text),
            Some("currency") => return currency(context, text),
            Some("subdivision") => return subdivision(context, text),
            Some("phone") => return Ok(contact::phone(Some(&context.home.country), text)?),
            _ => {}
        }
    }
    Ok(plain(field, text)?)
}

fn plain(field: &Field, text: &str) -> Result<String, Refusal> {
    let limit = |usual: usize| field.limit_chars.map_or(usual, |limit| limit as usize);
    if !field.choices.is_empty() {
        return choice(field, text);
    }
    match field.widget {
        Some("email" | "web" | "language" | "scheme" | "identifier" | "phone") if text.trim().is_empty() => {
            Ok(String::new())
        }
        Some("email") => contact::email(text),
        Some("web") => contact::web(text),
        Some("language") => language(text),
        Some("scheme") => scheme(text),
        Some("identifier") => clean_line(text, MAX_IDENTIFIER_CHARS),
        Some("multiline") => clean_lines(text, limit(MAX_NOTES_CHARS)),
        Some("code") => clean_line(text, limit(MAX_CODE_CHARS)),
        Some("site") => clean_capitals(text, limit(MAX_CODE_CHARS)),
        Some("key") => key(text),
        Some("colour") => colour(text),
        Some("query") => clean_line(text.trim().trim_start_matches('?'), limit(MAX_NOTES_CHARS)),
        Some("record-kind") if !text.trim().is_empty() => kind(text.trim()).map(|kind| kind.name().to_owned()),
        Some("module") if !text.trim().is_empty() => {
            Module::of_name(text.trim()).map(|module| module.name().to_owned())
        }
        _ => clean_line(text, limit(MAX_LINE_CHARS)),
    }
}

fn choice(field: &Field, text: &str) -> Result<String, Refusal> {
    let word = text.trim().to_lowercase();
    if field.choices.contains(&word.as_str()) || word.is_empty() && !field.required {
        return Ok(word);
    }
    Err(Refusal::new(Code::NotInList).with("value", text.trim()).with("known", field.choices.join(", ")))
}

fn country(context: &Context<'_>, text: &str) -> Result<String, Stopped> {
    let code = text.trim().to_uppercase();
    if reference::query::is_country(context.connection, &code)? {
        return Ok(code);
    }
    Err(Refusal::new(Code::CountryUnknown).with("value", text.trim()).into())
}

fn currency(context: &Context<'_>, text: &str) -> Result<String, Stopped> {
    let code = text.trim().to_uppercase();
    if reference::query::is_currency(context.connection, &code)? {
        return Ok(code);
    }
    Err(Refusal::new(Code::CurrencyUnknown).with("value", text.trim()).into())
}

fn subdivision(context: &Context<'_>, text: &str) -> Result<String, Stopped> {
    let code = text.trim().to_uppercase();
    if reference::query::is_subdivision(context.connection, &code)? {
        return Ok(code);
    }
    let country = code.split('-').next().unwrap_or_default();
    let known = reference::query::is_country(context.connection, country)?;
    Err(reference::unknown_subdivision(text, if known { country } else { "" }).into())
}

/// The code of a scheme of identifiers, or `other`.
fn scheme(text: &str) -> Result<String, Refusal> {
    let code = text.trim().to_lowercase();
    if code == OTHER_SCHEME || Scheme::of_code(&code).is_some() {
        return Ok(code);
    }
    let known = format!("{}, {OTHER_SCHEME}", Scheme::CODES.join(", "));
    Err(Refusal::new(Code::NotInList).with("value", text.trim()).with("known", known))
}

/// A name in paths: lower-case letters, digits, `-` and `_`, a letter first.
fn key(text: &str) -> Result<String, Refusal> {
    let key = text.trim().to_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let letter_first = key.starts_with(|c: char| c.is_ascii_lowercase());
    if key.is_empty() || letter_first && key.chars().all(allowed) && key.len() <= MAX_KEY_CHARS {
        return Ok(key);
    }
    Err(Refusal::new(Code::KeyShape).with("value", text.trim()).with("limit", MAX_KEY_CHARS))
}

/// A colour as `#2b8a3e`.
fn colour(text: &str) -> Result<String, Refusal> {
    let colour = text.trim().to_lowercase();
    let digits = colour
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    if colour.is_empty() || digits {
        Ok(colour)
    } else {
        Err(Refusal::new(Code::ColourShape).with("value", text.trim()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn text_stands_for_every_kind() {
        let home = Home { currency: "EUR".into(), ..Home::default() };
        let read = |kind, value: Value| typed(kind, false, &value, &home).ok();
        assert_eq!(read(FieldKind::Int, json!(" 7 ")), Some(Scalar::Int(7)));
        assert_eq!(read(FieldKind::Int, json!(7.5)), None);
        assert_eq!(read(FieldKind::Bool, json!("true")), Some(Scalar::Bool(true)));
        assert_eq!(read(FieldKind::Bool, json!(" Oui ")), Some(Scalar::Bool(true)));
        assert_eq!(read(FieldKind::Bool, json!("FALSE")), Some(Scalar::Bool(false)));
        assert_eq!(read(FieldKind::Bool, json!("perhaps")), None);
        assert_eq!(read(FieldKind::Bool, json!(1)), None);
        assert_eq!(read(FieldKind::Decimal, json!("1 234,50")), Some(Scalar::from("1234.5")));
        assert_eq!(read(FieldKind::Decimal, json!(0.1)), Some(Scalar::from("0.1")));
        assert_eq!(read(FieldKind::Decimal, json!("1,2.3")), None);
        assert_eq!(read(FieldKind::Date, json!("2026-02-30")), None);
        assert_eq!(read(FieldKind::Money, json!("12 XOF")), Some(Scalar::from("XOF 12")));
        assert_eq!(read(FieldKind::Money, json!(12.5)), Some(Scalar::from("EUR 1250")));
        assert_eq!(read(FieldKind::Money, json!(true)), None);
        assert_eq!(read(FieldKind::Text, json!(1)), None);
    }

    #[test]
    fn what_may_be_empty_is_null() {
        for kind in [FieldKind::Int, FieldKind::Decimal, FieldKind::Date, FieldKind::Money, FieldKind::Reference] {
            let home = Home::default();
            assert_eq!(typed(kind, true, &json!(""), &home), Ok(Scalar::Null));
            assert_eq!(typed(kind, true, &Value::Null, &home), Ok(Scalar::Null));
            assert!(typed(kind, false, &json!(""), &home).is_err());
        }
    }
}
