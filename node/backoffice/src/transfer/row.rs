//! What one row does: which record it is about, and what it puts there. Owns that decision: a row whose reference bears a live
//! record changes it (of several the one with the smallest id; that there are several is an item of the inbox), else it
//! makes one; a row with an id changes that very record. An empty cell says nothing, and so does one that says what is so
//! already. Line N of a list is the Nth in use, or a new one whose key follows from the row's reference, so that a repeated
//! import meets its own line.

use std::collections::BTreeMap;

use comptoir_replica::record::schema::CUSTOM_PREFIX;
use comptoir_replica::record::{Cells, FieldKind, LineKey, RecordId, Scalar};
use comptoir_replica::{Reading, StoredRecord};
use comptoir_sync_protocol::ids::ScopeId;

use super::claims::Claims;
use super::header::{Plan, Planned};
use super::present::{Present, Seen};
use super::spoken;
use crate::changes::{NewLine, Puts};
use crate::customising;
use crate::desk::{Stopped, decide};
use crate::find::{self, Place, canonical};
use crate::limits::{MAX_ASSIGNMENTS, MAX_ROW_PUT_BYTES};
use crate::refusal::{Code, Refusal};
use crate::registry::{self, Context, Kind, Put, Target, clean};
use crate::table::Row;

/// Domain of the hash that names an imported record's line. Says party's address because that was the first one: keys are for
/// ever.
const LINE_KEY_CONTEXT: &str = "Comptoir 2026-01 address line of an imported party v1";

/// What one row does.
#[derive(Debug)]
pub enum Outcome {
    /// Makes a record.
    Creates(Vec<Put>),
    /// Changes a record.
    Changes(Place, Vec<Put>),
    /// Says what is so already.
    Nothing,
    /// Is left out.
    Refused(Refusal),
}

/// Judging rows by one state.
pub struct Judging<'a> {
    kind: &'static Kind,
    plan: &'a Plan,
    scope: ScopeId,
    reading: Reading<'a>,
    context: Context<'a>,
    present: Present,
    /// Nothing is written: what an earlier row would have made is not there.
    rehearsing: bool,
}

/// The record that a row is about, when there is one, and the names that the row thereby has.
struct Meant {
    record: Option<(Place, StoredRecord)>,
    /// What line keys follow from.
    seed: String,
    /// The reference is not changed: it is how the record was found.
    by_reference: bool,
    names: Vec<String>,
}

/// What the cells of a row say, by column.
type Said<'r> = Vec<(usize, &'r str)>;

impl<'a> Judging<'a> {
    /// Rows of a file with these columns, in the scope where records of the kind are made.
    pub fn of(
        reading: Reading<'a>,
        context: Context<'a>,
        kind: &'static Kind,
        plan: &'a Plan,
        scope: ScopeId,
        rehearsing: bool,
    ) -> rusqlite::Result<Self> {
        let present = Present::of(&context, kind)?;
        Ok(Self { kind, plan, scope, reading, context, present, rehearsing })
    }

    /// What a row does now. `new` is the id of the record that it makes, if it makes one.
    pub fn judge(&mut self, row: &Row, new: RecordId, claims: &mut Claims) -> rusqlite::Result<Outcome> {
        match self.try_judge(row, new, claims) {
            Ok(outcome) => Ok(outcome),
            Err(Stopped::Refused(refusal)) => Ok(Outcome::Refused(refusal)),
            Err(Stopped::Sql(error)) => Err(error),
        }
    }

