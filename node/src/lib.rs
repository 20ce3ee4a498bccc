//! A node: one site's back office on one machine. Owns the daemon, the HTTP API, the commands, enrolment and the way to the
//! relay; composes the replica, the business modules and the transport. Never decides a business rule, speaks SQL to its access log alone.
//!
//! Commands speak the HTTP API whether a daemon runs or not; see [`cli`]. Tests start a node in process with
//! [`daemon::start`].

pub mod access;
pub mod api;
pub mod author;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod console;
pub mod country;
pub mod custody;
pub mod daemon;
pub mod data_dir;
mod desk;
pub mod direct;
pub mod doorway;
pub mod durable;
pub mod enrolment;
pub mod entropy;
pub mod health;
pub mod identity;
pub mod journal;
pub mod kept;
pub mod lan;
pub mod limits;
pub mod node;
mod opening;
pub mod problem;
pub mod profile;
pub mod receipts;
mod residency;
pub mod settings;
pub mod spool;
pub mod staff;
pub mod sync;
pub mod who;

// The window keeps directories as a node does, and is asked to stop as one is.
pub use comptoir_daemon::os;
