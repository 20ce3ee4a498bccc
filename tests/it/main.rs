//! Tests on real processes: the built programs, killed, starved, fed with bad input, asked through their command line and API.
//! Owns the list of them. Every test has a directory of its own, which stays when it fails.
#![allow(clippy::unwrap_used)]

mod alarms;
mod attackers;
mod bench;
mod csv_files;
mod direct;
mod disk_full;
mod enrolment;
mod kills;
mod ledger;
mod load;
mod old_data;
mod place;
mod places;
mod prometheus;
mod reconnect;
mod rekey;
mod requests;
mod residency;
mod retired;
mod sealed;
mod sealed_keys;
mod search;
mod setup;
mod sinks;
mod store_lost;
