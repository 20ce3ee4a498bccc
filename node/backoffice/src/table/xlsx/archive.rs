//! The archive that an XLSX file is: finds its parts in the directory at the end and unpacks one as a stream. Names are
//! keys of a map and nothing else: no part ever becomes a file, whatever path it claims. Bounds the directory, the
//! number of parts, what a part says it unpacks to and what it does unpack to; checks the sum at its end. Follows
//! PKWARE's APPNOTE 6.3.10: sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::limits::{
    FREE_PART_BYTES, MAX_ARCHIVE_DIRECTORY_BYTES, MAX_ARCHIVE_ENTRIES, MAX_PART_BYTES, MAX_UNPACKED_RATIO,
};
use crate::refusal::{Code, Refusal};
use crate::table::failed::ReadFailed;

/// The end of the directory with the longest comment that it may have.
const END_AND_COMMENT_BYTES: u64 = 22 + 65_535;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Flag: the part is encrypted.
const ENCRYPTED: u16 = 1;
/// Stands for a number that is in the ZIP64 field.
const IN_ZIP64: u64 = 0xffff_ffff;

/// An archive and the places of its parts, under lower-case names.
pub struct Archive<R> {
    input: R,
    entries: HashMap<String, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    header_at: u64,
    packed_bytes: u64,
    unpacked_bytes: u64,
    crc: u32,
    method: u16,
    flags: u16,
}

/// The workbook is damaged in this part.
pub fn damaged(part: &str) -> Refusal {
    Refusal::new(Code::WorkbookDamaged).with("part", part)
}

fn too_large(part: &str, limit: impl ToString) -> Refusal {
    Refusal::new(Code::WorkbookTooLarge).with("part", part).with("limit", limit)
}

/// Numbers as they stand in an archive: little-endian, at a place.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.bytes(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Option<u64> {
        self.bytes(at).map(u32::from_le_bytes).map(u64::from)
    }

    fn u64(&self, at: usize) -> Option<u64> {
        self.bytes(at).map(u64::from_le_bytes)
    }

    fn is(&self, at: usize, mark: &[u8; 4]) -> bool {
        self.bytes(at).as_ref() == Some(mark)
    }
}

/// Where the directory is.
struct Directory {
    at: u64,
    bytes: u64,
    entries: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`Code::WorkbookDamaged`] without one that holds together, [`Code::WorkbookTooLarge`] beyond its bounds.
    pub fn open(mut input: R) -> Result<Self, ReadFailed> {
        let directory = find_directory(&mut input)?;
        let bytes = usize::try_from(directory.bytes).unwrap_or(usize::MAX);
        if directory.entries > MAX_ARCHIVE_ENTRIES as u64 || bytes > MAX_ARCHIVE_DIRECTORY_BYTES {
            return Err(too_large("parts", MAX_ARCHIVE_ENTRIES).into());
        }
        let mut read = vec![0; bytes];
        input.seek(SeekFrom::Start(directory.at))?;
        read_whole(&mut input, &mut read)?;
        let mut entries = HashMap::new();
        let mut at = 0;
        for _ in 0..directory.entries {
            let found = read_entry(&read, at).filter(|(_, entry, _)| entry.header_at < directory.at);
            let (name, entry, next) = found.ok_or_else(|| damaged("archive"))?;
            entries.insert(name, entry);
            at = next;
        }
        Ok(Self { input, entries })
    }

    /// A part, unpacked as it is read; `None` if there is no such part.
    ///
    /// # Errors
    /// A part that is encrypted, packed in a way that XLSX does not know, or says that it is too large.
    pub fn part(&mut self, name: &str) -> Result<Option<Part<&mut R>>, ReadFailed> {
        let Some(entry) = self.entries.get(&key(name)).copied() else { return Ok(None) };
        go_to_content(&mut self.input, entry, name)?;
        Ok(Some(Part::new(&mut self.input, entry, name)))
    }

    /// A part that takes the archive along.
    ///
    /// # Errors
    /// As [`Self::part`].
    pub fn into_part(mut self, name: &str) -> Result<Option<Part<R>>, ReadFailed> {
        let Some(entry) = self.entries.get(&key(name)).copied() else { return Ok(None) };
        go_to_content(&mut self.input, entry, name)?;
        Ok(Some(Part::new(self.input, entry, name)))
    }
}

/// Names compare without case, and some writers use the other slash.
fn key(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_lowercase()
}

/// Reads exactly that many bytes; the end of the file before is damage.
fn read_whole(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), ReadFailed> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("archive").into(),
        _ => ReadFailed::Io(error),
    })
}

fn find_directory<R: Read + Seek>(input: &mut R) -> Result<Directory, ReadFailed> {
    let length = input.seek(SeekFrom::End(0))?;
    let tail_bytes = length.min(END_AND_COMMENT_BYTES + 20);
    let tail_at = length - tail_bytes;
    let mut tail = vec![0; usize::try_from(tail_bytes).expect("invariant: below 66 kB")];
    input.seek(SeekFrom::Start(tail_at))?;
    read_whole(input, &mut tail)?;
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06").ok_or_else(|| damaged("archive"))?;
    let fields = Fields(&tail[end..]);
    let directory = || {
        let comment = usize::from(fields.u16(20)?);
        fields.0.get(..22 + comment)?;
        Some(Directory { entries: fields.u16(10)?.into(), bytes: fields.u32(12)?, at: fields.u32(16)? })
    };
    let mut directory = directory().ok_or_else(|| damaged("archive"))?;
    if let Some(locator) = end.checked_sub(20).filter(|at| Fields(&tail).is(*at, b"PK\x06\x07")) {
        let at = Fields(&tail).u64(locator + 8).filter(|at| *at < length).ok_or_else(|| damaged("archive"))?;
        let mut record = [0; 56];
        input.seek(SeekFrom::Start(at))?;
        read_whole(input, &mut record)?;
        let fields = Fields(&record);
        let read = || Some(Directory { entries: fields.u64(32)?, bytes: fields.u64(40)?, at: fields.u64(48)? });
        directory = read().filter(|_| fields.is(0, b"PK\x06\x06")).ok_or_else(|| damaged("archive"))?;
    }
    match directory.at.checked_add(directory.bytes) {
        Some(directory_end) if directory_end <= tail_at + end as u64 => Ok(directory),
        _ => Err(damaged("archive").into()),
    }
}

