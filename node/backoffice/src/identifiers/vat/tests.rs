//! VAT numbers that companies publish, and the same with a digit changed: what each country's check takes and refuses.
#![allow(clippy::unwrap_used)]

use super::super::Scheme;
use super::*;
use crate::refusal::Code;

/// Published on invoices and in legal notices.
const PUBLISHED: &[&str] = &[
    "ATU13585627",
    "ATU14243102",
    "ATU15159209",
    "ATU64938009",
    "BE0428759497",
    "BE0468561072",
    "BE413562567",
    "BE697449992",
    "BG175074752",
    "BG103873594",
    "BG130544585",
    "BG7111042925",
    "BG7523169263",
    "BG7542011030",
    "BG8032056031",
    "CHE107787577",
    "CHE100155212TVA",
    "CHE107787577IVA",
    "CY10259033P",
    "CY10246672X",
    "CY10274231F",
    "CY00632993F",
    "CZ25123891",
    "CZ00023205",
    "CZ640903926",
    "CZ7103192745",
    "CZ6306150004",
    "CZ8058012314",
    "CZ6402294448",
    "CZ682127228",
    "DE136695976",
    "DE113866163",
    "DE811125440",
    "DE129390950",
    "DK13585628",
    "DK10503280",
    "DK36149213",
    "DK28107773",
    "EE100594102",
    "EE100931558",
    "EE101286639",
    "EL094259216",
    "EL039868210",
    "EL94051189",
    "EL998386804",
    "GR094259216",
    "ESB58378431",
    "ESA28184661",
    "ESQ0818001J",
    "ES54362315K",
    "ESX5253868R",
    "ESY5277343F",
    "ESZ5277343K",
    "ESW4003922D",
    "ESJ99216582",
    "ESM1234567L",
    "FI20774740",
    "FI02459042",
    "FI09826511",
    "FI18261444",
    "FR44732829320",
    "FR83404833048",
    "FR40303265045",
    "FRK7399859412",
    "FR4Z123456782",
    "FR16000063601",
    "FR64000063908",
    "GB980780684",
    "GB980780684001",
    "GBGD001",
    "GBHA599",
    "XI432525179",
    "HR33392005961",
    "HU12892312",
    "HU10672101",
    "HU64241281",
    "IE6433435F",
    "IE6433435OA",
    "IE8D79739I",
    "IE9Y71814N",
    "IE0005306C",
    "IE6433435IH",
    "IT00743110157",
    "IT01404480202",
    "IT12920760159",
    "IT09596821000",
    "LT119511515",
    "LT100001919017",
    "LT100004801610",
    "LT290068995116",
    "LU15027442",
    "LU10059929",
    "LU26375245",
    "LV40003521600",
    "LV90000528023",
    "LV16117519997",
    "LV32867300679",
    "MT11679112",
    "MT10396417",
    "MT20630321",
    "NL004495445B01",
    "NL4495445B01",
    "NL002455799B11",
    "NL001162938B28",
    "NL820605876B01",
    "PL8567346215",
    "PL5211355116",
    "PL9542705026",
    "PT501964843",
    "PT500019720",
    "PT502448911",
    "RO18547290",
    "RO1630615123457",
    "RO573768",
    "RO4003786",
    "SE123456789701",
    "SE202100500001",
    "SE556043606401",
    "SI50223054",
    "SI26808498",
    "SI89036999",
    "SK2022749619",
    "SK1078449064",
    "SK2020257679",
];

/// The same kinds with one digit or letter changed.
const MANGLED: &[&str] = &[
    "ATU13585626",
    "ATU14343102",
    "BE0428759498",
    "BE697449982",
    "BG175074751",
    "BG103873595",
    "BG131172009",
    "CHE107787578",
    "CHE100155213TVA",
    "CY10259033Z",
    "CY10246672F",
    "CZ25123890",
    "CZ640913926",
    "CZ7103192746",
    "CZ8058018314",
    "DE136695978",
    "DE125014855",
    "DK13585627",
    "DK11965658",
    "EE100594103",
    "EE100941558",
    "EL123456781",
    "EL094259217",
    "ESB64717839",
    "ES54362315Z",
    "ESX2482300A",
    "ESJ99216583",
    "FI20774741",
    "FR84323140391",
    "FR44732829321",
    "FRK7399859413",
    "GB802311781",
    "HR33392005962",
    "HU12892313",
    "IE6433435E",
    "IE8D79739J",
    "IT00743110158",
    "LT100001919018",
    "LT119511516",
    "LU15027443",
    "LV40003521601",
    "LV32867300677",
    "MT11679113",
    "NL123456789B90",
    "PL8567346216",
    "PT501964842",
    "RO18547291",
    "RO1630615123458",
    "SE123456789101",
    "SI50223055",
    "SK2022749618",
    "XI432525178",
];

