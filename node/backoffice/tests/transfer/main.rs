//! Files of records, in and out, on real replicas: columns and mappings, what a row does, dry runs and the acts that they become,
//! exports, and that what was exported says nothing new, for every kind of record. Uses no network.
#![allow(clippy::unwrap_used)]

#[path = "../sites/mod.rs"]
mod sites;

mod acts;
mod columns;
mod exports;
mod identity;
mod rows;

use comptoir_backoffice::refusal::{Code, Refusal};
use comptoir_backoffice::registry::{self, Kind};
use comptoir_backoffice::transfer::{ImportReport, ImportRequest, Mapping, OpenFailed};
use sites::Site;

/// The header of the first version.
const HEADER: &str = "reference;kind;name;roles;street;postcode;city;country;email;phone;vat;siren;iban;terms\n";

fn kind(name: &str) -> &'static Kind {
    registry::kind(name).unwrap()
}

/// Imports parties, the first version's columns.
fn parties(site: &mut Site, rows: &str) -> ImportReport {
    sites::import_as_tried(site, sites::party(), &format!("{HEADER}{rows}"))
}

/// The refusals of a file as a whole.
fn refused(site: &mut Site, kind: &'static Kind, text: &str, request: ImportRequest) -> Vec<Refusal> {
    match sites::import_file(site, kind, text.as_bytes(), request) {
        Err(OpenFailed::Refused(refusals)) => refusals,
        other => panic!("not refused: {other:?}"),
    }
}

fn codes(refusals: &[Refusal]) -> Vec<Code> {
    refusals.iter().map(|refusal| refusal.code).collect()
}

/// Created, changed, unchanged and refused rows.
fn counts(report: &ImportReport) -> [u64; 4] {
    [report.created, report.changed, report.unchanged, report.refused_rows]
}

/// Row, column and code of each refused row.
fn faults(report: &ImportReport) -> Vec<(u64, &str, Code)> {
    report.refused.iter().map(|row| (row.row, row.column.as_deref().unwrap_or("-"), row.code)).collect()
}

fn mapped(pairs: &[&str]) -> ImportRequest {
    ImportRequest { mapping: Mapping::parse(pairs).unwrap(), ..ImportRequest::default() }
}
