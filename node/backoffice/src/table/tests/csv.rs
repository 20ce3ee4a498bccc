//! CSV read row by row: held against the csv crate, at the bounds, and at a size that no memory should hold.

use std::io::{self, Read, Seek, SeekFrom};

use super::*;
use crate::limits::{MAX_CELL_BYTES, MAX_IMPORT_BYTES, MAX_IMPORT_COLUMNS, MAX_IMPORT_ROWS, TABLE_BUFFER_BYTES};
use crate::table::formula::unescape;

fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
    let rows = open(text.as_bytes()).unwrap().map(Result::unwrap);
    rows.map(|row| (row.line, row.cells.unwrap())).collect()
}

fn first_refused(text: &[u8]) -> (u64, usize, Code) {
    let mut rows = open(text).unwrap().map(Result::unwrap);
    let (line, refused) = rows.find_map(|row| Some((row.line, row.cells.err()?))).unwrap();
    (line, refused.index, refused.refusal.code)
}

#[test]
fn a_row_is_named_by_the_line_on_which_it_begins() {
    let rows = rows("\r\na;b\r\n1;\"x\r\ny \"\"z\"\"\"\r\n\r\n2;w\n\"3\";\n\"a\rb\n\rc\";4\r5;6");
    let found: Vec<(u64, Vec<&str>)> =
        rows.iter().map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect())).collect();
    assert_eq!(
        found,
        [
            (3, vec!["1", "x\r\ny \"z\""]),
            (6, vec!["2", "w"]),
            (7, vec!["3", ""]),
            (8, vec!["a\rb\n\rc", "4"]),
            (12, vec!["5", "6"]),
        ]
    );
}

#[test]
fn an_unclosed_quote_is_noticed_where_it_opens() {
    assert_eq!(first_refused(b"a,b\n1,2\n3,\"4\n5,6\n"), (3, 1, Code::UnclosedQuote));
    let long = format!("a,b\n1,2\n3,\"4{}", "\nx".repeat(MAX_CELL_BYTES));
    assert_eq!(first_refused(long.as_bytes()), (3, 1, Code::UnclosedQuote));
}

#[test]
fn too_much_in_a_row_is_refused_and_the_next_row_is_read() {
    let large = "y".repeat(MAX_CELL_BYTES + 1);
    let most = "y".repeat(MAX_CELL_BYTES);
    let wide = "1,".repeat(MAX_IMPORT_COLUMNS) + "1";
    let heavy = vec![most.as_str(); 17].join(",");
    for (row, index, code) in [
        (format!("1,{large}"), 1, Code::CellTooLarge),
        (format!("\"{large}\""), 0, Code::CellTooLarge),
        (wide, MAX_IMPORT_COLUMNS, Code::TooMany),
        (heavy, 16, Code::RowTooLarge),
    ] {
        let text = format!("a\n{most}\n{row}\nx\n");
        let rows: Vec<Row> = open(text.as_bytes()).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows[0].cells.as_ref().unwrap()[0].len(), MAX_CELL_BYTES);
        let refused = rows[1].cells.as_ref().unwrap_err();
        assert_eq!((refused.index, refused.refusal.code), (index, code));
        assert_eq!((rows[2].line, rows[2].cells.as_ref().unwrap()), (4, &vec!["x".to_owned()]));
    }
}

#[test]
fn an_empty_file_and_a_header_that_cannot_be_told_are_refused() {
    for (text, code) in [
        ("", Code::FileEmpty),
        ("\r\n\n", Code::FileEmpty),
        ("\u{feff}", Code::FileEmpty),
        ("\"a", Code::UnclosedQuote),
        (&*"a,".repeat(MAX_IMPORT_COLUMNS + 1), Code::TooMany),
    ] {
        assert_eq!(open(text.as_bytes()).err().unwrap().code, code, "{text:?}");
    }
    let known = open(b"a\n1\n").unwrap();
    assert_eq!((known.form(), known.sheets().len(), known.sheet()), (Form::Csv, 0, None));
    let failed = TableReader::open_sheet(Cursor::new(b"a\n1\n"), "Sheet1").err().unwrap();
    assert_eq!(refusal(failed).code, Code::UnknownSheet);
}

