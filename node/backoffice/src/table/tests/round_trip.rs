//! What is written reads as it was, in both forms; other programs' readers agree; formulas stay text (F34).

use std::io;

use calamine::{Data, Reader, SheetVisible};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::*;

/// What a cell reads as after it was written. A sheet keeps no zeros at the end of a number, CSV keeps them.
fn shown(cell: &CellValue<'_>, form: Form) -> String {
    match cell {
        CellValue::Text(text) => (*text).to_owned(),
        CellValue::Int(number) => number.to_string(),
        CellValue::Decimal(number) if form == Form::Xlsx && number.normalize().mantissa().to_string().len() <= 15 => {
            number.normalize().to_string()
        }
        CellValue::Decimal(number) => number.to_string(),
        CellValue::Bool(truth) => truth.to_string(),
        CellValue::Date(date) => date.to_string(),
        CellValue::Empty => String::new(),
    }
}

fn write(form: Form, header: &[&str], rows: &[Vec<CellValue<'_>>]) -> Vec<u8> {
    let mut writer = TableWriter::new(form, Vec::new()).unwrap();
    writer.header(header).unwrap();
    rows.iter().for_each(|row| writer.row(row).unwrap());
    writer.finish().unwrap()
}

const FORMULAS: [&str; 9] =
    ["=cmd|' /C calc'!A0", "+33 1", "-5", "@SUM(A1)", "\t=x", "\r=x", "'=1", "''+1", "=HYPERLINK(\"http://x\",\"y\")"];

#[test]
fn f34_formulas_are_escaped_in_csv_and_come_back() {
    let rows: Vec<_> = FORMULAS.iter().map(|text| vec![CellValue::Text(text), CellValue::Int(-5)]).collect();
    let bytes = write(Form::Csv, &["=header", "n"], &rows);
    let text = String::from_utf8(bytes.clone()).unwrap();
    // Numbers are numbers: a negative one runs nothing, and a sum over the column works.
    for cell in ["'=header,n", "'=cmd", "'+33 1,-5", "'-5,-5", "'@SUM", "'\t=x", "''=1", "'''+1"] {
        assert!(text.contains(cell), "{cell} in {text}");
    }
    let mut plain = ::csv::Reader::from_reader(bytes.as_slice());
    for cell in plain.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
        assert!(cell == "-5" || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    let (header, read) = read(&bytes);
    assert_eq!(header, ["=header", "n"]);
    assert_eq!(read.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), FORMULAS);
}

#[test]
fn f34_formulas_are_plain_text_in_xlsx_and_come_back() {
    let rows: Vec<_> = FORMULAS.iter().map(|text| vec![CellValue::Text(text)]).collect();
    let bytes = write(Form::Xlsx, &["=header"], &rows);
    let mut judge: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
    assert!(judge.worksheet_formula("Sheet1").unwrap().cells().all(|(_, _, formula)| formula.is_empty()));
    let cells = judge.worksheet_range("Sheet1").unwrap();
    assert_eq!(cells.get_value((1, 0)), Some(&Data::String(FORMULAS[0].into())));
    let (header, read) = read(&bytes);
    assert_eq!(header, ["=header"]);
    assert_eq!(read.concat(), FORMULAS);
    // Nothing is taken off on the way in: an apostrophe in a workbook is an apostrophe.
    assert_eq!(read[6], ["'=1"]);
}

fn draw_rows(draws: &mut Draws) -> Vec<Vec<CellValue<'static>>> {
    const PIECES: [&str; 22] = [
        "a", "é", "\"", ",", ";", "\n", "\r\n", " ", "x y", "'", "\t", "=1", "&amp;", "<v>", "_x000D_", "_x", "📷",
        "\u{b}", "]]>", "007", "東京", "\u{a0}",
    ];
    let columns = 1 + draws.below(5);
    let mut cell = || match draws.below(8) {
        0 => CellValue::Empty,
        1 => CellValue::Int(match draws.below(3) {
            0 => i64::MIN + i64::try_from(draws.below(1_000)).unwrap(),
            _ => i64::try_from(draws.below(2_000_000)).unwrap() - 1_000_000,
        }),
        2 | 3 => {
            let digits = [9, 12, 18][draws.below(3)];
            let mantissa = i64::try_from(draws.below(10_usize.pow(digits))).unwrap();
            CellValue::Decimal(Decimal::new(mantissa - 1_000, u32::try_from(draws.below(7)).unwrap()))
        }
        4 => CellValue::Bool(draws.below(2) == 1),
        5 => {
            let days = i64::try_from(draws.below(400_000)).unwrap();
            CellValue::Date(Date::constant(1850, 1, 1) + jiff::Span::new().days(days))
        }
        _ => {
            let text: String = (0..draws.below(6)).map(|_| draws.pick(&PIECES)).collect();
            CellValue::Text(Box::leak(text.into_boxed_str()))
        }
    };
    // A row of nothing is no row of a sheet, and a row of one empty cell no line of CSV.
    let mut row = || std::iter::once(CellValue::Text("k")).chain((0..columns).map(|_| cell())).collect();
    (0..8).map(|_| row()).collect()
}

