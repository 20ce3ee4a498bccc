//! What screens read of parties beyond what every kind has: pairs that are probably one party. Owns SELECTs on the tables of
//! parties; which pairs are alike is likeness's.

pub mod envelope;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use comptoir_replica::record::{Record, RecordId};
use rusqlite::{Connection, OptionalExtension, params};

use super::record::{KINDS, Party};
use super::rules::likeness::{Facts, Key, Likeness, compare};
use crate::alias::findings::LikelyDuplicate;
use crate::alias::{Place, canonical};
use crate::limits::{MAX_BLOCK_RECORDS, MAX_CANDIDATE_PAIRS, MAX_WEAK_BLOCK_RECORDS};
use crate::projection::place;
use crate::registry::Kind;

/// A party that has been looked at: what stands for it, and its facts.
struct Candidate {
    itself: RecordId,
    meant: Place,
    facts: Facts,
}

/// Pairs of live parties that are probably one and were not said to be two, the most probable first, at most so many. What
/// was merged counts for the party that stands for it.
///
/// # Errors
/// Those of SQL.
pub fn likely_duplicates(connection: &Connection, most: usize) -> rusqlite::Result<Vec<LikelyDuplicate>> {
    let kind = KINDS.iter().find(|kind| kind.name() == Party::KIND).expect("invariant: the module has parties");
    let mut candidates: HashMap<i64, Option<Candidate>> = HashMap::new();
    let mut found: HashMap<(Place, Place), Likeness> = HashMap::new();
    for (one, other) in pairs(connection)? {
        for number in [one, other] {
            if let Entry::Vacant(vacant) = candidates.entry(number) {
                vacant.insert(candidate(connection, kind, number)?);
            }
        }
        let (Some(Some(one)), Some(Some(other))) = (candidates.get(&one), candidates.get(&other)) else { continue };
        if one.meant == other.meant {
            continue;
        }
        let likeness = compare(&one.facts, &other.facts);
        if likeness.is_proposed() && !told_apart(connection, one, other)? {
            let pair = (one.meant, other.meant);
            let pair = if pair.0.1 < pair.1.1 { pair } else { (pair.1, pair.0) };
            let stronger = found.get(&pair).is_none_or(|known| known.score < likeness.score);
            if stronger {
                found.insert(pair, likeness);
            }
        }
    }
    let duplicate = |((one, other), likeness): ((Place, Place), Likeness)| {
        let reasons = likeness.reasons.iter().map(|reason| reason.word()).collect();
        LikelyDuplicate { of: kind, one, other, score: likeness.score, reasons }
    };
    let mut found: Vec<LikelyDuplicate> = found.into_iter().map(duplicate).collect();
    found.sort_unstable_by_key(|pair| (std::cmp::Reverse(pair.score), pair.one.1, pair.other.1));
    found.truncate(most);
    Ok(found)
}

/// Pairs of parties that share a key which not too many share, each once; those that share what says most first, if there are
/// too many.
fn pairs(connection: &Connection) -> rusqlite::Result<BTreeSet<(i64, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT k.key, k.record FROM (SELECT key FROM party_keys GROUP BY key
           HAVING COUNT(*) BETWEEN 2 AND CASE WHEN key < ?1 THEN ?2 ELSE ?3 END) s
         JOIN party_keys k ON k.key = s.key ORDER BY k.key DESC, k.record",
    )?;
    let mut rows = statement.query([Key::LEAST_STRONG, MAX_WEAK_BLOCK_RECORDS as i64, MAX_BLOCK_RECORDS as i64])?;
    let mut pairs = BTreeSet::new();
    let (mut key, mut block): (i64, Vec<i64>) = (0, Vec::new());
    while let Some(row) = rows.next()?.filter(|_| pairs.len() < MAX_CANDIDATE_PAIRS) {
        let record = row.get(1)?;
        if row.get::<_, i64>(0)? != key {
            (key, block) = (row.get(0)?, Vec::new());
        }
        pairs.extend(block.iter().map(|before| (*before, record)));
        block.push(record);
    }
    Ok(pairs)
}

/// The party of this number; `None` when what stands for it is out of use.
fn candidate(connection: &Connection, kind: &Kind, number: i64) -> rusqlite::Result<Option<Candidate>> {
    let mut statement = connection.prepare_cached(
        "SELECT p.scope, p.id, p.archived, p.alias_of IS NOT NULL, l.keys, l.name, l.places, l.person
         FROM party_likeness l JOIN of_party p ON p.number = l.record WHERE l.record = ?1",
    )?;
    let found = statement.query_row([number], |row| {
        let facts = Facts::read(row.get_ref(4)?.as_blob()?, row.get(5)?, row.get_ref(6)?.as_str()?, row.get(7)?);
        Ok((place(row)?, row.get::<_, bool>(2)?, row.get::<_, bool>(3)?, facts))
    });
    let Some((itself, archived, merged, facts)) = found.optional()? else { return Ok(None) };
    let meant = match merged {
        false => (!archived).then_some(itself),
        true => connection
            .prepare_cached("SELECT scope, id FROM of_party WHERE id = ?1 AND archived = 0 ORDER BY scope LIMIT 1")?
            .query_row([canonical(connection, kind, itself.1)?.as_bytes()], place)
            .optional()?,
    };
    Ok(meant.map(|meant| Candidate { itself: itself.1, meant, facts }))
}

/// Whether somebody said that the two are not one: of them, or of what stands for them.
fn told_apart(connection: &Connection, one: &Candidate, other: &Candidate) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM party_distinct WHERE (id = ?1 AND other = ?2) OR (id = ?2 AND other = ?1) LIMIT 1",
    )?;
    for one in [one.itself, one.meant.1] {
        for other in [other.itself, other.meant.1] {
            if statement.exists(params![one.as_bytes(), other.as_bytes()])? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
