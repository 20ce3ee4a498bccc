//! A party as a card. Owns which property says what; the reading of the same stands in `card`.

use comptoir_replica::record::RecordId;

use super::line::{escaped, write};
use super::{OWN, PRODUCT, TEL_TYPES, USES};
use crate::editions::{self, Lang};
use crate::parties::record::Party;
use crate::parties::record::lines::{Address, Contact};
use crate::registry::Business;

const PREFERRED: (&str, &str) = ("PREF", "1");

/// The card of a party, with its closing line break.
#[must_use]
pub fn write_card(id: RecordId, party: &Party) -> String {
    let mut out = String::with_capacity(512);
    let person = party.kind == "person";
    let mut text = |name: &str, value: &str| {
        if !value.is_empty() {
            write(&mut out, name, &[], &escaped(value));
        }
    };
    text("BEGIN", "VCARD");
    text("VERSION", "4.0");
    text("PRODID", PRODUCT);
    if party.reference.is_empty() {
        text("UID", &format!("urn:uuid:{id}"));
    }
    text("KIND", if person { "individual" } else { "org" });
    text("FN", &party.name);
    if !person {
        text("ORG", &party.name);
    }
    text("NICKNAME", &party.also_known_as);
    text("LANG", &party.language);
    text("NOTE", &party.notes);
    for (field, property) in OWN {
        text(property, own(party, field));
    }
    text("X-ROLES", &party.roles());
    if !party.reference.is_empty() {
        write(&mut out, "UID", &[("VALUE", "text")], &escaped(&party.reference));
    }
    let names = [&party.family_name, &party.given_name, "", &party.honorific, ""];
    if names.iter().any(|name| !name.is_empty()) {
        write(&mut out, "N", &[], &names.map(escaped).join(";"));
    }
    let tags: Vec<String> = party.compound("tags").split('|').filter(|word| !word.is_empty()).map(escaped).collect();
    if !tags.is_empty() {
        write(&mut out, "CATEGORIES", &[], &tags.join(","));
    }
    reach(&mut out, party);
    for (_, line) in party.addresses.in_use() {
        address(&mut out, line);
    }
    for (_, line) in party.identifiers.in_use() {
        let params = [("SCHEME", &line.scheme), ("COUNTRY", &line.country), ("LABEL", &line.label)];
        let params: Vec<(&str, &str)> = params
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        write(&mut out, "X-IDENTIFIER", &params, &escaped(&line.value));
    }
    write(&mut out, "END", &[], "VCARD");
    out
}

fn own<'a>(party: &'a Party, field: &str) -> &'a str {
    match field {
        "vat" => &party.vat,
        "siren" => &party.siren,
        "siret" => &party.siret,
        "ninea" => &party.ninea,
        "bn" => &party.bn,
        "iban" => &party.iban,
        _ => "",
    }
}

fn reach(out: &mut String, party: &Party) {
    let main = [("phone", &party.phone), ("email", &party.email), ("web", &party.website)];
    for (kind, value) in main.into_iter().filter(|(_, value)| !value.is_empty()) {
        let line = Contact { kind: kind.into(), value: value.clone(), ..Contact::default() };
        contact(out, &line, "", true);
    }
    for (place, (_, line)) in party.contacts.in_use().enumerate() {
        let group = if line.label.is_empty() { String::new() } else { format!("item{}.", place + 1) };
        contact(out, line, &group, false);
        if !line.label.is_empty() {
            write(out, &format!("{group}X-ABLABEL"), &[], &escaped(&line.label));
        }
    }
}

fn contact(out: &mut String, line: &Contact, group: &str, preferred: bool) {
    let tel = TEL_TYPES.iter().find(|(kind, _)| *kind == line.kind).map(|(_, tel)| *tel);
    let (name, mut params) = match (line.kind.as_str(), tel) {
        (_, Some(tel)) => ("TEL", vec![("TYPE", tel)]),
        ("email", _) => ("EMAIL", Vec::new()),
        ("web", _) => ("URL", Vec::new()),
        _ => ("X-CONTACT", Vec::new()),
    };
    params.extend(preferred.then_some(PREFERRED));
    let number = tel.is_some() && line.value.starts_with('+');
    // URIs are written as they are; a web address of ours holds nothing to escape.
    let value = match name {
        "TEL" if number => {
            params.push(("VALUE", "uri"));
            format!("tel:{}", line.value)
        }
        "URL" => line.value.replace('\n', " ").replace('\\', "\\\\"),
        _ => escaped(&line.value),
    };
    write(out, &format!("{group}{name}"), &params, &value);
}

fn address(out: &mut String, line: &Address) {
    let of_use = if line.r#use.is_empty() || USES.contains(&line.r#use.as_str()) {
        line.r#use.clone()
    } else {
        format!("x-{}", line.r#use)
    };
    let params = [("CC", line.country.as_str()), ("TYPE", &of_use), ("X-RECIPIENT", &line.recipient)];
    let params: Vec<(&str, &str)> = params.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let country = editions::name(&line.country, Lang::En).unwrap_or(&line.country);
    let parts = ["", "", &line.street, &line.city, &line.subdivision, &line.postcode, country];
    write(out, "ADR", &params, &parts.map(escaped).join(";"));
}
