//! Importing parties: each row changes the live party that bears its reference, or creates one. Owns the reading of a row
//! and the decision what it puts. An empty cell leaves a field as it is. Street, postcode, town and country go to the main
//! address. A reference that stands twice in one file is refused the second time: were the later row to change the
//! former's party, the same file would never come out unchanged.

use std::collections::HashMap;

use comptoir_replica::record::schema::Record;
use comptoir_replica::record::{Cells, Lines, Scalar};

use crate::changes::{POSITION, POSITION_STEP, differing, next_position};
use crate::country::is_country;
use crate::identifiers::contact;
use crate::limits::{MAX_CODE_CHARS, MAX_LINE_CHARS, MAX_NOTES_CHARS, MAX_STREET_CHARS};
use crate::parties::record::lines::Address;
use crate::parties::record::party::{KINDS, Party};
use crate::parties::rules::roles;
use crate::refusal::{Code, Refusal};
use crate::table::{Columns, Row, read_table};
use crate::text::{clean_line, clean_lines};

/// What the log calls it.
pub const NAME: &str = "party.import";

use crate::parties::rules::COLUMNS;

/// Columns without which a file is no list of parties.
const REQUIRED: &[&str] = &["reference", "name"];
/// Columns of the main address.
const ADDRESS: &[&str] = &["street", "postcode", "city", "country"];
/// Domain of the hash that names an imported party's address line.
const LINE_KEY_CONTEXT: &str = "Comptoir 2026-01 address line of an imported party v1";

/// A row that can be read, its cells cleaned. Nothing in it is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyRow {
    /// The line on which it begins.
    pub line: u64,
    /// Its reference.
    pub reference: String,
    fields: Vec<(String, Scalar)>,
    address: Vec<(&'static str, String)>,
}

/// A row that is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowRefused {
    /// The line on which it begins.
    pub line: u64,
    /// Why, under the column's name.
    pub refusal: Refusal,
}

