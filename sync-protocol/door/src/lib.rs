//! What the doors for browsers have in common, at a node on its local network and at a relay's console: how connections are taken over
//! TLS, what is kept of passwords, how guessing is slowed down, which headers every answer bears, how a built
//! interface is served.
//!
//! Owns mechanisms and their bounds. Never decides who is let in, knows no resource, and words no problem for people: each program does
//! that for itself.

pub mod back_off;
pub mod fit;
pub mod headers;
pub mod limits;
pub mod listener;
pub mod password;
pub mod screens;
pub mod text;
