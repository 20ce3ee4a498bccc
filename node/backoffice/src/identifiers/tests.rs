//! What holds of every scheme: no text makes a check panic, canonical texts stay as they are, and where the arithmetic
//! promises it, no single wrong digit goes through.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::postal::Parts;
use super::*;

/// A valid number of each scheme, as people write it, and as it is shown.
const SHOWN: &[(Scheme, &str, &str)] = &[
    (Scheme::Vat, "fr 44-732829320", "FR 44 732 829 320"),
    (Scheme::Siren, "732.829.320", "732 829 320"),
    (Scheme::Siret, "73282932000074", "732 829 320 00074"),
    (Scheme::Ninea, "30672212g2", "3067221 2G2"),
    (Scheme::CaBn, "123026635rt0001", "12302 6635 RT0001"),
    (Scheme::Ice, "00 156 1191 0000 66", "001561191000066"),
    (Scheme::Iban, "fr1420041010050500013m02606", "FR14 2004 1010 0505 0001 3M02 606"),
    (Scheme::Bic, "bnpafrppxxx", "BNPAFRPPXXX"),
    (Scheme::Lei, "724500vkksh9qoltfr81", "7245 00VK KSH9 QOLT FR81"),
    (Scheme::Gln, "73000 152 00048", "7300015200048"),
];

#[test]
fn schemes_have_codes_examples_and_a_way_to_be_shown() {
    assert_eq!(SHOWN.iter().map(|(scheme, ..)| *scheme).collect::<Vec<_>>(), Scheme::ALL);
    for (scheme, typed, expected) in SHOWN {
        assert_eq!(Scheme::of_code(scheme.code()), Some(*scheme));
        let canonical = scheme.check(None, typed).unwrap();
        assert_eq!(shown(*scheme, &canonical), *expected);
        assert_eq!(scheme.check(None, expected).unwrap(), canonical);
        assert!(scheme.check(None, scheme.form(scheme.country(), "").example).is_ok(), "{scheme}");
    }
    assert!(Scheme::CODES.iter().all(|code| Scheme::of_code(code).is_some_and(|scheme| scheme.code() == *code)));
    assert_eq!(Scheme::of_code("duns"), None);
}

#[test]
fn a_refusal_says_what_to_write() {
    let refusal = Scheme::Siren.check(Some("FR"), " 73282932 ").unwrap_err();
    assert_eq!(refusal.to_string(), "73282932 is no SIREN: write 9 digits, for example 732 829 320");
    let refusal = Scheme::Siren.check(Some("FR"), "732829321").unwrap_err();
    assert_eq!((refusal.code, refusal.params["value"].as_str()), (Code::CheckDigit, "732829321"));
    assert_eq!(Scheme::Iban.check(None, " . ").unwrap_err().code, Code::Required);
    assert_eq!(Scheme::Iban.check(None, &"1".repeat(10_000)).unwrap_err().code, Code::TooLong);
}

#[test]
fn spellings_and_schemes_of_one_bearer_compare_alike() {
    let key = |scheme: Scheme, text: &str| compare_key(scheme, &scheme.check(None, text).unwrap());
    assert_eq!(key(Scheme::Siren, "732 829 320"), key(Scheme::Vat, "FR44732829320"));
    assert_eq!(key(Scheme::Ninea, "3067221"), key(Scheme::Vat, "003067221 2G2"));
    assert_eq!(key(Scheme::CaBn, "123026635"), key(Scheme::Vat, "123026635RT0001"));
    assert_eq!(key(Scheme::Vat, "CHE107787577"), key(Scheme::Vat, "CHE107787577MWST"));
    assert_eq!(key(Scheme::Bic, "BNPAFRPP"), key(Scheme::Bic, "BNPAFRPPXXX"));
    assert_ne!(key(Scheme::Siret, "73282932000074"), key(Scheme::Siren, "732829320"));
    assert_ne!(key(Scheme::Vat, "FR16000063601"), compare_key(Scheme::Siren, "000063601"));
}

/// Schemes of which every wrong digit must be found, each with a valid number. Those that are not here let some through by their
/// own rules: a remainder of ten written as another digit, or two kinds of number with a check each.
const EACH_DIGIT_COUNTS: &[(Scheme, &str)] = &[
    (Scheme::Siren, "732829320"),
    (Scheme::Siret, "73282932000074"),
    (Scheme::CaBn, "123026635"),
    (Scheme::Ice, "001561191000066"),
    (Scheme::Gln, "7300015200048"),
    (Scheme::Lei, "724500VKKSH9QOLTFR81"),
    (Scheme::Iban, "FR1420041010050500013M02606"),
    (Scheme::Iban, "SN08SN0100152000048500003035"),
    (Scheme::Iban, "DE89370400440532013000"),
    (Scheme::Vat, "FR44732829320"),
    (Scheme::Vat, "ATU13585627"),
    (Scheme::Vat, "BE0428759497"),
    (Scheme::Vat, "CHE107787577"),
    (Scheme::Vat, "CY10259033P"),
    (Scheme::Vat, "DE136695976"),
    (Scheme::Vat, "DK13585628"),
    (Scheme::Vat, "EE100594102"),
    (Scheme::Vat, "ESB58378431"),
    (Scheme::Vat, "ES54362315K"),
    (Scheme::Vat, "FI20774740"),
    (Scheme::Vat, "HR33392005961"),
    (Scheme::Vat, "HU12892312"),
    (Scheme::Vat, "IE6433435F"),
    (Scheme::Vat, "IT00743110157"),
    (Scheme::Vat, "LU15027442"),
    (Scheme::Vat, "MT11679112"),
    (Scheme::Vat, "PL8567346215"),
    (Scheme::Vat, "SI50223054"),
];

