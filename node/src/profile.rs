//! What is said of a site when it is founded or invited. Owns the checks and the defaults that follow from the country.

use comptoir_backoffice::editions;
use comptoir_sync_protocol::roster::SiteProfile;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country;
use crate::limits::{MAX_NAME_BYTES, MAX_SITE_CODE_CHARACTERS};
use crate::problem::{Code, Problem};

/// A site as somebody describes it: code and country, the rest by default.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileRequest {
    /// Short code, unique in the organisation: `PAR`.
    pub code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// For people; the code when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose law its data is under; the country when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl ProfileRequest {
    /// The whole profile, checked.
    pub fn complete(self) -> Result<SiteProfile, Problem> {
        let code = checked("site", self.code.trim().to_ascii_uppercase(), is_site_code, "letters, digits and hyphens")?;
        let country = self.country.trim().to_ascii_uppercase();
        let unknown = || {
            Problem::new(Code::CountryUnknown, format!("{:?} is no country that is known here", self.country))
                .with("country", &self.country)
        };
        if !editions::is_country(&country) {
            return Err(unknown());
        }
        let defaults = country::defaults(&country);
        let or =
            |given: Option<String>, default: Option<&str>| given.or(default.map(str::to_owned)).ok_or_else(unknown);
        let time_zone = or(self.time_zone, defaults.map(|d| d.time_zone))?;
        let currency = or(self.currency, defaults.map(|d| d.currency))?.to_ascii_uppercase();
        let locale = or(self.locale, defaults.map(|d| d.locale))?;
        let jurisdiction = self.jurisdiction.unwrap_or_else(|| country.clone()).to_ascii_uppercase();
        let name = self.name.unwrap_or_else(|| code.clone()).trim().to_owned();
        Ok(SiteProfile {
            code,
            name: checked("name", name, is_name, "1 to 256 bytes without control characters")?,
            country,
            jurisdiction: checked(
                "jurisdiction",
                jurisdiction,
                is_jurisdiction,
                "a country or a part of one, such as FR or CA-QC, or EU",
            )?,
            time_zone: checked("time-zone", time_zone, is_time_zone, "an IANA name such as Europe/Paris")?,
            currency: checked(
                "currency",
                currency,
                editions::is_currency,
                "a currency of ISO 4217 in use, such as EUR",
            )?,
            locale: checked("locale", locale, is_locale, "a BCP 47 tag such as fr-FR")?,
        })
    }
}

/// The name of an organisation, checked.
pub fn organisation_name(name: &str) -> Result<String, Problem> {
    checked("organisation", name.trim().to_owned(), is_name, "1 to 256 bytes without control characters")
}

/// The name of a site, for people, checked.
pub fn site_name(name: &str) -> Result<String, Problem> {
    checked("name", name.trim().to_owned(), is_name, "1 to 256 bytes without control characters")
}

/// The name of an admin, for people, checked.
pub fn admin_name(name: &str) -> Result<String, Problem> {
    checked("name", name.trim().to_owned(), is_name, "1 to 256 bytes without control characters")
}

fn checked(field: &str, value: String, good: fn(&str) -> bool, expected: &str) -> Result<String, Problem> {
    if good(&value) {
        return Ok(value);
    }
    Err(Problem::new(Code::ProfileInvalid, format!("--{field} {value:?} is not usable: expected {expected}"))
        .with("field", field)
        .with("value", value))
}

fn is_site_code(code: &str) -> bool {
    let inner = code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    inner
        && !code.is_empty()
        && code.len() <= MAX_SITE_CODE_CHARACTERS
        && !code.starts_with('-')
        && !code.ends_with('-')
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.chars().any(char::is_control)
}

/// Whether this names a jurisdiction. The European Union has laws, and is no country.
pub fn is_jurisdiction(code: &str) -> bool {
    code == "EU" || editions::is_country(code) || editions::is_subdivision(code)
}

fn is_time_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

fn is_locale(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language =
        parts.next().is_some_and(|l| (2..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase()));
    language && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(code: &str, country: &str) -> ProfileRequest {
        ProfileRequest { code: code.into(), country: country.into(), ..ProfileRequest::default() }
    }

    #[test]
    fn a_country_says_the_rest() {
        let profile = request("dkr", "sn").complete().unwrap();
        assert_eq!((profile.code.as_str(), profile.country.as_str()), ("DKR", "SN"));
        assert_eq!((profile.currency.as_str(), profile.time_zone.as_str()), ("XOF", "Africa/Dakar"));
        assert_eq!((profile.jurisdiction.as_str(), profile.name.as_str()), ("SN", "DKR"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(request("PAR", "XX").complete().unwrap_err().code, "country-unknown");
        for code in ["", "-A", "A B", "ÉTÉ", "WAY-TOO-LONG-1"] {
            assert_eq!(request(code, "FR").complete().unwrap_err().params["field"], "site", "{code}");
        }
        let zone = ProfileRequest { time_zone: Some("Mars/Olympus".into()), ..request("PAR", "FR") };
        assert_eq!(zone.complete().unwrap_err().params["field"], "time-zone");
        let money = ProfileRequest { currency: Some("ZZZ".into()), ..request("PAR", "FR") };
        assert_eq!(money.complete().unwrap_err().params["field"], "currency");
        let law = ProfileRequest { jurisdiction: Some("XX".into()), ..request("PAR", "FR") };
        assert_eq!(law.complete().unwrap_err().params["field"], "jurisdiction");
        let all_said = ProfileRequest {
            time_zone: Some("Europe/Paris".into()),
            currency: Some("EUR".into()),
            locale: Some("fr".into()),
            ..request("PAR", "XX")
        };
        assert_eq!(all_said.complete().unwrap_err().code, "country-unknown");
        let rare = ProfileRequest {
            time_zone: Some("Antarctica/Troll".into()),
            currency: Some("nok".into()),
            locale: Some("nb".into()),
            ..request("BVT", "BV")
        };
        assert_eq!(rare.complete().unwrap().currency, "NOK");
    }
}
