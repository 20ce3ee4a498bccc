//! The texts that the cells of a workbook share (`sharedStrings.xml`), held in one piece while a sheet is read, under
//! bounds on their length and number.

use std::io::Read;

use quick_xml::events::Event;

use super::escape::unescape_units;
use super::xml::Xml;
use crate::limits::{MAX_CELL_BYTES, MAX_SHARED_TEXT_BYTES, MAX_SHARED_TEXTS};
use crate::refusal::{Code, Refusal};
use crate::table::failed::ReadFailed;

/// Texts by number.
#[derive(Default)]
pub struct SharedTexts {
    all: String,
    /// Where each ends, with a mark on one that was larger than a cell may be.
    ends: Vec<u32>,
}

/// Marks, in an end, a text that was too large to keep.
const TOO_LARGE: u32 = 1 << 31;

impl SharedTexts {
    /// Reads the part.
    ///
    /// # Errors
    /// [`Code::WorkbookTooLarge`] beyond the bounds, and what the archive refuses.
    pub fn read(input: impl Read, part: &str) -> Result<Self, ReadFailed> {
        let mut xml = Xml::new(input, part);
        let (mut texts, mut text) = (Self::default(), String::new());
        loop {
            match xml.next()? {
                Event::Start(start) if start.local_name().as_ref() == "si" => {
                    text.clear();
                    let fits = xml.rich_text(&mut text, MAX_CELL_BYTES)?;
                    texts.push(fits.then(|| unescape_units(&text)).as_deref(), part)?;
                }
                Event::Eof => return Ok(texts),
                _ => {}
            }
        }
    }

    fn push(&mut self, text: Option<&str>, part: &str) -> Result<(), Refusal> {
        let refuse = |limit| Refusal::new(Code::WorkbookTooLarge).with("part", part).with("limit", limit);
        if self.ends.len() == MAX_SHARED_TEXTS {
            return Err(refuse(MAX_SHARED_TEXTS));
        }
        if self.all.len() + text.unwrap_or_default().len() > MAX_SHARED_TEXT_BYTES {
            return Err(refuse(MAX_SHARED_TEXT_BYTES));
        }
        self.all.push_str(text.unwrap_or_default());
        let end = u32::try_from(self.all.len()).expect("invariant: the bound on all texts is below 2^31");
        self.ends.push(if text.is_some() { end } else { end | TOO_LARGE });
        Ok(())
    }

    /// A text; `Err` says that it was too large to keep.
    pub fn get(&self, index: usize) -> Option<Result<&str, ()>> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] & !TOO_LARGE);
        let text = self.all.get(start as usize..(end & !TOO_LARGE) as usize)?;
        Some(if end & TOO_LARGE == 0 { Ok(text) } else { Err(()) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Result<SharedTexts, ReadFailed> {
        SharedTexts::read(text.as_bytes(), "sharedStrings.xml")
    }

    #[test]
    fn runs_are_joined_and_reading_aids_left_out() {
        let texts = read(
            "<sst><si><t>a&amp;b&#233;</t></si><si/><si><r><rPr><b/></rPr><t xml:space=\"preserve\">x </t></r>\
             <r><t> y </t></r></si>\
             <si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></si><si><t>_x000D_</t></si></sst>",
        )
        .unwrap();
        let all: Vec<_> = (0..5).map(|index| texts.get(index).unwrap().unwrap()).collect();
        assert_eq!(all, ["a&bé", "", "x y", "東京", "\r"]);
        assert!(texts.get(5).is_none());
    }

    #[test]
    fn a_text_larger_than_a_cell_is_marked_and_the_others_stand() {
        let large = "z".repeat(MAX_CELL_BYTES + 1);
        let texts = read(&format!("<sst><si><t>a</t></si><si><t>{large}</t></si><si><t>b</t></si></sst>")).unwrap();
        assert_eq!([0, 1, 2].map(|index| texts.get(index).unwrap()), [Ok("a"), Err(()), Ok("b")]);
    }
}
