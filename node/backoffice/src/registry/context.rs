//! What a command may look at while it decides: the site that it runs at, and the state that its transaction sees.
//! Owns the shape of that. Writes nothing, knows no clock but the moment that it was given.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use comptoir_replica::record::RecordId;
use rusqlite::Connection;

use super::Kind;
use crate::customising::Definition;
use crate::customising::query::definitions;

/// The site where the back office runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Home {
    /// Its code: `PAR`.
    pub code: String,
    /// ISO 3166-1 alpha-2: telephone numbers without a country are of this one.
    pub country: String,
    /// ISO 4217: amounts without a currency are in this one.
    pub currency: String,
    /// BCP 47: `fr-FR`.
    pub locale: String,
    /// IANA: `Europe/Paris`. Empty is UTC.
    pub time_zone: String,
}

/// What a decision reads. Make one for a whole transaction: it reads the organisation's definitions once.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The state that the transaction sees: projections are read through it.
    pub connection: &'a Connection,
    /// The site.
    pub home: &'a Home,
    /// The record that is decided about; `None` for one that is still to be made.
    pub record: Option<RecordId>,
    definitions: RefCell<BTreeMap<&'static str, Rc<[Definition]>>>,
}

impl<'a> Context<'a> {
    /// What a decision reads at a site.
    #[must_use]
    pub fn new(connection: &'a Connection, home: &'a Home) -> Self {
        Self { connection, home, record: None, definitions: RefCell::default() }
    }

    /// The same about one record.
    #[must_use]
    pub fn about(self, record: RecordId) -> Self {
        Self { record: Some(record), ..self }
    }

    /// The definitions in force of a kind's own fields, as [`definitions`] has them.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn definitions(&self, kind: &Kind) -> rusqlite::Result<Rc<[Definition]>> {
        if let Some(known) = self.definitions.borrow().get(kind.name()) {
            return Ok(Rc::clone(known));
        }
        let known: Rc<[Definition]> = definitions(self.connection, kind.name())?.into();
        self.definitions.borrow_mut().insert(kind.name(), Rc::clone(&known));
        Ok(known)
    }
}