    fn try_judge(&mut self, row: &Row, new: RecordId, claims: &mut Claims) -> Result<Outcome, Stopped> {
        let said = self.said(row)?;
        let meant = self.meant(&said, new)?;
        let (mut writing, mut assumed) = (Writing::default(), false);
        let seen = meant.record.as_ref().map(|((_, id), stored)| self.present.record(*id, &stored.cells));
        self.context.record = meant.record.as_ref().map(|((_, id), _)| *id);
        for (at, text) in &said {
            let column = &self.plan.columns[*at];
            let names_it = Some(*at) == self.plan.id || meant.by_reference && Some(*at) == self.plan.reference;
            if names_it || seen.as_ref().is_some_and(|seen| seen.text(&column.target) == *text) {
                continue;
            }
            match self.write(&mut writing, column, text, seen.as_ref(), &meant.seed) {
                Err(Stopped::Refused(refusal)) if self.is_made_above(&refusal, column, text, claims) => {
                    assumed = true;
                }
                other => other.map_err(|stopped| stopped.under(&column.name))?,
            }
        }
        let outcome = match &meant.record {
            // What cannot be looked up yet cannot be judged further: the row is taken for good.
            Some((place, _)) if assumed => Outcome::Changes(*place, Vec::new()),
            None if assumed => Outcome::Creates(Vec::new()),
            Some(_) if writing.is_empty() => Outcome::Nothing,
            Some((place, stored)) => {
                let puts = decide::changed(self.kind, &self.context, &writing.puts()?, &stored.cells);
                let puts = puts.map_err(|stopped| writing.under_column(stopped))?;
                if puts.is_empty() { Outcome::Nothing } else { Outcome::Changes(*place, puts) }
            }
            None => {
                let puts = decide::created(self.kind, &self.context, &writing.puts()?);
                Outcome::Creates(puts.map_err(|stopped| writing.under_column(stopped))?)
            }
        };
        self.claim(&meant.names, row.line, claims)?;
        Ok(outcome)
    }

