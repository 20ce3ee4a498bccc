//! Comptoir's back office: the business modules on top of a replica. Owns what records there are, what may be done with
//! them and how they are listed, found, imported and exported. Never opens a file or a socket, draws no randomness and
//! reads no clock: the node does, and hands both in.

pub mod alias;
mod back_office;
pub mod changes;
pub mod country;
pub mod customising;
pub mod day;
pub mod demo;
pub mod desk;
pub mod editions;
pub mod find;
pub mod findings;
pub mod form;
pub mod identifiers;
pub mod inbox;
pub mod limits;
pub mod list;
pub mod mask;
pub mod organisation;
pub mod parties;
pub mod projection;
pub mod reference;
pub mod refusal;
pub mod registry;
#[cfg(test)]
mod samples;
pub mod shown;
pub mod sites;
pub mod staff;
pub mod stock;
pub mod table;
pub mod text;
pub mod transfer;
pub mod vcard;

pub use back_office::BackOffice;
