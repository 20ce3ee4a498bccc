//! Whole files of records, alike for every kind: what its columns say of a record. Owns the way between a record and a row of
//! a table; the table's form is `table`'s.

pub mod export;