    /// The cells that say something.
    fn said<'r>(&self, row: &'r Row) -> Result<Said<'r>, Refusal>
    where
        'a: 'r,
    {
        let cells = row.cells.as_ref().map_err(|refused| {
            let refusal = refused.refusal.clone();
            self.plan.name_at(refused.index).map_or(refusal.clone(), |name| refusal.under(name))
        })?;
        if cells.len() != self.plan.width {
            let refusal = Refusal::new(Code::CellCount).with("found", cells.len());
            return Err(refusal.with("expected", self.plan.width));
        }
        let text = |column: &'a Planned| {
            let cell = column.cell.map_or("", |cell| cells[cell].as_str());
            if cell.trim().is_empty() { column.default.as_str() } else { cell }
        };
        let plan: &'a Plan = self.plan;
        let texts = plan.columns.iter().enumerate().map(|(at, column)| (at, text(column)));
        Ok(texts.filter(|(_, text)| !text.is_empty()).collect())
    }

    fn meant(&self, said: &Said<'_>, new: RecordId) -> Result<Meant, Stopped> {
        let of = |wanted: Option<usize>| said.iter().find(|(at, _)| Some(*at) == wanted).map(|(_, text)| *text);
        let connection = self.context.connection;
        let reference = of(self.plan.reference).map(|text| self.reference(text)).transpose()?;
        let reference = reference.filter(|reference| !reference.is_empty());
        if let Some(text) = of(self.plan.id) {
            let wrong = || Refusal::of(registry::ID, Code::WrongType).with("expected", "the id of a record");
            let id = text.trim().parse::<RecordId>().map_err(|_| wrong())?;
            if find::by_id(connection, self.kind, id)?.is_some() {
                let meant = canonical(connection, self.kind, id)?;
                let place = find::by_id(connection, self.kind, meant)?;
                let record = self.stored(place)?;
                let seed = reference.unwrap_or_else(|| meant.to_string());
                return Ok(Meant { record, seed, by_reference: false, names: vec![named_id(meant)] });
            }
            // An id of another organisation: then the reference tells.
            if reference.is_none() {
                return Err(find::not_found(self.kind, text).under(registry::ID).into());
            }
        }
        let reference = reference.map_or_else(|| self.computed(said), |reference| Ok(Some(reference)))?;
        let Some(reference) = reference else {
            return match self.kind.reference() {
                Some(name) => Err(Refusal::of(name, Code::Required).into()),
                None => {
                    let seed = new.to_string();
                    Ok(Meant { record: None, seed, by_reference: false, names: Vec::new() })
                }
            };
        };
        let bearers = find::by_reference(connection, self.kind, &reference)?;
        let record = self.stored(bearers.into_iter().find(|(scope, _)| *scope == self.scope))?;
        let names = self.names(&reference, record.as_ref());
        Ok(Meant { by_reference: record.is_some(), record, seed: reference, names })
    }

    /// The reference that follows from the row's other cells, where the kind's does.
    fn computed(&self, said: &Said<'_>) -> Result<Option<String>, Stopped> {
        if self.kind.computed(&Cells::new()).is_none() {
            return Ok(None);
        }
        let mut puts = Vec::new();
        for (at, text) in said {
            let column = &self.plan.columns[*at];
            let Target::Field(path) = &column.target else { continue };
            let plain = spoken::plain(column.kind, text, &self.context.home.locale);
            let value = self.typed(column, &plain).map_err(|stopped| stopped.under(&column.name))?;
            puts.push((path.clone(), value));
        }
        Ok(self.kind.computed(&Cells::new().overlaid(&puts)))
    }

    /// The names of a row that names its record by reference: also the record's own when it was found through an alias, and
    /// its id when other rows may name it so.
    fn names(&self, reference: &str, record: Option<&(Place, StoredRecord)>) -> Vec<String> {
        let mut names = vec![named_reference(reference)];
        let Some(((_, id), stored)) = record else { return names };
        let own = self.kind.reference().and_then(|name| stored.cells.winner(name)?.as_str()).unwrap_or_default();
        if own != reference && !own.is_empty() {
            names.push(named_reference(own));
        }
        if self.plan.id.is_some() || own.is_empty() {
            names.push(named_id(*id));
        }
        names
    }

    fn stored(&self, place: Option<Place>) -> rusqlite::Result<Option<(Place, StoredRecord)>> {
        let Some(place) = place else { return Ok(None) };
        let stored = self.reading.record(&place.0, &place.1)?;
        Ok(stored.map(|stored| (place, stored)))
    }

    fn reference(&self, text: &str) -> Result<String, Stopped> {
        let column = self.plan.reference.map(|at| &self.plan.columns[at]);
        let Some(field) = column.and_then(|column| column.field) else { return Ok(String::new()) };
        let cleaned = self.kind.clean(&self.context, field, text.into());
        let cleaned = cleaned.map_err(|stopped| stopped.under(&field.path))?;
        Ok(cleaned.as_str().unwrap_or_default().to_owned())
    }

    fn write(
        &self,
        writing: &mut Writing,
        column: &Planned,
        text: &str,
        seen: Option<&Seen<'_>>,
        seed: &str,
    ) -> Result<(), Stopped> {
        let plain = spoken::plain(column.kind, text, &self.context.home.locale);
        match &column.target {
            Target::Id => {}
            Target::Field(path) => writing.put(path.clone(), self.typed(column, &plain)?, &column.name),
            Target::Compound(path) => {
                for (cell, value) in self.kind.expand(path, &text.into())?.unwrap_or_default() {
                    writing.put(cell, value, &column.name);
                }
            }
            Target::Custom(key) => {
                let value = customising::typed(&self.context, self.kind, key, &plain.as_ref().into())?;
                writing.put(format!("{CUSTOM_PREFIX}{key}"), value, &column.name);
            }
            Target::Line { list, nth, field } => {
                let value = self.typed(column, &plain)?;
                let there = seen.and_then(|seen| seen.lines(list).get(nth.checked_sub(1)?).copied());
                match there {
                    Some(key) => writing.put(format!("{list}/{key}/{field}"), value, &column.name),
                    None => {
                        let main = self.kind.main_list() == Some(list) && *nth == 1;
                        let key = || free_key(seen, list, *nth, seed, main);
                        writing.put_in_line((list, *nth), key, (field, value), &column.name);
                    }
                }
            }
        }
        Ok(())
    }

    fn typed(&self, column: &Planned, text: &str) -> Result<Scalar, Stopped> {
        let field = column.field.expect("invariant: a column of a field or of a line has its field");
        let named = match field.target {
            Some(kind) if field.kind == FieldKind::Reference && text.trim().parse::<RecordId>().is_err() => {
                Some(find::find_named(&self.context, registry::kind(kind)?, text)?.1.to_string())
            }
            _ => None,
        };
        let text = named.as_deref().unwrap_or(text);
        let value = clean::typed(field.kind, field.optional, &text.into(), self.context.home)?;
        self.kind.clean(&self.context, field, value)
    }

    /// In a rehearsal: whether the record that the cell names, and that is not there, is made by an earlier row.
    fn is_made_above(&self, refusal: &Refusal, column: &Planned, text: &str, claims: &Claims) -> bool {
        let own_kind = column.field.is_some_and(|field| field.target == Some(self.kind.name()));
        self.rehearsing && refusal.code == Code::NotFound && own_kind && claims.has(&named_reference(text.trim()))
    }

    fn claim(&self, names: &[String], line: u64, claims: &mut Claims) -> Result<(), Refusal> {
        for name in names {
            claims.claim(name, line).map_err(|first| {
                let column = self.kind.reference().unwrap_or(registry::ID);
                Refusal::of(column, Code::DuplicateInFile).with("first", first)
            })?;
        }
        Ok(())
    }
}

