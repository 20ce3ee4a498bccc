//! What whoever works sees of records of one kind: the one place that says whether a field, of the record, of its lines or of the
//! organisation's own, is shown. Owns that, and records as they are shown. What is not seen is not empty, it is not there: not in a
//! record, not among the columns of lists and files, not in the schema, not in the words that searches find. Also keeps what it lets
//! through, for the access log.

use std::borrow::Cow;
use std::rc::Rc;

use comptoir_replica::record::schema::CUSTOM_PREFIX;
use comptoir_replica::record::{Cells, Field, FieldClass, RecordId, Scalar, field_at};
use comptoir_sync_protocol::ids::ScopeId;
use serde_json::Value;

use crate::alias::DISTINCT_PREFIX;
use crate::changes::{ALIAS_OF, ARCHIVED, POSITION};
use crate::customising::Definition;
use crate::list::Words;
use crate::projection::{SIGNED_WORDS, sign_of};
use crate::registry::{Kind, Module, Target};
use crate::shown::{RecordShown, cell_shown, named};
use crate::staff::{Borne, Classes, Standing};

/// What somebody sees of records of a kind.
#[derive(Debug)]
pub struct Mask {
    kind: Kind,
    sees_records: bool,
    classes: Classes,
    own: Rc<[Definition]>,
    /// Whether any field has a class other than ordinary.
    is_classed: bool,
    borne: Borne,
}

impl Mask {
    /// What whoever stands so sees of a kind whose own fields are these.
    #[must_use]
    pub fn new(kind: &Kind, standing: &Standing, own: Rc<[Definition]>, borne: Borne) -> Self {
        let declared = kind.schema().iter().any(|field| field.class != FieldClass::Ordinary);
        let is_classed = declared || own.iter().any(|own| own.class() != Some(FieldClass::Ordinary));
        let (sees_records, classes) = (standing.sees(kind), standing.classes(Module::of(kind)));
        Self { kind: *kind, sees_records, classes, own, is_classed, borne }
    }

    /// Whether records of the kind are seen at all.
    #[must_use]
    pub fn sees_records(&self) -> bool {
        self.sees_records
    }

    /// The definitions of the kind's own fields, of those too that are not seen: values are shown by them.
    #[must_use]
    pub fn own(&self) -> &[Definition] {
        &self.own
    }

    /// The class of a field, `name`, `addresses/*/city` or `custom/KEY`, or of a cell; `None` of what this version does not know.
    fn class(&self, path: &str) -> Option<FieldClass> {
        if let Some(key) = path.strip_prefix(CUSTOM_PREFIX) {
            return self.own.iter().find(|own| own.field.key == key)?.class();
        }
        if path == ALIAS_OF || path.starts_with(DISTINCT_PREFIX) {
            return Some(FieldClass::Ordinary);
        }
        field_at(self.kind.schema(), path).map(|field| field.class)
    }

    /// Whether a field or a cell is seen. What this version does not know may be anything: who sees every class sees it.
    #[must_use]
    pub fn sees(&self, path: &str) -> bool {
        self.sees_records && (self.classes.are_all() || self.class(path).is_some_and(|class| self.classes.has(class)))
    }

    /// Whether a declared field is seen.
    #[must_use]
    pub fn sees_field(&self, field: &Field) -> bool {
        self.sees_records && self.classes.has(field.class)
    }

    /// Whether what a column of a file stands for is seen. What stands for several fields says what of them is seen.
    #[must_use]
    pub fn sees_target(&self, target: &Target) -> bool {
        match target {
            Target::Field(path) => self.sees(path),
            Target::Line { list, field, .. } => self.sees(&format!("{list}/*/{field}")),
            Target::Custom(key) => self.sees(&format!("{CUSTOM_PREFIX}{key}")),
            Target::Compound(_) | Target::Id => self.sees_records,
        }
    }

    /// Whether records are called by their titles; by their references otherwise.
    #[must_use]
    pub fn sees_title(&self) -> bool {
        self.sees(self.kind.title())
    }