/// One entry of the directory, and where the next begins.
fn read_entry(directory: &[u8], at: usize) -> Option<(String, Entry, usize)> {
    let fields = Fields(directory.get(at..)?);
    if !fields.is(0, b"PK\x01\x02") {
        return None;
    }
    let length = |at| fields.u16(at).map(usize::from);
    let (name_bytes, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let mut entry = Entry {
        flags: fields.u16(8)?,
        method: fields.u16(10)?,
        crc: u32::try_from(fields.u32(16)?).ok()?,
        packed_bytes: fields.u32(20)?,
        unpacked_bytes: fields.u32(24)?,
        header_at: fields.u32(42)?,
    };
    read_zip64(fields.0.get(46 + name_bytes..46 + name_bytes + extra)?, &mut entry)?;
    let name = String::from_utf8_lossy(fields.0.get(46..46 + name_bytes)?);
    Some((key(&name), entry, at + 46 + name_bytes + extra + comment))
}

/// Takes the numbers that do not fit into 32 bits from the entry's extra fields.
fn read_zip64(mut extra: &[u8], entry: &mut Entry) -> Option<()> {
    while extra.len() >= 4 {
        let fields = Fields(extra);
        let length = usize::from(fields.u16(2)?);
        if fields.u16(0)? == 1 {
            let mut at = 4;
            for number in [&mut entry.unpacked_bytes, &mut entry.packed_bytes, &mut entry.header_at] {
                if *number == IN_ZIP64 {
                    *number = Fields(extra.get(..4 + length)?).u64(at)?;
                    at += 8;
                }
            }
        }
        extra = extra.get(4 + length..)?;
    }
    Some(())
}

/// Goes to where the packed bytes begin.
fn go_to_content<R: Read + Seek>(input: &mut R, entry: Entry, part: &str) -> Result<(), ReadFailed> {
    if entry.flags & ENCRYPTED != 0 {
        return Err(Refusal::new(Code::WorkbookKind).into());
    }
    if !matches!(entry.method, STORED | DEFLATED) {
        return Err(damaged(part).into());
    }
    if entry.unpacked_bytes > MAX_PART_BYTES {
        return Err(too_large(part, MAX_PART_BYTES).into());
    }
    let mut header = [0; 30];
    input.seek(SeekFrom::Start(entry.header_at))?;
    read_whole(input, &mut header)?;
    let fields = Fields(&header);
    let start = || Some(entry.header_at + 30 + u64::from(fields.u16(26)?) + u64::from(fields.u16(28)?));
    let start = start().filter(|_| fields.is(0, b"PK\x03\x04")).ok_or_else(|| damaged(part))?;
    input.seek(SeekFrom::Start(start))?;
    Ok(())
}

/// A part being unpacked. Refusals come out as [`io::Error`]s that hold them.
pub struct Part<R: Read> {
    packed: Packed<R>,
    entry: Entry,
    name: String,
    crc: Crc,
    unpacked_bytes: u64,
}

enum Packed<R: Read> {
    Stored(Take<R>),
    Deflated(Box<DeflateDecoder<Take<R>>>),
}

impl<R: Read> Part<R> {
    fn new(input: R, entry: Entry, name: &str) -> Self {
        let taken = input.take(entry.packed_bytes);
        let packed = match entry.method {
            STORED => Packed::Stored(taken),
            _ => Packed::Deflated(Box::new(DeflateDecoder::new(taken))),
        };
        Self { packed, entry, name: name.to_owned(), crc: Crc::new(), unpacked_bytes: 0 }
    }
}

impl<R: Read> Read for Part<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.packed {
            Packed::Stored(input) => input.read(buffer),
            Packed::Deflated(input) => input.read(buffer),
        };
        let bytes = read.map_err(|error| match error.kind() {
            // What the decoder says of a stream that breaks its format or ends too soon.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                io::Error::other(damaged(&self.name))
            }
            _ => error,
        })?;
        self.crc.update(&buffer[..bytes]);
        self.unpacked_bytes += bytes as u64;
        if self.unpacked_bytes > self.entry.unpacked_bytes {
            // More than it declares: only a lie gets here.
            return Err(io::Error::other(damaged(&self.name)));
        }
        let most = FREE_PART_BYTES.max(self.entry.packed_bytes.saturating_mul(MAX_UNPACKED_RATIO));
        if self.unpacked_bytes > most {
            return Err(io::Error::other(too_large(&self.name, most)));
        }
        let ended = bytes == 0 && !buffer.is_empty();
        if ended && (self.unpacked_bytes, self.crc.sum()) != (self.entry.unpacked_bytes, self.entry.crc) {
            return Err(io::Error::other(damaged(&self.name)));
        }
        Ok(bytes)
    }
}
