//! The rows of currencies.csv. Owns which currencies are shipped, and when one counts as withdrawn.

use std::collections::BTreeMap;

use serde_json::Value;

use super::corrections::{self, CURRENCIES_SINCE, CURRENCY_NAMES};
use super::sources::{Sources, Unmade};

pub(super) const COLUMNS: [&str; 6] = ["code", "numeric", "minor_digits", "name_en", "name_fr", "withdrawn"];
/// The day of ISO 4217's list one among the sources. What the CLDR says to have ended later is withdrawn since.
const LIST_ONE: &str = "2024-06-25";
/// Currencies that were withdrawn earlier are not shipped: no open paper is that old. Nor are those without a name in French.
const FIRST_WITHDRAWAL: &str = "1999-01-01";

/// One row for each currency, in the order of [`COLUMNS`].
pub(super) fn rows(sources: &Sources) -> Result<Vec<Vec<String>>, Unmade> {
    let ends = ends(&sources.money["region"]);
    let mut rows = Vec::new();
    for listed in &sources.iso_4217 {
        let text = |key: &str| listed[key].as_str().ok_or_else(|| Unmade::Missing(format!("{key} of a currency")));
        let code = text("code")?;
        let digits = listed["digits"].as_u64().ok_or_else(|| Unmade::Missing(format!("the digits of {code}")))?;
        let withdrawn = ends.get(code).is_some_and(|end| end.is_some_and(|day| day > LIST_ONE));
        rows.push(row(sources, code, text("number")?, &digits.to_string(), withdrawn)?);
    }
    for (code, number, digits) in CURRENCIES_SINCE {
        rows.push(row(sources, code, number, &digits.to_string(), false)?);
    }
    for (code, end) in &ends {
        let known = rows.iter().any(|row| row[0] == *code);
        let named = sources.currencies.french.contains_key(*code);
        if !known && named && end.is_some_and(|day| day >= FIRST_WITHDRAWAL) {
            let number = sources.codes[*code]["_numeric"].as_str().unwrap_or_default();
            rows.push(row(sources, code, number, digits(&sources.money["fractions"], code), true)?);
        }
    }
    Ok(rows)
}

fn row(sources: &Sources, code: &str, number: &str, digits: &str, withdrawn: bool) -> Result<Vec<String>, Unmade> {
    let name = |names: &BTreeMap<String, String>| {
        names.get(code).cloned().ok_or_else(|| Unmade::Missing(format!("the name of {code}")))
    };
    let (english, french) = match corrections::names(CURRENCY_NAMES, code) {
        Some((english, french)) => (english.to_owned(), french.to_owned()),
        None => (name(&sources.currencies.english)?, name(&sources.currencies.french)?),
    };
    Ok(vec![code.to_owned(), number.to_owned(), digits.to_owned(), english, french, withdrawn.to_string()])
}

/// For each currency that was ever tender, the day on which it ceased to be so everywhere; none while it is.
fn ends(regions: &Value) -> BTreeMap<&str, Option<&str>> {
    let mut ends: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let uses = regions.as_object().into_iter().flatten().flat_map(|(_, uses)| uses.as_array().into_iter().flatten());
    for (code, how) in uses.filter_map(Value::as_object).flatten().filter(|(_, how)| how["_tender"] != "false") {
        let end = how.get("_to").and_then(Value::as_str);
        let known = ends.entry(code).or_insert(end);
        *known = known.zip(end).map(|(one, other)| one.max(other));
    }
    ends
}

fn digits<'source>(fractions: &'source Value, code: &str) -> &'source str {
    let known = fractions.get(code).unwrap_or(&fractions["DEFAULT"]);
    known["_digits"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_currency_has_ended_once_it_has_everywhere() {
        let regions = json!({
            "FR": [{ "EUR": { "_from": "1999-01-01" } }, { "FRF": { "_from": "1960-01-01", "_to": "2002-02-17" } }],
            "MC": [{ "FRF": { "_from": "1960-01-01", "_to": "2002-02-18" } }],
            "CW": [{ "ANG": { "_to": "2025-06-30" } }],
            "SX": [{ "ANG": {} }],
            "CH": [{ "CHE": { "_tender": "false" } }]
        });
        let expected = [("ANG", None), ("EUR", None), ("FRF", Some("2002-02-18"))];
        assert_eq!(ends(&regions), BTreeMap::from(expected));
    }
}
