//! Rights to pools: how much lies there, how much is promised, who may still sell how much. Owns the question and its answer.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::RecordId;
use comptoir_replica::{Replica, StorageError};
use comptoir_sync_protocol::ids::{Epoch, SiteId, Writer};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::named;
use super::{Sites, location_code, quantity};
use crate::back_office::BackOffice;
use crate::limits::MAX_CREDIT_DRAWS;
use crate::refusal::{Code, Refusal};

/// One pool with its rights.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct PoolRights {
    /// The pool's id.
    pub pool: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The item's code.
    pub item: String,
    /// The unit of every quantity here.
    pub unit: String,
    /// The code of the site that keeps it.
    pub site: String,
    /// The code of the location.
    pub location: String,
    /// What lies there.
    pub on_hand: String,
    /// Promised: given and not given back, sold and not delivered.
    pub granted: String,
    /// What may be granted, or taken; below zero is a deficit.
    pub free: String,
    /// Who holds rights.
    pub holders: Vec<PoolHolder>,
}

/// A site that holds rights, or did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct PoolHolder {
    /// The site's code.
    pub site: String,
    /// What it may still sell, as it writes now.
    pub held: String,
    /// Rights of an epoch of the site that ended, or of a site that is revoked: nobody may use them.
    pub frozen: String,
    /// The site is revoked: what is frozen can be taken back by the keeper.
    pub revoked: bool,
    /// What it sold.
    pub sold: String,
    /// Of it not delivered yet.
    pub to_deliver: String,
}

/// By what rights are frozen: the epochs in which sites write now, as far as they are known, and who is revoked.
#[derive(Clone, Debug, Default)]
pub struct Present {
    /// Each site's writer.
    pub writers: Vec<Writer>,
    /// Removed for good.
    pub revoked: BTreeSet<SiteId>,
}

impl Present {
    /// As a replica knows it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of(replica: &Replica<BackOffice>) -> Result<Self, StorageError> {
        let roster = replica.roster();
        let revoked = roster.removed.iter().filter(|(_, removal)| removal.revoked).map(|(site, _)| *site).collect();
        Ok(Self { writers: replica.latest_writers()?, revoked })
    }

    /// Whether what a site was given in an epoch is of use to nobody.
    fn is_frozen(&self, holder: Writer) -> bool {
        // An epoch of which a later one is known has ended.
        let ended = self.writers.iter().any(|writer| writer.site == holder.site) && !self.writers.contains(&holder);
        ended || self.revoked.contains(&holder.site)
    }
}

/// A pool's facts.
#[derive(Clone, Debug)]
pub struct PoolFacts {
    /// Its id.
    pub id: RecordId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What is sold from it.
    pub item: RecordId,
    /// Where it lies.
    pub location: RecordId,
    /// How it is shared out: `demand` or `equal`.
    pub policy: String,
    /// What its keeper keeps back, in millionths.
    pub keep: i64,
}

/// The pool of this id.
///
/// # Errors
/// [`Code::NotFound`] when it lacks its item or location, or those of SQL.
pub fn pool(connection: &Connection, id: &RecordId) -> Result<PoolFacts, crate::desk::Stopped> {
    let sql = "SELECT f_code, f_name, f_item, f_location, f_policy, ifnull(f_keep, 0) FROM of_pool WHERE id = ?1";
    let found = connection.prepare_cached(sql)?.query_row([id.as_bytes()], |row| {
        let [code, name, item, location, policy]: [String; 5] =
            [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((code, name, item.parse().ok(), location.parse().ok(), policy, row.get(5)?))
    });
    match found.optional()? {
        Some((code, name, Some(item), Some(location), policy, keep)) => {
            Ok(PoolFacts { id: *id, code, name, item, location, policy, keep })
        }
        _ => Err(Refusal::new(Code::NotFound).with("kind", "pool").with("value", id).into()),
    }
}

/// All pools in use, or one.
///
/// # Errors
/// Those of SQL.
pub fn rights(
    connection: &Connection,
    sites: &Sites,
    present: &Present,
    only: Option<RecordId>,
) -> Result<Vec<PoolRights>, crate::desk::Stopped> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM of_pool WHERE archived = 0 AND (?1 IS NULL OR id = ?1) ORDER BY reference, id",
    )?;
    let ids: Vec<RecordId> = statement
        .query_map([only.map(|id| id.0)], |row| row.get::<_, [u8; 16]>(0).map(RecordId))?
        .collect::<rusqlite::Result<_>>()?;
    ids.iter().map(|id| of_pool(connection, sites, present, &pool(connection, id)?)).collect()
}

fn of_pool(
    connection: &Connection,
    sites: &Sites,
    present: &Present,
    pool: &PoolFacts,
) -> Result<PoolRights, crate::desk::Stopped> {
    let (there, out) = free(connection, pool)?;
    let (item, _, unit) = named(connection, pool.item.as_bytes())?;
    let site = super::super::rules::location(connection, &pool.location)?.map(|found| found.site).unwrap_or_default();
    let held = holders(connection, present, &pool.id)?;
    let shown = |(site, sums): (&SiteId, &Held)| PoolHolder {
        site: sites.code(&site.0),
        held: quantity(sums.held),
        frozen: quantity(sums.frozen),
        revoked: present.revoked.contains(site),
        sold: quantity(sums.sold),
        to_deliver: quantity(sums.to_deliver),
    };
    Ok(PoolRights {
        pool: pool.id.to_string(),
        code: pool.code.clone(),
        name: pool.name.clone(),
        item,
        unit,
        site,
        location: location_code(connection, pool.location.as_bytes())?,
        on_hand: quantity(there),
        granted: quantity(out),
        free: quantity(there - out),
        holders: held.iter().map(shown).collect(),
    })
}

