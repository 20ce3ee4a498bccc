//! Demo data: parties of a made-up trading house, as the CSV that `comptoir-node import party` reads. Seeded, so that the
//! same seed, count and prefix give the same bytes everywhere. Names, towns and streets come from real lists (lists/),
//! telephone numbers and mail domains from ranges kept for fiction where a country has one; nobody in it exists.
//! It never talks to a node.

mod address;
mod checksums;
mod draw;
mod items;
mod lists;
mod names;
mod party;
#[cfg(test)]
mod twins;

use std::io::Write;
use std::process::ExitCode;

use draw::Draw;
pub use items::write_items;
use party::{Issued, Party};

/// The columns, in order; the party importer's own header.
pub const COLUMNS: [&str; 14] = [
    "reference",
    "kind",
    "name",
    "roles",
    "street",
    "postcode",
    "city",
    "country",
    "email",
    "phone",
    "vat",
    "siren",
    "iban",
    "terms",
];

/// Options of `comptoir-tests demo-data`: writes made-up parties as CSV to standard output.
#[derive(Debug, clap::Args)]
#[command(about = "Writes made-up parties as CSV to standard output")]
pub struct Arguments {
    /// How many parties.
    #[arg(long, default_value_t = 10_000)]
    count: usize,
    /// The same seed gives the same parties.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What every reference begins with, so that two files do not name the same parties.
    #[arg(long, default_value = "C-")]
    prefix: String,
}

impl Arguments {
    /// Writes the file; exit 1 if standard output does not take it.
    pub fn run(self) -> ExitCode {
        let csv = write_csv(self.seed, self.count, &self.prefix);
        match std::io::stdout().write_all(csv.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("cannot write to standard output: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

/// `count` parties under a header, as CSV (RFC 4180 quoting, UTF-8, `\n`). References are `prefix` and a running number.
pub fn write_csv(rng_seed: u64, count: usize, prefix: &str) -> String {
    let mut draw = Draw::seeded(rng_seed);
    let mut issued = Issued::default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let invariant = "invariant: writing to memory does not fail, and every row has the header's length";
    writer.write_record(COLUMNS).expect(invariant);
    for number in 1..=count {
        let party = Party::draw(&mut draw, &mut issued, &format!("{prefix}{number:06}"));
        writer.write_record(party.fields()).expect(invariant);
    }
    String::from_utf8(writer.into_inner().expect(invariant)).expect("invariant: every field is UTF-8")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::{HashMap, HashSet};

    use comptoir_backoffice::identifiers::{Scheme, contact, postal};
    use comptoir_backoffice::refusal::Refusal;

    use super::*;

    fn rows(csv: &str) -> Vec<csv::StringRecord> {
        csv::Reader::from_reader(csv.as_bytes()).records().map(|row| row.unwrap()).collect()
    }

    fn column(name: &str) -> usize {
        COLUMNS.iter().position(|column| *column == name).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        assert_eq!(write_csv(7, 300, "C-"), write_csv(7, 300, "C-"));
        assert_ne!(write_csv(7, 300, "C-"), write_csv(8, 300, "C-"));
    }

    #[test]
    fn a_shorter_file_is_the_beginning_of_a_longer_one() {
        assert!(write_csv(7, 300, "C-").starts_with(&write_csv(7, 100, "C-")));
    }

    #[test]
    fn references_numbers_and_addresses_are_unique_in_ten_thousand() {
        let rows = rows(&write_csv(1, 10_000, "C-"));
        assert_eq!(rows.len(), 10_000);
        for name in ["reference", "email", "vat", "siren", "iban"] {
            let values: Vec<&str> =
                rows.iter().map(|row| &row[column(name)]).filter(|value| !value.is_empty()).collect();
            let unique: HashSet<&&str> = values.iter().collect();
            assert!(!values.is_empty(), "{name} is never filled");
            assert_eq!(unique.len(), values.len(), "{name} occurs twice");
        }
    }

    #[test]
    fn two_prefixes_share_no_mail_address() {
        let mails = |prefix| -> HashSet<String> {
            rows(&write_csv(1, 2_000, prefix)).iter().map(|row| row[column("email")].to_owned()).collect()
        };
        let (paris, dakar) = (mails("P-"), mails("D-"));
        let shared: Vec<&String> = paris.intersection(&dakar).filter(|mail| !mail.is_empty()).collect();
        assert!(paris.len() > 1_000 && shared.is_empty(), "{shared:?}");
    }

    #[test]
    fn the_text_that_breaks_importers_occurs() {
        let csv = write_csv(1, 10_000, "C-");
        let names: Vec<String> = rows(&csv).iter().map(|row| row[column("name")].to_owned()).collect();
        for mark in ["'", "-", ",", "\"", "é", "Œ", "&", "(", "ï"] {
            assert!(names.iter().any(|name| name.contains(mark)), "no name holds {mark}");
        }
        for country in ["FR", "SN", "CA"] {
            assert!(
                rows(&csv).iter().filter(|row| &row[column("country")] == country).count() > 1_000,
                "{country} is rare"
            );
        }
    }

    #[test]
    fn the_back_office_takes_every_number_and_address() {
        let filled = checked_by_the_back_office(&rows(&write_csv(1, 4_000, "C-")));
        for name in ["vat", "siren", "iban", "phone", "email", "postcode"] {
            assert!(filled.get(name).is_some_and(|count| *count > 400), "{name} is rarely filled: {filled:?}");
        }
    }

    #[test]
    #[should_panic(expected = "check digit")]
    fn a_wrong_digit_is_found() {
        let csv = write_csv(1, 200, "C-");
        let siren =
            rows(&csv).iter().map(|row| row[column("siren")].to_owned()).find(|siren| !siren.is_empty()).unwrap();
        let last = if siren.ends_with('9') { '0' } else { '9' };
        checked_by_the_back_office(&rows(&csv.replace(&format!(",{siren},"), &format!(",{}{last},", &siren[..8]))));
    }

    /// How often each column is filled; panics at the first value that the back office would not store as it stands.
    fn checked_by_the_back_office(rows: &[csv::StringRecord]) -> HashMap<&'static str, usize> {
        let mut filled = HashMap::new();
        for row in rows {
            let country = &row[column("country")];
            let scheme = |scheme: Scheme, text: &str| scheme.check(Some(country), text);
            let mut judge = |name: &'static str, check: &dyn Fn(&str) -> Result<String, Refusal>| {
                let value = &row[column(name)];
                if !value.is_empty() {
                    *filled.entry(name).or_insert(0) += 1;
                    assert_eq!(check(value).unwrap_or_else(|refusal| panic!("{name}: {refusal}")), value);
                }
            };
            judge("vat", &|text| scheme(Scheme::Vat, text));
            judge("siren", &|text| scheme(Scheme::Siren, text));
            judge("iban", &|text| scheme(Scheme::Iban, text));
            judge("email", &contact::email);
            judge("phone", &|text| {
                contact::phone(Some(country), text).map(|number| contact::phone_shown(&number, None))
            });
            judge("postcode", &|text| postal::postcode(country, text));
        }
        filled
    }

    #[test]
    fn kinds_and_roles_are_the_importers_words() {
        for row in rows(&write_csv(2, 2_000, "C-")) {
            assert!(["organisation", "person"].contains(&&row[column("kind")]), "{row:?}");
            assert!(["customer", "supplier", "customer|supplier"].contains(&&row[column("roles")]), "{row:?}");
            assert!(!row[column("name")].trim().is_empty() && !row[column("city")].is_empty(), "{row:?}");
        }
    }
}
