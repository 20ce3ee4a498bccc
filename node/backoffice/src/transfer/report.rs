//! What an import did, or would do, as screens and scripts see it. Owns the shapes, the bound on what is listed, and the token
//! by which what was tried is what is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limits::MAX_REFUSED_ROWS;
use crate::refusal::{Code, Refusal};

/// What an import did, or would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Rows that made a record.
    pub created: u64,
    /// Rows that changed a record.
    pub changed: u64,
    /// Rows that say what is so already.
    pub unchanged: u64,
    /// Rows that were left out, in the file's order: the first 1,000.
    pub refused: Vec<Refused>,
    /// How many rows were left out.
    #[serde(default)]
    pub refused_rows: u64,
    /// The act as which the import is listed and undone; null when nothing was written.
    #[serde(default)]
    pub batch: Option<String>,
    /// Of a dry run: what to give when this very file is to be written with these columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Whether as many rows made, changed and left records as the dry run said; null without one. Where not, records were
    /// changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_planned: Option<bool>,
    /// Columns of the file that the mapping does not name, and that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored_columns: Vec<String>,
}

/// A row that was left out, by its first fault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// The line of the file on which the row begins, or its row in the sheet; the header is line 1.
    pub row: u64,
    /// The column at fault; null when it is the row as a whole.
    pub column: Option<String>,
    /// Why.
    pub code: Code,
    /// What the wording names.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub params: std::collections::BTreeMap<String, String>,
}

impl ImportReport {
    /// Counts a row that was left out.
    pub(super) fn refuse(&mut self, row: u64, refusal: Refusal) {
        self.refused_rows += 1;
        if self.refused.len() < MAX_REFUSED_ROWS {
            let Refusal { code, field, params } = refusal;
            self.refused.push(Refused { row, column: field, code, params });
        }
    }

    /// Adds what a part of the file gave.
    pub(super) fn add(&mut self, part: Self) {
        self.created += part.created;
        self.changed += part.changed;
        self.unchanged += part.unchanged;
        self.refused_rows += part.refused_rows;
        let room = MAX_REFUSED_ROWS - self.refused.len();
        self.refused.extend(part.refused.into_iter().take(room));
    }

    fn counts(&self) -> [u64; 4] {
        [self.created, self.changed, self.unchanged, self.refused_rows]
    }
}

/// What was tried: a file with its columns, and what came of it. Its text is opaque to callers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlanToken {
    digest: [u8; 16],
    counts: [u64; 4],
}

impl PlanToken {
    pub(super) fn of(digest: [u8; 16], report: &ImportReport) -> Self {
        Self { digest, counts: report.counts() }
    }

    /// Refuses another file or other columns.
    pub(super) fn check(&self, digest: &[u8; 16]) -> Result<(), Refusal> {
        if self.digest == *digest { Ok(()) } else { Err(Refusal::new(Code::PlanChanged)) }
    }

    /// Whether what came of it is the same.
    pub(super) fn fits(&self, report: &ImportReport) -> bool {
        self.counts == report.counts()
    }
}

impl fmt::Display for PlanToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        self.counts.iter().try_for_each(|count| write!(f, ".{count}"))
    }
}

impl FromStr for PlanToken {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let read = || {
            let mut parts = text.trim().split('.');
            let hex = parts.next().filter(|hex| hex.len() == 32 && hex.is_ascii())?;
            let mut digest = [0; 16];
            for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().chunks(2)) {
                *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
            }
            let mut counts = [0; 4];
            for count in &mut counts {
                *count = parts.next()?.parse().ok()?;
            }
            parts.next().is_none().then_some(Self { digest, counts })
        };
        read().ok_or_else(|| Refusal::of("plan", Code::PlanChanged))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_says_what_was_tried() {
        let report = ImportReport { created: 3, unchanged: 1, ..ImportReport::default() };
        let token = PlanToken::of([7; 16], &report);
        let read: PlanToken = token.to_string().parse().unwrap();
        assert_eq!(read, token);
        assert!(read.check(&[7; 16]).is_ok() && read.fits(&report));
        assert_eq!(read.check(&[8; 16]).unwrap_err().code, Code::PlanChanged);
        assert!(!read.fits(&ImportReport::default()));
        for wrong in ["", "x", "07.1.2.3.4", &format!("{token}.1"), &"é".repeat(16)] {
            assert_eq!(wrong.parse::<PlanToken>().unwrap_err().code, Code::PlanChanged, "{wrong}");
        }
    }

    #[test]
    fn all_refused_rows_are_counted_and_the_first_are_listed() {
        let mut report = ImportReport::default();
        for row in 0..MAX_REFUSED_ROWS as u64 + 5 {
            let mut part = ImportReport::default();
            part.refuse(row, Refusal::new(Code::Required));
            report.add(part);
        }
        assert_eq!(report.refused.len(), MAX_REFUSED_ROWS);
        assert_eq!(report.refused_rows, MAX_REFUSED_ROWS as u64 + 5);
    }
}