/// What lies in a pool, and how much of it is promised, in millionths. What a revoked site sold of rights that were taken back
/// is promised, whether it is honoured yet or not.
///
/// # Errors
/// Those of SQL.
pub fn free(connection: &Connection, pool: &PoolFacts) -> rusqlite::Result<(i64, i64)> {
    let key = params![pool.item.0, pool.location.0];
    let sql = "SELECT ifnull(sum(quantity), 0) FROM stock_on_hand WHERE item = ?1 AND location = ?2";
    let there = connection.prepare_cached(sql)?.query_row(key, |row| row.get(0))?;
    let sql = "SELECT ifnull(sum(granted), 0) FROM stock_pools WHERE item = ?1 AND location = ?2";
    let granted: i64 = connection.prepare_cached(sql)?.query_row(key, |row| row.get(0))?;
    let sql = "SELECT ifnull(sum(drawn - quantity), 0) FROM stock_credits
        WHERE drawn > quantity AND pool = ?3 AND item = ?1 AND location = ?2";
    let key = params![pool.item.0, pool.location.0, pool.id.0];
    let oversold: i64 = connection.prepare_cached(sql)?.query_row(key, |row| row.get(0))?;
    Ok((there, granted.saturating_add(oversold)))
}

/// What a site holds of a pool, in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// May still be sold.
    pub held: i64,
    /// Of epochs that ended, or of a site that is revoked.
    pub frozen: i64,
    /// Was sold.
    pub sold: i64,
    /// Of it not delivered.
    pub to_deliver: i64,
}

/// Who holds rights to a pool.
///
/// # Errors
/// Those of SQL.
pub fn holders(
    connection: &Connection,
    present: &Present,
    pool: &RecordId,
) -> rusqlite::Result<BTreeMap<SiteId, Held>> {
    let mut held: BTreeMap<SiteId, Held> = BTreeMap::new();
    let mut statement = connection.prepare_cached(
        "SELECT to_site, to_epoch, sum(max(quantity - drawn, 0)) FROM stock_credits WHERE pool = ?1
         GROUP BY to_site, to_epoch",
    )?;
    let mut rows = statement.query([pool.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (site, epoch, left): (_, _, i64) = (SiteId(row.get(0)?), Epoch(row.get(1)?), row.get(2)?);
        let sums = held.entry(site).or_default();
        let is_frozen = present.is_frozen(Writer { site, epoch });
        *if is_frozen { &mut sums.frozen } else { &mut sums.held } += left;
    }
    let mut statement = connection.prepare_cached(
        "SELECT site, sum(quantity), sum(quantity - delivered) FROM stock_sales WHERE pool = ?1 GROUP BY site",
    )?;
    let mut rows = statement.query([pool.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let sums = held.entry(SiteId(row.get(0)?)).or_default();
        (sums.sold, sums.to_deliver) = (row.get(1)?, row.get(2)?);
    }
    Ok(held)
}

/// A credit that a holder may draw on, with what is left of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenCredit {
    /// The posting that is the credit.
    pub id: RecordId,
    /// What is left of it, in millionths.
    pub left: i64,
}

/// The credits that name a writer and have something left, oldest first.
///
/// # Errors
/// Those of SQL.
pub fn open_credits(connection: &Connection, writer: &Writer, pool: &RecordId) -> rusqlite::Result<Vec<OpenCredit>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, quantity - drawn FROM stock_credits
         WHERE pool = ?1 AND to_site = ?2 AND to_epoch = ?3 AND drawn < quantity ORDER BY id",
    )?;
    let rows = statement.query_map(params![pool.0, writer.site.0, writer.epoch.0], |row| {
        Ok(OpenCredit { id: RecordId(row.get(0)?), left: row.get(1)? })
    })?;
    rows.collect()
}

/// The credits that a site was given of a pool, whichever epoch they name, and that have something left, oldest first: as many
/// as one posting draws on.
///
/// # Errors
/// Those of SQL.
pub fn frozen_credits(connection: &Connection, pool: &PoolFacts, site: SiteId) -> rusqlite::Result<Vec<OpenCredit>> {
    credits_of(connection, pool, site, "quantity - drawn")
}

/// The same of those of which more was drawn than there was: what a revoked site sold of rights that were taken back.
///
/// # Errors
/// Those of SQL.
pub fn overdrawn_credits(connection: &Connection, pool: &PoolFacts, site: SiteId) -> rusqlite::Result<Vec<OpenCredit>> {
    credits_of(connection, pool, site, "drawn - quantity")
}

fn credits_of(
    connection: &Connection,
    pool: &PoolFacts,
    site: SiteId,
    amount: &str,
) -> rusqlite::Result<Vec<OpenCredit>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, {amount} FROM stock_credits
         WHERE pool = ?1 AND to_site = ?2 AND item = ?3 AND location = ?4 AND {amount} > 0 ORDER BY id LIMIT ?5"
    ))?;
    let most = MAX_CREDIT_DRAWS as i64;
    let rows = statement.query_map(params![pool.id.0, site.0, pool.item.0, pool.location.0, most], |row| {
        Ok(OpenCredit { id: RecordId(row.get(0)?), left: row.get(1)? })
    })?;
    rows.collect()
}