#[test]
fn both_forms_read_as_they_were_written() {
    for seed in 1..=400_u64 {
        let rows = draw_rows(&mut Draws::of_seed(seed));
        let names: Vec<String> = (0..rows[0].len()).map(|column| format!("column {column}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for form in [Form::Csv, Form::Xlsx] {
            let bytes = write(form, &names, &rows);
            assert_eq!(open(&bytes).unwrap().form(), form);
            let (header, found) = read(&bytes);
            assert_eq!(header, names);
            let expected: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|cell| shown(cell, form)).collect()).collect();
            assert_eq!(found, expected, "seed {seed} {form:?}");
        }
    }
}

#[test]
fn a_written_workbook_is_what_other_readers_expect() {
    let date = Date::constant(2024, 1, 31);
    let rows = [
        vec![CellValue::Text("Dupont"), CellValue::Decimal(Decimal::new(1250, 2)), CellValue::Date(date)],
        vec![CellValue::Int(7), CellValue::Bool(true), CellValue::Empty],
        vec![CellValue::Int(i64::MAX), CellValue::Decimal(Decimal::MAX), CellValue::Date(Date::constant(1899, 1, 1))],
    ];
    let bytes = write(Form::Xlsx, &["name", "amount", "day"], &rows);
    assert_eq!(bytes, write(Form::Xlsx, &["name", "amount", "day"], &rows), "the same table is the same file");
    let mut judge: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
    let cells = judge.worksheet_range("Sheet1").unwrap();
    let at = |row, column| cells.get_value((row, column)).unwrap().clone();
    assert_eq!((at(1, 0), at(1, 1)), (Data::String("Dupont".into()), Data::Float(12.5)));
    assert!(matches!(at(1, 2), Data::DateTime(day) if day.as_f64() == 45_322.0));
    assert_eq!((at(2, 0), at(2, 1), at(2, 2)), (Data::Float(7.0), Data::Bool(true), Data::Empty));
    // What a spreadsheet would round stands as text, and so does a day before its calendar.
    assert_eq!(at(3, 0), Data::String(i64::MAX.to_string()));
    assert_eq!(at(3, 1), Data::String(Decimal::MAX.to_string()));
    assert_eq!(at(3, 2), Data::String("1899-01-01".into()));
    let mut sheet = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    for part in ["<autoFilter ref=\"A1:C4\"", "state=\"frozen\"", "ySplit=\"1\""] {
        assert!(sheet.contains(part), "{part} in {sheet}");
    }
}

