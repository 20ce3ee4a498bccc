//! The rows of countries.csv. Owns which territories of the CLDR are countries of ISO 3166-1, and which of several
//! currencies is the country's.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sources::{Sources, Unmade};

pub(super) const COLUMNS: [&str; 7] = ["alpha2", "alpha3", "numeric", "name_en", "name_fr", "calling_code", "currency"];
/// Numbers from here on are nobody's: the CLDR gives them to territories that ISO 3166-1 has no code for.
const FIRST_PRIVATE_NUMBER: u16 = 900;

/// One row for each country, in the order of [`COLUMNS`].
pub(super) fn rows(sources: &Sources) -> Result<Vec<Vec<String>>, Unmade> {
    let calling_codes = by_country(&sources.calling_codes);
    codes(sources)
        .map(|(code, mapped)| {
            let name = |names: &BTreeMap<String, String>| {
                names.get(code).cloned().ok_or_else(|| Unmade::Missing(format!("the name of {code}")))
            };
            let text = |key: &str| mapped[key].as_str().unwrap_or_default().to_owned();
            Ok(vec![
                code.to_owned(),
                text("_alpha3"),
                text("_numeric"),
                name(&sources.territories.english)?,
                name(&sources.territories.french)?,
                calling_codes.get(code).copied().unwrap_or_default().to_owned(),
                currency(code, &sources.money["region"][code]).unwrap_or_default().to_owned(),
            ])
        })
        .collect()
}

/// The territories that have a number of ISO 3166-1 and do not stand for another one, with their other codes.
pub(super) fn codes(sources: &Sources) -> impl Iterator<Item = (&str, &Value)> {
    let entries = sources.codes.as_object().into_iter().flatten();
    entries.map(|(code, mapped)| (code.as_str(), mapped)).filter(|(code, mapped)| {
        let number = mapped["_numeric"].as_str().and_then(|number| number.parse::<u16>().ok());
        code.len() == 2
            && number.is_some_and(|number| number < FIRST_PRIVATE_NUMBER)
            && sources.aliases["territoryAlias"].get(*code).is_none()
    })
}

/// The telephone country code of each country.
fn by_country(calling_codes: &Value) -> BTreeMap<&str, &str> {
    let entries = calling_codes.as_object().into_iter().flatten();
    let pairs = entries.flat_map(|(calling_code, countries)| {
        let countries = countries.as_array().into_iter().flatten().filter_map(Value::as_str);
        countries.map(|country| (country, calling_code.as_str()))
    });
    pairs.collect()
}

/// The tender in use: of several the one whose code begins with the country's, else the first.
fn currency<'source>(country: &str, uses: &'source Value) -> Option<&'source str> {
    let uses = uses.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    let in_use: Vec<&str> = uses
        .filter(|(_, how)| how.get("_to").is_none() && how["_tender"] != "false")
        .map(|(code, _)| code.as_str())
        .collect();
    in_use.iter().find(|code| code.starts_with(country)).or(in_use.first()).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_country_has_its_own_currency() {
        let uses = json!([
            { "ZAR": { "_from": "1961-02-14" } },
            { "LSL": { "_from": "1980-01-22" } },
            { "LSM": { "_from": "1970-01-01", "_to": "1980-01-22" } }
        ]);
        assert_eq!(currency("LS", &uses), Some("LSL"));
        assert_eq!(currency("XX", &uses), Some("ZAR"));
        assert_eq!(currency("AQ", &json!([{ "XXX": { "_tender": "false" } }])), None);
    }
}