#[test]
fn published_numbers_pass_in_any_spelling() {
    for number in PUBLISHED {
        let canonical = Scheme::Vat.check(None, number).unwrap_or_else(|refusal| panic!("{number}: {refusal}"));
        assert_eq!(Scheme::Vat.check(None, &canonical).unwrap(), canonical);
        let shown = super::super::shown(Scheme::Vat, &canonical);
        assert_eq!(Scheme::Vat.check(None, &shown).unwrap(), canonical, "{shown}");
        assert_eq!(Scheme::Vat.check(Some("SN"), &number.to_lowercase()).unwrap(), canonical);
    }
}

#[test]
fn every_country_has_published_numbers_and_an_example_that_pass() {
    for country in COUNTRIES {
        assert!(PUBLISHED.iter().any(|number| number.starts_with(country.prefix)), "{}", country.prefix);
        if country.prefix != "CY" {
            assert!(MANGLED.iter().any(|number| number.starts_with(country.prefix)), "{}", country.prefix);
        }
        let canonical = Scheme::Vat.check(Some(country.code), country.form.example).unwrap();
        assert!(crate::country::is_country(country.code) || country.code == "XI");
        assert_eq!(country_of(&canonical), Some(country.code));
    }
    assert_eq!(COUNTRIES.len(), 27 + 3);
}

#[test]
fn mangled_numbers_do_not() {
    for number in MANGLED {
        let refusal = Scheme::Vat.check(None, number).expect_err(number);
        assert_eq!(refusal.code, Code::CheckDigit, "{number}");
    }
}

#[test]
fn the_form_is_judged_before_the_digits() {
    let wrong = [
        "AT13585627",
        "BE2428759497",
        "BG17507475",
        "CHE10778757",
        "CY12259033P",
        "CZ9512389",
        "DE036695976",
        "DK1358562",
        "EE10059410",
        "EL0942592",
        "ESO1234567L",
        "FI2077474",
        "FRIO334175221",
        "FR4473282932",
        "GB98078068",
        "GBGD501",
        "GBHA001",
        "HR3339200596",
        "HU1289231",
        "IE6433435",
        "IT00743110",
        "IT00743112007",
        "LT119511525",
        "LU1502744",
        "LV4000352160",
        "LV16137519997",
        "MT01679112",
        "NL004495445A01",
        "NL004495445B00",
        "PL856734621",
        "PT001964843",
        "RO0",
        "RO1632215123457",
        "SE123456789700",
        "SI00223054",
        "SK2002749619",
        "FRé",
        "DE",
        "CZ0",
        "NL",
        "CHE",
        "IE",
        "ES",
    ];
    for number in wrong {
        assert_eq!(Scheme::Vat.check(None, number).expect_err(number).code, Code::IdentifierShape, "{number}");
    }
}

#[test]
fn a_number_without_letters_is_the_partys_country_s() {
    let check = |country: &str, text: &str| Scheme::Vat.check(Some(country), text);
    assert_eq!(check("FR", "44 732 829 320").unwrap(), "FR44732829320");
    assert_eq!(check("FR", "K7 399859412").unwrap(), "FRK7399859412");
    assert_eq!(check("RE", "44 732 829 320").unwrap(), "FR44732829320");
    assert_eq!(check("GR", "94259216").unwrap(), "EL094259216");
    assert_eq!(check("ES", "A-28184661").unwrap(), "ESA28184661");
    assert_eq!(check("CH", "CHE-107.787.577 MWST").unwrap(), "CHE107787577MWST");
    assert_eq!(check("FR", "DE136695976").unwrap(), "DE136695976");
    assert_eq!(check("FR", "DE136695978").unwrap_err().params["scheme"], "VAT number (DE)");
    assert_eq!(check("SN", "005112644 2L1").unwrap(), "0051126442L1");
    assert_eq!(check("SN", "005112645 2L1").unwrap_err().code, Code::CheckDigit);
    assert_eq!(check("CA", "12302 6635 RT0001").unwrap(), "123026635RT0001");
    assert_eq!(check("CA", "12302 6635 RC0001").unwrap_err().params["example"], "12302 6635 RT0001");
    assert_eq!(check("MA", "001561191000066").unwrap(), "001561191000066");
    assert_eq!(check("CI", "1234567 A").unwrap(), "1234567A");
    assert_eq!(check("US", "é").unwrap_err().params["scheme"], "tax number");
    assert_eq!(check("FR", "12").unwrap_err().params["example"], "FR44732829320");
}

#[test]
fn numbers_are_shown_as_their_countries_do() {
    let shown = |text: &str| super::super::shown(Scheme::Vat, text);
    assert_eq!(shown("FR44732829320"), "FR 44 732 829 320");
    assert_eq!(shown("BE0428759497"), "BE 0428.759.497");
    assert_eq!(shown("CHE107787577TVA"), "CHE-107.787.577 TVA");
    assert_eq!(shown("CHE107787577"), "CHE-107.787.577");
    assert_eq!(shown("GB980780684"), "GB 980 7806 84");
    assert_eq!(shown("DE136695976"), "DE 136695976");
    assert_eq!(shown("DE13669597é"), "DE13669597é");
}
