//! Settling an item: from a person's decision to edits. Owns the decision alone; the desk appends.

use std::collections::BTreeMap;

use comptoir_replica::record::Scalar;
use comptoir_replica::{Edit, Reading};
use comptoir_sync_protocol::ids::ScopeId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::subject::Subject;
use crate::alias::Place;
use crate::alias::findings::LikelyDuplicate;
use crate::changes::{ALIAS_OF, ARCHIVED, Asked};
use crate::desk::{Stopped, stored};
use crate::refusal::{Code, Refusal};
use crate::registry::Context;
use crate::shown::named;

/// What a person decided. One of the two.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The place of the right one among the item's `values`, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<usize>,
    /// For a conflict: another value altogether.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub value: Option<Value>,
}

/// The edits that settle the item, by scope.
///
/// # Errors
/// [`Code::UnknownChoice`], or a value that the field does not take.
pub(crate) fn settle(
    subject: &Subject,
    decision: &Decision,
    context: &Context<'_>,
    reading: &Reading<'_>,
) -> Result<Vec<(ScopeId, Edit)>, Stopped> {
    match (subject, decision) {
        (Subject::Conflict { of, scope, record, key, .. }, Decision { take: None, value: Some(value) }) => {
            let set = BTreeMap::from([(named(key), value.clone())]);
            let mut puts = Asked::of_fields(set).typed(of, context)?.set;
            let cells = stored(reading, of, *scope, *record)?.cells;
            of.settle(&context.clone().about(*record), &cells, &mut puts)?;
            Ok(vec![(*scope, Edit::resolve(of.name(), *record, puts))])
        }
        (Subject::Conflict { of, scope, record, key, values }, Decision { take: Some(place), value: None }) => {
            let visible = chosen(values, *place)?;
            let puts = vec![(key.clone(), visible.value.clone())];
            Ok(vec![(*scope, Edit::resolve(of.name(), *record, puts))])
        }
        (Subject::Duplicate { of, bearers, .. }, Decision { take: Some(place), value: None }) => {
            let kept = chosen(bearers, *place)?;
            let others = bearers.iter().filter(|bearer| *bearer != kept);
            let archive = |record| Edit::change(of.name(), record, vec![(ARCHIVED.to_owned(), true.into())]);
            Ok(others.map(|(scope, record)| (*scope, archive(*record))).collect())
        }
        (Subject::EditedArchived { of, scope, record, path, .. }, Decision { take: Some(place), value: None }) => {
            let archived = *chosen(&[true, false], *place)?;
            let puts = vec![(path.clone(), Scalar::from(archived))];
            Ok(vec![(*scope, Edit::resolve(of.name(), *record, puts))])
        }
        (Subject::BothWays { of, circle }, Decision { take: Some(place), value: None }) => {
            let (scope, record) = *chosen(circle, *place)?;
            Ok(vec![(scope, Edit::change(of.name(), record, vec![(ALIAS_OF.to_owned(), Scalar::Null)]))])
        }
        (Subject::IntoArchived { of, alias, canonical }, Decision { take: Some(place), value: None }) => {
            let archived = *chosen(&[true, false], *place)?;
            let (scope, record) = if archived { *alias } else { *canonical };
            Ok(vec![(scope, Edit::change(of.name(), record, vec![(ARCHIVED.to_owned(), archived.into())]))])
        }
        (Subject::Quarantined(_) | Subject::Parked(_), _) => {
            Err(no_choice("none", "none: there is nothing to choose").into())
        }
        (Subject::Conflict { .. }, _) => Err(no_choice("this", "one of take and value").into()),
        _ => Err(no_choice("this", "take").into()),
    }
}

/// What a person decided of two records that are probably one.
pub(super) enum Likely {
    /// The first is merged into the second.
    Merge(Place, Place),
    /// They are two.
    Distinct(Place, Place),
}

/// What to do with a pair.
///
/// # Errors
/// [`Code::UnknownChoice`].
pub(super) fn settle_likely(pair: &LikelyDuplicate, decision: &Decision) -> Result<Likely, Refusal> {
    let Decision { take: Some(place), value: None } = decision else { return Err(no_choice("this", "take")) };
    Ok(match *chosen(&[1, 2, 3], *place)? {
        1 => Likely::Merge(pair.other, pair.one),
        2 => Likely::Merge(pair.one, pair.other),
        _ => Likely::Distinct(pair.one, pair.other),
    })
}

fn chosen<T>(values: &[T], place: usize) -> Result<&T, Refusal> {
    let value = place.checked_sub(1).and_then(|index| values.get(index));
    value.ok_or_else(|| no_choice(&place.to_string(), &format!("1 to {}", values.len())))
}

fn no_choice(value: &str, known: &str) -> Refusal {
    Refusal::new(Code::UnknownChoice).with("value", value).with("known", known)
}
