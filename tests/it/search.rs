//! A search for texts in a directory of databases: in the bytes of every file as they lie there, in every text and blob of every
//! table, and in all that decompresses from either (zstd, at every place where a frame may begin). It reads copies, so that
//! looking changes nothing.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;

use rusqlite::types::ValueRef;

/// Texts shorter than this occur in random bytes by chance.
pub const SHORTEST_BYTES: usize = 8;
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// What is read of one frame; a bomb is not our subject.
const MOST_FRAME_BYTES: u64 = 64 * 1024 * 1024;

/// The texts that are looked for, by their first bytes.
pub struct Search<'a> {
    by_beginning: HashMap<[u8; SHORTEST_BYTES], Vec<&'a str>>,
    found: BTreeSet<&'a str>,
    frames: usize,
}

impl<'a> Search<'a> {
    /// Looks for these, less those that are too short.
    pub fn new(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_beginning: HashMap<_, Vec<&str>> = HashMap::new();
        for text in texts.into_iter().filter(|text| text.len() >= SHORTEST_BYTES) {
            let beginning = text.as_bytes().first_chunk().unwrap();
            let same = by_beginning.entry(*beginning).or_default();
            if !same.contains(&text) {
                same.push(text);
            }
        }
        Self { by_beginning, found: BTreeSet::new(), frames: 0 }
    }

    /// How many different texts are looked for.
    pub fn wanted(&self) -> usize {
        self.by_beginning.values().map(Vec::len).sum()
    }

    /// Those that were found.
    pub fn found(&self) -> &BTreeSet<&'a str> {
        &self.found
    }

    /// How many compressed frames were opened on the way.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Every file of a directory, and every table of every database in it.
    pub fn directory(&mut self, dir: &Path) {
        let copy = tempfile::tempdir().unwrap();
        let mut databases = Vec::new();
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_file() {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            self.bytes(&bytes);
            let copied = copy.path().join(path.file_name().unwrap());
            std::fs::write(&copied, &bytes).unwrap();
            if bytes.starts_with(b"SQLite format 3\0") {
                databases.push(copied);
            }
        }
        for database in databases {
            self.database(&database);
        }
    }

    /// Every text and blob of every table. The database's WAL lies beside it and is read with it.
    fn database(&mut self, path: &Path) {
        let connection = rusqlite::Connection::open(path).unwrap();
        let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
        let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for table in tables {
            // A table that full-text search keeps for itself may not let itself be read; its bytes were looked at above.
            let Ok(mut statement) = connection.prepare(&format!("SELECT * FROM \"{table}\"")) else { continue };
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Ok(Some(row)) = rows.next() {
                for column in 0..columns {
                    if let Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = row.get_ref(column) {
                        self.bytes(bytes);
                    }
                }
            }
        }
    }

    /// Bytes as they are, and what decompresses from them.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.plain(bytes);
        for start in 0..bytes.len().saturating_sub(ZSTD_MAGIC.len()) {
            if bytes[start..].starts_with(&ZSTD_MAGIC) {
                let mut content = Vec::new();
                let decoder = zstd::stream::read::Decoder::new(&bytes[start..]).unwrap().single_frame();
                // A frame that breaks off or is none gives what it gives until there.
                let whole = decoder.take(MOST_FRAME_BYTES).read_to_end(&mut content).is_ok();
                self.frames += usize::from(whole && !content.is_empty());
                self.plain(&content);
            }
        }
    }

    fn plain(&mut self, bytes: &[u8]) {
        for (start, beginning) in bytes.windows(SHORTEST_BYTES).enumerate() {
            let Some(texts) = beginning.first_chunk().and_then(|beginning| self.by_beginning.get(beginning)) else {
                continue;
            };
            self.found.extend(texts.iter().filter(|text| bytes[start..].starts_with(text.as_bytes())));
        }
    }
}

#[test]
fn the_search_finds_plain_compressed_and_in_a_database() {
    let texts = ["12, rue Saint-Anne", "awa@example.sn", "Établissements Diop", "short", "not anywhere"];
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.log"), "x12, rue Saint-Annex").unwrap();
    let connection = rusqlite::Connection::open(dir.path().join("b.sqlite")).unwrap();
    connection.execute_batch("PRAGMA journal_mode = wal; CREATE TABLE t (a, b)").unwrap();
    let mut packed = b"before".to_vec();
    packed.extend(zstd::bulk::compress("..awa@example.sn..".repeat(500).as_bytes(), 3).unwrap());
    // Longer than a page: in the file it lies in pieces, whole only in the column.
    let long = format!("{}Établissements Diop", "é".repeat(10_000));
    connection.execute("INSERT INTO t VALUES (?1, ?2)", rusqlite::params![packed, long]).unwrap();
    let mut search = Search::new(texts);
    search.directory(dir.path());
    assert_eq!(search.wanted(), 4, "what is too short is not looked for");
    let found: Vec<&str> = search.found().iter().copied().collect();
    assert_eq!(found, ["12, rue Saint-Anne", "awa@example.sn", "Établissements Diop"]);
    assert!(search.frames() > 0);
}
