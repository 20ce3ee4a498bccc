//! A card as a row of an import: which property goes into which column. Owns the columns, and the guesses that cards of other
//! programs need: which of several numbers is the main one, whether it is a person, which country a name means.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::line::Property;
use super::{OWN, PRODUCT, TEL_TYPES, USES};
use crate::editions::{Country, Lang, countries, subdivisions_of};
use crate::limits::{MAX_CARD_ADDRESSES, MAX_CARD_CONTACTS, MAX_CARD_IDENTIFIERS};
use crate::refusal::{Code, Refusal};
use crate::text::fold;

/// Columns for what a party has once.
const PLAIN: &[&str] = &[
    "id",
    "reference",
    "kind",
    "name",
    "also_known_as",
    "honorific",
    "given_name",
    "family_name",
    "language",
    "roles",
    "phone",
    "email",
    "website",
    "vat",
    "siren",
    "siret",
    "ninea",
    "bn",
    "iban",
    "tags",
    "notes",
];
/// Lists of lines: how many of each, and their fields.
const LISTS: &[(&str, usize, &[&str])] = &[
    ("addresses", MAX_CARD_ADDRESSES, &["use", "recipient", "street", "postcode", "city", "subdivision", "country"]),
    ("contacts", MAX_CARD_CONTACTS, &["kind", "value", "label"]),
    ("identifiers", MAX_CARD_IDENTIFIERS, &["scheme", "value", "country", "label"]),
];
/// Context of the hash that a card without an identity is known by.
const REFERENCE_CONTEXT: &str = "Comptoir 2026-01 reference of a vCard without UID v1";

/// The columns of every file of cards.
pub(super) static COLUMNS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut columns: Vec<String> = PLAIN.iter().map(|name| (*name).to_owned()).collect();
    for (list, most, fields) in LISTS {
        let names = (1..=*most).flat_map(|nth| fields.iter().map(move |field| format!("{list}.{nth}.{field}")));
        columns.extend(names);
    }
    columns
});

static PLACES: LazyLock<HashMap<&str, usize>> =
    LazyLock::new(|| COLUMNS.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect());

/// Properties that a party has a place for.
pub(super) fn is_kept(name: &str) -> bool {
    const KEPT: &[&str] = &[
        "VERSION",
        "PRODID",
        "UID",
        "KIND",
        "X-ABSHOWAS",
        "FN",
        "N",
        "ORG",
        "TITLE",
        "NICKNAME",
        "LANG",
        "NOTE",
        "CATEGORIES",
        "TEL",
        "EMAIL",
        "URL",
        "X-CONTACT",
        "X-ABLABEL",
        "ADR",
        "X-IDENTIFIER",
    ];
    KEPT.contains(&name) || OWN.iter().any(|(_, own)| *own == name)
}

/// A row being filled.
struct Filling {
    cells: Vec<String>,
    lines: [usize; 3],
}

impl Filling {
    fn put(&mut self, column: &str, text: impl Into<String>) {
        self.cells[PLACES[column]] = text.into();
    }

    /// Fills the next line of the list that stands at this place of [`LISTS`].
    fn line(&mut self, at: usize, values: &[&str]) -> Result<(), Refusal> {
        let (list, most, fields) = LISTS[at];
        self.lines[at] += 1;
        if self.lines[at] > most {
            return Err(Refusal::of(list, Code::TooMany).with("limit", most));
        }
        for (field, value) in fields.iter().zip(values) {
            self.put(&format!("{list}.{}.{field}", self.lines[at]), *value);
        }
        Ok(())
    }
}

