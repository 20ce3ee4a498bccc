//! The header of a table: which column stands where. Owns the check that its names are known, single and complete; every
//! wrong name is reported, not only the first.

use crate::limits::MAX_IMPORT_COLUMNS;
use crate::refusal::{Code, Refusal};

/// Where the known columns stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// For each cell of a row, the index of its column among the known ones.
    places: Vec<usize>,
    known: &'static [&'static str],
}

impl Columns {
    /// Reads the header's cells. Case and blanks around a name do not matter, nor does the order; a column that is not
    /// `required` may be absent, which is the same as its cells being empty.
    ///
    /// # Errors
    /// One refusal for each wrong, repeated or missing name.
    pub fn read(
        header: &[String],
        known: &'static [&'static str],
        required: &[&'static str],
    ) -> Result<Self, Vec<Refusal>> {
        if header.len() > MAX_IMPORT_COLUMNS {
            return Err(vec![Refusal::new(Code::TooMany).with("limit", MAX_IMPORT_COLUMNS)]);
        }
        let (mut places, mut refused) = (Vec::with_capacity(header.len()), Vec::new());
        for name in header {
            let name = name.trim().to_lowercase();
            match known.iter().position(|column| *column == name) {
                None => refused.push(refuse(Code::UnknownColumn, &name, known)),
                Some(place) if places.contains(&place) => refused.push(refuse(Code::DuplicateColumn, &name, known)),
                Some(place) => places.push(place),
            }
        }
        for column in required {
            if !places.iter().any(|place| known[*place] == *column) {
                refused.push(refuse(Code::MissingColumn, column, known));
            }
        }
        if refused.is_empty() { Ok(Self { places, known }) } else { Err(refused) }
    }

    /// Cells that a row must have.
    #[must_use]
    pub fn width(&self) -> usize {
        self.places.len()
    }

    /// The known column that stands at this place of the file.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<&'static str> {
        self.places.get(index).map(|place| self.known[*place])
    }

    /// A row's cells in the order of the known columns; empty where the file has no such column.
    #[must_use]
    pub fn arrange<'a>(&self, cells: &'a [String]) -> Vec<&'a str> {
        let mut arranged = vec![""; self.known.len()];
        for (place, cell) in self.places.iter().zip(cells) {
            arranged[*place] = cell;
        }
        arranged
    }
}

fn refuse(code: Code, name: &str, known: &[&str]) -> Refusal {
    Refusal::of(name, code).with("value", name).with("known", known.join(", "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KNOWN: &[&str] = &["reference", "name", "city"];

    fn read(header: &[&str]) -> Result<Columns, Vec<Refusal>> {
        let header: Vec<String> = header.iter().map(ToString::to_string).collect();
        Columns::read(&header, KNOWN, &["reference", "name"])
    }

    #[test]
    fn order_case_and_absent_columns_do_not_matter() {
        let columns = read(&["Name", " REFERENCE "]).unwrap();
        assert_eq!(columns.arrange(&["Dupont".into(), "C-1".into()]), ["C-1", "Dupont", ""]);
    }

    #[test]
    fn every_wrong_name_is_reported() {
        let refused = read(&["nom", "city", "city", "reference"]).unwrap_err();
        let codes: Vec<_> = refused.iter().map(|refusal| (refusal.code, refusal.params["value"].as_str())).collect();
        assert_eq!(
            codes,
            [(Code::UnknownColumn, "nom"), (Code::DuplicateColumn, "city"), (Code::MissingColumn, "name")]
        );
    }
}
