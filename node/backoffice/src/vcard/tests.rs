//! Cards there and back, cards of other programs, and files that were made to do harm.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use comptoir_replica::record::{LineKey, Lines, RecordId};
use proptest::prelude::*;

use super::{Cards, write_card};
use crate::limits::{MAX_CARD_CONTACTS, MAX_CARD_LINE_BYTES, MAX_CARD_PROPERTIES};
use crate::parties::record::Party;
use crate::parties::record::lines::{Address, Contact, Identifier, Tag};
use crate::refusal::{Code, Refusal};
use crate::registry::Business;
use crate::transfer::rows::Rows;

const ID: &str = "018f0000-0000-8000-8000-000000000007";

/// Every card, by its number: the columns that say something, or why it is refused.
fn read(bytes: &[u8]) -> Vec<Result<BTreeMap<String, String>, Refusal>> {
    let mut cards = Cards::new(bytes);
    let header = cards.header().to_vec();
    let mut rows = Vec::new();
    while let Some(row) = cards.next_row() {
        let row = row.unwrap();
        assert_eq!(row.line, rows.len() as u64 + 1);
        let said = row.cells.map_err(|refused| refused.refusal).map(|cells| {
            assert_eq!(cells.len(), header.len());
            header.iter().cloned().zip(cells).filter(|(_, text)| !text.is_empty()).collect()
        });
        rows.push(said);
    }
    rows
}

