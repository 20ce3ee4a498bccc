//! What exports write: which records, in which columns and order, in every form.

use comptoir_backoffice::list::ListQuery;
use comptoir_backoffice::refusal::Code;
use comptoir_backoffice::table::Form;
use comptoir_backoffice::transfer::{ExportForm, ExportRequest, ImportRequest};
use serde_json::Value;

use crate::counts;
use crate::sites::{Site, code, export, export_csv, import_as_tried, import_file, party, sites};

fn filled() -> Site {
    let mut site = sites(1, 61).remove(0);
    site.create(&[
        "name=Évreux & Fils",
        "reference=C-2",
        "roles=customer",
        "notes=two\nlines, \"quoted\"",
        "credit_limit=1234.50 EUR",
        r#"addresses+={"city":"Lyon","country":"FR"}"#,
        r#"addresses+={"city":"Nice","country":"FR"}"#,
        r#"contacts+={"kind":"other","value":"-12"}"#,
    ]);
    site.create(&["name==1+1", "reference=C-1", "also_known_as=-5", r#"addresses+={"city":"Dakar","country":"SN"}"#]);
    let gone = site.create(&["name=Gone", "reference=C-3"]).to_string();
    site.archive(&gone, true);
    site
}

fn list(pairs: &[(&str, &str)]) -> ListQuery {
    ListQuery::parse(pairs.iter().copied()).unwrap()
}

fn header(csv: &str) -> Vec<&str> {
    csv.lines().next().unwrap().split(',').collect()
}

#[test]
fn the_first_columns_are_those_of_the_first_version_and_all_are_always_there() {
    let site = filled();
    let csv = export_csv(&site, party(), &ListQuery::default(), false);
    let columns = header(&csv);
    assert_eq!(
        columns[..14].join(","),
        "reference,kind,name,roles,street,postcode,city,country,email,phone,vat,siren,iban,terms"
    );
    assert_eq!(columns.last(), Some(&"id"));
    let empty = export_csv(&sites(1, 62)[0], party(), &ListQuery::default(), false);
    assert_eq!(header(&empty), columns);
    assert_eq!(csv.matches("C-").count(), 2, "live records, by reference");
    assert!(csv.find("C-1").unwrap() < csv.find("C-2").unwrap());
    assert!(csv.contains("1234.50 EUR"));
}

#[test]
fn f34_cells_that_a_spreadsheet_would_run_are_escaped_and_come_back() {
    let mut site = filled();
    let csv = export_csv(&site, party(), &ListQuery::default(), true);
    assert!(csv.contains(",'=1+1,") && csv.contains(",'-5,") && csv.contains(",'-12"), "{csv}");
    assert_eq!(counts(&import_as_tried(&mut site, party(), &csv)), [0, 0, 2, 0]);
}

#[test]
fn a_lists_query_says_which_records_which_columns_and_in_which_order() {
    let mut site = filled();
    let csv = export_csv(
        &site,
        party(),
        &list(&[("addresses.country", "FR"), ("columns", "name,city,contacts.value")]),
        false,
    );
    assert_eq!(csv, "name,city,contacts.1.value\r\nÉvreux & Fils,Lyon,'-12\r\n");
    let csv =
        export_csv(&site, party(), &list(&[("sort", "-reference"), ("columns", "reference,addresses.2.city")]), false);
    assert_eq!(csv, "reference,addresses.2.city\r\nC-2,Nice\r\nC-1,\r\n");
    let csv = export_csv(&site, party(), &list(&[("archived", "true"), ("columns", "reference")]), false);
    assert_eq!(csv, "reference\r\nC-3\r\n");
    let (desk, rng) = site.desk();
    let view = comptoir_backoffice::changes::Changes::parse(&[
        "name=Senegal",
        "kind=party",
        "query=addresses.country=SN&columns=name,country",
    ]);
    desk.create(crate::kind("view"), view.unwrap(), rng).unwrap();
    let csv = export_csv(&site, party(), &list(&[("view", "Senegal")]), false);
    assert_eq!(csv, "name,country\r\n'=1+1,SN\r\n");
    for (pairs, why) in [
        ([("columns", "name,what")], Code::UnknownColumn),
        ([("what", "1")], Code::UnknownField),
        ([("view", "Nobody's")], Code::NotFound),
    ] {
        let request = ExportRequest { form: ExportForm::Table(Form::Csv), list: list(&pairs), all_lines: false };
        let failed = site.reader().export(party(), &request, Vec::new()).unwrap_err();
        match failed {
            comptoir_backoffice::transfer::ExportError::Command(error) => assert_eq!(code(Err::<(), _>(error)), why),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn more_records_than_a_page_are_all_written_in_a_lists_order() {
    let mut site = sites(1, 63).remove(0);
    let rows: String = (0..2_300).map(|n| format!("C-{n},Société {n:05},FR\n")).collect();
    import_as_tried(&mut site, party(), &format!("reference,name,country\n{rows}"));
    let csv = export_csv(&site, party(), &list(&[("sort", "-name"), ("columns", "name")]), false);
    let names: Vec<&str> = csv.lines().skip(1).collect();
    let expected: Vec<String> = (0..2_300).rev().map(|n| format!("Société {n:05}")).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_workbook_goes_out_and_comes_back_as_it_was() {
    let mut site = filled();
    let all = ListQuery::default();
    let workbook = export(&site, party(), ExportForm::Table(Form::Xlsx), &all, true);
    let report = import_file(&mut site, party(), &workbook, ImportRequest::default()).unwrap();
    assert_eq!(counts(&report), [0, 0, 2, 0]);
    // In another organisation, where its ids are unknown, references tell.
    let mut other = sites(1, 64).remove(0);
    let report = import_file(&mut other, party(), &workbook, ImportRequest::default()).unwrap();
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    let columns = list(&[("columns", "reference,name,notes,credit_limit,roles,city,addresses.2.city,contacts.value")]);
    let there = export_csv(&other, party(), &columns, false);
    assert_eq!(there, export_csv(&site, party(), &columns, false));
}

#[test]
fn json_has_whole_records_all_of_them_unless_a_list_says_which() {
    let site = filled();
    let names = |query: &ListQuery| {
        let bytes = export(&site, party(), ExportForm::Json, query, false);
        let records: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
        records.iter().map(|record| record["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&ListQuery::default()).len(), 3);
    assert_eq!(names(&list(&[("addresses.country", "SN")])), ["=1+1"]);
    assert!(names(&list(&[("addresses.country", "DE")])).is_empty());
}
