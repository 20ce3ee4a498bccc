//! What the lines of a party may be, where one field depends on another: a postcode on the country, a number on its kind or its
//! scheme, an end on a beginning. Owns these rules. A line is judged when one of the fields concerned is put.

use std::collections::BTreeSet;

use comptoir_replica::record::{LineKey, Record};

use super::super::record::Party;
use super::super::record::lines::{Address, Consent, Contact, Identifier, Relation};
use crate::desk::Stopped;
use crate::find::{by_id, canonical, not_found};
use crate::identifiers::{Scheme, contact, postal};
use crate::reference::query::is_subdivision;
use crate::reference::unknown_subdivision;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Put, kind};
use crate::shown::named;

/// Nobody who can be a party consented before this day.
const EARLIEST_CONSENT: &str = "1900-01-01";
/// A day that only a slip of the hand makes.
const LATEST_CONSENT: &str = "2199-12-31";

/// The puts of one line.
struct Touched<'a> {
    prefix: String,
    puts: &'a mut Vec<Put>,
}

impl Touched<'_> {
    /// Whether one of these fields is put.
    fn any(&self, fields: &[&str]) -> bool {
        let put = |field: &&str| self.puts.iter().any(|(path, _)| path.strip_prefix(&self.prefix) == Some(field));
        fields.iter().any(put)
    }

    /// Puts the canonical form of a value that is put.
    fn set(&mut self, field: &str, value: String) {
        let put = self.puts.iter_mut().find(|(path, _)| path.strip_prefix(&self.prefix) == Some(field));
        if let Some((_, put)) = put {
            *put = value.into();
        }
    }

    fn under(&self, field: &str, refusal: Refusal) -> Refusal {
        refusal.under(&named(&format!("{}{field}", self.prefix)))
    }
}

/// Judges every line that is touched. `country` is the party's: numbers without a country are of it.
pub(super) fn settle(context: &Context<'_>, after: &Party, country: &str, puts: &mut Vec<Put>) -> Result<(), Stopped> {
    let touched: BTreeSet<String> = puts
        .iter()
        .filter_map(|(path, _)| Some(path.rsplit_once('/')?.0))
        .filter(|line| line.contains('/'))
        .map(str::to_owned)
        .collect();
    for line in touched {
        let Some((list, key)) = line.split_once('/') else { continue };
        let Ok(key) = key.parse::<LineKey>() else { continue };
        let mut touched = Touched { prefix: format!("{line}/"), puts };
        match list {
            "addresses" => after.addresses.get(&key).map_or(Ok(()), |line| address(context, line, &mut touched))?,
            "contacts" => after.contacts.get(&key).map_or(Ok(()), |line| reach(line, country, &mut touched))?,
            "identifiers" => {
                after.identifiers.get(&key).map_or(Ok(()), |line| identifier(line, country, &mut touched))?;
            }
            "consents" => after.consents.get(&key).map_or(Ok(()), |line| consent(line, &touched))?,
            "relations" => {
                after.relations.get(&key).map_or(Ok(()), |line| relation(context, line, &mut touched))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn address(context: &Context<'_>, line: &Address, touched: &mut Touched<'_>) -> Result<(), Stopped> {
    if touched.any(&["postcode"]) && !line.postcode.is_empty() && !line.country.is_empty() {
        let postcode = postal::postcode(&line.country, &line.postcode);
        touched.set("postcode", postcode.map_err(|refusal| touched.under("postcode", refusal))?);
    }
    if !touched.any(&["subdivision", "country"]) || line.subdivision.is_empty() {
        return Ok(());
    }
    let unknown = || unknown_subdivision(&line.subdivision, &line.country);
    if touched.any(&["subdivision"]) && !line.subdivision.contains('-') {
        let whole = format!("{}-{}", line.country, line.subdivision);
        if line.country.is_empty() || !is_subdivision(context.connection, &whole)? {
            return Err(touched.under("subdivision", unknown()).into());
        }
        touched.set("subdivision", whole);
    } else if !line.country.is_empty() && line.subdivision.split('-').next() != Some(line.country.as_str()) {
        return Err(touched.under("subdivision", unknown()).into());
    }
    Ok(())
}

fn reach(line: &Contact, country: &str, touched: &mut Touched<'_>) -> Result<(), Refusal> {
    if !touched.any(&["kind", "value"]) || line.value.is_empty() {
        return Ok(());
    }
    let value = match line.kind.as_str() {
        "phone" | "mobile" | "fax" => contact::phone(Some(country), &line.value),
        "email" => contact::email(&line.value),
        "web" => contact::web(&line.value),
        _ => return Ok(()),
    };
    touched.set("value", value.map_err(|refusal| touched.under("value", refusal))?);
    Ok(())
}

fn identifier(line: &Identifier, country: &str, touched: &mut Touched<'_>) -> Result<(), Refusal> {
    if !touched.any(&["scheme", "value", "country"]) || line.value.is_empty() {
        return Ok(());
    }
    let Some(scheme) = Scheme::of_code(&line.scheme) else { return Ok(()) };
    let country = if line.country.is_empty() { country } else { &line.country };
    let value = scheme.check(Some(country), &line.value);
    touched.set("value", value.map_err(|refusal| touched.under("value", refusal))?);
    Ok(())
}

/// The other party is there, is another, and stands for itself: a relation to one that was merged is to what stands for it.
fn relation(context: &Context<'_>, line: &Relation, touched: &mut Touched<'_>) -> Result<(), Stopped> {
    if touched.any(&["to"]) {
        let Some(to) = line.to else { return Err(touched.under("to", Refusal::new(Code::Required)).into()) };
        let kind = kind(Party::KIND)?;
        if by_id(context.connection, kind, to)?.is_none() {
            return Err(touched.under("to", not_found(kind, &to.to_string())).into());
        }
        let meant = canonical(context.connection, kind, to)?;
        if context.record.is_some_and(|record| record == meant || record == to) {
            return Err(touched.under("to", Refusal::new(Code::RelatedToItself)).into());
        }
        touched.set("to", meant.to_string());
    } else if touched.any(&["kind"]) && line.to.is_none() {
        return Err(touched.under("to", Refusal::new(Code::Required)).into());
    }
    match (line.from, line.until) {
        (Some(from), Some(until)) if until < from && touched.any(&["from", "until"]) => {
            Err(touched.under("until", Refusal::new(Code::TooLow).with("limit", from)).into())
        }
        _ => Ok(()),
    }
}

fn consent(line: &Consent, touched: &Touched<'_>) -> Result<(), Refusal> {
    let Some(on) = line.on.filter(|_| touched.any(&["on"])).map(|on| on.to_string()) else { return Ok(()) };
    // Days of ISO 8601 sort as their texts do.
    if on.as_str() < EARLIEST_CONSENT {
        return Err(touched.under("on", Refusal::new(Code::TooLow).with("limit", EARLIEST_CONSENT)));
    }
    if on.as_str() > LATEST_CONSENT {
        return Err(touched.under("on", Refusal::new(Code::TooHigh).with("limit", LATEST_CONSENT)));
    }
    Ok(())
}