/// Reads a whole file: rows to import, and rows refused, each in the file's order.
///
/// # Errors
/// What concerns the whole file: its size, its header.
pub fn read(bytes: &[u8]) -> Result<(Vec<PartyRow>, Vec<RowRefused>), Vec<Refusal>> {
    let (header, rows) = read_table(bytes).map_err(|refusal| vec![refusal])?;
    let columns = Columns::read(&header, COLUMNS, REQUIRED)?;
    let (mut read, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut seen: HashMap<String, u64> = HashMap::with_capacity(rows.len());
    for row in rows {
        let line = row.line;
        match read_row(row, &columns) {
            Err(refusal) => refused.push(RowRefused { line, refusal }),
            Ok(row) => match seen.get(&row.reference) {
                Some(first) => {
                    let refusal = Refusal::of("reference", Code::DuplicateInFile).with("first", first);
                    refused.push(RowRefused { line, refusal });
                }
                None => {
                    seen.insert(row.reference.clone(), line);
                    read.push(row);
                }
            },
        }
    }
    Ok((read, refused))
}

fn read_row(row: Row, columns: &Columns) -> Result<PartyRow, Refusal> {
    let cells = row.cells.map_err(|refused| match columns.name(refused.index) {
        Some(column) => refused.refusal.under(column),
        None => refused.refusal,
    })?;
    if cells.len() != columns.width() {
        let refusal = Refusal::new(Code::CellCount);
        return Err(refusal.with("found", cells.len()).with("expected", columns.width()));
    }
    let arranged = columns.arrange(&cells);
    let mut read = PartyRow { line: row.line, reference: String::new(), fields: Vec::new(), address: Vec::new() };
    for (column, cell) in COLUMNS.iter().copied().zip(arranged) {
        read.take(column, cell).map_err(|refusal| refusal.under(column))?;
    }
    Ok(read)
}

impl PartyRow {
    fn take(&mut self, column: &'static str, cell: &str) -> Result<(), Refusal> {
        if column == "reference" {
            self.reference = clean_line(cell, MAX_CODE_CHARS)?;
            if self.reference.is_empty() {
                return Err(Refusal::new(Code::Required));
            }
            self.fields.push((column.to_owned(), self.reference.as_str().into()));
        } else if cell.trim().is_empty() {
            // An empty cell says nothing.
        } else if column == "roles" {
            self.fields.extend(roles(cell)?);
        } else if ADDRESS.contains(&column) {
            let value = clean_text(&format!("addresses/*/{column}"), cell)?;
            self.address.push((column, value));
        } else {
            self.fields.push((column.to_owned(), clean_text(column, cell)?.into()));
        }
        Ok(())
    }

    /// The cells of the party that the row creates.
    ///
    /// # Errors
    /// [`Code::Required`] without a name.
    pub fn creates(&self) -> Result<Vec<(String, Scalar)>, Refusal> {
        let puts = self.puts(&Cells::new());
        check_new(&puts)?;
        Ok(puts)
    }

    /// What the row changes in the party that has these cells; nothing when all is so already.
    #[must_use]
    pub fn changes(&self, cells: &Cells) -> Vec<(String, Scalar)> {
        self.puts(cells)
    }

    fn puts(&self, cells: &Cells) -> Vec<(String, Scalar)> {
        let mut wanted = self.fields.clone();
        if !self.address.is_empty() {
            let main = main_line(cells);
            let key = main.clone().unwrap_or_else(|| self.line_key(cells));
            wanted.extend(self.address.iter().map(|(field, value)| (cell(&key, field), value.as_str().into())));
            if main.is_none() {
                wanted.push((cell(&key, POSITION), next_position(cells, "addresses").max(POSITION_STEP).into()));
            }
        }
        let mut puts = differing(cells, wanted, Party::schema());
        puts.sort_by(|one, other| one.0.cmp(&other.0));
        puts
    }

    /// The key of the line that the row adds: made from the reference, so that a repeated import meets its own line.
    fn line_key(&self, cells: &Cells) -> String {
        let hash = |round: u32| {
            let mut hasher = blake3::Hasher::new_derive_key(LINE_KEY_CONTEXT);
            hasher.update(&round.to_be_bytes()).update(self.reference.as_bytes());
            hasher.finalize().to_hex()[..16].to_owned()
        };
        // A line of that key which was archived stays as it is; the next key is as stable as the first.
        let mut keys = (0..).map(hash);
        let taken = |key: &String| cells.under(&format!("addresses/{key}/")).next().is_some();
        keys.find(|key| !taken(key)).expect("invariant: a record has a bounded number of lines")
    }
}

fn cell(key: &str, field: &str) -> String {
    format!("addresses/{key}/{field}")
}

/// The key of the first address in use.
fn main_line(cells: &Cells) -> Option<String> {
    use comptoir_replica::record::schema::FieldType;
    let addresses = Lines::<Address>::read(cells, "addresses")?;
    addresses.in_use().next().map(|(key, _)| key.as_str().to_owned())
}

/// A text field's value as it is stored. `path` is the schema's.
///
/// # Errors
/// What the field does not take, under its path.
fn clean_text(path: &str, text: &str) -> Result<String, Refusal> {
    let cleaned = match path {
        "kind" => return kind(text),
        "email" if text.trim().is_empty() => return Ok(String::new()),
        "email" => contact::email(text),
        "addresses/*/country" => return country(text),
        "name" => clean_line(text, MAX_LINE_CHARS).and_then(|name| match name.as_str() {
            "" => Err(Refusal::new(Code::Required)),
            _ => Ok(name),
        }),
        "notes" => clean_lines(text, MAX_NOTES_CHARS),
        "addresses/*/street" => clean_lines(text, MAX_STREET_CHARS),
        "addresses/*/city" => clean_line(text, MAX_LINE_CHARS),
        _ => clean_line(text, MAX_CODE_CHARS),
    };
    cleaned.map_err(|refusal| refusal.under(path))
}

fn kind(text: &str) -> Result<String, Refusal> {
    let word = text.trim().to_lowercase();
    if KINDS.contains(&word.as_str()) { Ok(word) } else { Err(not_in_list("kind", text, KINDS)) }
}

fn country(text: &str) -> Result<String, Refusal> {
    let code = text.trim().to_uppercase();
    if code.is_empty() || is_country(&code) {
        Ok(code)
    } else {
        Err(Refusal::of("addresses/*/country", Code::CountryUnknown).with("value", text))
    }
}

fn not_in_list(field: &str, value: &str, known: &[&str]) -> Refusal {
    Refusal::of(field, Code::NotInList).with("value", value.trim()).with("known", known.join(", "))
}

/// What a new party must have.
///
/// # Errors
/// [`Code::Required`].
fn check_new(puts: &[(String, Scalar)]) -> Result<(), Refusal> {
    let named = puts.iter().any(|(path, value)| path == "name" && value.size_bytes() > 0);
    if named { Ok(()) } else { Err(Refusal::of("name", Code::Required)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::samples::{folded, values};

    const HEADER: &str = "reference;kind;name;roles;street;postcode;city;country;email;phone;vat;siren;iban;terms\n";

    fn one(row: &str) -> PartyRow {
        let (rows, refused) = read(format!("{HEADER}{row}\n").as_bytes()).unwrap();
        assert!(refused.is_empty(), "{refused:?}");
        rows.into_iter().next().unwrap()
    }

    fn fold_in(puts: &[(String, Scalar)]) -> Cells {
        folded(&puts.iter().map(|(path, value)| (path.as_str(), value.clone())).collect::<Vec<_>>())
    }

    #[test]
    fn the_same_row_again_changes_nothing() {
        let row = one("C-1;person;Aïda NDiaye;customer|supplier;12, rue X;10000;Dakar;sn;a@b.example;'+221 33;;;;30");
        let puts = row.creates().unwrap();
        let cells = fold_in(&puts);
        let party = Party::from_cells(&cells);
        assert_eq!((party.roles().as_str(), party.phone.as_str()), ("customer|supplier", "+221 33"));
        assert_eq!(party.main_address().unwrap().country, "SN");
        assert_eq!(row.changes(&cells), []);
    }

    #[test]
    fn an_empty_cell_leaves_the_field_and_others_change() {
        let cells = fold_in(&one("C-1;;Dupont;customer;1, rue X;;Lyon;FR;;1;;;;").creates().unwrap());
        let puts = one("C-1;;Dupond;;;;Nice;;;;;;;").changes(&cells);
        let key = main_line(&cells).unwrap();
        assert_eq!(values(&puts), json!({"name": "Dupond", cell(&key, "city"): "Nice"}));
    }

    #[test]
    fn the_address_goes_to_the_first_line_in_use_or_a_new_one() {
        let row = one("C-1;;x;;;;Nice;;;;;;;");
        let cells = folded(&[
            ("name", "x".into()),
            ("reference", "C-1".into()),
            ("addresses/zz/city", "A".into()),
            ("addresses/zz/position", 1.into()),
            ("addresses/aa/city", "B".into()),
            ("addresses/aa/position", 2.into()),
        ]);
        assert_eq!(values(&row.changes(&cells)), json!({"addresses/zz/city": "Nice"}));
        let key = row.line_key(&Cells::new());
        let archived = cell(&key, "archived");
        let cells = folded(&[("name", "x".into()), ("reference", "C-1".into()), (archived.as_str(), true.into())]);
        let puts = row.changes(&cells);
        let next = row.line_key(&cells);
        assert_ne!(next, key);
        assert_eq!(values(&puts), json!({cell(&next, "city"): "Nice", cell(&next, "position"): 1_000}));
    }

    #[test]
    fn one_bad_row_is_refused_alone_and_named() {
        let text = format!(
            "{HEADER}C-1;;ok;;;;;;;;;;;\n;;no reference;;;;;;;;;;;\nC-3;robot;x;;;;;;;;;;;\nC-4;;x;;;;;ZZ;;;;;;\nC-5;;x\n\
             C-6;;x;;\"a\nb\";;;;;;;;;\nC-1;;again;;;;;;;;;;;\nC-7;;x;;;;;;nobody;;;;;\n\"C-8;;x"
        );
        let (rows, refused) = read(text.as_bytes()).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 7]);
        let named: Vec<_> = refused
            .iter()
            .map(|row| (row.line, row.refusal.field.as_deref().unwrap_or("-"), row.refusal.code))
            .collect();
        assert_eq!(
            named,
            [
                (3, "reference", Code::Required),
                (4, "kind", Code::NotInList),
                (5, "country", Code::CountryUnknown),
                (6, "-", Code::CellCount),
                (9, "reference", Code::DuplicateInFile),
                (10, "email", Code::EmailShape),
                (11, "reference", Code::UnclosedQuote),
            ]
        );
    }

    #[test]
    fn latin_1_marks_and_other_delimiters_are_read() {
        for (bytes, name) in [
            (&b"reference,name\nC-1,\xc9vreux\n"[..], "Évreux"),
            (&b"\xef\xbb\xbfreference\tname\r\nC-1\tx\r\n"[..], "x"),
            (&b"name;reference\n\"a \"\"b\"\"\nc\";C-1"[..], "a \"b\" c"),
        ] {
            let (rows, refused) = read(bytes).unwrap();
            assert!(refused.is_empty());
            assert_eq!(values(&rows[0].creates().unwrap())["name"], name);
        }
    }

    #[test]
    fn a_wrong_header_is_refused_whole() {
        let codes =
            |text: &str| read(text.as_bytes()).unwrap_err().into_iter().map(|refusal| refusal.code).collect::<Vec<_>>();
        assert_eq!(codes("ref;name\n"), [Code::UnknownColumn, Code::MissingColumn]);
        assert_eq!(codes("reference,name,name\n"), [Code::DuplicateColumn]);
        assert_eq!(codes(""), [Code::FileEmpty]);
    }

    #[test]
    fn a_row_without_a_name_creates_nothing_but_may_change() {
        let row = one("C-1;;;;;;;;;2;;;;");
        assert_eq!(row.creates().unwrap_err().code, Code::Required);
        assert_eq!(values(&row.changes(&fold_in(&one("C-1;;x;;;;;;;;;;;").creates().unwrap()))), json!({"phone": "2"}));
    }

    #[test]
    fn no_bytes_make_it_panic_and_every_row_is_accounted_for() {
        const PIECES: [&[u8]; 12] =
            [b"\"", b";", b",", b"\n", b"\r", b"\xe9", b"\0", b"C-1", b"=x", b"'", b"\xef\xbb\xbf", b"@"];
        for seed in 1..=3_000_u64 {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut bytes = b"reference,name,email\n".to_vec();
            for _ in 0..40 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                bytes.extend_from_slice(PIECES[(state >> 33) as usize % PIECES.len()]);
            }
            let (rows, refused) = read(&bytes).unwrap_or_else(|refusals| panic!("seed {seed}: {refusals:?}"));
            let (_, all) = read_table(&bytes).unwrap();
            assert_eq!(rows.len() + refused.len(), all.len(), "seed {seed}");
            rows.iter().for_each(|row| drop(row.creates()));
        }
    }
}