#[test]
fn reads_what_the_csv_crate_writes_and_reads() {
    const PIECES: [&str; 11] = ["a", "é", "\"", ",", ";", "\n", "\r\n", " ", "x y", "'", "\t"];
    for seed in 1..=2_000_u64 {
        let mut draws = Draws::of_seed(seed);
        let delimiter = [b',', b';', b'\t'][draws.below(3)];
        let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["one", "two", "three"]).unwrap();
        for _ in 0..draws.below(6) {
            let mut cell = || (0..draws.below(5)).map(|_| draws.pick(&PIECES)).collect::<String>();
            writer.write_record([cell(), cell(), cell()]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut oracle = ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
        let expected: Vec<Vec<String>> =
            oracle.records().map(|row| row.unwrap().iter().map(|cell| unescape(cell).to_owned()).collect()).collect();
        assert_eq!(read(&bytes).1, expected, "seed {seed}");
    }
}

/// A file that is made as it is read: a header, then rows of this text. It notes how much was asked for at once.
struct Endless {
    row: &'static [u8],
    rows: usize,
    at: u64,
    most_asked_bytes: usize,
}

impl Endless {
    fn length(&self) -> u64 {
        (self.row.len() * (self.rows + 1)) as u64
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.most_asked_bytes = self.most_asked_bytes.max(buffer.len());
        let left = usize::try_from(self.length() - self.at).unwrap().min(buffer.len());
        let start = usize::try_from(self.at % self.row.len() as u64).unwrap();
        let turned = self.row[start..].iter().chain(self.row.iter().cycle());
        buffer[..left].iter_mut().zip(turned).for_each(|(to, from)| *to = *from);
        self.at += left as u64;
        Ok(left)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(0) => self.length(),
            other => panic!("{other:?} is not asked for"),
        };
        Ok(self.at)
    }
}

/// A file that fails after so many bytes.
struct Failing(Cursor<Vec<u8>>, u64);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.position() >= self.1 { Err(io::Error::other("disk")) } else { self.0.read(buffer) }
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_million_rows_pass_in_one_buffer() {
    let row = "C-000001;\"Aïda, NDiaye\";12, rue X;Dakar;SN;a@b.example;30;;;;;;;\r\n".as_bytes();
    let mut file = Endless { row, rows: MAX_IMPORT_ROWS, at: 0, most_asked_bytes: 0 };
    let mut reader = TableReader::open(&mut file).unwrap();
    let mut rows = 0_usize;
    for read in reader.by_ref() {
        let read = read.unwrap();
        rows += 1;
        assert_eq!(read.line, rows as u64 + 1);
        assert_eq!(read.cells.unwrap().len(), 14);
    }
    assert_eq!(rows, MAX_IMPORT_ROWS);
    assert!(file.most_asked_bytes <= TABLE_BUFFER_BYTES);
}

#[test]
fn rows_and_bytes_beyond_the_bounds_stop_the_reading() {
    let mut file = Endless { row: b"x\n", rows: MAX_IMPORT_ROWS + 1, at: 0, most_asked_bytes: 0 };
    let mut read: Vec<_> = TableReader::open(&mut file).unwrap().collect();
    assert_eq!(refusal(read.pop().unwrap().unwrap_err()).code, Code::TooManyRows);
    assert_eq!((read.len(), read.iter().filter(|row| row.is_err()).count()), (MAX_IMPORT_ROWS, 0));
    let file = Endless { row: b"x\n", rows: MAX_IMPORT_BYTES / 2, at: 0, most_asked_bytes: 0 };
    assert_eq!(refusal(TableReader::open(file).err().unwrap()).code, Code::FileTooLarge);
}

#[test]
fn a_disk_that_fails_on_the_way_is_told_apart_from_the_file() {
    let text = "a\n".repeat(TABLE_BUFFER_BYTES);
    let whole = Failing(Cursor::new(text.clone().into_bytes()), u64::MAX);
    assert!(TableReader::open(whole).unwrap().all(|row| row.is_ok()));
    // The one pass over the file finds it before a row is read.
    let failing = Failing(Cursor::new(text.into_bytes()), TABLE_BUFFER_BYTES as u64);
    assert!(matches!(TableReader::open(failing).err(), Some(ReadFailed::Io(_))));
    // A mark at its beginning spares that pass.
    let marked =
        Failing(Cursor::new(("\u{feff}".to_owned() + &"a\n".repeat(TABLE_BUFFER_BYTES)).into_bytes()), 65_536 + 3);
    let read: Vec<_> = TableReader::open(marked).unwrap().collect();
    assert!(matches!(read.last(), Some(Err(ReadFailed::Io(_)))));
    assert_eq!(read.iter().filter(|row| row.is_err()).count(), 1);
}
