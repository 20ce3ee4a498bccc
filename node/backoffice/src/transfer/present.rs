//! What the columns of a kind say of a record. Owns the way from cells to the text and the typed value of a cell of a table; an
//! import compares with it, so that what was exported says nothing new, whatever the rules are by now.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use comptoir_replica::record::schema::CUSTOM_PREFIX;
use comptoir_replica::record::{Cells, FieldKind, FieldValue, LineKey, Money, RecordId, Scalar};
use rust_decimal::Decimal;

use crate::changes::{ARCHIVED, POSITION};
use crate::customising::Definition;
use crate::registry::{Context, Kind, Target, money_text};
use crate::table::CellValue;

/// What the columns of one kind say.
pub struct Present {
    kind: &'static Kind,
    defaults: BTreeMap<String, Scalar>,
    own: Rc<[Definition]>,
}

/// One record as columns see it.
pub struct Seen<'a> {
    present: &'a Present,
    id: RecordId,
    cells: &'a Cells,
    lines: OnceCell<BTreeMap<&'static str, Vec<&'a str>>>,
}

impl Present {
    /// Of a kind, with the organisation's own fields as they are now.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn of(context: &Context<'_>, kind: &'static Kind) -> rusqlite::Result<Self> {
        Ok(Self { kind, defaults: kind.defaults().into_iter().collect(), own: context.definitions(kind)? })
    }

    /// A record.
    #[must_use]
    pub fn record<'a>(&'a self, id: RecordId, cells: &'a Cells) -> Seen<'a> {
        Seen { present: self, id, cells, lines: OnceCell::new() }
    }

    /// The definition in force of an own field.
    fn definition(&self, key: &str) -> Option<&Definition> {
        self.own.iter().find(|definition| definition.field.key == key)
    }

    /// What a column holds.
    #[must_use]
    pub fn kind_of(&self, target: &Target) -> FieldKind {
        let field = |path: &str| self.kind.schema().iter().find(|field| field.path == path).map(|field| field.kind);
        let kind = match target {
            Target::Field(path) => field(path),
            Target::Line { list, field: name, .. } => field(&format!("{list}/*/{name}")),
            Target::Custom(key) => self.definition(key).map(|definition| definition.holds.kind()),
            Target::Compound(_) | Target::Id => None,
        };
        kind.unwrap_or(FieldKind::Text)
    }
}

impl<'a> Seen<'a> {
    /// The keys of a list's lines in use, in order.
    #[must_use]
    pub fn lines(&self, list: &str) -> &[&'a str] {
        let lists = || self.present.kind.lists().into_iter().map(|list| (list, lines_in_use(self.cells, list)));
        self.lines.get_or_init(|| lists().collect()).get(list).map_or(&[], Vec::as_slice)
    }

    /// Whether the record has a line of this key, in use or not.
    #[must_use]
    pub fn has_line(&self, list: &str, key: &LineKey) -> bool {
        self.cells.under(&format!("{list}/{key}/")).next().is_some()
    }

    /// The value of a column that is one cell of the record.
    fn value(&self, target: &Target) -> Option<&'a Scalar> {
        match target {
            Target::Field(path) => self.cells.winner(path).or_else(|| self.present.defaults.get(path)),
            Target::Custom(key) => self.cells.winner(&format!("{CUSTOM_PREFIX}{key}")),
            Target::Line { list, nth, field } => {
                let key = self.lines(list).get(nth.checked_sub(1)?)?;
                self.cells.winner(&format!("{list}/{key}/{field}"))
            }
            Target::Compound(_) | Target::Id => None,
        }
    }

    /// The text of a column, as CSV has it and an import reads it.
    #[must_use]
    pub fn text(&self, target: &Target) -> Cow<'a, str> {
        match target {
            Target::Compound(path) => self.present.kind.compound(self.cells, path).into(),
            Target::Id => self.id.to_string().into(),
            _ => self.value(target).map_or(Cow::Borrowed(""), |value| self.text_of(target, value)),
        }
    }

    fn text_of(&self, target: &Target, value: &'a Scalar) -> Cow<'a, str> {
        match value {
            Scalar::Str(text) => match Money::from_scalar(value) {
                Some(money) if self.present.kind_of(target) == FieldKind::Money => money_text(&money).into(),
                _ => text.into(),
            },
            Scalar::Bool(truth) => if *truth { "true" } else { "false" }.into(),
            Scalar::Int(number) | Scalar::Timestamp(number) => number.to_string().into(),
            Scalar::Null | Scalar::Bytes(_) => "".into(),
        }
    }
}

/// A cell of an exported table: text in the form of its kind. What is of another kind than its column's stays text.
#[must_use]
pub fn typed(kind: FieldKind, text: &str) -> CellValue<'_> {
    let value = match kind {
        FieldKind::Int => text.parse().ok().map(CellValue::Int),
        FieldKind::Decimal => Decimal::from_str_exact(text).ok().map(CellValue::Decimal),
        FieldKind::Date => text.parse().ok().map(CellValue::Date),
        FieldKind::Bool => text.parse().ok().map(CellValue::Bool),
        FieldKind::Text | FieldKind::Reference | FieldKind::Money => None,
    };
    match value {
        Some(value) => value,
        None if text.is_empty() => CellValue::Empty,
        None => CellValue::Text(text),
    }
}

fn lines_in_use<'a>(cells: &'a Cells, list: &str) -> Vec<&'a str> {
    let prefix = format!("{list}/");
    let mut keys: Vec<&'a str> = Vec::new();
    for (path, _) in cells.winners().skip_while(|(path, _)| !path.starts_with(&prefix)) {
        let Some(rest) = path.strip_prefix(&prefix) else { break };
        keys.extend(rest.split_once('/').map(|(key, _)| key).filter(|key| keys.last() != Some(key)));
    }
    let of = |key: &str, field: &str| cells.winner(&format!("{prefix}{key}/{field}"));
    keys.retain(|key| key.parse::<LineKey>().is_ok() && of(key, ARCHIVED).and_then(Scalar::as_bool) != Some(true));
    keys.sort_by_key(|key| of(key, POSITION).and_then(Scalar::as_int).unwrap_or(0));
    keys
}
