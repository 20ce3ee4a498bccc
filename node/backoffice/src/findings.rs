//! Findings: what is no longer as it should be after a merge, told from one record's cells alone. Owns the finding; the inbox
//! lists and settles. Never refuses what another site wrote.

use comptoir_replica::record::{Cells, RecordId};
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::Connection;

use crate::changes::ARCHIVED;
use crate::inbox::ItemKind;
use crate::sites::Sites;

/// What a module's findings are looked for in, and when.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'a> {
    /// The state that is looked at.
    pub connection: &'a Connection,
    /// The sites of the organisation.
    pub sites: &'a Sites,
    /// The day there.
    pub today: comptoir_replica::record::Date,
}

/// A broken expectation of a module: work for a person.
#[derive(Clone, PartialEq, Debug)]
pub struct ModuleFinding {
    /// What is broken.
    pub kind: ItemKind,
    /// Where what it is about lives.
    pub scope: ScopeId,
    /// What it is about: a posting or a record.
    pub subject: RecordId,
    /// Tells findings about one subject apart; what changes it changes the finding.
    pub part: String,
    /// The code of the site whose work it is.
    pub site: String,
    /// What it is about, in the words of the business.
    pub name: String,
    /// The field or line.
    pub field: Option<String>,
    /// What is wrong and what to do, in English.
    pub reason: String,
    /// What a person can choose among; empty when there is nothing to choose here.
    pub choices: Vec<String>,
}

/// Lines (or, with an empty key, the whole record) that one site archived while another changed them: the change stands,
/// out of sight, until a person decides. Found from the cells alone: an operation that is not older than the archiving one
/// cannot lie in its past, and the same actor archives and edits in order. A change by a site that had seen fewer changes
/// than the archiving one escapes; history shows it.
#[must_use]
pub fn edited_while_archived(cells: &Cells) -> Vec<String> {
    let mut found = Vec::new();
    if under_archive(cells, "", ARCHIVED) {
        found.push(String::new());
    }
    let lines = cells.iter().filter_map(|(path, _)| path.strip_suffix("/archived"));
    found.extend(
        lines
            .filter(|line| under_archive(cells, &format!("{line}/"), &format!("{line}/{ARCHIVED}")))
            .map(str::to_owned),
    );
    found
}

fn under_archive(cells: &Cells, prefix: &str, archived: &str) -> bool {
    let Some(by) = cells.visible(archived).last().filter(|visible| visible.value.as_bool() == Some(true)) else {
        return false;
    };
    let mut others = cells.under(prefix).filter(|(path, _)| *path != archived);
    others.any(|(_, visible)| visible.iter().any(|v| v.op.actor != by.op.actor && v.op.counter >= by.op.counter))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::{Actor, Scalar, build_change, parse_change};

    use super::*;
    use crate::samples::{fold_change, folded};

    /// Two sites change one record at once, each from `before`; in which order their changes arrive does not matter.
    fn concurrently(before: &Cells, one: &[(&str, Scalar)], other: &[(&str, Scalar)]) -> Cells {
        let build = |actor: u8, puts: &[(&str, Scalar)]| {
            let puts: Vec<(String, Scalar)> =
                puts.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
            parse_change(&build_change(before, Actor([actor; 16]), 1, 0, &puts).unwrap().bytes).unwrap()
        };
        let (one, other) = (build(8, one), build(9, other));
        let (mut there, mut here) = (before.clone(), before.clone());
        [&one, &other].into_iter().for_each(|change| there.fold(change));
        [&other, &one].into_iter().for_each(|change| here.fold(change));
        assert_eq!(there, here);
        here
    }

    fn party() -> Cells {
        folded(&[("name", "x".into()), ("addresses/aa/city", "Lyon".into())])
    }

    #[test]
    fn a_change_of_a_line_that_is_archived_elsewhere_is_found() {
        let (archive, edit) = ([("addresses/aa/archived", true.into())], [("addresses/aa/city", Scalar::from("Nice"))]);
        assert_eq!(edited_while_archived(&concurrently(&party(), &archive, &edit)), ["addresses/aa"]);
        assert_eq!(edited_while_archived(&concurrently(&party(), &edit, &archive)), ["addresses/aa"]);
        let whole = [("archived", Scalar::from(true))];
        assert_eq!(edited_while_archived(&concurrently(&party(), &whole, &[("name", "y".into())])), [""]);
    }

    #[test]
    fn archiving_after_an_edit_is_no_finding_and_deciding_settles_one() {
        let mut cells = party();
        fold_change(&mut cells, 2, 1, &[("addresses/aa/city", "Nice".into())]);
        fold_change(&mut cells, 3, 1, &[("addresses/aa/archived", true.into())]);
        assert!(edited_while_archived(&cells).is_empty());
        let mut cells =
            concurrently(&party(), &[("addresses/aa/archived", true.into())], &[("addresses/aa/city", "Nice".into())]);
        let mut kept = cells.clone();
        fold_change(&mut kept, 5, 1, &[("addresses/aa/archived", true.into())]);
        assert!(edited_while_archived(&kept).is_empty());
        fold_change(&mut cells, 5, 1, &[("addresses/aa/archived", false.into())]);
        assert!(edited_while_archived(&cells).is_empty());
    }
}
