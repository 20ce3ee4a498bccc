//! What a party may hold. Owns what parties and their terms of payment say of themselves to the registry: columns, roles and tags,
//! and the judging of identifiers and telephone numbers by the country that the party is in. Lines are `lines`', tags are
//! `tags`'. Judges what is put and nothing else: an old number that today's rules would refuse stops no change of another
//! field. Never judges what another site wrote.

pub mod likeness;
mod lines;
mod tags;

use comptoir_replica::record::{Cells, Field, Scalar};
use rust_decimal::Decimal;
use serde_json::Value;

use super::record::PaymentTerm;
use super::record::party::{self, Party, ROLES};
use crate::desk::Stopped;
use crate::identifiers::limits::MAX_PHONE_CHARS;
use crate::identifiers::{Scheme, contact};
use crate::limits::MAX_CODE_CHARS;
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Put, clean};
use crate::shown::named;
use crate::text::{clean_capitals, clean_line};

/// Columns that come first in imports and exports, as the first version had them.
pub const COLUMNS: &[&str] = &[
    "reference",
    "kind",
    "name",
    "roles",
    "street",
    "postcode",
    "city",
    "country",
    "email",
    "phone",
    "vat",
    "siren",
    "iban",
    "terms",
];

impl Business for Party {
    const COLUMNS: &'static [&'static str] = COLUMNS;
    const MAIN_LIST: Option<&'static str> = Some("addresses");
    const COMPOUNDS: &'static [&'static str] = &["roles", "tags"];
    const FIXED: &'static [&'static str] = &["tags/*/word"];

    fn expand(path: &str, value: &Value) -> Result<Vec<Put>, Refusal> {
        let words = words(path, value)?;
        if path == tags::LIST { tags::expand(&words) } else { roles(&words) }
    }

    fn compound(&self, path: &str) -> String {
        if path == tags::LIST { tags::compound(self) } else { self.roles() }
    }

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        match (field.path.as_ref(), &value) {
            // What a number without a country means follows from the address: settling knows it.
            ("phone", Scalar::Str(text)) => Ok(clean_line(text, MAX_PHONE_CHARS)?.into()),
            // Without its country: settling knows it.
            ("addresses/*/subdivision", Scalar::Str(text)) if !text.contains('-') => {
                Ok(clean_capitals(text, MAX_CODE_CHARS)?.into())
            }
            ("tags/*/word", Scalar::Str(text)) => Ok(tags::word(text)?.into()),
            _ => clean::by_widget(context, field, value),
        }
    }

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        tags::settle(after, puts)?;
        let country = after.main_address().map(|address| address.country.as_str()).filter(|code| !code.is_empty());
        let country = country.unwrap_or(&context.home.country);
        for (path, value) in puts.iter_mut() {
            if let Some(text) = value.as_str().filter(|text| !text.is_empty())
                && let Some(canonical) = judged(country, path, text).map_err(|refusal| refusal.under(path))?
            {
                *value = canonical.into();
            }
        }
        agree(after, puts)?;
        lines::settle(context, after, country, puts)
    }

    fn concerns_person(cells: &Cells, puts: &[Put]) -> bool {
        party::is_person(puts.iter().map(|(path, value)| (path.as_str(), value))) || party::is_person(cells.winners())
    }
}

impl Business for PaymentTerm {
    const TITLE: &'static str = "name_en";
    const REFERENCE: Option<&'static str> = Some("code");
    const COLUMNS: &'static [&'static str] = &["code", "name_en", "name_fr", "days", "end_of_month"];
    const FIXED: &'static [&'static str] = &["code"];

    fn settle(_context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        const MAX_DAYS: i64 = 3_650;
        let put = |name: &str| puts.iter().any(|(path, _)| path == name);
        let days = [("days", Some(after.days)), ("discount_days", after.discount_days)];
        for (field, days) in days.into_iter().filter(|(field, _)| put(field)) {
            within(field, days, 0, MAX_DAYS)?;
        }
        if put("discount_percent") {
            within("discount_percent", after.discount_percent, Decimal::ZERO, Decimal::ONE_HUNDRED)?;
        }
        Ok(())
    }
}

fn within<T: PartialOrd + std::fmt::Display>(field: &str, value: Option<T>, least: T, most: T) -> Result<(), Refusal> {
    match value {
        Some(value) if value < least => Err(Refusal::of(field, Code::TooLow).with("limit", least)),
        Some(value) if value > most => Err(Refusal::of(field, Code::TooHigh).with("limit", most)),
        _ => Ok(()),
    }
}

/// What is joined by bars, or listed: `customer|supplier`.
fn words(path: &str, value: &Value) -> Result<String, Refusal> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(names) if names.iter().all(Value::is_string) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            Ok(names.join("|"))
        }
        _ => Err(Refusal::of(path, Code::WrongType).with("expected", "words with a bar between: one|two")),
    }
}

/// The cells of a set of roles, as `customer|supplier`: those that are not named are taken away.
///
/// # Errors
/// [`Code::NotInList`].
pub fn roles(text: &str) -> Result<Vec<Put>, Refusal> {
    let named: Vec<String> =
        text.split('|').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = named.iter().find(|name| !ROLES.contains(&name.as_str())) {
        return Err(Refusal::of("roles", Code::NotInList).with("value", unknown).with("known", ROLES.join(", ")));
    }
    Ok(ROLES.iter().map(|role| ((*role).to_owned(), named.iter().any(|name| name == role).into())).collect())
}

/// The scheme of a field of its own.
fn scheme_of(path: &str) -> Option<Scheme> {
    match path {
        "vat" => Some(Scheme::Vat),
        "siren" => Some(Scheme::Siren),
        "siret" => Some(Scheme::Siret),
        "ninea" => Some(Scheme::Ninea),
        "bn" => Some(Scheme::CaBn),
        "iban" => Some(Scheme::Iban),
        _ => None,
    }
}

/// The canonical text of a field that is judged by the party's country; `None` for other fields.
fn judged(country: &str, path: &str, text: &str) -> Result<Option<String>, Refusal> {
    match scheme_of(path) {
        Some(scheme) => scheme.check(Some(country), text).map(Some),
        None if path == "phone" => contact::phone(Some(country), text).map(Some),
        None => Ok(None),
    }
}

/// An establishment is one of its company. The VAT number is not held against the SIREN: members of a group file under the
/// group's.
fn agree(after: &Party, puts: &[Put]) -> Result<(), Refusal> {
    let put =
        |path: &str| puts.iter().find(|(put, _)| put == path).map(|(_, value)| value.as_str().unwrap_or_default());
    if put("siren").is_none() && put("siret").is_none() {
        return Ok(());
    }
    let (siren, siret) = (put("siren").unwrap_or(&after.siren), put("siret").unwrap_or(&after.siret));
    if siren.is_empty() || siret.is_empty() || siret.starts_with(siren) {
        return Ok(());
    }
    let (path, value, other) = if put("siret").is_some() { ("siret", siret, siren) } else { ("siren", siren, siret) };
    Err(Refusal::of(&named(path), Code::IdentifiersDisagree).with("value", value).with("other", other))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn roles_are_a_set() {
        let set = |text: &str| {
            let named = roles(text).unwrap().into_iter().filter(|(_, value)| value.as_bool().unwrap());
            named.map(|(role, _)| role).collect::<Vec<_>>()
        };
        assert_eq!(set(" Supplier | customer"), ["customer", "supplier"]);
        assert_eq!(set("employee|prospect"), ["prospect", "employee"]);
        assert!(set("").is_empty());
        assert_eq!(roles("customer|boss").unwrap_err().code, Code::NotInList);
    }
}
