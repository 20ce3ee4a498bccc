//! A running relay and sites that connect to it over real QUIC on the loopback interface: claims, sessions, enrolment, restarts.
#![allow(clippy::unwrap_used, missing_docs)]

mod admin;
mod claim;
mod enrolment;
mod flow;
mod hostile;
mod site;
mod world;
