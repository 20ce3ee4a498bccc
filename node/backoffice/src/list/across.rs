//! Searching through all kinds at once: what a person types to get to a record, whatever it is. Owns the ranks of hits and
//! their bound. Kinds of modules that are off are left out.

use std::collections::BTreeSet;

use comptoir_replica::record::RecordId;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::condition::{GREATEST, Sql};
use super::plan::found;
use super::words::Words;
use crate::alias::listed_condition;
use crate::customising::query::is_on;
use crate::desk::{CommandError, Desk, Stopped};
use crate::limits::{HITS_PER_KIND, MAX_HITS_PER_KIND};
use crate::mask::Mask;
use crate::projection::{layout, place};
use crate::registry::{Context, Kind, Module};
use crate::staff::May;
use crate::text::fold;

/// What a search found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Hits {
    /// The kinds of which something was found, the one with the best hit first.
    pub kinds: Vec<KindHits>,
}

/// What was found of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct KindHits {
    /// The kind.
    pub kind: String,
    /// The best first.
    pub records: Vec<Hit>,
    /// Whether there are more: a list with the same `search` has them all.
    pub more: bool,
}

/// One record that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its scope's id.
    pub scope: String,
    /// Its name.
    pub title: String,
    /// The reference that people know it by; empty for none.
    pub reference: String,
    /// Why it is where it is.
    pub rank: Rank,
}

/// How well a record fits, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rank {
    /// Its reference is what was typed.
    Reference,
    /// Its name begins so.
    Beginning,
    /// The words stand somewhere in it.
    Words,
}

impl Desk<'_> {
    /// Live records of all kinds that have these words; at most so many of each kind.
    ///
    /// # Errors
    /// The store's.
    pub fn search(&self, text: &str, most: Option<usize>) -> Result<Hits, CommandError> {
        self.look(|reading| search(&self.context(reading), text, most))
    }
}

/// Live records of all kinds that have these words; at most so many of each kind.
///
/// # Errors
/// Those of SQL.
pub fn search(context: &Context<'_>, text: &str, most: Option<usize>) -> Result<Hits, Stopped> {
    let Some(words) = Words::of(text, &context.home.country) else { return Ok(Hits::default()) };
    let most = most.unwrap_or(HITS_PER_KIND).clamp(1, MAX_HITS_PER_KIND);
    let mut kinds = Vec::new();
    for module in Module::ALL {
        if !context.standing.may(*module, May::See) || !is_on(context.connection, *module, &context.home.code)? {
            continue;
        }
        for kind in module.kinds() {
            let mut records = of_kind(context, kind, (text.trim(), &words), most + 1)?;
            let more = records.len() > most;
            records.truncate(most);
            if !records.is_empty() {
                kinds.push(KindHits { kind: kind.name().to_owned(), records, more });
            }
        }
    }
    // The sort is stable: modules stay in their order.
    kinds.sort_by_key(|kind| kind.records[0].rank);
    Ok(Hits { kinds })
}

fn of_kind(
    context: &Context<'_>,
    kind: &Kind,
    (typed, words): (&str, &Words),
    most: usize,
) -> rusqlite::Result<Vec<Hit>> {
    let (connection, mask) = (context.connection, context.mask(kind)?);
    let begun = fold(typed);
    let beyond = format!("{begun}{GREATEST}");
    let words = found(connection, kind, &mask.searching(words))?;
    // By a title that is not seen nothing is found.
    let titled = if mask.sees_title() { "p.title_folded >= ? AND p.title_folded < ?" } else { "FALSE AND ? < ?" };
    let ways = [
        (Rank::Reference, Sql::new("p.reference = ? AND p.reference <> ''", vec![typed.to_owned().into()]), "p.id"),
        (Rank::Beginning, Sql::new(titled, vec![begun.into(), beyond.into()]), "p.title_folded, p.id"),
        // As they come: to sort them all takes longer than anyone waits for who types on.
        (Rank::Words, Sql::new(format!("p.number IN ({})", words.text), words.bound), ""),
    ];
    let (mut hits, mut met) = (Vec::new(), BTreeSet::new());
    for (rank, condition, order) in ways {
        if hits.len() < most {
            // What was met before is found again.
            let wanted = most - hits.len() + met.len();
            for (id, hit) in hits_by((connection, &mask), kind, rank, &condition, order, wanted)? {
                if hits.len() < most && met.insert(id) {
                    hits.push(hit);
                }
            }
        }
    }
    Ok(hits)
}

fn hits_by(
    (connection, mask): (&Connection, &Mask),
    kind: &Kind,
    rank: Rank,
    condition: &Sql,
    order: &str,
    most: usize,
) -> rusqlite::Result<Vec<(RecordId, Hit)>> {
    let order = if order.is_empty() { String::new() } else { format!("ORDER BY {order}") };
    // Words are looked up first; the index of titles would be walked to its end for them.
    let kept = if rank == Rank::Words { "+" } else { "" };
    let sql = format!(
        "SELECT p.scope, p.id, {}, p.reference FROM {} p WHERE {} AND {kept}p.archived = ? AND {} {order} LIMIT {most}",
        mask.title_column(),
        layout(kind).table,
        condition.text,
        listed_condition(kind, "p")
    );
    let bound: Vec<SqlValue> = condition.bound.iter().cloned().chain([0.into()]).collect();
    let bound: Vec<&dyn ToSql> = bound.iter().map(|value| value as &dyn ToSql).collect();
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(bound.as_slice(), |row| {
        let (scope, id) = place(row)?;
        let title: String = row.get(2)?;
        if mask.sees_title() && !title.is_empty() {
            mask.shows(mask.classes_of(kind.title()));
        }
        let hit = Hit { id: id.to_string(), scope: scope.to_string(), title, reference: row.get(3)?, rank };
        Ok((id, hit))
    })?;
    rows.collect()
}
