//! Reading a stream of server-sent events as its bytes come. Owns where one event ends; never what it says.

use crate::limits::MAX_EVENT_BYTES;

/// The part of a stream that was not read yet.
#[derive(Debug, Default)]
pub struct Frames {
    line: Vec<u8>,
    content: String,
}

/// An event that is larger than any of ours: the stream is not one of them.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is larger than {MAX_EVENT_BYTES} bytes")]
pub struct TooLarge;

impl Frames {
    /// Takes bytes as they came; gives the contents of the events that they complete.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLarge> {
        let mut whole = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.len() + self.content.len() > MAX_EVENT_BYTES {
                return Err(TooLarge);
            }
            if part.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
                whole.extend(self.line_ends(line.trim_end_matches(['\r', '\n'])));
            }
        }
        Ok(whole)
    }

    /// An empty line ends an event; comments and other fields than `data` say nothing here.
    fn line_ends(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            return Some(std::mem::take(&mut self.content)).filter(|content| !content.is_empty());
        }
        if let Some(data) = line.strip_prefix("data:") {
            if !self.content.is_empty() {
                self.content.push('\n');
            }
            self.content.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_the_bytes_are_cut() {
        let stream = "event: status\ndata: {\"event\":\"status\"}\n\n:\n\ndata: a\ndata: é\r\n\r\n";
        for size in 1..stream.len() {
            let mut frames = Frames::default();
            let pieces = stream.as_bytes().chunks(size);
            let read: Vec<String> = pieces.flat_map(|piece| frames.take(piece).unwrap_or_default()).collect();
            assert_eq!(read, ["{\"event\":\"status\"}", "a\né"], "in pieces of {size}");
        }
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut frames = Frames::default();
        assert_eq!(frames.take(&vec![b'x'; MAX_EVENT_BYTES]), Ok(vec![]));
        assert_eq!(frames.take(b"x"), Err(TooLarge));
    }
}