fn with_digit(text: &str, place: usize, digit: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = b'0' + digit;
    String::from_utf8(bytes).unwrap()
}

fn digit_places(text: &str) -> Vec<usize> {
    text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(place, _)| place).collect()
}

#[test]
fn a_postcode_is_measured_in_the_capitals_that_are_kept() {
    let grown = format!("{}\u{df}", "A".repeat(31));
    assert_eq!(postal::postcode("XX", &grown).unwrap_err().code, Code::TooLong);
    assert_eq!(postal::postcode("XX", &grown[1..]).unwrap().len(), 32);
}

#[test]
fn no_single_wrong_digit_goes_through() {
    const SEED: u64 = 20_240_611;
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    for (scheme, known) in EACH_DIGIT_COUNTS {
        let places = digit_places(known);
        let mut number = (*known).to_owned();
        let mut valid = 0;
        for _ in 0..3_000 {
            let typed = Scheme::check(*scheme, None, &number);
            if typed.is_ok() {
                valid += 1;
                for place in &places {
                    for digit in (0..10).filter(|digit| b'0' + digit != number.as_bytes()[*place]) {
                        let wrong = with_digit(&number, *place, digit);
                        assert!(
                            scheme.check(None, &wrong).is_err(),
                            "seed {SEED}: {scheme} {number} and {wrong} both pass"
                        );
                    }
                }
            }
            for _ in 0..2 {
                let place = places[(random.next_u64() % places.len() as u64) as usize];
                number = with_digit(&number, place, (random.next_u64() % 10) as u8);
            }
        }
        assert!(valid >= 4, "{scheme} {known}: only {valid} valid numbers were met");
    }
}

/// Text that is near enough to numbers to get past the first tests.
fn text() -> impl Strategy<Value = String> {
    let prefix = prop_oneof![
        Just(String::new()),
        "[A-Z]{2}".prop_map(String::from),
        (0..SHOWN.len()).prop_map(|at| SHOWN[at].1[..4].to_owned()),
        ".{0,3}",
    ];
    let body = prop_oneof!["[0-9 ]{0,30}", "[0-9A-Z]{0,30}", ".{0,40}", "[+0-9().x# é\u{301}-]{0,20}"];
    (prefix, body).prop_map(|(prefix, body)| prefix + &body)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_taken_or_refused_and_what_is_taken_stays(
        text in text(),
        country in proptest::option::of(prop_oneof![Just("FR"), Just("SN"), Just("CA"), Just("GR"), Just("XX"), Just("é")]),
    ) {
        for scheme in Scheme::ALL {
            if let Ok(canonical) = scheme.check(country, &text) {
                prop_assert_eq!(scheme.check(country, &canonical).unwrap(), canonical.clone());
                prop_assert_eq!(scheme.check(country, &shown(*scheme, &canonical)).unwrap(), canonical);
            }
            let _ = (shown(*scheme, &text), compare_key(*scheme, &text));
        }
        if let Ok(canonical) = contact::phone(country, &text) {
            prop_assert_eq!(contact::phone(country, &canonical).unwrap(), canonical.clone());
            prop_assert_eq!(contact::phone(country, &contact::phone_shown(&canonical, country)).unwrap(), canonical);
        }
        for check in [contact::email, contact::web] {
            if let Ok(canonical) = check(&text) {
                prop_assert_eq!(check(&canonical).unwrap(), canonical);
            }
        }
        let _ = (contact::phone_shown(&text, country), contact::web_shown(&text), contact::email_compare_key(&text));
    }

    #[test]
    fn any_address_can_be_judged_and_written(
        recipient in ".{0,20}", street in ".{0,30}", postcode in text(), city in ".{0,20}", region in ".{0,6}",
        at in 0..postal_table::FORMATS.len(),
    ) {
        let country = postal_table::FORMATS[at].0;
        let parts = Parts { recipient: &recipient, street: &street, postcode: &postcode, city: &city, region: &region };
        let _ = (postal::check(&parts, country), postal::check(&parts, &region));
        for line in postal::format(&parts, country, "FR", "x") {
            prop_assert!(!line.trim().is_empty());
        }
        if let Ok(canonical) = postal::postcode(country, &postcode) {
            prop_assert_eq!(postal::postcode(country, &canonical).unwrap(), canonical);
        }
    }
}
