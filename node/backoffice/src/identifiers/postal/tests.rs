//! Addresses as their countries print them, postcodes in other spellings, and what an address lacks.
#![allow(clippy::unwrap_used)]

use super::*;

const PARIS: Parts<'_> = Parts {
    recipient: "Menuiserie Dupont\nMme Ève Martin",
    street: "Bâtiment B\n12, rue de l'Église",
    postcode: "75 001",
    city: "Paris",
    region: "FR-IDF",
};

#[test]
fn lines_follow_the_countrys_norm() {
    let french = ["Menuiserie Dupont", "Mme Ève Martin", "Bâtiment B", "12 rue de l'Église", "75001 PARIS"];
    assert_eq!(format(&PARIS, "FR", "FR", "France"), french);
    let mut abroad = french.map(str::to_owned).to_vec();
    abroad.push("FRANCE".to_owned());
    assert_eq!(format(&PARIS, "FR", "SN", "France"), abroad);

    let montreal = Parts {
        recipient: "X inc.",
        street: "1234 rue Sherbrooke",
        postcode: "h3z2y7",
        city: "Montréal",
        region: "CA-QC",
    };
    let canadian = ["X inc.", "1234 RUE SHERBROOKE", "MONTRÉAL QC  H3Z 2Y7"];
    assert_eq!(format(&montreal, "CA", "CA", "Canada"), canadian);

    let dakar = Parts { recipient: "Y SARL", street: "BP 1234", postcode: "12500", city: "Dakar", ..Parts::default() };
    assert_eq!(format(&dakar, "SN", "FR", "Sénégal"), ["Y SARL", "BP 1234", "12500 Dakar", "SÉNÉGAL"]);

    let london = Parts { street: "1 High St", postcode: "ec1y8sy", city: "London", ..Parts::default() };
    assert_eq!(format(&london, "GB", "GB", ""), ["1 High St", "LONDON", "EC1Y 8SY"]);

    let york = Parts { street: "1 Main St", postcode: "10001", city: "New York", region: "NY", ..Parts::default() };
    assert_eq!(format(&york, "US", "US", ""), ["1 Main St", "NEW YORK, NY 10001"]);
    assert_eq!(format(&Parts { region: "", ..york }, "US", "US", ""), ["1 Main St", "NEW YORK 10001"]);

    let bamako = Parts { street: "BP 1", postcode: "", city: "Bamako", ..Parts::default() };
    assert_eq!(format(&bamako, "ML", "ML", ""), ["BP 1", "BAMAKO"]);
    let lima = Parts { street: "Jr. 1", postcode: "15001", city: "Lima", region: "Lima", ..Parts::default() };
    assert_eq!(format(&lima, "PE", "FR", "Pérou"), ["Jr. 1", "15001 Lima", "Lima", "PÉROU"]);
    assert!(format(&Parts::default(), "FR", "FR", "France").is_empty());
}

#[test]
fn postcodes_are_put_into_their_countrys_spelling() {
    for (country, typed, written) in [
        ("CA", "h3z 2y7", "H3Z 2Y7"),
        ("CA", "H3Z-2Y7", "H3Z 2Y7"),
        ("FR", "F-75001", "75001"),
        ("FR", "75 001", "75001"),
        ("CH", "CH-1211", "1211"),
        ("LU", "4750", "L-4750"),
        ("LU", "L 4750", "L-4750"),
        ("LV", "1073", "LV-1073"),
        ("SE", "11455", "114 55"),
        ("PL", "00950", "00-950"),
        ("NL", "1234ab", "1234 AB"),
        ("GB", "m25bq", "M2 5BQ"),
        ("US", "221621010", "22162-1010"),
        ("IE", "a65f4e2", "A65 F4E2"),
        ("DE", "D-26133", "26133"),
        ("ML", "bp 1", "BP 1"),
        ("MC", "98000", "98000"),
        ("HT", "6120", "HT6120"),
        ("MT", "vlt1117", "VLT 1117"),
        ("JP", "1540023", "154-0023"),
    ] {
        assert_eq!(postcode(country, typed).unwrap(), written, "{country} {typed}");
    }
}

#[test]
fn a_postcode_of_another_country_is_found() {
    for (country, typed) in [
        ("FR", "H3Z 2Y7"),
        ("FR", "7500"),
        ("FR", "750011"),
        ("CA", "75001"),
        ("CA", "D3Z 2Y7"),
        ("CA", "H3Z 2O7"),
        ("BE", "0123"),
        ("GP", "97200"),
        ("MC", "75001"),
        ("GB", "75001"),
        ("SN", "125000"),
        ("SN", "٧٥٠٠١"),
        ("CH", "F-1211"),
        ("GB", "1234"),
        ("US", "1234"),
        ("PT", "2725"),
    ] {
        let refusal = postcode(country, typed).expect_err(typed);
        assert_eq!((refusal.code, refusal.params["country"].as_str()), (Code::PostcodeShape, country), "{typed}");
    }
    assert_eq!(postcode("FR", &"1".repeat(10_000)).unwrap_err().code, Code::TooLong);
}

#[test]
fn an_address_is_told_what_it_lacks() {
    let findings = |parts: &Parts, country: &str| -> Vec<(String, Code)> {
        check(parts, country).into_iter().map(|found| (found.field.unwrap_or_default(), found.code)).collect()
    };
    assert!(findings(&PARIS, "FR").is_empty());
    assert!(findings(&Parts::default(), "FR").is_empty());
    let bare = Parts { city: "Paris", ..Parts::default() };
    assert_eq!(findings(&bare, "FR"), [("street".to_owned(), Code::Required), ("postcode".to_owned(), Code::Required)]);
    assert!(findings(&bare, "SN").is_empty() && findings(&bare, "PE").is_empty());
    assert_eq!(findings(&PARIS, "CA"), [("postcode".to_owned(), Code::PostcodeShape)]);
    assert_eq!(findings(&Parts { region: "", ..PARIS }, "US"), [("region".to_owned(), Code::Required)]);
    assert_eq!(findings(&PARIS, "ZZ"), [("country".to_owned(), Code::CountryUnknown)]);
}

#[test]
fn the_table_is_in_order_and_takes_its_own_examples() {
    assert!(FORMATS.is_sorted_by_key(|row| row.0));
    for (country, needed, forms, example, template, capitals) in FORMATS {
        assert!(is_country(country) || *country == "XK", "{country}");
        assert_eq!(forms.is_empty(), example.is_empty(), "{country}");
        assert_eq!(postcode(country, example).unwrap(), *example, "{country}");
        assert!(needed.chars().chain(capitals.chars()).all(|letter| "szcr".contains(letter)), "{country}");
        assert!(["{n}", "{s}", "{c}"].iter().all(|part| template.contains(part)), "{country}");
        assert!(forms.is_empty() || template.contains("{z}"), "{country}");
    }
}
