//! What both daemons, node and relay, share as processes of a system: what they are told, whom they tell that they live, and what differs
//! between operating systems. Owns nothing of what they do.

pub mod checks;
pub mod os;
pub mod service;
pub mod settings;
pub mod support;
