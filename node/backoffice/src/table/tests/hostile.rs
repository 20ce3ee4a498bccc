//! Workbooks made to do harm, or harmed: each is refused by a code, holding little and touching nothing.

use std::io::Write;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::limits::{MAX_ARCHIVE_ENTRIES, MAX_SHARED_TEXTS, MAX_XML_EVENT_BYTES, TABLE_BUFFER_BYTES};

const ROOTS: &str = "<Relationships><Relationship Id=\"a\" Type=\"http://x/officeDocument\" \
                     Target=\"xl/workbook.xml\"/></Relationships>";
const RELATED: &str = "<Relationships>\
                       <Relationship Id=\"r1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                       <Relationship Id=\"r2\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/>\
                       </Relationships>";
const BOOK: &str = "<workbook><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
const TEXTS: &str = "<sst><si><t>name</t></si><si><t>Dupont</t></si></sst>";
const SHEET: &str = "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row>\
                     <row><c t=\"s\"><v>1</v></c></row></sheetData></worksheet>";

/// The parts of a sound workbook, some of them replaced or added.
fn parts<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut parts = vec![
        ("_rels/.rels", ROOTS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", RELATED),
        ("xl/sharedStrings.xml", TEXTS),
        ("xl/worksheets/sheet1.xml", SHEET),
    ];
    for (name, text) in changed {
        match parts.iter_mut().find(|(part, _)| part == name) {
            Some(part) => part.1 = text,
            None => parts.push((name, text)),
        }
    }
    parts
}