fn named_reference(reference: &str) -> String {
    format!("reference {reference}")
}

fn named_id(id: RecordId) -> String {
    format!("id {id}")
}

/// What a row puts, and under which column's name each cell is refused.
#[derive(Default)]
struct Writing {
    set: Vec<Put>,
    lines: BTreeMap<(String, usize), NewLine>,
    named: Vec<(String, String)>,
}

impl Writing {
    fn is_empty(&self) -> bool {
        self.set.is_empty() && self.lines.is_empty()
    }

    fn put(&mut self, cell: String, value: Scalar, column: &str) {
        self.named.push((cell.replace('/', "."), column.to_owned()));
        self.set.push((cell, value));
    }

    fn put_in_line(
        &mut self,
        (list, nth): (&str, usize),
        key: impl FnOnce() -> LineKey,
        (field, value): (&str, Scalar),
        column: &str,
    ) {
        let new = || NewLine { list: list.to_owned(), key: key(), fields: Vec::new() };
        let line = self.lines.entry((list.to_owned(), nth)).or_insert_with(new);
        self.named.push((format!("{list}.{}.{field}", line.key), column.to_owned()));
        line.fields.push((field.to_owned(), value));
    }

    /// The puts. Two columns may say one thing, `roles` and `customer`, if they agree.
    fn puts(&self) -> Result<Puts, Refusal> {
        let mut set = self.set.clone();
        set.sort_by(|one, other| one.0.cmp(&other.0));
        set.dedup();
        if let Some(pair) = set.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Refusal::of(&pair[0].0.replace('/', "."), Code::AssignedTwice));
        }
        let puts = Puts { set, add: self.lines.values().cloned().collect() };
        let values = puts.set.iter().chain(puts.add.iter().flat_map(|line| &line.fields));
        if values.clone().count() > MAX_ASSIGNMENTS {
            return Err(Refusal::new(Code::TooMany).with("limit", MAX_ASSIGNMENTS));
        }
        if values.map(|(_, value)| value.size_bytes()).sum::<usize>() > MAX_ROW_PUT_BYTES {
            return Err(Refusal::new(Code::RowTooLarge).with("limit", MAX_ROW_PUT_BYTES));
        }
        Ok(puts)
    }

    /// A refusal under the name of the column that is at fault, where one is.
    fn under_column(&self, stopped: Stopped) -> Stopped {
        let Stopped::Refused(refusal) = stopped else { return stopped };
        let field = refusal.field.as_deref().unwrap_or_default();
        if let Some((_, column)) = self.named.iter().find(|(cell, _)| cell == field) {
            return refusal.under(column).into();
        }
        // A field that a new line must have, and that no column gives.
        let lacks = |((list, nth), line): (&(String, usize), &NewLine)| {
            let name = field.strip_prefix(&format!("{list}.{}.", line.key))?;
            Some(format!("{list}.{nth}.{name}"))
        };
        match self.lines.iter().find_map(lacks) {
            Some(column) => refusal.under(&column).into(),
            None => refusal.into(),
        }
    }
}

/// The key of a line that a row adds. One of that key which is archived stays as it is; the next key is as stable as the
/// first.
fn free_key(seen: Option<&Seen<'_>>, list: &str, nth: usize, seed: &str, main: bool) -> LineKey {
    let key = |round: u32| {
        let mut hasher = blake3::Hasher::new_derive_key(LINE_KEY_CONTEXT);
        hasher.update(&round.to_be_bytes()).update(seed.as_bytes());
        if !main {
            hasher.update(&[0]).update(list.as_bytes()).update(&nth.to_be_bytes());
        }
        let text = hasher.finalize().to_hex()[..16].to_owned();
        text.parse::<LineKey>().expect("invariant: hexadecimal digits are a key")
    };
    let free = |key: &LineKey| !seen.is_some_and(|seen| seen.has_line(list, key));
    (0..).map(key).find(free).expect("invariant: a record has a bounded number of lines")
}
