//! Cells that a spreadsheet would run as formulas (F34): escaped with a leading apostrophe on the way out, unescaped on the
//! way in, so that what was exported imports as it was. Touches nothing else of a cell.

use std::borrow::Cow;

/// Characters with which a spreadsheet begins to calculate.
const TRIGGERS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether apostrophes, if any, are followed by a trigger: those are the cells that escaping lengthens.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(TRIGGERS)
}

/// The cell as it may stand in a file.
pub fn escape(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was before [`escape`].
pub fn unescape(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f34_formulas_are_escaped_and_come_back() {
        for cell in ["=1+1", "+33 1 99", "-5", "@SUM(A1)", "\tx", "\r=x", "'=1", "''+1"] {
            assert!(escape(cell).starts_with('\''), "{cell:?}");
            assert_eq!(unescape(&escape(cell)), cell);
        }
        for cell in ["", "Dupont", "'s-Gravenhage", "'", "a=b", "''"] {
            assert_eq!(escape(cell), cell);
            assert_eq!(unescape(cell), cell);
        }
    }

    #[test]
    fn a_formula_that_nobody_escaped_is_kept() {
        assert_eq!(unescape("=1+1"), "=1+1");
    }
}
