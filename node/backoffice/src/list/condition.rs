//! Filters as SQL conditions on the record's row `p`. Owns the operators of each shape and what each means; values are bound,
//! never written into the SQL.

use rusqlite::types::Value as SqlValue;

use super::literal::{Literal, truth};
use super::query::{Filter, Operator, names};
use super::source::{Held, Shape, Source};
use crate::desk::Stopped;
use crate::projection::ListLayout;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Kind};
use crate::text::fold;

/// The greatest character: text that begins with `x` lies between `x` and `x` with this after it.
pub(super) const GREATEST: char = '\u{10ffff}';

/// A condition that records must meet.
#[derive(Debug)]
pub(super) enum Condition {
    /// On the row itself.
    Row(Sql, Reach),
    /// To be among the records whose numbers a SELECT gives, or (`wanted` false) not to be.
    Among { select: Sql, probe: Option<Sql>, wanted: bool },
}

/// How SQLite can find the rows of a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// By the index of titles.
    Titled,
    /// By another index.
    Indexed,
    /// By looking at rows, of which many meet it, or few that another condition names.
    Common,
    /// By looking at every row.
    Scanned,
}

/// A piece of SQL with what is bound to it.
#[derive(Clone, Default, Debug)]
pub(super) struct Sql {
    pub text: String,
    pub bound: Vec<SqlValue>,
}

impl Sql {
    pub fn new(text: impl Into<String>, bound: Vec<SqlValue>) -> Self {
        Self { text: text.into(), bound }
    }
}

/// The operators that go with a shape.
fn operators(shape: &Shape) -> &'static [Operator] {
    use Operator as O;
    match shape {
        Shape::Text | Shape::Code => &[O::Eq, O::Ne, O::In, O::Starts, O::Contains, O::Empty],
        Shape::Choice(_) | Shape::Reference(_) => &[O::Eq, O::Ne, O::In, O::Empty],
        Shape::Int | Shape::Decimal | Shape::Date | Shape::Money => {
            &[O::Eq, O::Ne, O::Lt, O::Lte, O::Gt, O::Gte, O::Between, O::In, O::Empty]
        }
        Shape::Bool => &[O::Eq],
    }
}

impl Condition {
    /// The conditions that a filter is.
    pub fn of(context: &Context<'_>, kind: &Kind, filter: &Filter) -> Result<Vec<Self>, Stopped> {
        let source = Source::of(context, kind, &filter.field)?;
        let known = operators(&source.shape);
        if !known.contains(&filter.operator) {
            let refusal = Refusal::of(&filter.field, Code::UnknownOperator).with("value", filter.operator.name());
            return Err(refusal.with("known", names(known)).into());
        }
        let (met, negated) = predicate(context, &source, filter)?;
        Ok(match source.held {
            Held::Record if negated => {
                let text = format!("({}) IS NOT TRUE", source.of_record(&met.text));
                vec![Self::Row(Sql { text, ..met }, Reach::Scanned)]
            }
            Held::Record => vec![Self::Row(met, reach(&source, filter.operator))],
            Held::AnyLine(list) => vec![among_lines(list, met, !negated)],
            Held::Custom => {
                let rows = source.custom_rows();
                let select = format!("SELECT v.record FROM {rows} AND {}", met.text);
                let probe = format!("EXISTS (SELECT 1 FROM {rows} AND v.record = p.number AND {})", met.text);
                let (select, probe) = (Sql::new(select, met.bound.clone()), Sql::new(probe, met.bound));
                vec![Self::Among { select, probe: Some(probe), wanted: !negated }]
            }
        })
    }
}

/// The records with a line in use that meets a condition, or those without.
fn among_lines(list: &ListLayout, met: Sql, wanted: bool) -> Condition {
    let lines = format!("FROM {} l WHERE l.archived = 0 AND {}", list.table, met.text);
    let select = Sql::new(format!("SELECT l.record {lines}"), met.bound.clone());
    let probe = Sql::new(format!("EXISTS (SELECT 1 {lines} AND l.record = p.number)"), met.bound);
    Condition::Among { select, probe: Some(probe), wanted }
}

fn reach(source: &Source, operator: Operator) -> Reach {
    let by_whole = !matches!(operator, Operator::Starts | Operator::Contains);
    match &source.shape {
        Shape::Bool | Shape::Choice(_) => Reach::Common,
        _ if source.is_title && operator != Operator::Contains => Reach::Titled,
        _ if source.is_indexed() && by_whole => Reach::Indexed,
        _ => Reach::Scanned,
    }
}

