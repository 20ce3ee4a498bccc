//! Whole files of records: import and export, by kind. Owns the requests and the forms, a file to a request; rows are judged by
//! the back office.

pub mod automerge;
pub mod export;
pub mod import;
