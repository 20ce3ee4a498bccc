//! The XML of a part, event by event. Bounds each event and how deep elements nest; refuses document type definitions,
//! so that no entity is ever defined, let alone expanded. Knows no element's meaning.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::archive::damaged;
use crate::limits::{MAX_XML_EVENT_BYTES, MAX_XML_LEVELS, TABLE_BUFFER_BYTES};
use crate::refusal::{Code, Refusal};
use crate::table::failed::ReadFailed;

/// A part being parsed.
pub struct Xml<R: Read> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    part: String,
    levels: usize,
}

/// Lets so many bytes pass for each event, and at most a buffer more.
struct Bounded<R: Read> {
    inner: BufReader<R>,
    left_bytes: usize,
    part: String,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(buffer)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left_bytes == 0 {
            let refusal = Refusal::new(Code::WorkbookTooLarge).with("limit", MAX_XML_EVENT_BYTES);
            return Err(io::Error::other(refusal.with("part", &self.part)));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.left_bytes = self.left_bytes.saturating_sub(bytes);
        self.inner.consume(bytes);
    }
}

impl<R: Read> Xml<R> {
    /// Parses a part.
    pub fn new(input: R, part: &str) -> Self {
        let inner = BufReader::with_capacity(TABLE_BUFFER_BYTES, input);
        let mut reader = Reader::from_reader(Bounded { inner, left_bytes: 0, part: part.to_owned() });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), part: part.to_owned(), levels: 0 }
    }

    /// The next event. Comments and instructions are among them and mean nothing.
    pub fn next(&mut self) -> Result<Event<'_>, ReadFailed> {
        self.buffer.clear();
        self.reader.get_mut().left_bytes = MAX_XML_EVENT_BYTES;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => match Arc::into_inner(error) {
                Some(error) => ReadFailed::from(error),
                None => damaged(&self.part).into(),
            },
            _ => damaged(&self.part).into(),
        })?;
        match &event {
            Event::Start(_) => self.levels += 1,
            Event::End(_) => self.levels = self.levels.saturating_sub(1),
            _ => {}
        }
        let cut_short = matches!(event, Event::Eof) && self.levels > 0;
        if self.levels > MAX_XML_LEVELS || cut_short || matches!(event, Event::DocType(_)) {
            return Err(damaged(&self.part).into());
        }
        Ok(event)
    }

    /// Passes all to the end of the element that began last.
    pub fn skip(&mut self) -> Result<(), ReadFailed> {
        let mut levels = 1_usize;
        while levels > 0 {
            match self.next()? {
                Event::Start(_) => levels += 1,
                Event::End(_) => levels -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// Passes all to the end of the part, where its sum is checked.
    pub fn finish(&mut self) -> Result<(), ReadFailed> {
        while !matches!(self.next()?, Event::Eof) {}
        Ok(())
    }

    /// Adds the text of the element that began last, without that of elements in it, and passes its end.
    /// False, and nothing more is kept, once there is more than `most_bytes`.
    pub fn text(&mut self, into: &mut String, most_bytes: usize) -> Result<bool, ReadFailed> {
        let (mut levels, mut fits) = (1_usize, true);
        loop {
            let part = match self.next()? {
                Event::Start(_) => {
                    levels += 1;
                    continue;
                }
                Event::End(_) if levels == 1 => return Ok(fits),
                Event::End(_) => {
                    levels -= 1;
                    continue;
                }
                Event::Text(text) => text.xml10_content(),
                Event::CData(text) => text.xml10_content(),
                Event::GeneralRef(reference) => match resolve(&reference) {
                    Some(character) => Cow::Owned(character.to_string()),
                    None => return Err(damaged(&self.part).into()),
                },
                // `next` refuses an end of the part within an element.
                _ => continue,
            };
            if levels > 1 {
                continue;
            }
            fits &= into.len() + part.len() <= most_bytes;
            if fits {
                into.push_str(&part);
            }
        }
    }

    /// Adds the runs of a text (`si`, `is`) that began last, and passes its end; what is only a reading aid (`rPh`) is
    /// left out. False as [`Self::text`] has it.
    pub fn rich_text(&mut self, into: &mut String, most_bytes: usize) -> Result<bool, ReadFailed> {
        let (mut levels, mut fits) = (1_usize, true);
        let mut run = String::new();
        loop {
            match self.next()? {
                Event::Start(start) if start.local_name().as_ref() == "rPh" => self.skip()?,
                Event::Start(start) if start.local_name().as_ref() == "t" => {
                    let preserved = attribute(&start, "space").is_some_and(|value| value == "preserve");
                    run.clear();
                    fits &= self.text(&mut run, most_bytes)?;
                    let kept = if preserved { run.as_str() } else { run.trim_matches([' ', '\t', '\r', '\n']) };
                    fits &= into.len() + kept.len() <= most_bytes;
                    if fits {
                        into.push_str(kept);
                    }
                }
                Event::Start(_) => levels += 1,
                Event::End(_) if levels == 1 => return Ok(fits),
                Event::End(_) => levels -= 1,
                _ => {}
            }
        }
    }
}

/// The value of an attribute, whatever prefix its name has; what it says when its entities are known to nobody.
pub fn attribute<'a>(start: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let attributes = &mut start.attributes();
    let mut known = attributes.with_checks(false).filter_map(Result::ok);
    let found = known.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    match quick_xml::escape::unescape(&found.value) {
        Ok(value) => Some(Cow::Owned(value.into_owned())),
        Err(_) => Some(found.value),
    }
}

/// The five entities of XML itself, and characters by number.
fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    match reference.as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}
