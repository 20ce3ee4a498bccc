//! What a command may look at while it decides: the site that it runs at, what whoever works may see, and the state that its
//! transaction sees. Owns the shape of that. Writes nothing, knows no clock but the moment that it was given.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use comptoir_replica::record::RecordId;
use rusqlite::Connection;

use super::Kind;
use crate::customising::Definition;
use crate::customising::query::definitions;
use crate::mask::Mask;
use crate::staff::{Borne, Standing};

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
    /// Whether it is headquarters.
    pub headquarters: bool,
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
    /// What whoever works is, to the site.
    pub standing: Standing,
    /// Of what classes the values are that are shown.
    pub borne: Borne,
    definitions: RefCell<BTreeMap<&'static str, Rc<[Definition]>>>,
    masks: RefCell<BTreeMap<&'static str, Rc<Mask>>>,
}

impl<'a> Context<'a> {
    /// What a decision reads at a site, for whoever works there.
    #[must_use]
    pub fn new(connection: &'a Connection, home: &'a Home, standing: &Standing) -> Self {
        let standing = standing.clone();
        let (borne, definitions, masks) = (Borne::default(), RefCell::default(), RefCell::default());
        Self { connection, home, record: None, standing, borne, definitions, masks }
    }

    /// The same, which adds what it shows to this.
    #[must_use]
    pub fn adding_to(self, borne: &Borne) -> Self {
        Self { borne: borne.clone(), ..self }
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

    /// What whoever works sees of records of a kind.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn mask(&self, kind: &Kind) -> rusqlite::Result<Rc<Mask>> {
        if let Some(known) = self.masks.borrow().get(kind.name()) {
            return Ok(Rc::clone(known));
        }
        let mask = Rc::new(Mask::new(kind, &self.standing, self.definitions(kind)?, self.borne.clone()));
        self.masks.borrow_mut().insert(kind.name(), Rc::clone(&mask));
        Ok(mask)
    }
}
