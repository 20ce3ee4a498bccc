//! A small application: notes that everyone edits, journals that their own site writes, rates that headquarters sets.

use rusqlite::{Connection, params};

use crate::record::{Cells, DefaultScope, Scalar, WriteClass};
use crate::{Application, Projection, RecordType, RecordView};

/// Kinds `note` (shared), `journal` (site-owned) and `rate` (reference), all with the same fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notes;

const KINDS: &[RecordType] = &[
    RecordType { kind: "note", write_class: WriteClass::Shared, scope: DefaultScope::Organisation, schema: || &[] },
    RecordType { kind: "journal", write_class: WriteClass::SiteOwned, scope: DefaultScope::Books, schema: || &[] },
    RecordType { kind: "rate", write_class: WriteClass::Reference, scope: DefaultScope::Organisation, schema: || &[] },
];

const PROJECTION: Projection = Projection {
    version: 1,
    create: "
CREATE TABLE notes (
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    scope BLOB NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    archived INTEGER NOT NULL,
    PRIMARY KEY (id, scope, kind)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE notes_search USING fts5 (id UNINDEXED, title, body, tokenize = 'unicode61 remove_diacritics 2');
",
    drop: "DROP TABLE IF EXISTS notes; DROP TABLE IF EXISTS notes_search;",
    tables: &["notes"],
};

/// The puts of a note.
#[must_use]
pub fn note_puts(title: &str, body: &str) -> Vec<(String, Scalar)> {
    vec![("title".into(), title.into()), ("body".into(), body.into()), ("archived".into(), false.into())]
}

impl Application for Notes {
    fn record_types(&self) -> &'static [RecordType] {
        KINDS
    }

    fn projection(&self) -> &'static Projection {
        &PROJECTION
    }

    fn project(&self, connection: &Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        let text = |key| record.cells.winner(key).and_then(Scalar::as_str).unwrap_or_default();
        let archived = record.cells.winner("archived").and_then(Scalar::as_bool).unwrap_or(false);
        let mut upsert = connection.prepare_cached(
            "INSERT INTO notes (id, kind, scope, title, body, archived) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id, scope, kind) DO UPDATE SET title = ?4, body = ?5, archived = ?6",
        )?;
        let id = record.id.0;
        upsert.execute(params![id, record.kind, record.scope.0, text("title"), text("body"), archived])?;
        Ok(())
    }

    fn concerns_person(&self, _kind: &str, cells: &Cells, puts: &[(String, Scalar)]) -> bool {
        let person = |value: Option<&Scalar>| value.and_then(Scalar::as_bool).unwrap_or(false);
        let put = puts.iter().find(|(key, _)| key == "person").map(|(_, value)| value);
        person(put) || person(cells.winner("person"))
    }
}
