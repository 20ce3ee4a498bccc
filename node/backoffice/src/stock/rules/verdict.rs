//! The verdict on a posting about stock. Owns the way into the rules and what they share: running balances over the lines of one
//! posting, the number, the lookup of what is cited. The rules themselves stand in a file for each kind. They read the ledger
//! and nothing else, and are asked both by whoever posts and by everyone who receives it.

use std::collections::BTreeMap;

use comptoir_replica::posting::{Account, Effect, Ledger, PostingStop, PostingView};
use comptoir_replica::record::RecordId;

use super::{accounts, moving, revaluation, rights, transfer};
use crate::limits::MAX_POSTING_LINES;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::Body;

/// Why a rule says no, or cannot say.
#[derive(Debug)]
pub enum RuleStop {
    /// It breaks a rule.
    Broken(Refusal),
    /// The ledger could not tell.
    Ledger(PostingStop),
}

impl From<Refusal> for RuleStop {
    fn from(refusal: Refusal) -> Self {
        Self::Broken(refusal)
    }
}

impl From<PostingStop> for RuleStop {
    fn from(stop: PostingStop) -> Self {
        Self::Ledger(stop)
    }
}

impl From<RuleStop> for PostingStop {
    fn from(stop: RuleStop) -> Self {
        match stop {
            RuleStop::Broken(refusal) => Self::refused(refusal.code.as_str(), &refusal),
            RuleStop::Ledger(stop) => stop,
        }
    }
}

/// Judges a posting.
///
/// # Errors
/// [`RuleStop::Broken`] names the rule and the line.
pub fn judge(ledger: &Ledger<'_>, view: &PostingView<'_>, body: &Body) -> Result<(), RuleStop> {
    let case = Case { view, running: Running { ledger, moved: BTreeMap::new() } };
    match body {
        Body::Move(body) => moving::judge(case, body),
        Body::Dispatch(body) => transfer::judge_dispatch(case, body),
        Body::Receipt(body) => transfer::judge_receipt(case, body),
        Body::Settlement(body) => transfer::judge_settlement(case, body),
        Body::Revaluation(body) => revaluation::judge(case, body),
        Body::Rights(body) => rights::judge(case, body),
    }
}

/// A posting that is judged.
pub(super) struct Case<'c> {
    pub view: &'c PostingView<'c>,
    pub running: Running<'c>,
}

/// Balances with what the lines before moved.
pub(super) struct Running<'c> {
    pub ledger: &'c Ledger<'c>,
    moved: BTreeMap<Account, i64>,
}

impl Running<'_> {
    /// What stands on an account of the site.
    pub fn balance(&self, account: &Account) -> Result<i64, RuleStop> {
        let moved = self.moved.get(account).copied().unwrap_or(0);
        Ok(self.ledger.balance(account)?.saturating_add(moved))
    }

    /// What stands on an account of the epoch.
    pub fn balance_of_epoch(&self, account: &Account) -> Result<i64, RuleStop> {
        let moved = self.moved.get(account).copied().unwrap_or(0);
        Ok(self.ledger.balance_of_epoch(account)?.saturating_add(moved))
    }

    /// Counts these as moved.
    pub fn add(&mut self, effects: &[Effect]) -> Result<(), RuleStop> {
        for effect in effects {
            let amount = self.moved.entry(effect.account).or_default();
            *amount = amount.checked_add(effect.amount).ok_or_else(|| Refusal::new(Code::QuantityTooLarge))?;
        }
        Ok(())
    }
}

impl Case<'_> {
    /// The number is the next of its kind in this epoch.
    pub fn check_number(&self, number: u64) -> Result<(), RuleStop> {
        let account = accounts::number(&self.view.posting.kind);
        let next = self.running.balance_of_epoch(&account)?.unsigned_abs() + 1;
        if number == next {
            return Ok(());
        }
        Err(Refusal::new(Code::NumberOutOfOrder).with("value", number).with("expected", next).into())
    }

    /// Something happens once.
    pub fn check_once(&self, account: &Account, code: Code, value: impl ToString) -> Result<(), RuleStop> {
        match self.running.balance(account)? {
            0 => Ok(()),
            _ => Err(Refusal::new(code).with("value", value).into()),
        }
    }

    /// The cited posting of this id.
    pub fn cited(&self, id: &RecordId) -> Result<(comptoir_sync_protocol::LogHead, Body), RuleStop> {
        for head in &self.view.posting.cites {
            let found = self.running.ledger.cited(head)?.into_iter().find(|posting| posting.id == id.0);
            if let Some(posting) = found {
                return Ok((*head, Body::read(&posting)?));
            }
        }
        Err(Refusal::new(Code::NotCited).with("value", id).into())
    }
}

/// A posting has lines, and not too many.
pub(super) fn check_count(lines: usize) -> Result<(), Refusal> {
    match lines {
        0 => Err(Refusal::new(Code::NoLines)),
        lines if lines > MAX_POSTING_LINES => Err(Refusal::new(Code::TooMany).with("limit", MAX_POSTING_LINES)),
        _ => Ok(()),
    }
}

/// A refusal that names a line as people count them.
pub(super) fn of_line(index: usize, code: Code) -> Refusal {
    Refusal::of(&format!("lines.{}", index + 1), code)
}

/// ISO 4217 by its form.
pub(super) fn check_currency(code: &str) -> Result<(), Refusal> {
    match code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        true => Ok(()),
        false => Err(Refusal::new(Code::CurrencyUnknown).with("value", code)),
    }
}
