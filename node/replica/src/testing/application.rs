//! A small application: notes that everyone edits, journals that their own site writes, rates that headquarters sets, and a
//! till of each site, into which cash is put and out of which no more is taken than is there. What lies in the till of a site
//! that is revoked can be taken over.

use rusqlite::{Connection, params};

use crate::posting::{Account, Effect, Leaving, Ledger, PostingStop, PostingType, PostingView};
use crate::record::{Cells, DefaultScope, RecordId, Scalar, WriteClass};
use crate::{Application, NewPosting, Projection, RecordType, RecordView};
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Epoch, SiteId, Writer};

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
CREATE TABLE tills (scope BLOB NOT NULL, site BLOB NOT NULL, cash INTEGER NOT NULL, PRIMARY KEY (scope, site)) STRICT;
CREATE VIRTUAL TABLE notes_search USING fts5 (id UNINDEXED, title, body, tokenize = 'unicode61 remove_diacritics 2');
",
    drop: "DROP TABLE IF EXISTS notes; DROP TABLE IF EXISTS notes_search; DROP TABLE IF EXISTS tills;",
    tables: &["notes", "tills"],
};

/// The puts of a note.
#[must_use]
pub fn note_puts(title: &str, body: &str) -> Vec<(String, Scalar)> {
    vec![("title".into(), title.into()), ("body".into(), body.into()), ("archived".into(), false.into())]
}

/// Cash put into the till of the writing site, or taken out of it. What cites an entry takes in what that took out.
#[must_use]
pub fn cash(id: RecordId, amount: i64, cites: Vec<LogHead>) -> NewPosting {
    NewPosting { kind: "cash", version: 1, id, cites, body: amount.to_string().into_bytes() }
}

/// The account on which a site's till is kept.
#[must_use]
pub fn till() -> Account {
    Account::of("till", &[])
}

/// Cash that the writing site takes over from the till of a revoked site, as one of its epochs left it. One heir alone is
/// to do so: what others took is not counted.
#[must_use]
pub fn estate(id: RecordId, of: Writer, amount: i64) -> NewPosting {
    let body = [&of.site.0[..], &of.epoch.0, amount.to_string().as_bytes()].concat();
    NewPosting { kind: ESTATE, version: 1, id, cites: Vec::new(), body }
}

const ESTATE: &str = "estate";

/// The account on which an heir keeps what he has had of a till.
fn taken_over(of: Writer) -> Account {
    Account::of(ESTATE, &[&of.site.0, &of.epoch.0])
}

fn read_estate(body: &[u8]) -> Result<(Writer, i64), PostingStop> {
    let read = || {
        let (site, rest) = body.split_first_chunk()?;
        let (epoch, amount) = rest.split_first_chunk()?;
        Some((Writer { site: SiteId(*site), epoch: Epoch(*epoch) }, self::amount(amount).ok()?))
    };
    read().ok_or_else(|| PostingStop::refused("estate_body", "no estate"))
}

fn judge_estate(ledger: &Ledger<'_>, body: &[u8]) -> Result<(), PostingStop> {
    let (of, amount) = read_estate(body)?;
    let left = match ledger.left_by(&of.site)? {
        Leaving::Stands => return Err(PostingStop::refused("estate_stands", "it is not revoked")),
        Leaving::Unheard(sites) => return Err(PostingStop::refused("estate_unheard", format_args!("{sites:?}"))),
        Leaving::Left(left) => left.balance(of.epoch, &till())?,
    };
    if amount <= 0 || amount > left - ledger.balance(&taken_over(of))? {
        return Err(PostingStop::refused("estate_short", format_args!("{left} were left")));
    }
    Ok(())
}

fn amount(body: &[u8]) -> Result<i64, PostingStop> {
    let text = std::str::from_utf8(body).ok().and_then(|text| text.parse().ok());
    text.ok_or_else(|| PostingStop::refused("cash_body", "no amount"))
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

    fn posting_types(&self) -> &'static [PostingType] {
        static TYPES: &[PostingType] = &[
            PostingType { kind: "cash", versions: 1..=1, scope: DefaultScope::Organisation },
            PostingType { kind: ESTATE, versions: 1..=1, scope: DefaultScope::Organisation },
        ];
        TYPES
    }

    fn effects(&self, view: &PostingView<'_>) -> Result<Vec<Effect>, PostingStop> {
        if view.posting.kind == ESTATE {
            let (of, amount) = read_estate(&view.posting.body)?;
            return Ok(vec![Effect { account: till(), amount }, Effect { account: taken_over(of), amount }]);
        }
        Ok(vec![Effect { account: till(), amount: amount(&view.posting.body)? }])
    }

    fn judge(&self, ledger: &Ledger<'_>, view: &PostingView<'_>) -> Result<(), PostingStop> {
        if view.posting.kind == ESTATE {
            return judge_estate(ledger, &view.posting.body);
        }
        let amount = amount(&view.posting.body)?;
        for head in &view.posting.cites {
            let given = ledger.cited(head)?;
            if given.iter().all(|given| self::amount(&given.body).ok() != Some(-amount)) {
                return Err(PostingStop::refused("cash_pair", "not what was taken out there"));
            }
        }
        if ledger.balance(&till())? + amount < 0 {
            return Err(PostingStop::refused("cash_short", "more than there is"));
        }
        Ok(())
    }

    fn project_posting(&self, connection: &Connection, view: &PostingView<'_>) -> rusqlite::Result<()> {
        let (from, amount) = match read_estate(&view.posting.body) {
            Ok((of, amount)) if view.posting.kind == ESTATE => (Some(of.site), amount),
            _ => (None, amount(&view.posting.body).unwrap_or(0)),
        };
        let mut upsert = connection.prepare_cached(
            "INSERT INTO tills (scope, site, cash) VALUES (?1, ?2, ?3)
             ON CONFLICT (scope, site) DO UPDATE SET cash = cash + excluded.cash",
        )?;
        upsert.execute(params![view.scope.0, view.writer.site.0, amount])?;
        // Below zero: more counts of it, since, than was known to whoever took over.
        from.map_or(Ok(()), |from| upsert.execute(params![view.scope.0, from.0, -amount]).map(drop))
    }
}
