//! Writing CSV (RFC 4180, UTF-8, a comma, `\r\n`): quoting is the csv crate's, formulas are escaped here.
//! Owns no column's meaning.

use std::io::Write;

use super::formula::escape;

/// Writes the names of the columns.
///
/// # Errors
/// What the writer refuses.
pub fn write_header<W: Write>(writer: &mut csv::Writer<W>, columns: &[&str]) -> Result<(), csv::Error> {
    writer.write_record(columns)
}

/// Writes one row.
///
/// # Errors
/// What the writer refuses.
pub fn write_row<W: Write>(writer: &mut csv::Writer<W>, cells: &[&str]) -> Result<(), csv::Error> {
    cells.iter().try_for_each(|cell| writer.write_field(escape(cell).as_bytes()))?;
    writer.write_record(None::<&[u8]>)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::read_table;
    use super::*;

    #[test]
    fn f34_what_was_written_reads_as_it_was() {
        let rows = [["=cmd|' /C calc'!A0", "a,b;c", "say \"hi\""], ["+33 1", "line\nbreak", ""], ["'=1", "-", "@x"]];
        let mut writer = csv::Writer::from_writer(Vec::new());
        write_header(&mut writer, &["a", "b", "c"]).unwrap();
        rows.iter().for_each(|row| write_row(&mut writer, row).unwrap());
        let bytes = writer.into_inner().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains("'=cmd") && text.contains("'+33") && text.contains("''=1"), "{text}");
        let (_, read) = read_table(&bytes).unwrap();
        let read: Vec<Vec<String>> = read.into_iter().map(|row| row.cells.unwrap()).collect();
        assert_eq!(read, rows.map(|row| row.map(str::to_owned).to_vec()));
    }
}
