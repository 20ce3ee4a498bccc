//! What a workbook says of itself: its sheets, and what the sheets share (texts, cell formats, the epoch of dates).
//! Reads no sheet. A relation leads to a part of the same archive or nowhere.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, damaged};
use super::texts::SharedTexts;
use super::value::{Meaning, built_in, of_code};
use super::xml::{Xml, attribute};
use crate::limits::{MAX_ARCHIVE_ENTRIES, MAX_CELL_STYLES, MAX_PART_NAME_BYTES, MAX_SHEETS};
use crate::refusal::{Code, Refusal};
use crate::table::failed::ReadFailed;

/// What sheets need of their workbook.
#[derive(Default)]
pub struct Shared {
    pub texts: SharedTexts,
    /// What a cell's style makes of its number.
    pub meanings: Vec<Meaning>,
    /// Days count from 1904-01-01, as they do in workbooks of old Macs.
    pub epoch_1904: bool,
}

/// A worksheet.
pub struct Sheet {
    pub name: String,
    pub part: String,
    pub hidden: bool,
}

/// One relation of a part to another.
struct Relation {
    kind: String,
    target: String,
}

/// Reads a workbook: its worksheets in their order, and what they share.
///
/// # Errors
/// [`Code::WorkbookKind`] for an archive that is no XLSX workbook; what the archive refuses.
pub fn read<R: Read + Seek>(archive: &mut Archive<R>) -> Result<(Vec<Sheet>, Shared), ReadFailed> {
    let other_kind = || Refusal::new(Code::WorkbookKind);
    let roots = relations(archive, "")?;
    let root = roots.values().find(|relation| relation.kind == "officeDocument").ok_or_else(other_kind)?;
    if !root.target.to_lowercase().ends_with(".xml") {
        return Err(other_kind().into());
    }
    let related = relations(archive, &root.target)?;
    let mut shared = Shared::default();
    let sheets = read_sheets(archive, &root.target, &related, &mut shared.epoch_1904)?;
    for relation in related.values() {
        match relation.kind.as_str() {
            "sharedStrings" => {
                if let Some(part) = archive.part(&relation.target)? {
                    shared.texts = SharedTexts::read(part, &relation.target)?;
                }
            }
            "styles" => {
                if let Some(part) = archive.part(&relation.target)? {
                    shared.meanings = read_styles(part, &relation.target)?;
                }
            }
            _ => {}
        }
    }
    Ok((sheets, shared))
}

/// The relations of a part, by id; none if it has no list of them.
fn relations<R: Read + Seek>(archive: &mut Archive<R>, of: &str) -> Result<BTreeMap<String, Relation>, ReadFailed> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let list = resolve(folder, &format!("_rels/{file}.rels"));
    let mut found = BTreeMap::new();
    let Some(part) = archive.part(&list)? else { return Ok(found) };
    let mut xml = Xml::new(part, &list);
    loop {
        match xml.next()? {
            Event::Start(start) if start.local_name().as_ref() == "Relationship" => {
                let value = |attribute| name(&start, attribute).ok_or_else(|| damaged(&list));
                let kind = value("Type")?.rsplit('/').next().unwrap_or_default().to_owned();
                found.insert(value("Id")?, Relation { kind, target: resolve(folder, &value("Target")?) });
                if found.len() > MAX_ARCHIVE_ENTRIES {
                    return Err(damaged(&list).into());
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// What an attribute names; `None` if there is none, or none that a name could be.
fn name(start: &BytesStart<'_>, attribute_name: &str) -> Option<String> {
    attribute(start, attribute_name).filter(|name| name.len() <= MAX_PART_NAME_BYTES).map(Cow::into_owned)
}

/// A target as its folder's part means it. Steps above the top stay at the top.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let from = if target.starts_with('/') { "" } else { folder };
    let mut path = Vec::new();
    for step in from.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

fn read_sheets<R: Read + Seek>(
    archive: &mut Archive<R>,
    workbook: &str,
    related: &BTreeMap<String, Relation>,
    epoch_1904: &mut bool,
) -> Result<Vec<Sheet>, ReadFailed> {
    let part = archive.part(workbook)?.ok_or_else(|| damaged(workbook))?;
    let (mut xml, mut sheets, mut in_workbook) = (Xml::new(part, workbook), Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "workbook" => in_workbook = true,
                _ if !in_workbook => return Err(Refusal::new(Code::WorkbookKind).into()),
                "workbookPr" => {
                    // An extension has an element of this name too, which never says the epoch.
                    if let Some(value) = attribute(&start, "date1904") {
                        *epoch_1904 = matches!(value.as_ref(), "1" | "true");
                    }
                }
                "sheet" => {
                    let id = start.attributes().with_checks(false).filter_map(Result::ok).find(|attribute| {
                        // `r:id`, not the `sheetId` beside it.
                        attribute.key.local_name().as_ref() == "id"
                    });
                    let relation = id.and_then(|id| related.get(id.value.as_ref()));
                    let Some(relation) = relation else { return Err(damaged(workbook).into()) };
                    // Sheets of charts and dialogs have no cells.
                    if relation.kind == "worksheet" && sheets.len() < MAX_SHEETS {
                        sheets.push(Sheet {
                            name: name(&start, "name").ok_or_else(|| damaged(workbook))?,
                            part: relation.target.clone(),
                            hidden: attribute(&start, "state").is_some_and(|state| state != "visible"),
                        });
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// What each cell style makes of a number.
fn read_styles(input: impl Read, part: &str) -> Result<Vec<Meaning>, ReadFailed> {
    let mut xml = Xml::new(input, part);
    let (mut own, mut meanings, mut in_cell_styles) = (HashMap::new(), Vec::new(), false);
    let id = |value: Option<Cow<'_, str>>| value.and_then(|value| value.parse::<u32>().ok()).unwrap_or(0);
    loop {
        match xml.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "numFmt" if own.len() < MAX_CELL_STYLES => {
                    let code = attribute(&start, "formatCode").unwrap_or_default();
                    own.insert(id(attribute(&start, "numFmtId")), of_code(&code));
                }
                "cellXfs" => in_cell_styles = true,
                "xf" if in_cell_styles && meanings.len() < MAX_CELL_STYLES => {
                    let format = id(attribute(&start, "numFmtId"));
                    meanings.push(own.get(&format).copied().unwrap_or_else(|| built_in(format)));
                }
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => in_cell_styles = false,
            Event::Eof => return Ok(meanings),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_target_never_leaves_the_archive() {
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl/worksheets", "..\\sharedStrings.xml"), "xl/sharedStrings.xml");
        assert_eq!(resolve("xl", "../../../../etc/passwd"), "etc/passwd");
    }

    #[test]
    fn styles_are_those_of_cells_and_own_formats_go_before_built_in_ones() {
        let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>\
                      <numFmt numFmtId=\"165\" formatCode=\"0.00\"/></numFmts>\
                      <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf/>\
                      <xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"14\"/><xf numFmtId=\"46\"/></cellXfs>\
                      <dxfs><xf numFmtId=\"14\"/></dxfs></styleSheet>";
        let meanings = read_styles(styles.as_bytes(), "styles.xml").unwrap();
        use Meaning::{Duration, Moment, Number};
        assert_eq!(meanings, [Number, Moment, Number, Moment, Duration]);
    }
}
