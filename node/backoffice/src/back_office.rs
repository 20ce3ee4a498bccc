//! The back office as the replica's application: its modules, their record types and projections. Owns the list of modules;
//! a new one is a new variant, and the compiler names what it must provide. Decides nothing itself.

use comptoir_replica::record::{Cells, Scalar};
use comptoir_replica::{Application, Projection, RecordType, RecordView};
use rusqlite::Connection;

use crate::parties;
use crate::parties::record::Party;

/// The program that a node runs on its replica.
#[derive(Clone, Copy, Debug, Default)]
pub struct BackOffice;

/// A business module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Module {
    Parties,
}

impl Module {
    /// The module that owns a kind of record.
    fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            <Party as comptoir_replica::record::Record>::KIND => Some(Self::Parties),
            _ => None,
        }
    }
}

/// Raised whenever a table of any module, or what is written into it, changes: databases then rebuild on opening.
const PROJECTION_VERSION: u32 = 1;

static PROJECTION: Projection = Projection {
    version: PROJECTION_VERSION,
    create: parties::projection::CREATE,
    drop: parties::projection::DROP,
    tables: parties::projection::TABLES,
};

impl Application for BackOffice {
    fn record_types(&self) -> &'static [RecordType] {
        const TYPES: &[RecordType] = &[parties::RECORD_TYPE];
        TYPES
    }

    fn projection(&self) -> &'static Projection {
        &PROJECTION
    }

    fn project(&self, connection: &Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        match Module::of_kind(record.kind) {
            Some(Module::Parties) => parties::projection::project(connection, record.scope, record.id, record.cells),
            None => Ok(()),
        }
    }

    fn concerns_person(&self, kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool {
        match Module::of_kind(kind) {
            Some(Module::Parties) => parties::concerns_person(cells, puts),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_type_has_its_module() {
        for known in BackOffice.record_types() {
            assert!(Module::of_kind(known.kind).is_some(), "{}", known.kind);
        }
    }

    #[test]
    fn persons_are_told_from_organisations() {
        let person = crate::samples::folded(&[("kind", "person".into())]);
        let phone = [("phone".to_owned(), Scalar::from("1"))];
        assert!(BackOffice.concerns_person("party", &person, &phone));
        assert!(BackOffice.concerns_person("party", &Cells::new(), &[("kind".to_owned(), "person".into())]));
        assert!(!BackOffice.concerns_person("party", &Cells::new(), &phone));
    }
}
