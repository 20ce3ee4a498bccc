//! The hash of what is imported, by which a file that was tried is known again. Owns what goes into it: the kind, what the columns
//! are, and the cells.

use super::header::Plan;
use crate::registry::Kind;
use crate::table::Row;

/// The hash of what is imported: the kind, what the columns are, and the cells.
pub struct Digest(blake3::Hasher);

impl Digest {
    /// Of a file with these columns.
    pub fn of(kind: &Kind, plan: &Plan) -> Self {
        let mut digest = Self(blake3::Hasher::new());
        digest.text(kind.name());
        for column in &plan.columns {
            digest.text(&column.name);
            digest.text(&column.default);
            digest.0.update(&column.cell.map_or(u64::MAX, |cell| cell as u64).to_be_bytes());
        }
        digest
    }

    /// With one more row.
    pub fn add(&mut self, row: &Row) {
        match &row.cells {
            Ok(cells) => cells.iter().for_each(|cell| self.text(cell)),
            Err(refused) => self.text(refused.refusal.code.as_str()),
        }
        self.0.update(&row.line.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_be_bytes()).update(text.as_bytes());
    }

    /// All of it.
    pub fn finish(&self) -> [u8; 16] {
        let hash = self.0.finalize();
        *hash.as_bytes().first_chunk().expect("invariant: a hash has 32 bytes")
    }
}