/// A workbook as the writing library makes it when nothing is streamed: shared texts, several sheets, formulas.
fn workbook(build: impl FnOnce(&mut rust_xlsxwriter::Workbook)) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    build(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_of_another_program_reads_as_calamine_reads_it() {
    const PIECES: [&str; 8] = ["a", " é", "\n", "&", "_x0041_", "  ", "📷", "="];
    for seed in 1..=100_u64 {
        let mut draws = Draws::of_seed(seed);
        let bytes = workbook(|workbook| {
            let sheet = workbook.add_worksheet();
            for (row, column) in (0..12).flat_map(|row| (0..5).map(move |column| (row, column))) {
                match draws.below(5) {
                    0 => drop(sheet.write_number(row, column, draws.below(1_000_000) as f64 / 64.0).unwrap()),
                    1 => drop(sheet.write_boolean(row, column, draws.below(2) == 0).unwrap()),
                    2 => {}
                    _ => {
                        let text: String = (0..draws.below(4)).map(|_| draws.pick(&PIECES)).collect();
                        sheet.write_string(row, column, text).unwrap();
                    }
                }
            }
            sheet.write_string(0, 5, "last").unwrap();
        });
        let mut judge: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
        let range = judge.worksheet_range("Sheet1").unwrap();
        let expected: Vec<Vec<String>> =
            range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let blank = |row: &Vec<String>| row.iter().all(String::is_empty);
        let expected: Vec<_> = expected.into_iter().filter(|row| !blank(row)).collect();
        let (header, rows) = read(&bytes);
        let found: Vec<_> = std::iter::once(header).chain(rows).collect();
        assert_eq!(found, expected, "seed {seed}");
    }
}

#[test]
fn sheets_are_chosen_by_name_and_formulas_count_by_their_value() {
    let bytes = workbook(|workbook| {
        workbook.add_worksheet().set_name("hidden").unwrap().set_hidden(true).write(0, 0, "h").unwrap();
        workbook.add_worksheet().set_name("blank").unwrap();
        let sheet = workbook.add_worksheet().set_name("Clients & Cie").unwrap().set_active(true);
        sheet.write(2, 1, "name").unwrap().write(2, 2, "n").unwrap();
        let formula = rust_xlsxwriter::Formula::new("=1+1").set_result("2");
        sheet.merge_range(4, 1, 5, 1, "Dupont", &rust_xlsxwriter::Format::new()).unwrap();
        sheet.write_formula(4, 2, formula).unwrap();
        sheet.write_number(5, 2, 3).unwrap();
        sheet.write_formula(6, 2, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    let reader = open(&bytes).unwrap();
    assert_eq!(
        (reader.sheets(), reader.sheet()),
        (&["blank".into(), "Clients & Cie".into()][..], Some("Clients & Cie"))
    );
    assert_eq!(reader.header(), ["", "name", "n"]);
    let rows: Vec<Row> = reader.map(Result::unwrap).collect();
    assert_eq!((rows[0].line, rows[0].cells.as_ref().unwrap().concat()), (5, "Dupont2".into()));
    assert_eq!((rows[1].line, rows[1].cells.as_ref().unwrap()), (6, &vec!["".into(), "".into(), "3".to_owned()]));
    let refused = rows[2].cells.as_ref().unwrap_err();
    assert_eq!((rows[2].line, refused.index, refused.refusal.code), (7, 2, Code::CellError));
    assert_eq!(refused.refusal.params["value"], "#DIV/0!");
    let hidden = TableReader::open_sheet(Cursor::new(&bytes), "hidden").unwrap();
    assert_eq!(hidden.header(), ["h"]);
    let absent = refusal(TableReader::open_sheet(Cursor::new(&bytes), "Ventes").err().unwrap());
    assert_eq!((absent.code, absent.params["known"].as_str()), (Code::UnknownSheet, "blank, Clients & Cie"));
    let judge: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
    assert!(judge.sheets_metadata().iter().any(|sheet| sheet.visible == SheetVisible::Hidden));
    assert_eq!(open(&workbook(|_| {})).err().unwrap().code, Code::FileEmpty);
}

#[test]
fn more_than_a_sheet_holds_is_refused() {
    let mut writer = TableWriter::xlsx(Vec::new()).unwrap();
    writer.header(&["a"]).unwrap();
    let most = "é".repeat(32_767);
    writer.row(&[CellValue::Text(&most)]).unwrap();
    let code = |failed: WriteFailed| match failed {
        WriteFailed::Refused(refusal) => refusal.code,
        other => panic!("{other}"),
    };
    assert_eq!(code(writer.row(&[CellValue::Text(&format!("{most}x"))]).unwrap_err()), Code::SheetLimit);
    assert_eq!(code(writer.row(&vec![CellValue::Empty; 16_385]).unwrap_err()), Code::SheetLimit);
}
