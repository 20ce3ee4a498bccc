//! The fields that lists name: a record's own, those of the main list's first line under their bare names (`city`), those of
//! all lines (`addresses.city`), the organisation's own (`custom.size`), of each what whoever works sees. Owns where each stands in the
//! tables and what shape its values have. Only names of our own tables and columns get into SQL here, and keys of a checked alphabet.

use comptoir_replica::record::schema::CUSTOM_PREFIX;
use comptoir_replica::record::{Field, FieldKind};

use crate::customising::{Definition, Holds};
use crate::desk::Stopped;
use crate::mask::Mask;
use crate::projection::{Layout, ListLayout, column, layout, main_column};
use crate::refusal::{Code, Refusal};
use crate::registry::{self, Context, Kind};
use crate::staff::Classes;

/// What a field of the organisation's own begins with.
const CUSTOM: &str = "custom.";

/// Where a field's values stand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held {
    /// In the record's own row: its own fields, and those of the main list's first line in use.
    Record,
    /// In any line in use.
    AnyLine(&'static ListLayout),
    /// Among the values of the organisation's own fields.
    Custom,
}

/// What a field's values are, as filters, sorting and totals see them.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Shape {
    /// Words, sorted and searched without regard to case and accents.
    Text,
    /// Text that is not words: numbers of registers, codes, addresses of the net.
    Code,
    /// One of these.
    Choice(Vec<String>),
    Int,
    Decimal,
    Date,
    Money,
    Bool,
    /// The id of a record, of this kind if it is known.
    Reference(Option<&'static Kind>),
}

/// One field.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As it was asked for.
    pub name: String,
    pub held: Held,
    pub shape: Shape,
    /// What the type declares; `None` for the organisation's own.
    pub field: Option<&'static Field>,
    /// Whether its values are the titles of the records.
    pub is_title: bool,
    /// The class of its values.
    pub classes: Classes,
    kind: Kind,
    /// The column, or the key of a field of the organisation's own.
    column: String,
}

impl Source {
    /// The field that a name means. One that whoever works does not see is none.
    pub fn of(context: &Context<'_>, kind: &Kind, name: &str) -> Result<Self, Stopped> {
        let (layout, mask) = (layout(kind), context.mask(kind)?);
        if let Some(found) = Self::found(context, kind, layout, name)?.filter(|found| found.is_seen(&mask)) {
            let classes = mask.classes_of(&found.path());
            return Ok(Self { classes, ..found });
        }
        Err(Refusal::of(name, Code::UnknownField).with("known", known(context, kind, layout)?.join(", ")).into())
    }

    fn found(context: &Context<'_>, kind: &Kind, layout: &'static Layout, name: &str) -> Result<Option<Self>, Stopped> {
        if let Some(field) = layout.fields.iter().find(|field| field.path == name) {
            return Ok(Some(Self::declared(kind, name, Held::Record, &field.path, field)));
        }
        if let Some((path, field)) = layout.main.iter().find(|(path, _)| *path == name) {
            return Ok(Some(Self::first_line(kind, path, field)));
        }
        if let Some((list, path)) = name.split_once('.')
            && let Some(list) = layout.list(list)
            && let Some((path, field)) = list.fields.iter().find(|(known, _)| *known == path)
        {
            return Ok(Some(Self::declared(kind, name, Held::AnyLine(list), path, field)));
        }
        if let Some(key) = name.strip_prefix(CUSTOM).filter(|key| is_key(key))
            && let Some(shape) = custom_shape(context, kind, key)?
        {
            let (name, column, classes) = (name.to_owned(), key.to_owned(), Classes::ORDINARY);
            let (held, field, is_title) = (Held::Custom, None, false);
            return Ok(Some(Self { name, held, shape, field, is_title, classes, kind: *kind, column }));
        }
        Ok(None)
    }

    /// The field, as schemas name it.
    fn path(&self) -> String {
        self.field.map_or_else(|| format!("{CUSTOM_PREFIX}{}", self.column), |field| field.path.to_string())
    }

    fn is_seen(&self, mask: &Mask) -> bool {
        mask.sees(&self.path())
    }

    /// The fields that a list shows when nothing else is asked.
    pub fn listed(context: &Context<'_>, kind: &Kind) -> Result<Vec<Self>, Stopped> {
        let (layout, mask) = (layout(kind), context.mask(kind)?);
        let own = layout.fields.iter().filter(|field| field.listed).map(|field| field.path.to_string());
        let main = layout.main.iter().filter(|(_, field)| field.listed).map(|(path, _)| (*path).to_owned());
        let mut names: Vec<String> = own.chain(main).collect();
        let definitions = context.definitions(kind)?;
        let custom = definitions.iter().filter(|definition| definition.field.listed && !definition.field.archived);
        names.extend(custom.map(|definition| format!("{CUSTOM}{}", definition.field.key)));
        let mut shown = Vec::with_capacity(names.len());
        for name in names {
            if Self::found(context, kind, layout, &name)?.is_some_and(|found| found.is_seen(&mask)) {
                shown.push(Self::of(context, kind, &name)?);
            }
        }
        Ok(shown)
    }

    fn declared(kind: &Kind, name: &str, held: Held, path: &str, field: &'static Field) -> Self {
        let is_title = matches!(held, Held::Record) && !field.line && path == kind.title();
        let (name, column, classes) = (name.to_owned(), column(path), Classes::ORDINARY);
        Self { name, held, shape: Shape::of(field), field: Some(field), is_title, classes, kind: *kind, column }
    }

