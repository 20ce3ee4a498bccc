//! The order of a list: by any fields, always ended by id, records without a value last. Owns the terms of ORDER BY and the
//! condition that continues after a record; reads nothing.
//!
//! A list is read in two segments: records that have a value of the first field, then those that have none. Each is in an
//! order that an index on the field can give; one expression that puts the empty ones last could use none.

use rusqlite::types::Value as SqlValue;

use super::condition::Sql;
use super::source::{Held, Shape, Source};
use crate::projection::layout;

/// What sorts text that is not in an index: as many characters of it as people compare.
const SORTED_TEXT_CHARS: usize = 100;

/// Which way a page is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// The order of a list.
#[derive(Debug)]
pub(super) struct Order {
    /// One or two, in the order of the list.
    pub segments: Vec<Segment>,
    /// Whether it begins with the title, as the index of titles has it.
    pub by_title: bool,
}

/// A part of the list in which the first field has a value, or has none.
#[derive(Debug)]
pub(super) struct Segment {
    /// Which records are in it.
    pub condition: String,
    /// What they are sorted by, the id last. None is ever null.
    pub terms: Vec<Term>,
}

/// One expression to sort by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Term {
    pub expression: String,
    pub descending: bool,
}

impl Order {
    /// The order by these fields, each with whether its greatest come first.
    pub fn of(fields: &[(Source, bool)]) -> Self {
        let id = Term { expression: "p.id".into(), descending: false };
        let Some(((first, descending), rest)) = fields.split_first() else {
            return Self { segments: vec![Segment { condition: "TRUE".into(), terms: vec![id] }], by_title: false };
        };
        let rest: Vec<Term> = rest
            .iter()
            .flat_map(|(source, descending)| {
                let empty = Term { expression: format!("(({}) IS NOT TRUE)", has_value(source)), descending: false };
                std::iter::once(empty).chain(values(source, *descending, true))
            })
            .chain([id])
            .collect();
        let with_value = values(first, *descending, false).chain(rest.clone()).collect();
        if first.shape == Shape::Bool {
            let terms = values(first, *descending, true).chain(rest).collect();
            return Self { segments: vec![Segment { condition: "TRUE".into(), terms }], by_title: false };
        }
        let without = match (&first.held, &first.shape) {
            _ if first.is_title => "p.title_folded = ''".to_owned(),
            (Held::Record, Shape::Int | Shape::Decimal | Shape::Money) => format!("{} IS NULL", first.value()),
            (Held::Record, _) => format!("{} = ''", first.value()),
            _ => format!("({}) IS NOT TRUE", has_value(first)),
        };
        let segments = vec![
            Segment { condition: has_value(first), terms: with_value },
            Segment { condition: without, terms: rest },
        ];
        Self { segments, by_title: first.is_title }
    }
}

impl Segment {
    /// ORDER BY, read this way.
    pub fn order_by(&self, direction: Direction) -> String {
        let terms = self.terms.iter().map(|term| {
            let descending = term.descending != (direction == Direction::Backward);
            format!("{}{}", term.expression, if descending { " DESC" } else { "" })
        });
        terms.collect::<Vec<_>>().join(", ")
    }

    /// What comes after (or, read backward, before) the record with these values of the terms.
    pub fn beyond(&self, values: &[SqlValue], direction: Direction) -> Sql {
        let sign = |term: &Term| if term.descending == (direction == Direction::Backward) { ">" } else { "<" };
        let uniform = self.terms.iter().all(|term| term.descending == self.terms[0].descending);
        if uniform {
            let names: Vec<&str> = self.terms.iter().map(|term| term.expression.as_str()).collect();
            let places = vec!["?"; names.len()].join(", ");
            let text = format!("({}) {} ({places})", names.join(", "), sign(&self.terms[0]));
            return Sql::new(text, values.to_vec());
        }
        // In turn: equal in the terms before, beyond in this one. What bounds the first term lets an index begin there.
        let first = &self.terms[0];
        let mut sql = Sql::new(format!("{} {}= ? AND (", first.expression, sign(first)), vec![values[0].clone()]);
        for (at, term) in self.terms.iter().enumerate() {
            sql.text.push_str(if at == 0 { "(" } else { " OR (" });
            for (equal, value) in self.terms.iter().zip(values).take(at) {
                sql.text.push_str(&format!("{} = ? AND ", equal.expression));
                sql.bound.push(value.clone());
            }
            sql.text.push_str(&format!("{} {} ?)", term.expression, sign(term)));
            sql.bound.push(values[at].clone());
        }
        sql.text.push(')');
        sql
    }
}

/// The record has a value of this field, in the words of the field's index.
fn has_value(source: &Source) -> String {
    match source.is_title {
        true => "p.title_folded <> ''".to_owned(),
        false => format!("{} <> ''", source.of_record(&source.value())),
    }
}

/// What a field is sorted by. `bare` values are those of records that may have none: null stands for nothing then.
fn values(source: &Source, descending: bool, may_be_empty: bool) -> impl Iterator<Item = Term> + use<> {
    let of_record = |expression: &str| source.of_record(expression);
    let value = source.value();
    let expressions = match &source.shape {
        _ if source.is_title => vec!["p.title_folded".to_owned()],
        Shape::Text => vec![format!("substr(folded({}), 1, {SORTED_TEXT_CHARS})", of_record(&value))],
        Shape::Money => vec![of_record(&source.currency()), of_record(&value)],
        // By the title of what is meant; of an alias of an alias, by that one's.
        Shape::Reference(Some(target)) => vec![format!(
            "COALESCE((SELECT COALESCE((SELECT m.title_folded FROM {0} m WHERE m.id = t.alias_of), t.title_folded)
               FROM {0} t WHERE t.id = unhex(replace({1}, '-', ''))), '')",
            layout(target).table,
            of_record(&value)
        )],
        _ => vec![of_record(&value)],
    };
    let nothing =
        if matches!(source.shape, Shape::Int | Shape::Decimal | Shape::Money | Shape::Bool) { "0" } else { "''" };
    let term = move |expression: String| {
        let expression = if may_be_empty { format!("COALESCE({expression}, {nothing})") } else { expression };
        Term { expression, descending }
    };
    expressions.into_iter().map(term)
}
