//! The rules of a revaluation. Owns them: the site has the item, and its value stays above zero.

use super::accounts;
use super::verdict::{Case, RuleStop, check_currency};
use crate::refusal::{Code, Refusal};
use crate::stock::posting::Revaluation;

pub(super) fn judge(case: Case<'_>, body: &Revaluation) -> Result<(), RuleStop> {
    case.check_number(body.number)?;
    check_currency(&body.currency)?;
    let quantity = case.running.balance(&accounts::quantity(&body.item))?;
    let value = case.running.balance(&accounts::value(&body.item, &body.currency))?;
    let after = value.checked_add(body.amount);
    match after {
        Some(after) if after >= 0 && quantity > 0 && body.amount != 0 => Ok(()),
        _ => {
            let refusal = Refusal::new(Code::RevaluationUnfit).with("item", body.item);
            Err(refusal.with("value", body.amount).with("found", value).into())
        }
    }
}
