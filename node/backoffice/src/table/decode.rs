//! From bytes to text: UTF-8 with or without a byte order mark, UTF-16 with one, and else Windows-1252, of which Latin-1
//! is a part in practice. Never fails: a wrong guess shows in the dry run, where a person sees it.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// The text of a file.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark_bytes..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The delimiter that the header uses most, outside quotation marks; a comma when it has one column.
pub fn sniff_delimiter(text: &str) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0_u32), (b';', 0), (b'\t', 0)]);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // The first of equals wins; `max_by_key` would take the last.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_is_read() {
        let text = "name\nŒuvre é\n";
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
        assert_eq!(decode(&utf16), text);
        assert_eq!(decode(b"name\n\x8cuvre \xe9\n"), text);
    }

    #[test]
    fn the_delimiter_is_the_headers() {
        assert_eq!(sniff_delimiter("a,b;c,d\n;;;;"), b',');
        assert_eq!(sniff_delimiter("a;b;\"x,y,z\"\n"), b';');
        assert_eq!(sniff_delimiter("a\tb\r\n,,,"), b'\t');
        assert_eq!(sniff_delimiter("a\n"), b',');
        assert_eq!(sniff_delimiter(""), b',');
    }
}
