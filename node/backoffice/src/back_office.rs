//! The back office as the replica's application: its record types, postings and projections, as the registry has them.
//! Owns nothing else. Decides nothing itself.

use comptoir_replica::posting::{Effect, Ledger, PostingStop, PostingType, PostingView};
use comptoir_replica::record::{Cells, Scalar};
use comptoir_replica::{Application, Projection, RecordType, RecordView};
use rusqlite::Connection;

use crate::{projection, registry};

/// The program that a node runs on its replica.
#[derive(Clone, Copy, Debug, Default)]
pub struct BackOffice;

impl Application for BackOffice {
    fn record_types(&self) -> &'static [RecordType] {
        registry::replica_types()
    }

    fn projection(&self) -> &'static Projection {
        projection::projection()
    }

    fn project(&self, connection: &Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        registry::kind(record.kind).map_or(Ok(()), |kind| projection::project(connection, kind, record))
    }

    fn concerns_person(&self, kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool {
        registry::kind(kind).is_ok_and(|kind| kind.concerns_person(cells, puts))
    }

    fn posting_types(&self) -> &'static [PostingType] {
        registry::posting_types()
    }

    fn effects(&self, view: &PostingView<'_>) -> Result<Vec<Effect>, PostingStop> {
        registry::postings_of(&view.posting.kind).map_or(Ok(Vec::new()), |own| (own.effects)(view))
    }

    fn judge(&self, ledger: &Ledger<'_>, view: &PostingView<'_>) -> Result<(), PostingStop> {
        registry::postings_of(&view.posting.kind).map_or(Ok(()), |own| (own.judge)(ledger, view))
    }

    fn project_posting(&self, connection: &Connection, view: &PostingView<'_>) -> rusqlite::Result<()> {
        registry::postings_of(&view.posting.kind).map_or(Ok(()), |own| (own.project)(connection, view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_told_from_organisations() {
        let person = crate::samples::folded(&[("kind", "person".into())]);
        let phone = [("phone".to_owned(), Scalar::from("1"))];
        assert!(BackOffice.concerns_person("party", &person, &phone));
        assert!(BackOffice.concerns_person("party", &Cells::new(), &[("kind".to_owned(), "person".into())]));
        assert!(!BackOffice.concerns_person("party", &Cells::new(), &phone));
    }
}
