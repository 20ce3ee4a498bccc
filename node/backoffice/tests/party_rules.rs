//! What parties may hold, through their commands on real replicas: each rule with what passes and what is refused, by code and
//! field; that what was accepted is accepted again unchanged; tags and relations of several sites. Uses no network.
#![allow(clippy::unwrap_used)]

mod sites;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::refusal::{Code, Refusal};
use comptoir_backoffice::registry;
use comptoir_replica::Edit;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};
use sites::{Site, converge, party, refusal, sites};

impl Site {
    fn refused(&mut self, name: &str, assignments: &[&str]) -> (Code, String) {
        let Refusal { code, field, .. } = refusal(self.try_set(name, assignments));
        (code, field.unwrap_or_default())
    }

    fn field(&mut self, name: &str, field: &str) -> Value {
        self.show(name).fields[field].clone()
    }

    fn line(&mut self, name: &str, list: &str) -> (String, std::collections::BTreeMap<String, Value>) {
        let line = self.show(name).lines[list].last().unwrap().clone();
        (line.key, line.fields)
    }
}

fn one() -> Site {
    let mut site = sites(1, 21).remove(0);
    site.create(&["name=Dupont", "reference=C-1", r#"addresses+={"city":"Lyon","country":"FR"}"#]);
    site.create(&["name=Diop", "reference=C-2", r#"addresses+={"city":"Dakar","country":"SN"}"#]);
    site
}

#[test]
fn numbers_are_stored_one_way_and_wrong_ones_are_refused_by_field() {
    let mut site = one();
    for (typed, stored) in [
        ("vat=fr 44 732 829 320", "FR44732829320"),
        ("vat=40303265045", "FR40303265045"),
        ("vat=el 094259216", "EL094259216"),
        ("siren=732 829 320", "732829320"),
        ("siret=732 829 320 00074", "73282932000074"),
        ("iban=fr14 2004 1010 0505 0001 3m02 606", "FR1420041010050500013M02606"),
        ("phone=01 99 00 11 22", "+33199001122"),
        ("phone=+221 33 899 00 11", "+221338990011"),
        ("email= Jean@Example.ORG ", "Jean@example.org"),
        ("website=www.Example.org", "https://www.example.org"),
        ("language=FR_sn", "fr-SN"),
        ("currency=xof", "XOF"),
        ("credit_limit=12,50", "12.50 EUR"),
    ] {
        let (field, _) = typed.split_once('=').unwrap();
        site.set("C-1", &[typed]);
        assert_eq!(site.field("C-1", field), stored, "{typed}");
        assert_eq!(site.try_set("C-1", &[&format!("{field}={stored}")]).unwrap(), 0, "{typed} is stable");
    }
    let mail = format!("email={}@example.org", "a".repeat(10_000));
    for (typed, code) in [
        ("vat=FR45732829320", Code::CheckDigit),
        ("vat=V", Code::IdentifierShape),
        ("siren=732829321", Code::CheckDigit),
        ("siret=123", Code::IdentifierShape),
        ("iban=FR1420041010050500013M02607", Code::CheckDigit),
        ("phone=12", Code::PhoneShape),
        ("phone=call me", Code::PhoneShape),
        ("email=nobody", Code::EmailShape),
        (mail.as_str(), Code::TooLong),
        ("website=javascript:alert(1)", Code::WebShape),
        ("language=klingon", Code::LanguageUnknown),
        ("currency=FRF", Code::CurrencyUnknown),
        ("kind=robot", Code::NotInList),
        ("roles=boss", Code::NotInList),
    ] {
        let (field, _) = typed.split_once('=').unwrap();
        assert_eq!(site.refused("C-1", &[typed]), (code, field.to_owned()), "{typed:.60}");
        assert!(site.show("C-1").fields["vat"] == "EL094259216", "nothing half-done");
    }
}

#[test]
fn what_a_number_without_a_country_means_follows_from_the_first_address() {
    let mut site = one();
    site.set("C-2", &["phone=33 899 00 11"]);
    assert_eq!(site.field("C-2", "phone"), "+221338990011");
    let id = site.create(&["name=Nowhere", "phone=01 99 00 11 22"]);
    assert_eq!(site.field(&id.to_string(), "phone"), "+33199001122", "the site's own country");
    let made = site.create(&["name=New", "phone=338990011", r#"addresses+={"country":"SN"}"#]);
    assert_eq!(site.field(&made.to_string(), "phone"), "+221338990011", "of one made in the same act");
    assert_eq!(site.refused("C-2", &["phone=01 99 00 11 22"]).0, Code::PhoneShape);
}

#[test]
fn an_establishment_is_one_of_its_company() {
    let mut site = one();
    site.set("C-1", &["siren=732829320"]);
    assert_eq!(site.refused("C-1", &["siret=40483304800022"]), (Code::IdentifiersDisagree, "siret".into()));
    site.set("C-1", &["siret=73282932000074"]);
    assert_eq!(site.refused("C-1", &["siren=404833048"]), (Code::IdentifiersDisagree, "siren".into()));
    site.set("C-1", &["siren=404833048", "siret=40483304800022"]);
    site.set("C-1", &["siren="]);
    site.set("C-1", &["siret=73282932000074"]);
}

#[test]
fn only_what_is_put_is_judged() {
    let mut site = one();
    let (scope, record) = site.reader().find(party(), "C-1").unwrap();
    let (key, _) = site.line("C-1", "addresses");
    let old: Vec<(String, comptoir_replica::record::Scalar)> = vec![
        (format!("addresses/{key}/postcode"), "69".into()),
        ("phone".into(), "ask Marie".into()),
        ("vat".into(), "V".into()),
    ];
    // An older version wrote what its rules took.
    let request = comptoir_replica::Append::new(scope, "S00/operator", "party.change");
    site.replica
        .append(request, sites::NOW_MS, &mut site.rng, |_| {
            Ok::<_, std::convert::Infallible>(vec![Edit::change("party", record, old)])
        })
        .unwrap();
    assert_eq!(site.field("C-1", "vat"), "V");
    site.set("C-1", &["email=a@b.example", &format!("addresses.{key}.city=Nice")]);
    assert_eq!(site.try_set("C-1", &["vat=V"]).unwrap(), 0, "saying what is so already changes nothing");
    assert_eq!(site.refused("C-1", &["vat=W"]).0, Code::IdentifierShape);
    site.set("C-1", &["phone=", "vat="]);
}

#[test]
fn an_address_is_judged_by_its_country() {
    let mut site = one();
    site.set("C-1", &[r#"addresses+={"country":"ca","postcode":"h3z2y7","subdivision":"ca-qc","use":"Billing"}"#]);
    let (key, line) = site.line("C-1", "addresses");
    assert_eq!(
        (&line["postcode"], &line["subdivision"], &line["use"]),
        (&json!("H3Z 2Y7"), &json!("CA-QC"), &json!("billing"))
    );
    let at = |field: &str| format!("addresses.{key}.{field}");
    let mut refused = |field: &str, value: &str| site.refused("C-1", &[&format!("{}={value}", at(field))]);
    assert_eq!(refused("postcode", "75001"), (Code::PostcodeShape, at("postcode")));
    assert_eq!(refused("subdivision", "FR-75C"), (Code::SubdivisionUnknown, at("subdivision")));
    assert_eq!(refused("subdivision", "CA-XX"), (Code::SubdivisionUnknown, at("subdivision")));
    assert_eq!(refused("country", "FR"), (Code::SubdivisionUnknown, at("subdivision")), "with the old subdivision");
    assert_eq!(refused("country", "XX"), (Code::CountryUnknown, at("country")));
    // A subdivision without its country is of the address's.
    for wrong in [r#"{"country":"CA","subdivision":"75C"}"#, r#"{"city":"Montréal","subdivision":"QC"}"#] {
        assert_eq!(site.refused("C-1", &[&format!("addresses+={wrong}")]).0, Code::SubdivisionUnknown, "{wrong}");
    }
    site.set("C-1", &[&format!("{}=on", at("subdivision"))]);
    assert_eq!(site.line("C-1", "addresses").1["subdivision"], "CA-ON");
    assert_eq!(site.try_set("C-1", &[&format!("{}=ON", at("subdivision"))]).unwrap(), 0);
    site.set("C-1", &[r#"addresses+={"city":"Somewhere","postcode":"any 12"}"#]);
    assert_eq!(site.line("C-1", "addresses").1["postcode"], "any 12", "without a country nothing is known of it");
}

#[test]
fn contacts_identifiers_and_consents_are_judged_by_their_kind() {
    let mut site = one();
    site.set("C-1", &[r#"contacts+={"kind":"mobile","value":"06 39 98 00 11","label":"Marie"}"#]);
    let (key, line) = site.line("C-1", "contacts");
    assert_eq!(line["value"], "+33639980011");
    let kind = format!("contacts.{key}.kind=email");
    assert_eq!(site.refused("C-1", &[&kind]), (Code::EmailShape, format!("contacts.{key}.value")));
    site.set("C-1", &[&kind, &format!("contacts.{key}.value=m@Example.org")]);
    assert_eq!(site.line("C-1", "contacts").1["value"], "m@example.org");
    assert_eq!(site.refused("C-1", &[r#"contacts+={"value":"x"}"#]).0, Code::Required);

    site.set("C-1", &[r#"identifiers+={"scheme":"LEI","value":"969500 TJ5KRTCJQWXH 05"}"#]);
    assert_eq!(site.line("C-1", "identifiers").1["value"], "969500TJ5KRTCJQWXH05");
    site.set("C-1", &[r#"identifiers+={"scheme":"other","value":"SN-DKR-2020-B-1","label":"RCCM"}"#]);
    let refused = |site: &mut Site, line: &str| site.refused("C-1", &[&format!("identifiers+={line}")]).0;
    assert_eq!(refused(&mut site, r#"{"scheme":"sirett","value":"1"}"#), Code::NotInList);
    assert_eq!(refused(&mut site, r#"{"scheme":"lei","value":"969500TJ5KRTCJQWXH06"}"#), Code::CheckDigit);
    assert_eq!(refused(&mut site, r#"{"value":"1"}"#), Code::Required);

    let consent = |on: &str| format!(r#"consents+={{"purpose":"marketing-email","status":"granted","on":"{on}"}}"#);
    site.set("C-1", &[&consent("2026-05-25")]);
    assert_eq!(site.refused("C-1", &[&consent("0026-05-25")]).0, Code::TooLow);
    assert_eq!(site.refused("C-1", &[&consent("2926-05-25")]).0, Code::TooHigh);
    assert_eq!(site.refused("C-1", &[&consent("2026-02-30")]).0, Code::WrongType);
    assert_eq!(site.refused("C-1", &[r#"consents+={"purpose":"fun","status":"granted"}"#]).0, Code::NotInList);
}

#[test]
fn a_relation_is_to_another_party_that_is_there() {
    let mut site = one();
    let id = |site: &mut Site, name: &str| site.show(name).id;
    let (one, two) = (id(&mut site, "C-1"), id(&mut site, "C-2"));
    let to = |to: &str, more: &str| format!(r#"relations+={{"to":"{to}","kind":"parent"{more}}}"#);
    assert_eq!(site.refused("C-1", &[&to(&one, "")]).0, Code::RelatedToItself);
    let nobody = "018f0000-0000-8000-8000-000000000007";
    assert_eq!(site.refused("C-1", &[&to(nobody, "")]).0, Code::NotFound);
    assert_eq!(site.refused("C-1", &[r#"relations+={"kind":"parent"}"#]).0, Code::Required);
    let early = to(&two, r#","from":"2026-05-02","until":"2026-05-01""#);
    let refused = site.refused("C-1", &[&early]);
    assert!(refused.0 == Code::TooLow && refused.1.ends_with(".until"), "{refused:?}");
    site.set("C-1", &[&to(&two, r#","from":"2026-05-01","until":"2026-05-01""#)]);

    // To one that was merged is to what stands for it.
    let other = site.create(&["name=Diop SARL", "reference=C-3"]).to_string();
    let (desk, rng) = site.desk();
    desk.merge(party(), &other, &two, &[], rng).unwrap();
    site.set("C-1", &[&to(&other, "")]);
    assert_eq!(site.line("C-1", "relations").1["to"], two.as_str());
    assert_eq!(site.refused("C-2", &[&to(&other, "")]).0, Code::RelatedToItself);
}

#[test]
fn tags_of_two_sites_meet_and_are_taken_away_by_archiving() {
    let mut sites = sites(2, 22);
    sites[0].create(&["name=Dupont", "reference=C-1", "tags=VIP|export"]);
    converge(&sites);
    let words = |site: &Site| {
        let party = comptoir_backoffice::parties::record::Party::read_of(site);
        registry::Business::compound(&party, "tags")
    };
    assert_eq!(words(&sites[0]), "export|VIP");
    sites[0].set("C-1", &["tags=export|Ámbar"]);
    sites[1].set("C-1", &[r#"tags+={"word":"Ámbar"}"#, r#"tags+={"word":"late"}"#]);
    converge(&sites);
    assert_eq!(words(&sites[1]), "Ámbar|export|late");
    assert!(sites[0].inbox(comptoir_backoffice::inbox::ItemKind::Conflict).is_empty());
    assert_eq!(sites[0].show("C-1").lines["tags"].len(), 4);
    assert_eq!(sites[0].try_set("C-1", &["tags=late|EXPORT|ambar"]).unwrap(), 0, "the same set");
    sites[0].set("C-1", &["tags=vip"]);
    assert_eq!(words(&sites[0]), "VIP", "brought back as it was");
    sites[0].set("C-1", &["tags="]);
    assert_eq!(words(&sites[0]), "");
    sites[0].set("C-1", &[r#"tags+={"word":"late"}"#]);
    assert_eq!(words(&sites[0]), "late");
    let key = sites[0].show("C-1").lines["tags"].iter().find(|line| !line.archived).unwrap().key.clone();
    assert_eq!(sites[0].refused("C-1", &[&format!("tags.{key}.word=later")]).0, Code::Fixed);
    assert_eq!(sites[0].refused("C-1", &[r#"tags+={"word":"a|b"}"#]).0, Code::WrongType);
    let long = format!("tags={}", "x".repeat(65));
    assert_eq!(sites[0].refused("C-1", &[&long]).0, Code::TooLong);
}

trait ReadOf {
    fn read_of(site: &Site) -> Self;
}

impl ReadOf for comptoir_backoffice::parties::record::Party {
    fn read_of(site: &Site) -> Self {
        use comptoir_replica::record::Record;
        let (scope, id) = site.reader().find(party(), "C-1").unwrap();
        Self::from_cells(&site.replica.record(scope, id).unwrap().unwrap().cells)
    }
}

#[test]
fn terms_of_payment_are_headquarters_and_within_bounds() {
    let mut sites = sites(2, 23);
    let term = registry::kind("payment-term").unwrap();
    let mut create = |site: usize, assignments: &[&str]| {
        let (desk, rng) = sites[site].desk();
        desk.create(term, Changes::parse(assignments).unwrap(), rng).map(|done| done.record)
    };
    create(0, &["code=30EOM", "name_en=30 days, end of month", "days=30", "end_of_month=true"]).unwrap();
    assert_eq!(refusal(create(1, &["code=X", "name_en=x"])).code, Code::HeadquartersOnly);
    assert_eq!(refusal(create(0, &["code=X", "name_en=x", "days=-1"])).code, Code::TooLow);
    assert_eq!(refusal(create(0, &["code=X", "name_en=x", "discount_percent=100.5"])).code, Code::TooHigh);
    assert_eq!(refusal(create(0, &["name_en=x"])).code, Code::Required);
}

/// Text as people and scripts type it, good and bad.
fn typed() -> impl Strategy<Value = (&'static str, String)> {
    let field = prop::sample::select(vec![
        "vat",
        "siren",
        "siret",
        "ninea",
        "bn",
        "iban",
        "phone",
        "email",
        "website",
        "language",
        "currency",
        "name",
        "terms",
        "also_known_as",
        "notes",
        "tags",
        "roles",
        "honorific",
    ]);
    let text = prop_oneof![
        prop::sample::select(vec![
            "FR44732829320",
            "732 829 320",
            "73282932000074",
            "01 99 00 11 22",
            "+221338990011",
            "a@Example.org",
            "example.org/A",
            "zh_hant-tw",
            "eur",
            "FR14 2004 1010 0505 0001 3M02 606",
            "123456789RT0001",
            "GB980780684",
            "customer|EMPLOYEE",
            "vip|Été| vip ",
            "005117355 2G3",
            "  x\u{a0}",
        ])
        .prop_map(str::to_owned),
        "[ -~éÉ\u{301}\n\t]{0,20}",
        "[0-9+ ().-]{0,16}",
    ];
    (field, text)
}

/// What was accepted is accepted again, and is what it was.
#[test]
fn cleaning_is_idempotent() {
    let mut site = one();
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        proptest::test_runner::Config { cases: 600, failure_persistence: None, ..Default::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let mut accepted = 0;
    for _ in 0..600 {
        let (field, text) = typed().new_tree(&mut runner).unwrap().current();
        if site.try_set("C-1", &[&format!("{field}={text}")]).is_err() {
            continue;
        }
        accepted += 1;
        let stored = match field {
            "tags" | "roles" => continue,
            field => site.field("C-1", field),
        };
        let again = format!("{field}={}", stored.as_str().unwrap());
        assert_eq!(site.try_set("C-1", &[&again]).unwrap(), 0, "{field}={text:?} became {stored}");
    }
    assert!(accepted > 100, "{accepted} of 600 were accepted: nothing was tried");
}