/// What must hold of a value in the table where it stands, and whether the records wanted are those of which it does not hold.
fn predicate(context: &Context<'_>, source: &Source, filter: &Filter) -> Result<(Sql, bool), Stopped> {
    use Operator as O;
    let is_empty = || Ok((present(source), true));
    let typed = &filter.value;
    match filter.operator {
        O::Empty => Ok((present(source), truth(source, typed)?)),
        O::Eq if source.shape == Shape::Bool => Ok((is_true(source), !truth(source, typed)?)),
        O::Eq if typed.trim().is_empty() => is_empty(),
        O::Ne if typed.trim().is_empty() => Ok((present(source), false)),
        O::Eq => Ok((equals(source, vec![Literal::of(context, source, typed)?]), false)),
        O::Ne => Ok((equals(source, vec![Literal::of(context, source, typed)?]), true)),
        O::In => Ok((equals(source, Literal::several(context, source, typed)?), false)),
        O::Starts | O::Contains => Ok((like(source, filter.operator, typed), false)),
        O::Lt => Ok((compared(source, "<", Literal::of(context, source, typed)?), false)),
        O::Lte => Ok((compared(source, "<=", Literal::of(context, source, typed)?), false)),
        O::Gt => Ok((compared(source, ">", Literal::of(context, source, typed)?), false)),
        O::Gte => Ok((compared(source, ">=", Literal::of(context, source, typed)?), false)),
        O::Between => {
            let expected = || Refusal::of(&source.name, Code::WrongType).with("expected", "two values as 1|2");
            let [from, to]: [Literal; 2] =
                Literal::several(context, source, typed)?.try_into().map_err(|_| expected())?;
            if from.currency != to.currency {
                return Err(expected().with("expected", "two amounts in one currency").into());
            }
            let (from, to) = (compared(source, ">=", from), compared(source, "<=", to));
            let bound = from.bound.into_iter().chain(to.bound).collect();
            Ok((Sql::new(format!("{} AND {}", from.text, to.text), bound), false))
        }
    }
}

/// There is a value. An index on the column has the same words, and is used only where they stand.
fn present(source: &Source) -> Sql {
    Sql::new(format!("{} <> ''", source.value()), vec![])
}

fn is_true(source: &Source) -> Sql {
    let truth = if matches!(source.held, Held::Custom) { "'true'" } else { "1" };
    Sql::new(format!("{} = {truth}", source.value()), vec![])
}

fn equals(source: &Source, literals: Vec<Literal>) -> Sql {
    let value = source.value();
    if source.shape == Shape::Money {
        let currency = source.currency();
        let each = format!("({currency} = ? AND {value} = ?)");
        let text = vec![each; literals.len()].join(" OR ");
        let bound = literals.into_iter().flat_map(|literal| {
            std::iter::once(SqlValue::from(literal.currency.unwrap_or_default())).chain(literal.values)
        });
        return Sql::new(format!("({text}) AND {value} <> ''"), bound.collect());
    }
    let mut bound: Vec<SqlValue> = literals.into_iter().flat_map(|literal| literal.values).collect();
    let places = vec!["?"; bound.len()].join(", ");
    let mut text = format!("{value} IN ({places}) AND {value} <> ''");
    if source.is_title {
        // The index is on the folded title.
        let folded = bound.iter().map(|value| match value {
            SqlValue::Text(text) => SqlValue::Text(fold(text)),
            other => other.clone(),
        });
        let folded: Vec<SqlValue> = folded.collect();
        text = format!("{text} AND p.title_folded IN ({places})");
        bound.extend(folded);
    }
    Sql::new(text, bound)
}

fn like(source: &Source, operator: Operator, typed: &str) -> Sql {
    let wanted = fold(typed.trim());
    if source.is_title && operator == Operator::Starts {
        let end = format!("{wanted}{GREATEST}");
        return Sql::new("p.title_folded >= ? AND p.title_folded < ?", vec![wanted.into(), end.into()]);
    }
    let folded = if source.is_title { "p.title_folded".to_owned() } else { format!("folded({})", source.value()) };
    let place = if operator == Operator::Starts { "= 1" } else { "> 0" };
    Sql::new(format!("instr({folded}, ?) {place}"), vec![wanted.into()])
}

fn compared(source: &Source, sign: &str, literal: Literal) -> Sql {
    let value = source.value();
    let text = format!("{value} {sign} ? AND {value} <> ''");
    let mut bound = literal.values;
    match literal.currency {
        None => Sql::new(text, bound),
        Some(currency) => {
            bound.push(currency.into());
            Sql::new(format!("{text} AND {} = ?", source.currency()), bound)
        }
    }
}
