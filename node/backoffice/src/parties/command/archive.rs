//! Taking a party out of use and back. Nothing is deleted: it leaves lists, exports and the search for references, and can
//! be brought back as it was. Owns the decision alone.

use comptoir_replica::record::schema::edit_puts;
use comptoir_replica::record::{Cells, Scalar};

use crate::changes::ARCHIVED;

/// What the log calls taking it out of use.
pub const NAME: &str = "party.archive";
/// What the log calls bringing it back.
pub const UNARCHIVE_NAME: &str = "party.unarchive";

/// What to put so that the party is archived, or is not; nothing when it is so already.
#[must_use]
pub fn decide(archived: bool, cells: &Cells) -> Vec<(String, Scalar)> {
    if !archived && cells.winner(ARCHIVED).is_none() {
        return Vec::new();
    }
    edit_puts(cells, &[(ARCHIVED.to_owned(), archived.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::folded;

    #[test]
    fn archiving_twice_writes_once() {
        let live = folded(&[("name", "x".into())]);
        assert_eq!(decide(true, &live), [(ARCHIVED.to_owned(), true.into())]);
        assert!(decide(false, &live).is_empty());
        let archived = folded(&[("archived", true.into())]);
        assert!(decide(true, &archived).is_empty());
        assert_eq!(decide(false, &archived), [(ARCHIVED.to_owned(), false.into())]);
    }
}