    /// The expression that calls the record of the row `p`.
    #[must_use]
    pub fn title_column(&self) -> &'static str {
        match self.kind.reference() {
            _ if self.sees_title() => "p.title",
            Some(_) if self.sees_records => "p.reference",
            _ => "''",
        }
    }

    /// What calls a record that has this title and this reference.
    #[must_use]
    pub fn titled(&self, title: String, reference: String) -> String {
        if !self.sees_title() {
            return if self.sees_records { reference } else { String::new() };
        }
        if !title.is_empty() {
            self.shows(self.classes_of(self.kind.title()));
        }
        title
    }

    /// What the record that has these cells is called.
    #[must_use]
    pub fn name(&self, cells: &Cells) -> String {
        let text = |path: &str| cells.winner(path).and_then(Scalar::as_str).unwrap_or_default().to_owned();
        self.titled(text(self.kind.title()), self.kind.reference().map(text).unwrap_or_default())
    }

    /// What assignments can name: the declared fields, and the organisation's own that are in use.
    #[must_use]
    pub fn known(&self) -> Vec<String> {
        let declared = self.kind.schema().iter().filter(|field| self.sees_field(field));
        let mut known: Vec<String> = declared.map(|field| field.path.replace('*', "KEY").replace('/', ".")).collect();
        let own = self.own.iter().filter(|own| !own.field.archived);
        let own = own.map(|own| format!("{CUSTOM_PREFIX}{}", own.field.key)).filter(|path| self.sees(path));
        known.extend(own.map(|path| named(&path)));
        known
    }

    /// Whether a reason for which two records are likely one may be told: it is the name of a field, or of none.
    pub(crate) fn sees_reason(&self, reason: &str) -> bool {
        self.sees_records && field_at(self.kind.schema(), reason).is_none_or(|field| self.sees_field(field))
    }

    /// Whether a record holds something that is not seen.
    #[must_use]
    pub fn hides(&self, cells: &Cells) -> bool {
        cells.winners().any(|(path, value)| says_something(value) && !self.sees(path))
    }

    /// What is seen of a record's cells: to show, never to decide by.
    #[must_use]
    pub fn cells<'c>(&self, cells: &'c Cells) -> Cow<'c, Cells> {
        if self.is_classed {
            self.borne.add(self.classes_in(cells));
        }
        if self.sees_records && self.classes.are_all() {
            return Cow::Borrowed(cells);
        }
        Cow::Owned(cells.only(|path| self.sees(path)))
    }

    /// The classes of what is seen of these cells and says something.
    fn classes_in(&self, cells: &Cells) -> Classes {
        let classes = cells.winners().filter(|(_, value)| says_something(value)).filter_map(|(path, _)| {
            let class = self.class(path)?;
            self.sees(path).then_some(class)
        });
        classes.fold(Classes::ORDINARY, Classes::with)
    }

    /// The value of one cell as the API shows it, of a field that is seen.
    #[must_use]
    pub fn cell(&self, path: &str, value: &Scalar) -> Value {
        if self.is_classed && says_something(value) {
            self.borne.add(self.class(path).map_or(Classes::ORDINARY, |class| Classes::ORDINARY.with(class)));
        }
        cell_shown(&self.kind, &self.own, path, value)
    }

    /// A value of a field of this class is shown, of one record.
    pub(crate) fn shows(&self, classes: Classes) {
        self.borne.add(classes);
    }

    /// The class of a field that is seen, for what it shows.
    pub(crate) fn classes_of(&self, path: &str) -> Classes {
        self.class(path).map_or(Classes::ORDINARY, |class| Classes::ORDINARY.with(class))
    }

    /// A record as it is shown.
    #[must_use]
    pub fn show(&self, scope: ScopeId, id: RecordId, cells: &Cells) -> RecordShown {
        let mut shown = RecordShown::of(scope, id, &self.kind, &self.cells(cells)).with_own_fields(&self.own);
        if self.sees_records && self.classes.are_all() {
            return shown;
        }
        shown.fields.retain(|path, _| self.sees(path));
        shown.lines.retain(|list, lines| {
            for line in lines.iter_mut() {
                line.fields.retain(|field, _| self.sees(&format!("{list}/*/{field}")));
            }
            self.sees_list(list)
        });
        if !self.sees_title() {
            let reference = self.kind.reference().and_then(|field| shown.fields.get(field)?.as_str());
            shown.title = reference.unwrap_or_default().to_owned();
        }
        shown
    }

    /// Whether anything of a list of lines is seen but their order.
    #[must_use]
    pub fn sees_list(&self, list: &str) -> bool {
        let prefix = format!("{list}/*/");
        let fields = self.kind.schema().iter().filter(|field| self.sees_field(field));
        let mut names = fields.filter_map(|field| field.path.strip_prefix(&prefix));
        names.any(|name| ![ARCHIVED, POSITION].contains(&name))
    }

    /// The FTS5 expression that finds words only where they are seen.
    pub(crate) fn searching(&self, words: &Words) -> String {
        if self.sees_records && self.classes.are_all() {
            return words.anywhere();
        }
        let seen = FieldClass::ALL.iter().filter(|class| self.classes.has(**class));
        let columns: Vec<&str> = seen.map(|class| class.word()).collect();
        let own = self.own.iter().map(|own| &own.field.key).filter(|key| self.sees(&format!("{CUSTOM_PREFIX}{key}")));
        let signs: Vec<String> = own.map(|key| sign_of(key)).collect();
        words.within(&columns, (SIGNED_WORDS, &signs))
    }
}

fn says_something(value: &Scalar) -> bool {
    !value.is_null() && value.as_str() != Some("")
}