/// The cells of a card, as many as there are columns.
///
/// # Errors
/// [`Code::TooMany`] addresses, contacts or registrations.
pub(super) fn cells(card: &[Property]) -> Result<Vec<String>, Refusal> {
    let mut row = Filling { cells: vec![String::new(); COLUMNS.len()], lines: [0; 3] };
    let text = |name: &str| card.iter().find(|one| one.name == name).map(Property::text).unwrap_or_default();
    let ours = text("PRODID").starts_with(PRODUCT);
    let person = is_person(card, &text);
    row.put("kind", if person { "person" } else { "organisation" });
    let organisation = card.iter().find(|one| one.name == "ORG").map(Property::fields).unwrap_or_default();
    let organisation: Vec<String> = organisation.into_iter().filter(|part| !part.trim().is_empty()).collect();
    let mut notes: Vec<String> = card.iter().filter(|one| one.name == "NOTE").map(Property::text).collect();
    if person {
        notes.extend((!organisation.is_empty()).then(|| format!("ORG: {}", organisation.join(", "))));
        notes.extend((!text("TITLE").is_empty()).then(|| format!("TITLE: {}", text("TITLE"))));
    }
    row.put("notes", notes.join("\n"));
    let names = card.iter().find(|one| one.name == "N").map(Property::fields).unwrap_or_default();
    let part = |place: usize| names.get(place).map_or("", |name| name.trim());
    let given = [part(1), part(2)].join(" ");
    if person {
        row.put("family_name", part(0));
        row.put("given_name", given.trim());
        row.put("honorific", part(3));
    }
    let whole = format!("{} {}", given.trim(), part(0));
    let name = [text("FN"), whole, organisation.join(", ")].into_iter().find(|name| !name.trim().is_empty());
    row.put("name", name.unwrap_or_default());
    row.put("also_known_as", text("NICKNAME"));
    row.put("language", text("LANG"));
    for (field, property) in OWN {
        row.put(field, text(property));
    }
    let tags: Vec<String> = card.iter().filter(|one| one.name == "CATEGORIES").flat_map(Property::list).collect();
    row.put("tags", tags.join("|"));
    reach(card, ours, &mut row)?;
    for property in card.iter().filter(|one| one.name == "ADR") {
        address(property, &mut row)?;
    }
    for property in card.iter().filter(|one| one.name == "X-IDENTIFIER") {
        let param = |name| property.param(name).unwrap_or_default();
        row.line(2, &[param("SCHEME"), &property.text(), param("COUNTRY"), param("LABEL")])?;
    }
    identity(&text("UID"), ours, &mut row);
    Ok(row.cells)
}

/// Cards say so since version 4; before, an organisation is what has no name of a person.
fn is_person(card: &[Property], text: &impl Fn(&str) -> String) -> bool {
    match text("KIND").to_lowercase().as_str() {
        "org" | "group" | "location" => false,
        "individual" => true,
        _ => {
            let names = card.iter().find(|one| one.name == "N").map(Property::fields).unwrap_or_default();
            let named = names.iter().any(|name| !name.trim().is_empty());
            let shown_as = text("X-ABSHOWAS").eq_ignore_ascii_case("company");
            !shown_as && (named || text("ORG").is_empty())
        }
    }
}

/// Telephone, e-mail and web: one of each is the party's own, the others are contacts in the card's order.
fn reach(card: &[Property], ours: bool, row: &mut Filling) -> Result<(), Refusal> {
    let main = |name: &str| {
        let mut like = card.iter().enumerate().filter(|(_, one)| one.name == name && !one.is_type("fax"));
        let first = like.clone().next();
        like.find(|(_, one)| one.is_preferred()).or(first.filter(|_| !ours)).map(|(place, _)| place)
    };
    let main = [("phone", main("TEL")), ("email", main("EMAIL")), ("website", main("URL"))];
    for (place, one) in card.iter().enumerate() {
        if let Some((column, _)) = main.iter().find(|(_, chosen)| *chosen == Some(place)) {
            row.put(column, number(one));
            continue;
        }
        let kind = match one.name.as_str() {
            "TEL" => {
                let tel = TEL_TYPES.iter().rev().find(|(_, tel)| one.is_type(tel));
                tel.map_or("phone", |(kind, _)| kind)
            }
            "EMAIL" => "email",
            "URL" => "web",
            "X-CONTACT" => "other",
            _ => continue,
        };
        let labels = |other: &&Property| other.name == "X-ABLABEL" && other.group.eq_ignore_ascii_case(&one.group);
        let label = card.iter().filter(|_| !one.group.is_empty()).find(labels).map(Property::text).unwrap_or_default();
        // Apple marks the labels that it translates.
        let label = label.trim_start_matches("_$!<").trim_end_matches(">!$_");
        row.line(1, &[kind, &number(one), label])?;
    }
    Ok(())
}

