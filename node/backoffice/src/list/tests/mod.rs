//! Lists tried on tables filled from made-up cells, without a replica. Owns the records that the tests of lists share.
#![allow(clippy::unwrap_used)]

mod filters;
mod order;
mod plans;

use comptoir_replica::RecordView;
use comptoir_replica::record::{RecordId, Scalar};
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::Connection;

use super::{ListPage, ListQuery, list};
use crate::desk::Stopped;
use crate::projection::{project, projection};
use crate::refusal::Refusal;
use crate::registry::{Context, Home, Kind, kind};
use crate::samples::folded;
use crate::staff::Standing;

/// Tables of every kind, and who looks.
struct Tables {
    connection: Connection,
    home: Home,
}

/// The id of the `n`th record.
fn id(n: u32) -> RecordId {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    RecordId(bytes)
}

impl Tables {
    fn empty() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(projection().create).unwrap();
        let home = Home {
            code: "PAR".into(),
            country: "FR".into(),
            currency: "EUR".into(),
            locale: "fr-FR".into(),
            ..Home::default()
        };
        Self { connection, home }
    }

    /// Puts the `n`th record of a kind with these cells.
    fn put(&self, name: &str, n: u32, puts: &[(&str, Scalar)]) {
        let kind = kind(name).unwrap();
        let view = RecordView { scope: ScopeId([1; 16]), id: id(n), kind: kind.name(), cells: &folded(puts) };
        project(&self.connection, kind, &view).unwrap();
    }

    /// Defines a field of the organisation's own for parties.
    fn define(&self, n: u32, key: &str, holds: &str, more: &[(&str, Scalar)]) {
        let own: [(&str, Scalar); 4] = [
            ("kind", "party".into()),
            ("key", key.into()),
            ("type", holds.into()),
            ("reference", format!("party.{key}").into()),
        ];
        self.put("custom-field", n, &own.iter().chain(more).cloned().collect::<Vec<_>>());
    }

    fn context(&self) -> Context<'_> {
        Context::new(&self.connection, &self.home, &Standing::Operator)
    }

    fn try_list(&self, kind: &Kind, query: &str) -> Result<ListPage, Stopped> {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let query = ListQuery::parse(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))?;
        list(&self.context(), kind, &query)
    }

    /// A page of parties.
    #[track_caller]
    fn page(&self, query: &str) -> ListPage {
        self.try_list(kind("party").unwrap(), query).unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// The names on a page of parties.
    #[track_caller]
    fn names(&self, query: &str) -> String {
        let page = self.page(query);
        assert!(page.next.is_some() || page.previous.is_some() || page.total as usize == page.records.len(), "{query}");
        page.records.iter().map(|record| record.title.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Why a list of parties is refused.
    #[track_caller]
    fn refused(&self, query: &str) -> Refusal {
        match self.try_list(kind("party").unwrap(), query) {
            Err(Stopped::Refused(refusal)) => refusal,
            other => panic!("{query}: {other:?}"),
        }
    }
}

/// A few parties of every sort.
fn tables() -> Tables {
    let tables = Tables::empty();
    tables.define(900, "size", "choice", &[("choices/aa/value", "s".into()), ("choices/bb/value", "m".into())]);
    tables.define(901, "weight", "number", &[("listed", true.into())]);
    tables.define(902, "credit", "money", &[]);
    tables.define(903, "since", "date", &[]);
    tables.define(904, "vip", "yes-no", &[]);
    tables.define(905, "owner", "reference", &[("target", "party".into())]);
    tables.put(
        "party",
        1,
        &[
            ("name", "Évreux".into()),
            ("reference", "C-2".into()),
            ("customer", true.into()),
            ("email", "a@b.example".into()),
            ("addresses/aa/city", "Évry".into()),
            ("addresses/aa/country", "FR".into()),
            ("addresses/bb/city", "Dakar".into()),
            ("addresses/bb/country", "SN".into()),
            ("addresses/bb/position", 5.into()),
            ("custom/size", "s".into()),
            ("custom/weight", "12.5".into()),
            ("custom/credit", "EUR 10000".into()),
            ("custom/since", "2024-05-01".into()),
            ("custom/vip", true.into()),
        ],
    );
    tables.put(
        "party",
        2,
        &[
            ("name", "dupont".into()),
            ("reference", "C-10".into()),
            ("kind", "person".into()),
            ("addresses/aa/city", "Thiès".into()),
            ("addresses/aa/country", "SN".into()),
            ("addresses/bb/city", "Lyon".into()),
            ("addresses/bb/country", "FR".into()),
            ("addresses/bb/archived", true.into()),
            ("custom/size", "m".into()),
            ("custom/weight", "-3".into()),
            ("custom/credit", "XOF 500".into()),
            ("custom/owner", id(1).to_string().into()),
        ],
    );
    tables.put(
        "party",
        3,
        &[
            ("name", "Zola".into()),
            ("customer", true.into()),
            ("custom/weight", "100".into()),
            ("custom/credit", "EUR 250".into()),
            ("custom/since", "2025-01-31".into()),
            ("custom/owner", id(9).to_string().into()),
        ],
    );
    tables.put("party", 4, &[("name", "Archivé".into()), ("archived", true.into())]);
    // An alias of the first; what names it means the first.
    tables.put("party", 9, &[("name", "Ebroicum".into()), ("alias_of", id(1).to_string().into())]);
    tables
}
