//! The values of filters, from what was typed to what columns hold. Owns the typing; refuses under the field's name.

use comptoir_replica::record::value::Date;
use comptoir_replica::record::{RecordId, Scalar};
use rusqlite::types::Value as SqlValue;

use super::query::VALUES_SEPARATOR;
use super::source::{Shape, Source};
use crate::alias;
use crate::desk::Stopped;
use crate::find;
use crate::limits::{MAX_FILTER_ALIASES, MAX_FILTER_VALUES};
use crate::projection::millionths;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Kind, clean, parse_money};

/// One value.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Literal {
    /// What the column may hold for it; one but for text and references.
    pub values: Vec<SqlValue>,
    /// The currency of an amount.
    pub currency: Option<String>,
}

impl Literal {
    /// What was typed, as the field's column holds it.
    pub fn of(context: &Context<'_>, source: &Source, typed: &str) -> Result<Self, Stopped> {
        let typed = typed.trim();
        let wrong = |expected: &str| Refusal::of(&source.name, Code::WrongType).with("expected", expected);
        let one = |value: SqlValue| Self { values: vec![value], currency: None };
        Ok(match &source.shape {
            Shape::Text | Shape::Code => Self { values: texts(context, source, typed)?, currency: None },
            Shape::Choice(choices) => one(choice(source, choices, typed)?.into()),
            Shape::Int => one(typed.parse::<i64>().map_err(|_| wrong("a whole number"))?.into()),
            Shape::Decimal => {
                let number = clean::decimal_of_text(typed).and_then(millionths).ok_or_else(|| wrong("a number"))?;
                one(number.into())
            }
            Shape::Date => {
                let date = typed.parse::<Date>().map_err(|_| wrong("a date as 2026-11-24"))?;
                one(date.to_string().into())
            }
            Shape::Money => {
                let money = parse_money(typed, context.home).map_err(|refusal| refusal.under(&source.name))?;
                Self { values: vec![money.minor().into()], currency: Some(money.currency().to_owned()) }
            }
            Shape::Bool => one(i64::from(truth(source, typed)?).into()),
            Shape::Reference(target) => Self { values: ids(context, source, *target, typed)?, currency: None },
        })
    }

    /// Several, as `in` and `between` take them.
    pub fn several(context: &Context<'_>, source: &Source, typed: &str) -> Result<Vec<Self>, Stopped> {
        let parts: Vec<&str> = typed.split(VALUES_SEPARATOR).collect();
        if parts.len() > MAX_FILTER_VALUES {
            return Err(Refusal::of(&source.name, Code::TooMany).with("limit", MAX_FILTER_VALUES).into());
        }
        parts.into_iter().map(|part| Self::of(context, source, part)).collect()
    }
}

/// `true` or `false`.
pub(super) fn truth(source: &Source, typed: &str) -> Result<bool, Refusal> {
    let wrong = |_| Refusal::of(&source.name, Code::WrongType).with("expected", "true or false");
    typed.trim().parse().map_err(wrong)
}

/// Text as typed, and as a form would have stored it: a telephone number is found however it was written.
fn texts(context: &Context<'_>, source: &Source, typed: &str) -> Result<Vec<SqlValue>, Stopped> {
    let mut values = vec![SqlValue::from(typed.to_owned())];
    if let Some(field) = source.field {
        // A type may put off what its widget does until it knows other fields: a telephone's country is then the site's.
        let cleaned =
            [source.kind().clean(context, field, typed.into()), clean::by_widget(context, field, typed.into())];
        for cleaned in cleaned {
            match cleaned {
                Ok(Scalar::Str(stored)) if !values.contains(&stored.clone().into()) => values.push(stored.into()),
                Err(Stopped::Sql(error)) => return Err(error.into()),
                _ => {}
            }
        }
    }
    Ok(values)
}

fn choice(source: &Source, choices: &[String], typed: &str) -> Result<String, Refusal> {
    let word = typed.to_lowercase();
    let refusal = || Refusal::of(&source.name, Code::NotInList).with("value", typed).with("known", choices.join(", "));
    choices.iter().find(|choice| choice.to_lowercase() == word).cloned().ok_or_else(refusal)
}

/// The record that is named, by id or reference, and everything that is an alias of it: a field may name any of them.
fn ids(context: &Context<'_>, source: &Source, target: Option<&Kind>, typed: &str) -> Result<Vec<SqlValue>, Stopped> {
    let as_typed = typed.parse::<RecordId>();
    let Some(target) = target else {
        let wrong = |_| Refusal::of(&source.name, Code::WrongType).with("expected", "the id of a record");
        return Ok(vec![as_typed.map_err(wrong)?.to_string().into()]);
    };
    let id = match as_typed {
        Ok(id) => id,
        Err(_) => find::find_named(context, target, typed).map_err(|stopped| stopped.under(&source.name))?.1,
    };
    let canonical = alias::canonical(context.connection, target, id)?;
    let mut ids = alias::aliases_of(context.connection, target, canonical, MAX_FILTER_ALIASES)?;
    ids.retain(|(_, alias)| *alias != canonical && *alias != id);
    let named = [canonical, id].into_iter().take(if id == canonical { 1 } else { 2 });
    Ok(named.chain(ids.into_iter().map(|(_, alias)| alias)).map(|id| id.to_string().into()).collect())
}