fn one(lines: &str) -> BTreeMap<String, String> {
    read(format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{lines}\r\nEND:VCARD\r\n").as_bytes()).remove(0).unwrap()
}

fn code(bytes: &[u8]) -> Code {
    read(bytes).remove(0).unwrap_err().code
}

fn keyed<L>(lines: Vec<L>, place: impl Fn(&mut L, i64)) -> Lines<L>
where
    Lines<L>: FromIterator<(LineKey, L)>,
{
    let line = |(at, mut line): (usize, L)| {
        place(&mut line, at as i64);
        (format!("k{at}").parse().unwrap(), line)
    };
    lines.into_iter().enumerate().map(line).collect()
}

fn text() -> impl Strategy<Value = String> {
    "([A-Za-z0-9,;:\\\\\"^éœ’ +@.|-]{0,24}|[A-Za-z]{1,5}\n[ -~]{0,80}z)".prop_map(|text| text.trim().to_owned())
}

/// A word that says something, and no bar.
fn word() -> impl Strategy<Value = String> {
    "[A-Za-zé,;\\\\\"^]{1,9}"
}

/// Use; recipient, street, town, postcode; country and subdivision.
type DrawnAddress = (&'static str, (String, String, String, String), (&'static str, &'static str));

fn parties() -> impl Strategy<Value = Party> {
    let contact = (prop::sample::select(vec!["phone", "mobile", "fax", "email", "web", "other"]), word(), text());
    let address = (
        prop::sample::select(vec!["", "billing", "delivery", "registered", "home", "other"]),
        (text(), text(), word(), text()),
        prop::sample::select(vec![("", ""), ("CA", "CA-QC"), ("FR", ""), ("SN", "SN-DK"), ("FR", "FR-75C")]),
    );
    let identifier = (prop::sample::select(vec!["vat", "lei", "other"]), word(), text());
    let texts = prop::collection::vec(text(), 10);
    let lines = (
        prop::collection::vec(contact, 0..5),
        prop::collection::vec(address, 0..4),
        prop::collection::vec(identifier, 0..3),
        prop::collection::btree_set("[a-zé,;]{1,9}", 0..4),
    );
    (texts, lines, word(), any::<(bool, bool, bool)>()).prop_map(
        |(texts, lines, name, (person, customer, employee))| {
            let [email, notes, also, family, given, honorific, vat, reference, website, iban] =
                <[String; 10]>::try_from(texts).unwrap();
            let (contacts, addresses, identifiers, tags) = lines;
            let of_person = |name: String| if person { name } else { String::new() };
            let contact = |(kind, value, label): (&str, String, String)| Contact {
                kind: kind.into(),
                value: if kind == "phone" { "+33199001122;ext=4".into() } else { value },
                label,
                ..Contact::default()
            };
            let address =
                |(of_use, (recipient, street, city, postcode), (country, subdivision)): DrawnAddress| Address {
                    r#use: of_use.into(),
                    recipient,
                    street,
                    city,
                    postcode,
                    country: country.into(),
                    subdivision: subdivision.into(),
                    ..Address::default()
                };
            let identifier = |(scheme, value, label): (&str, String, String)| Identifier {
                scheme: scheme.into(),
                value,
                label,
                country: "FR".into(),
                ..Identifier::default()
            };
            Party {
                kind: if person { "person" } else { "organisation" }.into(),
                name,
                // Web addresses hold no line break.
                website: website.replace('\n', " "),
                email,
                notes,
                also_known_as: also,
                family_name: of_person(family),
                given_name: of_person(given),
                honorific: of_person(honorific),
                vat,
                reference,
                iban,
                customer,
                employee,
                phone: "+221338990011".into(),
                language: "fr-SN".into(),
                contacts: keyed(contacts.into_iter().map(contact).collect(), |line, place| line.position = place),
                addresses: keyed(addresses.into_iter().map(address).collect(), |line, place| line.position = place),
                identifiers: keyed(identifiers.into_iter().map(identifier).collect(), |line, place| {
                    line.position = place
                }),
                tags: keyed(tags.into_iter().map(|word| Tag { word, ..Tag::default() }).collect(), |_, _| ()),
                ..Party::default()
            }
        },
    )
}

/// What a row says of a party, of what a card can say.
fn expected(party: &Party) -> BTreeMap<String, String> {
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    let mut put = |name: &str, text: &str| {
        if !text.trim().is_empty() {
            said.insert(name.to_owned(), text.to_owned());
        }
    };
    put(
        if party.reference.is_empty() { "id" } else { "reference" },
        if party.reference.is_empty() { ID } else { &party.reference },
    );
    for (name, text) in [
        ("kind", &party.kind),
        ("name", &party.name),
        ("also_known_as", &party.also_known_as),
        ("honorific", &party.honorific),
        ("given_name", &party.given_name),
        ("family_name", &party.family_name),
        ("language", &party.language),
        ("phone", &party.phone),
        ("email", &party.email),
        ("website", &party.website),
        ("vat", &party.vat),
        ("iban", &party.iban),
        ("notes", &party.notes),
    ] {
        put(name, text);
    }
    put("roles", &party.roles());
    put("tags", &party.compound("tags"));
    for (at, (_, line)) in party.contacts.in_use().enumerate() {
        for (field, text) in [("kind", &line.kind), ("value", &line.value), ("label", &line.label)] {
            put(&format!("contacts.{}.{field}", at + 1), text);
        }
    }
    for (at, (_, line)) in party.addresses.in_use().enumerate() {
        for (field, text) in [
            ("use", &line.r#use),
            ("recipient", &line.recipient),
            ("street", &line.street),
            ("city", &line.city),
            ("postcode", &line.postcode),
            ("country", &line.country),
            ("subdivision", &line.subdivision),
        ] {
            put(&format!("addresses.{}.{field}", at + 1), text);
        }
    }
    for (at, (_, line)) in party.identifiers.in_use().enumerate() {
        for (field, text) in
            [("scheme", &line.scheme), ("value", &line.value), ("country", &line.country), ("label", &line.label)]
        {
            put(&format!("identifiers.{}.{field}", at + 1), text);
        }
    }
    said
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Seeds are printed by proptest with the case that fails.
    #[test]
    fn a_party_comes_back_as_it_went(parties in prop::collection::vec(parties(), 1..4)) {
        let id: RecordId = ID.parse().unwrap();
        let file: String = parties.iter().map(|party| write_card(id, party)).collect();
        prop_assert!(file.lines().all(|line| line.len() <= 75), "{file}");
        for (party, row) in parties.iter().zip(read(file.as_bytes())) {
            let mut row = row.unwrap();
            row.retain(|_, text| !text.trim().is_empty());
            prop_assert_eq!(row, expected(party), "{}", file);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        &b"BEGIN:VCARD\r\n"[..], b"END:VCARD\n", b"VERSION:4.0\n", b"N:a;b;;;\n", b"\n ", b"\xff", b":", b";", b"\"", b"\\",
        b"FN:x", b"\r\n", b"TEL;TYPE=\"cell,", b"ADR;CC=\xc3\xa9:", b"^", b"\0", b"ORG:", b"item1.X-ABLABEL:", b"UID:urn:uuid:\n", b"\t",
    ]), 0..60)) {
        let mut cards = Cards::new(std::io::Cursor::new(pieces.concat()));
        while let Some(row) = cards.next_row() {
            prop_assert!(row.is_ok());
        }
    }
}

#[test]
fn a_card_of_a_telephone_is_read() {
    let file = b"BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iPhone OS 17.0//EN\r\nN:Ndiaye;A\xc3\xafda;Marie;Mme;\r\n\
        FN:A\xc3\xafda Ndiaye\r\nORG:Teranga SARL;Achats\r\nTITLE:Acheteuse\r\nitem1.TEL;type=pref:+221 77 123 45 67\r\n\
        TEL;type=CELL;type=VOICE:+221 33 899 00 11\r\nitem2.EMAIL;type=INTERNET:a@\r\n example.org\r\nitem2.X-ABLabel:_$!<Work>!$_\r\n\
        EMAIL;type=INTERNET;type=pref:b@example.org\r\nADR;type=WORK:;;12\\, rue X\\nB\xc3\xa2t. B;Montr\xc3\xa9al;Qu\xc3\xa9bec;H3Z 2Y7;Canada\r\n\
        PHOTO;ENCODING=b:AAAA\r\nUID:4A1B\r\nCATEGORIES:vip,export\r\nEND:VCARD\r\n";
    let said = read(file).remove(0).unwrap();
    let of = |name: &str| said.get(name).map_or("", String::as_str);
    assert_eq!((of("kind"), of("name"), of("reference")), ("person", "Aïda Ndiaye", "4A1B"));
    assert_eq!((of("family_name"), of("given_name"), of("honorific")), ("Ndiaye", "Aïda Marie", "Mme"));
    assert_eq!(
        (of("phone"), of("contacts.1.kind"), of("contacts.1.value")),
        ("+221 77 123 45 67", "mobile", "+221 33 899 00 11")
    );
    assert_eq!(
        (of("email"), of("contacts.2.value"), of("contacts.2.label")),
        ("b@example.org", "a@example.org", "Work")
    );
    assert_eq!((of("addresses.1.street"), of("addresses.1.use")), ("12, rue X\nBât. B", ""));
    assert_eq!((of("addresses.1.country"), of("addresses.1.subdivision")), ("CA", "CA-QC"));
    assert_eq!((of("notes"), of("tags")), ("ORG: Teranga SARL, Achats\nTITLE: Acheteuse", "vip|export"));
}

#[test]
fn what_other_programs_leave_open_is_guessed() {
    let company = one("ORG:Garage Moderne\r\nTEL:1\r\nTEL;TYPE=fax:2\r\nADR:;;1 High St;Town;Shire;;Ruritania");
    assert_eq!((company["kind"].as_str(), company["name"].as_str()), ("organisation", "Garage Moderne"));
    assert_eq!((company["phone"].as_str(), company["contacts.1.kind"].as_str()), ("1", "fax"));
    assert_eq!(company["addresses.1.street"], "1 High St\nShire\nRuritania");
    let reference = &company["reference"];
    assert!(reference.starts_with("VCARD-") && *reference == one("ORG:Garage Moderne\r\nTEL:1")["reference"]);
    assert_ne!(*reference, one("ORG:Garage Moderne\r\nTEL:2")["reference"]);
    let person = one("N:Diop;Awa;;;\r\nUID:urn:uuid:018f0000-0000-7000-8000-000000000001");
    assert_eq!(
        (person["name"].as_str(), person["reference"].as_str()),
        ("Awa Diop", "018f0000-0000-7000-8000-000000000001")
    );
}

#[test]
fn cards_are_refused_by_number_and_the_others_read() {
    let good = "BEGIN:VCARD\nVERSION:4.0\nFN:x\nEND:VCARD\n";
    let file = format!(
        "\u{feff}{good}BEGIN:VCARD\nVERSION:2.1\nEND:VCARD\nstray\n{good}BEGIN:VCARD\nVERSION:4.0\nFN:cut\n{good}BEGIN:VCARD\nFN"
    );
    let rows = read(file.as_bytes());
    let codes: Vec<_> = rows.iter().map(|row| row.as_ref().err().map(|refusal| refusal.code)).collect();
    assert_eq!(codes, [None, Some(Code::CardVersion), None, Some(Code::CardDamaged), None, Some(Code::CardDamaged)]);
    assert!(read(b"").is_empty() && read(b"just text\n").is_empty());
}

#[test]
fn harm_is_refused_and_passes_by() {
    let card = |line: &str| format!("BEGIN:VCARD\nVERSION:4.0\nFN:x\n{line}\nEND:VCARD\n").into_bytes();
    let large = "A".repeat(MAX_CARD_LINE_BYTES + 1);
    assert_eq!(code(&card(&format!("NOTE:{large}"))), Code::CellTooLarge);
    assert_eq!(code(&card(&format!("NOTE:{}", "A\n ".repeat(MAX_CARD_LINE_BYTES + 1)))), Code::CellTooLarge, "folded");
    assert!(read(&card(&format!("PHOTO:{}", large.repeat(40)))).remove(0).is_ok(), "a photograph passes by");
    assert_eq!(code(&card(&"NOTE:x\n".repeat(MAX_CARD_PROPERTIES))), Code::TooMany);
    assert_eq!(code(&card(&"TEL:1\n".repeat(MAX_CARD_CONTACTS + 2))), Code::TooMany);
    assert_eq!(code(&card(&format!("NOTE:{}\n", "A".repeat(60_000)).repeat(20))), Code::RowTooLarge);
    assert_eq!(code(b"BEGIN:VCARD\nVERSION:4.0\nFN:\xc9vreux\nEND:VCARD\n"), Code::CardDamaged);
    assert_eq!(code(b"BEGIN:VCARD\nFN:x\nEND:VCARD\n"), Code::CardVersion);
    assert_eq!(code(&card("no property")), Code::CardDamaged);
}