/// The value, of a telephone number without what makes it a URI (RFC 3966).
fn number(one: &Property) -> String {
    let text = one.text();
    let bare =
        text.get(..4).filter(|start| one.name == "TEL" && start.eq_ignore_ascii_case("tel:")).map(|_| &text[4..]);
    bare.map_or(text.clone(), str::to_owned)
}

fn address(one: &Property, row: &mut Filling) -> Result<(), Refusal> {
    let parts = one.fields();
    let part = |place: usize| parts.get(place).map_or("", |part| part.trim());
    let mut street: Vec<&str> = [part(0), part(1), part(2)].into_iter().filter(|part| !part.is_empty()).collect();
    let code = one.param("CC").unwrap_or_default().to_uppercase();
    let country = if code.is_empty() { country_named(part(6)) } else { Some(code) };
    let subdivision = subdivision_named(part(4), country.as_deref());
    // What has no code is kept where the envelope has it: below the street.
    street.extend(subdivision.is_none().then_some(part(4)).filter(|region| !region.is_empty()));
    street.extend(country.is_none().then_some(part(6)).filter(|name| !name.is_empty()));
    let other = one.param("TYPE").and_then(|word| word.strip_prefix("x-")).unwrap_or_default();
    let of_use = USES.iter().copied().find(|word| one.is_type(word)).unwrap_or(other);
    let recipient = one.param("X-RECIPIENT").unwrap_or_default();
    let (subdivision, country) = (subdivision.unwrap_or_default(), country.unwrap_or_default());
    if [part(3), part(5), recipient, &subdivision, &country].iter().all(|part| part.is_empty()) && street.is_empty() {
        return Ok(());
    }
    row.line(0, &[of_use, recipient, &street.join("\n"), part(5), part(3), &subdivision, &country])
}

/// The country that a name in English or French, or a code, means.
fn country_named(name: &str) -> Option<String> {
    let (folded, code) = (fold(name), name.to_uppercase());
    let is = |one: &&Country| {
        one.alpha2 == code
            || one.alpha3 == code
            || [Lang::En, Lang::Fr].iter().any(|lang| fold(one.name(*lang)) == folded)
    };
    countries().iter().find(is).map(|one| one.alpha2.clone())
}

/// The subdivision that a code, its second half, or a name means in a country.
fn subdivision_named(name: &str, country: Option<&str>) -> Option<String> {
    let (folded, code, country) = (fold(name), name.to_uppercase(), country?);
    let half = format!("{country}-{code}");
    let mut parts = subdivisions_of(country).iter();
    let named = |lang, part: &crate::editions::Subdivision| fold(part.name(lang)) == folded;
    parts
        .find(|part| part.code == code || part.code == half || named(Lang::En, part) || named(Lang::Fr, part))
        .map(|part| part.code.clone())
}

/// By what the card is known: ours by id where it has no reference, others' by whatever they are named by, or by what they say.
fn identity(uid: &str, ours: bool, row: &mut Filling) {
    let uid = uid.trim();
    let uuid = uid.get(..9).filter(|start| start.eq_ignore_ascii_case("urn:uuid:")).map(|_| &uid[9..]);
    match uuid {
        Some(id) if ours => row.put("id", id),
        _ if !uid.is_empty() => row.put("reference", uuid.unwrap_or(uid)),
        _ => {
            let mut hasher = blake3::Hasher::new_derive_key(REFERENCE_CONTEXT);
            for column in ["name", "given_name", "family_name", "email", "phone"] {
                let cell = &row.cells[PLACES[column]];
                hasher.update(&(cell.len() as u64).to_be_bytes()).update(cell.as_bytes());
            }
            row.put("reference", format!("VCARD-{}", &hasher.finalize().to_hex()[..12]));
        }
    }
}
