//! Comptoir's replica: logs, records, postings and projections of one site.

pub mod record;
