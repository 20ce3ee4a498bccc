//! The columns of a file that is imported: which cell is what of a record. Owns finding columns by the names that people use
//! for them, the check that they are known, single and complete (every wrong one is reported, not only the first), and
//! what a mapping says instead.

use std::collections::BTreeMap;
use std::rc::Rc;

use comptoir_replica::record::{Cells, Field, FieldKind};

use super::mapping::{Mapped, Mapping};
use crate::changes::{ARCHIVED, POSITION};
use crate::customising::query::{columns, names};
use crate::desk::Stopped;
use crate::limits::{MAX_IGNORED_COLUMNS, MAX_LINES};
use crate::mask::Mask;
use crate::refusal::{Code, Refusal};
use crate::registry::{Column, Context, Kind, Target};
use crate::text::fold;

/// Names of a kind's columns, and what else people call them.
pub struct Names {
    kind: &'static Kind,
    mask: Rc<Mask>,
    columns: Vec<Column>,
    /// By what is left of a name without case, accents and what separates words; `None` where that means several.
    loose: BTreeMap<String, Option<usize>>,
}

impl Names {
    /// Of a kind, with the organisation's own fields and the names, French and English, that it gave to fields: those that whoever
    /// works sees.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn of(context: &Context<'_>, kind: &'static Kind) -> rusqlite::Result<Self> {
        let (mask, mut known) = (context.mask(kind)?, kind.columns());
        known.extend(columns(context.connection, kind)?);
        known.retain(|column| mask.sees_target(&column.target));
        let mut names_of = Self { kind, mask, loose: BTreeMap::new(), columns: known };
        for place in 0..names_of.columns.len() {
            let name = names_of.columns[place].name.clone();
            names_of.also(&name, place);
        }
        for lang in ["fr", "en"] {
            for (path, name) in names(context.connection, kind.name(), lang)? {
                if let Some(place) = names_of.place_of(&path) {
                    names_of.also(&name.text, place);
                }
            }
            for definition in context.definitions(kind)?.iter() {
                if let Some(place) = names_of.place_of(&format!("custom.{}", definition.field.key)) {
                    names_of.also(definition.label(lang), place);
                }
            }
        }
        Ok(names_of)
    }

    fn also(&mut self, name: &str, place: usize) {
        let loose = loose(name);
        if !loose.is_empty() {
            let known = self.loose.entry(loose).or_insert(Some(place));
            if *known != Some(place) {
                *known = None;
            }
        }
    }

    /// The column of a field's path, `addresses.city` being that of the main line.
    fn place_of(&self, path: &str) -> Option<usize> {
        let main = self.kind.main_list().and_then(|list| path.strip_prefix(list)?.strip_prefix('.'));
        self.columns.iter().position(|column| column.name == main.unwrap_or(path))
    }

    /// Every column that has a name without a number in it.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column that a name means: by its name or, as nearly, one that the organisation gave it; `LIST.N.FIELD` for a line
    /// by its place.
    ///
    /// # Errors
    /// [`Code::UnknownColumn`].
    pub fn find(&self, name: &str) -> Result<Column, Refusal> {
        let wanted = name.trim().to_lowercase();
        let exact = self.columns.iter().find(|column| column.name == wanted).cloned();
        let found = exact.or_else(|| self.line(&wanted)).or_else(|| {
            let place = self.loose.get(&loose(name)).copied().flatten()?;
            Some(self.columns[place].clone())
        });
        found.ok_or_else(|| {
            let mut known: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
            known.extend(self.kind.lists().into_iter().map(|list| format!("{list}.1.FIELD")));
            Refusal::of(name.trim(), Code::UnknownColumn).with("value", name.trim()).with("known", known.join(", "))
        })
    }

    fn line(&self, name: &str) -> Option<Column> {
        let mut parts = name.splitn(3, '.');
        let (list, nth, field) = (parts.next()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
        let there = (1..=MAX_LINES).contains(&nth) && ![ARCHIVED, POSITION].contains(&field);
        let path = format!("{list}/*/{field}");
        self.kind.schema().iter().find(|known| there && known.path == path && self.mask.sees_field(known))?;
        let target = Target::Line { list: list.to_owned(), nth, field: field.to_owned() };
        // The main line's columns have shorter names.
        let short = self.columns.iter().find(|column| column.target == target);
        Some(short.cloned().unwrap_or(Column { name: name.to_owned(), target }))
    }
}

/// A name without case, accents, and what separates its words.
fn loose(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric() || *c == '.').collect()
}

/// One column that is read.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name: `name`, `contacts.1.value`.
    pub name: String,
    /// What it is of a record.
    pub target: Target,
    /// The field, for one that is a field of the type.
    pub field: Option<&'static Field>,
    /// What it holds.
    pub kind: FieldKind,
    /// Which cell of a row it is; `None` for one that only a mapping's default fills.
    pub cell: Option<usize>,
    /// What an empty cell means.
    pub default: String,
}

/// What the cells of a file are.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The columns that are read.
    pub columns: Vec<Planned>,
    /// Which of them is the reference.
    pub reference: Option<usize>,
    /// Which of them is the id.
    pub id: Option<usize>,
    /// Cells of a row.
    pub width: usize,
    /// Columns of the file that a mapping leaves out without saying so.
    pub ignored: Vec<String>,
    /// Whether a column names records of this very kind: a row may name what an earlier one made.
    pub names_own_kind: bool,
}

