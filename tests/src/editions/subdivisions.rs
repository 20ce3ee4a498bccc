//! The rows of subdivisions.csv. Owns how a code of the CLDR becomes one of ISO 3166-2, and where a name is taken from.

use super::corrections::{self, FRENCH_AS_ENGLISH, RENUMBERED, SUBDIVISION_NAMES};
use super::countries;
use super::sources::{Sources, Unmade};

pub(super) const COLUMNS: [&str; 4] = ["code", "name_en", "name_fr", "parent"];

/// One row for each subdivision, in the order of [`COLUMNS`].
pub(super) fn rows(sources: &Sources) -> Result<Vec<Vec<String>>, Unmade> {
    let mut rows = Vec::new();
    for (country, _) in countries::codes(sources) {
        let mut within: Vec<(&str, Option<&str>)> = vec![(country, None)];
        while let Some((whole, parent)) = within.pop() {
            for part in sources.parts[whole]["_contains"].as_array().into_iter().flatten() {
                let part = part.as_str().unwrap_or_default();
                let (english, french) = names(sources, part)?;
                rows.push(vec![iso_code(part), english, french, parent.map(iso_code).unwrap_or_default()]);
                within.push((part, Some(part)));
            }
        }
    }
    Ok(rows)
}

/// `fr75c` is `FR-75C`.
fn iso_code(code: &str) -> String {
    let (country, part) = code.split_at_checked(2).unwrap_or((code, ""));
    format!("{}-{}", country.to_uppercase(), part.to_uppercase())
}

/// The names in English and French: the CLDR's, else those of the territory that it stands for. French that nobody has
/// is as in English.
fn names(sources: &Sources, code: &str) -> Result<(String, String), Unmade> {
    let iso = iso_code(code);
    if let Some((english, french)) = corrections::names(SUBDIVISION_NAMES, &iso) {
        return Ok((english.to_owned(), french.to_owned()));
    }
    let territory = sources.aliases["subdivisionAlias"][code]["_replacement"].as_str().unwrap_or_default();
    let former = RENUMBERED.iter().find(|(new, _)| *new == iso).map_or(code, |(_, former)| *former);
    let own = [former, code].into_iter().find_map(|code| sources.subdivisions.english.get(code));
    let english = own.or_else(|| sources.territories.english.get(territory));
    let english = plain(english.ok_or_else(|| Unmade::Missing(format!("the name of {code}")))?);
    if FRENCH_AS_ENGLISH.iter().any(|beginning| iso.starts_with(beginning)) {
        return Ok((english.clone(), english));
    }
    let french = sources.subdivisions.french.get(former).or_else(|| sources.territories.french.get(territory));
    let french = french.map(|name| plain(name)).or_else(|| sources.older_french.get(former).map(|name| titled(name)));
    Ok((english.clone(), french.unwrap_or(english)))
}

/// A name without the raised digit by which the CLDR tells namesakes apart.
fn plain(name: &str) -> String {
    name.trim_end_matches(['²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']).to_owned()
}

/// A name of the older CLDR without what it tells namesakes apart by, beginning with a capital.
fn titled(name: &str) -> String {
    let name = plain(name.split_once(" (").map_or(name, |(name, _)| name));
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_put_as_the_standard_has_them() {
        assert_eq!((iso_code("fr75c"), iso_code("ara")), ("FR-75C".to_owned(), "AR-A".to_owned()));
        assert_eq!((plain("Viljandi³"), plain("Paris")), ("Viljandi".to_owned(), "Paris".to_owned()));
        assert_eq!((titled("île Cat²"), titled("Tabora (région)")), ("Île Cat".to_owned(), "Tabora".to_owned()));
    }
}
