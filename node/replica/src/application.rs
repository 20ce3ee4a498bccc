//! What a program built on the replica says of itself: its record types and its projection.
//! Owns the shape of that; never knows a business type.

use comptoir_sync_protocol::ids::ScopeId;

use crate::posting::{Effect, Ledger, PostingStop, PostingType, PostingView};
use crate::record::{Cells, DefaultScope, Field, Record, RecordId, Scalar, WriteClass};

/// One kind of record.
#[derive(Debug, Clone, Copy)]
pub struct RecordType {
    /// Its name for ever, such as `party`.
    pub kind: &'static str,
    /// Who may write its records.
    pub write_class: WriteClass,
    /// Where its records live unless the organisation decides otherwise.
    pub scope: DefaultScope,
    /// Its fields.
    pub schema: fn() -> &'static [Field],
}

impl RecordType {
    /// The type of a struct that derives [`Record`].
    #[must_use]
    pub fn of<R: Record>() -> Self {
        Self { kind: R::KIND, write_class: R::WRITE_CLASS, scope: R::SCOPE, schema: R::schema }
    }
}

/// The tables that are derived from records and postings: disposable, made again by `rebuild`.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    /// Raised whenever the tables or what is written into them change: an older database rebuilds on opening.
    pub version: u32,
    /// SQL that creates every table and index, full-text ones too.
    pub create: &'static str,
    /// SQL that drops all that `create` makes (`DROP TABLE IF EXISTS …`).
    pub drop: &'static str,
    /// The tables that the state hash covers. Each must have a column `scope` (BLOB, the scope's 16 bytes), and no
    /// column that differs between replicas: no local row numbers, no time of receipt. Full-text tables are not listed.
    pub tables: &'static [&'static str],
}

/// A record as a projection sees it, after a change.
#[derive(Debug, Clone, Copy)]
pub struct RecordView<'a> {
    /// Its scope.
    pub scope: ScopeId,
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: &'static str,
    /// All that is known of it.
    pub cells: &'a Cells,
}

/// A program built on the replica.
pub trait Application: Send + Sync + 'static {
    /// Its record types. An entry that changes a record of any other kind is parked until a version that knows it.
    fn record_types(&self) -> &'static [RecordType];

    /// Its derived tables.
    fn projection(&self) -> &'static Projection;

    /// Writes one record's rows anew. Called after each change of a record, in the same transaction, for local and
    /// remote changes alike. What it writes must depend on the record's cells alone: not on other rows, not on the order
    /// of calls.
    ///
    /// # Errors
    /// Those of SQL. A local command is refused then; for a change from elsewhere the record's rows stay as they are and
    /// an alarm is logged.
    fn project(&self, connection: &rusqlite::Connection, record: &RecordView<'_>) -> rusqlite::Result<()>;

    /// Whether a change of this record concerns one natural person: then its operations stand in a chunk of their own,
    /// which can be erased alone. `cells` are those before the change, empty on creation.
    fn concerns_person(&self, kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool;

    /// Its kinds of posting. An entry that posts another kind, or a later version, is parked until a version that knows it.
    fn posting_types(&self) -> &'static [PostingType] {
        &[]
    }

    /// What a posting adds to the accounts of its site: a function of the posting alone.
    ///
    /// # Errors
    /// [`PostingStop::Refused`] when the body cannot be read.
    fn effects(&self, _posting: &PostingView<'_>) -> Result<Vec<Effect>, PostingStop> {
        Ok(Vec::new())
    }

    /// Judges a posting. The ledger is all that it may go by; the posting's own effects are not in it yet.
    ///
    /// # Errors
    /// [`PostingStop::Refused`] when it breaks a rule, and what the ledger gives.
    fn judge(&self, _ledger: &Ledger<'_>, _posting: &PostingView<'_>) -> Result<(), PostingStop> {
        Ok(())
    }

    /// Writes what follows from a posting into the tables, once: it is never changed. Called in causal order, in the
    /// transaction that delivers it, and again for all of them by `rebuild`. What it writes must not depend on the order
    /// in which postings of different sites come.
    ///
    /// # Errors
    /// As [`Application::project`].
    fn project_posting(&self, _connection: &rusqlite::Connection, _posting: &PostingView<'_>) -> rusqlite::Result<()> {
        Ok(())
    }
}