impl Plan {
    /// Reads the header's cells. Order does not matter, nor case and blanks of names. A mapping says what columns are that
    /// it names; with one, a column that nobody knows is left out, without one it is refused.
    ///
    /// # Errors
    /// One refusal for each wrong, repeated or missing name; those of SQL.
    pub fn of(
        context: &Context<'_>,
        kind: &'static Kind,
        header: &[String],
        mapping: &Mapping,
    ) -> Result<Self, PlanRefused> {
        let names = Names::of(context, kind).map_err(Stopped::from)?;
        let present = super::present::Present::of(context, kind).map_err(Stopped::from)?;
        let mut planning = Planning { kind, names, present: &present, columns: Vec::new(), refused: Vec::new() };
        let mut ignored = Vec::new();
        for (cell, name) in header.iter().enumerate() {
            let mapped = mapping.0.iter().find(|mapped| !mapped.source.is_empty() && alike(&mapped.source, name));
            match mapped {
                Some(mapped) if mapped.target.is_empty() => {}
                Some(mapped) => planning.add(&mapped.target, Some(cell), &mapped.default),
                None if !mapping.0.is_empty() && planning.names.find(name).is_err() => ignored.push(name.clone()),
                None => planning.add(name, Some(cell), ""),
            }
        }
        for Mapped { source, target, default } in &mapping.0 {
            if source.is_empty() || !header.iter().any(|name| alike(source, name)) {
                match default.as_str() {
                    // What is left out anyway is not missed.
                    "" if target.is_empty() => {}
                    "" => planning.refused.push(Refusal::of(source, Code::MissingColumn).with("value", source)),
                    default => planning.add(target, None, default),
                }
            }
        }
        planning.check_complete();
        // What is known is told once, not with every column that is not.
        let unknown = planning.refused.iter_mut().filter(|refusal| refusal.code == Code::UnknownColumn);
        for refusal in unknown.skip(1) {
            refusal.params.remove("known");
        }
        if !planning.refused.is_empty() {
            return Err(PlanRefused::Header(planning.refused));
        }
        ignored.truncate(MAX_IGNORED_COLUMNS);
        Ok(planning.finish(header.len(), ignored))
    }

    /// The name of the column that stands at this place of the file.
    #[must_use]
    pub fn name_at(&self, cell: usize) -> Option<&str> {
        self.columns.iter().find(|column| column.cell == Some(cell)).map(|column| column.name.as_str())
    }
}

fn alike(source: &str, name: &str) -> bool {
    source.trim().to_lowercase() == name.trim().to_lowercase()
}

/// Why a file's columns are not read.
#[derive(Debug, thiserror::Error)]
pub enum PlanRefused {
    /// Every fault of the header.
    #[error("the header is wrong")]
    Header(Vec<Refusal>),
    /// The state could not be read.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

struct Planning<'a> {
    kind: &'static Kind,
    names: Names,
    present: &'a super::present::Present,
    columns: Vec<Planned>,
    refused: Vec<Refusal>,
}

impl Planning<'_> {
    fn add(&mut self, name: &str, cell: Option<usize>, default: &str) {
        let Column { name, target } = match self.names.find(name) {
            Ok(column) => column,
            Err(refusal) => return self.refused.push(refusal),
        };
        if self.columns.iter().any(|column| column.target == target) {
            return self.refused.push(Refusal::of(&name, Code::DuplicateColumn).with("value", name));
        }
        let path = match &target {
            Target::Field(path) => Some(path.clone()),
            Target::Line { list, field, .. } => Some(format!("{list}/*/{field}")),
            Target::Compound(_) | Target::Custom(_) | Target::Id => None,
        };
        let field = path.and_then(|path| self.kind.schema().iter().find(|field| field.path == path));
        let kind = self.present.kind_of(&target);
        self.columns.push(Planned { name, target, field, kind, cell, default: default.to_owned() });
    }

    /// A file names its records, and has what new ones must have: a list of names that lacks the names is another file than
    /// was meant. One that names records by id changes what is there, and may say as little as it likes.
    fn check_complete(&mut self) {
        let has = |name: &str| self.columns.iter().any(|column| column.target == Target::Field(name.to_owned()));
        if self.columns.iter().any(|column| column.target == Target::Id) {
            return;
        }
        let seen = |field: &&Field| field.required && !field.line && self.names.mask.sees_field(field);
        let required = self.kind.schema().iter().filter(seen);
        let computed = self.kind.computed(&Cells::new()).is_some();
        let mut missing: Vec<&str> = self.kind.reference().filter(|_| !computed).into_iter().collect();
        missing.extend(required.map(|field| field.path.as_ref()));
        missing.dedup();
        missing.retain(|name| !has(name));
        self.refused.extend(missing.into_iter().map(|name| Refusal::of(name, Code::MissingColumn).with("value", name)));
    }

    fn finish(self, width: usize, ignored: Vec<String>) -> Plan {
        let at = |target: &Target| self.columns.iter().position(|column| column.target == *target);
        let own = |field: &'static Field| field.target == Some(self.kind.name());
        Plan {
            reference: self.kind.reference().and_then(|name| at(&Target::Field(name.to_owned()))),
            id: at(&Target::Id),
            width,
            ignored,
            names_own_kind: self.columns.iter().filter_map(|column| column.field).any(own),
            columns: self.columns,
        }
    }
}
