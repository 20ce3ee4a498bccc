//! From bytes to text, a buffer at a time: UTF-8 with or without a byte order mark, UTF-16 with one, and else
//! Windows-1252, of which Latin-1 is a part in practice. Which of them is told by one pass over the whole file before
//! it is read: a guess from its beginning would turn wrong at the first accent on a late page. Never refuses a file: a
//! wrong guess shows in the dry run, where a person sees it.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, WINDOWS_1252};

use crate::limits::TABLE_BUFFER_BYTES;

/// Room for the text of one buffer: no encoding here gives more than three bytes of UTF-8 for one of its own.
const TEXT_BUFFER_BYTES: usize = 3 * TABLE_BUFFER_BYTES + 16;

/// The text of a file, of which one buffer is held.
pub(super) struct Text<R> {
    input: R,
    decoder: Decoder,
    raw: Box<[u8]>,
    /// What of `raw` is not decoded yet.
    raw_at: usize,
    raw_end: usize,
    input_ended: bool,
    /// UTF-8, cut between characters.
    text: Box<[u8]>,
    at: usize,
    end: usize,
    ended: bool,
}

impl<R: Read + Seek> Text<R> {
    /// The text of an input, from its beginning.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut raw = vec![0; TABLE_BUFFER_BYTES].into_boxed_slice();
        input.rewind()?;
        let beginning = fill(&mut input, &mut raw)?;
        let (encoding, mark_bytes) = match Encoding::for_bom(&raw[..beginning]) {
            Some(found) => found,
            None if is_utf8(&mut input, &mut raw, beginning)? => (UTF_8, 0),
            None => (WINDOWS_1252, 0),
        };
        input.seek(SeekFrom::Start(mark_bytes as u64))?;
        Ok(Self {
            input,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw,
            raw_at: 0,
            raw_end: 0,
            input_ended: false,
            text: vec![0; TEXT_BUFFER_BYTES].into_boxed_slice(),
            at: 0,
            end: 0,
            ended: false,
        })
    }
}

impl<R: Read> Text<R> {
    /// What is at hand of the text; empty at its end only.
    pub fn rest(&mut self) -> io::Result<&[u8]> {
        while self.at == self.end && !self.ended {
            self.decode_more()?;
        }
        Ok(&self.text[self.at..self.end])
    }

    /// The next byte.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.rest()?.first().copied())
    }

    /// Passes bytes of [`Self::rest`].
    pub fn pass(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.end);
    }

    fn decode_more(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw_end && !self.input_ended {
            self.raw_at = 0;
            self.raw_end = fill(&mut self.input, &mut self.raw)?;
            self.input_ended = self.raw_end < self.raw.len();
        }
        let raw = &self.raw[self.raw_at..self.raw_end];
        let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.input_ended);
        self.raw_at += read;
        (self.at, self.end) = (0, written);
        self.ended = self.input_ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

/// Reads until the buffer is full or the input ends; how many bytes.
pub(super) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Whether all of the input is UTF-8, its first `filled` bytes being in the buffer.
fn is_utf8(input: &mut impl Read, buffer: &mut [u8], mut filled: usize) -> io::Result<bool> {
    loop {
        let cut = match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => 0,
            // The last character may go on in the next buffer.
            Err(error) if error.error_len().is_none() => filled - error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        buffer.copy_within(filled - cut..filled, 0);
        let more = fill(input, &mut buffer[cut..])?;
        if more == 0 {
            return Ok(cut == 0);
        }
        filled = cut + more;
    }
}

/// The delimiter that the first line uses most, outside quotation marks; a comma when it has one column.
pub(super) fn sniff_delimiter(text: &[u8]) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0_u32), (b';', 0), (b'\t', 0)]);
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => counts.iter_mut().filter(|(delimiter, _)| delimiter == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // The first of equals wins; `max_by_key` would take the last.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Cursor;

    use super::*;

    fn decode(bytes: &[u8]) -> String {
        let mut text = Text::new(Cursor::new(bytes)).unwrap();
        let mut all = Vec::new();
        loop {
            let part = text.rest().unwrap().to_vec();
            if part.is_empty() {
                return String::from_utf8(all).unwrap();
            }
            text.pass(part.len());
            all.extend(part);
        }
    }

    #[test]
    fn every_usual_encoding_is_read() {
        // Longer than a buffer, and shifted, so that characters are cut by its end.
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"name\nŒuvre é €\n".repeat(TABLE_BUFFER_BYTES / 8);
            let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
            };
            assert_eq!(decode(text.as_bytes()), text);
            assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
            assert_eq!(decode(&utf16(u16::to_le_bytes)), text);
            assert_eq!(decode(&utf16(u16::to_be_bytes)), text);
            assert_eq!(decode(&WINDOWS_1252.encode(&text).0), text);
        }
        assert_eq!(decode(b""), "");
    }

    #[test]
    fn the_first_wrong_byte_decides_however_late() {
        let mut bytes = "a".repeat(3 * TABLE_BUFFER_BYTES).into_bytes();
        bytes.push(0xe9);
        assert!(decode(&bytes).ends_with("aé"));
        bytes.extend("é".as_bytes());
        assert!(decode(&bytes).ends_with("aéÃ©"));
    }

    #[test]
    fn the_delimiter_is_the_headers() {
        assert_eq!(sniff_delimiter(b"a,b;c,d\n;;;;"), b',');
        assert_eq!(sniff_delimiter(b"a;b;\"x,y,z\"\n"), b';');
        assert_eq!(sniff_delimiter(b"a\tb\r\n,,,"), b'\t');
        assert_eq!(sniff_delimiter(b"a\n"), b',');
        assert_eq!(sniff_delimiter(b""), b',');
    }
}