    /// A field of the main list's first line in use, which has a column of the record's row.
    fn first_line(kind: &Kind, path: &str, field: &'static Field) -> Self {
        Self { column: main_column(path), ..Self::declared(kind, path, Held::Record, path, field) }
    }

    /// The kind whose records have it.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The value in the table where it stands (`p`, `l` or `v`): what filters compare, and sorting where it is a number.
    pub fn value(&self) -> String {
        let numeric = matches!(self.shape, Shape::Int | Shape::Decimal | Shape::Money);
        match self.held {
            Held::Record => format!("p.{}", self.column),
            Held::AnyLine(_) => format!("l.{}", self.column),
            Held::Custom if numeric => "v.number".to_owned(),
            Held::Custom => "v.text".to_owned(),
        }
    }

    /// The currency of an amount, likewise.
    pub fn currency(&self) -> String {
        match self.held {
            Held::Custom => "substr(v.text, 1, 3)".to_owned(),
            _ => format!("{}_currency", self.value()),
        }
    }

    /// An expression of the table where the value stands as one of the record's row; null where there is none.
    pub fn of_record(&self, expression: &str) -> String {
        match self.held {
            Held::Record => expression.to_owned(),
            Held::AnyLine(list) => format!(
                "(SELECT {expression} FROM {} l WHERE l.record = p.number AND l.archived = 0
                  ORDER BY l.position, l.key LIMIT 1)",
                list.table
            ),
            Held::Custom => {
                format!("(SELECT {expression} FROM {} AND v.record = p.number)", self.custom_rows())
            }
        }
    }

    /// The rows of the organisation's own field, as FROM and WHERE have them.
    pub fn custom_rows(&self) -> String {
        format!("custom_values v WHERE v.kind = '{}' AND v.key = '{}'", self.kind.name(), self.column)
    }

    /// Whether an index finds records by its value.
    pub fn is_indexed(&self) -> bool {
        let declared = self.field.is_some_and(|field| field.filterable && field.choices.is_empty());
        matches!(self.held, Held::Record) && declared && self.shape != Shape::Bool
    }
}

impl Shape {
    fn of_definition(definition: &Definition) -> Self {
        match definition.holds {
            Holds::Text => Self::Text,
            Holds::Number => Self::Decimal,
            Holds::Date => Self::Date,
            Holds::Money => Self::Money,
            Holds::YesNo => Self::Bool,
            Holds::Reference => Self::Reference(registry::kind(&definition.field.target).ok()),
            Holds::Choice => {
                let choices = definition.field.choices.ordered().into_iter();
                Self::Choice(choices.map(|(_, choice)| choice.value.clone()).collect())
            }
        }
    }

    fn of(field: &Field) -> Self {
        match field.kind {
            FieldKind::Text if !field.choices.is_empty() => {
                Self::Choice(field.choices.iter().map(ToString::to_string).collect())
            }
            // A control of its own says that the text is no free text; several lines are.
            FieldKind::Text if field.widget.is_some_and(|widget| widget != "multiline") => Self::Code,
            FieldKind::Text => Self::Text,
            FieldKind::Int => Self::Int,
            FieldKind::Decimal => Self::Decimal,
            FieldKind::Date => Self::Date,
            FieldKind::Money => Self::Money,
            FieldKind::Bool => Self::Bool,
            FieldKind::Reference => Self::Reference(field.target.and_then(|kind| registry::kind(kind).ok())),
        }
    }
}

/// Whether this may be the key of a field of the organisation's own; anything else is not looked for.
fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The shape of a field of the organisation's own; `None` when there is none of this key. Values of a key that no definition
/// names (a newer version's, or one that has not arrived yet) are text.
fn custom_shape(context: &Context<'_>, kind: &Kind, key: &str) -> Result<Option<Shape>, Stopped> {
    if let Some(definition) = context.definitions(kind)?.iter().find(|definition| definition.field.key == key) {
        return Ok(Some(Shape::of_definition(definition)));
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM custom_values WHERE kind = ?1 AND key = ?2)";
    let there = context.connection.prepare_cached(sql)?.query_row([kind.name(), key], |row| row.get(0))?;
    Ok(if there { Some(Shape::Text) } else { None })
}

/// Every name that a list takes, of what whoever works sees.
fn known(context: &Context<'_>, kind: &Kind, layout: &Layout) -> Result<Vec<String>, Stopped> {
    let mask = context.mask(kind)?;
    let declared = layout.fields.iter().filter(|field| mask.sees_field(field));
    let mut known: Vec<String> = declared.map(|field| field.path.to_string()).collect();
    for list in &layout.lists {
        let main = kind.main_list() == Some(list.list);
        let seen = || list.fields.iter().filter(|(_, field)| mask.sees_field(field));
        known.extend(seen().filter(|_| main).map(|(name, _)| (*name).to_owned()));
        known.extend(seen().map(|(name, _)| format!("{}.{name}", list.list)));
    }
    let own = context.definitions(kind)?;
    let own = own.iter().filter(|own| mask.sees(&format!("{CUSTOM_PREFIX}{}", own.field.key)));
    known.extend(own.map(|definition| format!("{CUSTOM}{}", definition.field.key)));
    Ok(known)
}
