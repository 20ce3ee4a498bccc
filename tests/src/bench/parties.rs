//! The parties that are measured with: of the demo's, those with an e-mail address, a telephone number and a tax number, so
//! that each weighs about 200 bytes of JSON, the e-mail address shortened to its last part. Owns the choice and both forms.

use serde_json::json;

use crate::demo_data;
use crate::processes::Failure;

const SEED: u64 = 2_026;
/// More than one in three of the demo's parties has all fields.
const DRAWN_FOR_ONE: usize = 3;
const FULL: [&str; 4] = ["vat", "email", "phone", "city"];
/// Where these stand among the kept columns.
const NAME: usize = 2;
const EMAIL: usize = 7;
const KEPT: [&str; 11] =
    ["reference", "kind", "name", "roles", "street", "city", "country", "email", "phone", "vat", "terms"];

/// Parties in the order in which they are imported.
pub(super) struct Parties(Vec<Vec<String>>);

impl Parties {
    /// `count` of them; the same every time.
    pub(super) fn draw(count: usize) -> Result<Self, Failure> {
        let csv = demo_data::write_csv(SEED, count * DRAWN_FOR_ONE + 50, "B-");
        let position = |name: &str| demo_data::COLUMNS.iter().position(|column| *column == name);
        let columns: Vec<usize> = KEPT.iter().filter_map(|name| position(name)).collect();
        let full: Vec<usize> = FULL.iter().filter_map(|name| position(name)).collect();
        let rows = csv::Reader::from_reader(csv.as_bytes()).into_records().map_while(Result::ok);
        let whole = rows.filter(|row| full.iter().all(|column| !row[*column].is_empty())).take(count);
        let kept = |row: csv::StringRecord| {
            let mut fields: Vec<String> = columns.iter().map(|column| row[*column].to_owned()).collect();
            let mail = &mut fields[EMAIL];
            *mail = mail.rsplit('.').nth(1).map_or(String::new(), |end| format!("{end}.example"));
            fields
        };
        let rows: Vec<_> = whole.map(kept).collect();
        match rows.len() {
            found if found < count => {
                Err(Failure::Wrong(format!("the demo data has {found} whole parties, not {count}")))
            }
            _ => Ok(Self(rows)),
        }
    }

    /// As the importer reads them.
    pub(super) fn csv(&self) -> String {
        let invariant = "invariant: writing to memory does not fail, and every row has the header's length";
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(KEPT).expect(invariant);
        for row in &self.0 {
            writer.write_record(row).expect(invariant);
        }
        String::from_utf8(writer.into_inner().expect(invariant)).expect("invariant: every field is UTF-8")
    }

    /// As one JSON object a line, of the fields that the goals name.
    pub(super) fn json_lines(&self) -> String {
        let lines = self.0.iter().map(|row| {
            let [_, _, name, _, street, city, country, email, phone, vat, terms] = row.as_slice() else {
                unreachable!("invariant: a row has the kept columns")
            };
            let object = json!({
                "name": name, "street": street, "city": city, "country": country, "email": email, "phone": phone,
                "vat": vat, "terms": terms,
            });
            format!("{object}\n")
        });
        lines.collect()
    }

    /// The reference of the last one: once it is there, all are.
    pub(super) fn last_reference(&self) -> &str {
        self.0.last().map_or("", |row| &row[0])
    }

    /// A word of each name, of four letters or more.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let plain = |word: &&str| word.len() > 3 && word.chars().all(char::is_alphabetic);
        self.0.iter().filter_map(move |row| row[NAME].split_whitespace().find(plain))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_is_whole_and_weighs_what_the_goals_say() {
        let parties = Parties::draw(1_000).unwrap();
        let json = parties.json_lines();
        assert_eq!(json.lines().count(), 1_000);
        let mean = json.len() / 1_000;
        assert!((160..=230).contains(&mean), "{mean} bytes");
        assert!(!json.contains(r#""vat":"""#) && !json.contains(r#""email":"""#));
        assert!(parties.csv().lines().last().unwrap().starts_with(parties.last_reference()));
        assert!(parties.words().count() > 500);
    }
}
