//! Whole files of records, alike for every kind, in and out. Owns the way between a file's rows and records: which column is what
//! (`header`, `mapping`), what people write in cells (`spoken`), what a row does (`row`, `claims`), writing it as one act
//! (`import`, `report`); and the way back (`present`, `export`). The form of the file is `table`'s; what a value may be
//! is its kind's. Never holds a whole file.

mod claims;
mod digest;
pub mod export;
mod header;
pub mod import;
pub mod mapping;
mod present;
pub mod report;
mod row;
pub mod rows;
mod spoken;
mod stopped;

pub use export::{ExportError, ExportForm, ExportRequest};
pub use import::{Import, ImportRequest, Step};
pub use mapping::{Mapped, Mapping};
pub use report::{ImportReport, PlanToken, Refused};
pub use stopped::{ImportStopped, OpenFailed, StopReason};
