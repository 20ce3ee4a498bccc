//! What a command may look at while it decides: the site that it runs at, and the state that its transaction sees.
//! Owns the shape of that. Writes nothing, knows no clock but the moment that it was given.

use rusqlite::Connection;

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
}

/// What a decision reads.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The state that the transaction sees: projections are read through it.
    pub connection: &'a Connection,
    /// The site.
    pub home: &'a Home,
}
