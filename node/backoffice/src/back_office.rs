//! The back office as the replica's application: its record types and projections, as the registry has them.
//! Owns nothing else. Decides nothing itself.

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
