//! Comptoir's relay: it stores and forwards, between the sites of one organisation, entries that it cannot read.
//!
//! Owns the logs as sealed bytes, the judgement on their headers, receipts, the enrolment mailbox, the admin port and headquarters' console. Never
//! holds a scope key, never looks into a payload but the roster's, and is never the only copy: whatever it loses, the
//! sites that wrote it bring again.
//!
//! [`Relay::start`] runs one in this process; [`core::RelayCore`] is the same without sockets.

pub mod admin;
pub mod alarms;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod console;
pub mod core;
pub mod data_dir;
mod doctor;
mod durable;
mod entropy;
pub mod front;
pub mod health;
pub mod identity;
pub mod limits;
pub mod mailbox;
mod relay;
pub mod requests;
pub mod settings;
pub mod store;

pub use relay::{Config, Relay, RunError, RunningRelay, StartError};

/// Program and version, as peers and people are told.
pub const SOFTWARE: &str = concat!("comptoir-relay ", env!("CARGO_PKG_VERSION"));
