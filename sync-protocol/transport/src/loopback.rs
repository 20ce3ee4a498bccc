//! Two real endpoints on the loopback interface, for the tests of this crate. Owns set-up only.
