//! Headquarters' console as a browser meets it: through real TLS on the loopback interface, with a clock that the tests set.
#![allow(clippy::unwrap_used, missing_docs)]

mod audit;
mod browser;
mod devices;
mod ends;
mod events;
mod host;
mod open;
mod own_password;
mod requests;
mod roles;
mod setup;
mod sign_in;
#[path = "../sessions/site.rs"]
#[allow(dead_code)]
mod site;
mod sites;
#[path = "../sessions/world.rs"]
#[allow(dead_code)]
mod world;