fn archive(parts: &[(&str, &str)], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn book(changed: &[(&str, &str)]) -> Vec<u8> {
    archive(&parts(changed), deflated())
}

fn sheet(sheet_data: &str) -> String {
    format!("<worksheet><sheetData>{sheet_data}</sheetData></worksheet>")
}

/// Where the directory's entry of a part begins.
fn directory_entry(archive: &[u8], part: &str) -> usize {
    let names = archive.windows(part.len()).enumerate().filter(|(_, window)| *window == part.as_bytes());
    names.map(|(at, _)| at - 46).next_back().unwrap()
}

#[test]
fn sound_archives_of_every_make_are_read() {
    let expected = (vec!["name".to_owned()], vec![vec!["Dupont".to_owned()]]);
    assert_eq!(read(&book(&[])), expected);
    assert_eq!(
        read(&archive(&parts(&[]), SimpleFileOptions::default().compression_method(CompressionMethod::Stored))),
        expected
    );
    assert_eq!(read(&archive(&parts(&[]), deflated().large_file(true))), expected);
    let mut commented = ZipWriter::new_append(Cursor::new(book(&[]))).unwrap();
    commented.set_comment("a comment").unwrap();
    assert_eq!(read(&commented.finish().unwrap().into_inner()), expected);
    let slashes: Vec<_> = parts(&[]).into_iter().map(|(name, text)| (name.replace('/', "\\"), text)).collect();
    let slashes: Vec<_> = slashes.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert_eq!(read(&archive(&slashes, deflated())), expected);
}

#[test]
fn names_that_climb_are_only_names() {
    let climbing = [("../../../../tmp/comptoir-evil", "x"), ("/etc/passwd", "x"), ("C:\\evil", "x"), ("xl/\0", "x")];
    assert_eq!(read(&book(&climbing)).1, [["Dupont"]]);
    let out = RELATED.replace("worksheets/sheet1.xml", "../../../../etc/hostname");
    assert_eq!(stopped(&book(&[("xl/_rels/workbook.xml.rels", &out)])), Code::WorkbookDamaged);
}

#[test]
fn other_kinds_of_workbook_are_named() {
    let ole = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
    let binary = ROOTS.replace("workbook.xml", "workbook.bin");
    let letter = "<w:document/>";
    let mut encrypted = book(&[]);
    let entry = directory_entry(&encrypted, "xl/workbook.xml");
    encrypted[entry + 8] |= 1;
    for bytes in [
        ole,
        book(&[("_rels/.rels", &binary), ("xl/workbook.bin", "x")]),
        book(&[("xl/workbook.xml", letter)]),
        archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")], deflated()),
        archive(&[], deflated()),
        encrypted,
    ] {
        assert_eq!(stopped(&bytes), Code::WorkbookKind);
    }
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let whole = book(&[]);
    for length in 4..whole.len() {
        let code = stopped(&whole[..length]);
        assert_eq!(code, Code::WorkbookDamaged, "cut to {length} of {}", whole.len());
    }
}

#[test]
fn a_part_that_is_not_what_its_sum_says_is_refused_however_late() {
    let mut wrong = book(&[]);
    let entry = directory_entry(&wrong, "xl/worksheets/sheet1.xml");
    wrong[entry + 16] ^= 1;
    assert_eq!(stopped(&wrong), Code::WorkbookDamaged);
    // A part that unpacks to more than it declares.
    let mut lying = book(&[]);
    lying[entry + 24] -= 1;
    assert_eq!(stopped(&lying), Code::WorkbookDamaged);
}

#[test]
fn bombs_are_refused_before_they_are_held() {
    let filler = sheet(&format!("<x a=\"{}\"/>", "0".repeat(60_000)).repeat(1_200));
    let entities = "<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\">\
                    <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
    let text = format!("<si><t>{}</t></si>", "x".repeat(60_000));
    let long = "y".repeat(MAX_XML_EVENT_BYTES + TABLE_BUFFER_BYTES);
    for (part, content, code) in [
        ("xl/worksheets/sheet1.xml", filler, Code::WorkbookTooLarge),
        ("xl/sharedStrings.xml", entities.to_owned(), Code::WorkbookDamaged),
        ("xl/sharedStrings.xml", "<sst><si><t>&b;</t></si></sst>".to_owned(), Code::WorkbookDamaged),
        ("xl/sharedStrings.xml", format!("<sst>{}</sst>", text.repeat(1_700)), Code::WorkbookTooLarge),
        (
            "xl/sharedStrings.xml",
            format!("<sst>{}</sst>", "<si/>".repeat(MAX_SHARED_TEXTS + 1)),
            Code::WorkbookTooLarge,
        ),
        ("xl/workbook.xml", format!("<workbook a=\"{long}\"/>"), Code::WorkbookTooLarge),
        ("xl/workbook.xml", format!("<workbook><!-- {long} --></workbook>"), Code::WorkbookTooLarge),
        ("xl/worksheets/sheet1.xml", sheet(&format!("<row><c><v>{long}</v></c></row>")), Code::WorkbookTooLarge),
        ("xl/worksheets/sheet1.xml", sheet(&"<a>".repeat(1_000)), Code::WorkbookDamaged),
        ("xl/worksheets/sheet1.xml", sheet(&"<row/>".repeat(1_048_577)), Code::WorkbookDamaged),
    ] {
        assert_eq!(stopped(&book(&[(part, &content)])), code, "{part} {}", &content[..40]);
    }
}

#[test]
fn a_part_or_directory_that_declares_too_much_is_not_unpacked() {
    let mut huge = book(&[]);
    let entry = directory_entry(&huge, "xl/worksheets/sheet1.xml");
    huge[entry + 24..entry + 28].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
    assert_eq!(stopped(&huge), Code::WorkbookTooLarge);
    let names: Vec<String> = (0..=MAX_ARCHIVE_ENTRIES).map(|number| format!("{number}")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(stopped(&archive(&many, deflated())), Code::WorkbookTooLarge);
    // An end of the archive that claims a directory where none can be.
    let whole = book(&[]);
    let end = whole.len() - 22;
    for (at, bytes) in [(end + 12, [0xff; 4]), (end + 16, [0xff; 4]), (end + 12, [0; 4]), (end + 16, [1, 0, 0, 0])] {
        let mut wrong = whole.clone();
        wrong[at..at + 4].copy_from_slice(&bytes);
        assert_eq!(stopped(&wrong), Code::WorkbookDamaged);
    }
}

#[test]
fn parts_that_lack_what_they_lead_to_are_damage() {
    let relations: String = (0..=MAX_ARCHIVE_ENTRIES)
        .map(|number| format!("<Relationship Id=\"{number}\" Type=\"http://x/image\" Target=\"x\"/>"))
        .collect();
    for (part, text) in [
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"S\" r:id=\"r9\"/></sheets></workbook>"),
        (
            "xl/workbook.xml",
            &format!("<workbook><sheets><sheet name=\"{}\" r:id=\"r1\"/></sheets></workbook>", "s".repeat(2_000)),
        ),
        ("xl/_rels/workbook.xml.rels", &format!("<Relationships>{}</Relationships>", relations)),
        ("xl/worksheets/sheet1.xml", "<worksheet/>"),
        ("xl/worksheets/sheet1.xml", ""),
        ("xl/worksheets/sheet1.xml", "not xml at all"),
        ("xl/workbook.xml", "<workbook><sheets>"),
    ] {
        assert_eq!(stopped(&book(&[(part, text)])), Code::WorkbookDamaged, "{part} {text}");
    }
    assert_eq!(stopped(&book(&[("xl/workbook.xml", "<workbook/>")])), Code::FileEmpty);
    // Without shared texts only the cells that need them are refused.
    let bytes = book(&[
        ("xl/sharedStrings.xml", "<sst/>"),
        ("xl/worksheets/sheet1.xml", &sheet("<row><c><v>1</v></c></row><row><c t=\"s\"><v>0</v></c></row>")),
    ]);
    let row = open(&bytes).unwrap().next().unwrap().unwrap();
    assert_eq!(row.cells.unwrap_err().refusal.code, Code::WorkbookDamaged);
}

#[test]
fn no_bytes_make_it_panic() {
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let sound = [
        archive(
            &parts(&[("xl/styles.xml", styles)]),
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored),
        ),
        book(&[("xl/styles.xml", styles)]),
    ];
    const PIECES: [&str; 12] =
        ["<", ">", "/", "\"", "&", "&#0;", "]]>", "<c ", "r=\"A9999999\"", "\0", "\u{feff}", "<!--"];
    let (mut opened, mut refused) = (0, 0);
    for seed in 1..=4_000_u64 {
        let mut draws = Draws::of_seed(seed);
        let mut bytes = sound[draws.below(2)].clone();
        for _ in 0..=draws.below(4) {
            let at = draws.below(bytes.len());
            match draws.below(3) {
                0 => bytes[at] ^= 1 << draws.below(8),
                1 => bytes[at] = u8::MAX,
                _ => {
                    let piece = draws.pick(&PIECES).as_bytes();
                    let end = bytes.len().min(at + piece.len());
                    bytes[at..end].copy_from_slice(&piece[..end - at]);
                }
            }
        }
        // What is changed within a part is parsed first; its sum is looked at when it ends.
        match open(&bytes) {
            Ok(reader) => {
                opened += 1;
                reader.filter_map(Result::err).for_each(|failed| drop(refusal(failed)));
            }
            Err(_) => refused += 1,
        }
    }
    assert!(opened > 100 && refused > 100, "{opened} opened, {refused} refused");
}
