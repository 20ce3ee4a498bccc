//! What a party's fields may hold, and what is no longer as it should be after a merge. Owns no check of what another site
//! wrote: a value from elsewhere is shown as it is. Check digits of SIREN, VAT and IBAN are not judged.

use comptoir_replica::record::schema::{Field, Record};
use comptoir_replica::record::{Cells, Scalar};
use serde_json::Value;

use super::record::{KINDS, Party, ROLES};
use crate::changes::{ARCHIVED, FieldRules};
use crate::country::is_country;
use crate::limits::{MAX_CODE_CHARS, MAX_EMAIL_CHARS, MAX_LINE_CHARS, MAX_NOTES_CHARS, MAX_STREET_CHARS};
use crate::refusal::{Code, Refusal};
use crate::text::{clean_line, clean_lines};

/// The fields of a party and what they take.
pub struct PartyRules;

impl FieldRules for PartyRules {
    fn schema(&self) -> &'static [Field] {
        Party::schema()
    }

    fn expand(&self, path: &str, value: &Value) -> Result<Option<Vec<(String, Scalar)>>, Refusal> {
        if path != "roles" {
            return Ok(None);
        }
        match value {
            Value::Null => roles("").map(Some),
            Value::String(text) => roles(text).map(Some),
            Value::Array(names) if names.iter().all(Value::is_string) => {
                let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                roles(&names.join("|")).map(Some)
            }
            _ => Err(Refusal::new(Code::WrongType).with("expected", "customer, supplier or customer|supplier")),
        }
    }

    fn clean(&self, field: &Field, value: Scalar) -> Result<Scalar, Refusal> {
        match value {
            Scalar::Str(text) => clean_text(&field.path, &text).map(Scalar::Str),
            other => Ok(other),
        }
    }
}

/// The cells of a set of roles, as `customer|supplier`: those that are not named are taken away.
///
/// # Errors
/// [`Code::NotInList`].
pub fn roles(text: &str) -> Result<Vec<(String, Scalar)>, Refusal> {
    let named: Vec<String> =
        text.split('|').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = named.iter().find(|name| !ROLES.contains(&name.as_str())) {
        return Err(not_in_list("roles", unknown, ROLES));
    }
    Ok(ROLES.iter().map(|role| ((*role).to_owned(), named.iter().any(|name| name == role).into())).collect())
}

/// A text field's value as it is stored. `path` is the schema's.
///
/// # Errors
/// What the field does not take, under its path.
pub fn clean_text(path: &str, text: &str) -> Result<String, Refusal> {
    let cleaned = match path {
        "kind" => return kind(text),
        "email" => return email(text),
        "addresses/*/country" => return country(text),
        "name" => clean_line(text, MAX_LINE_CHARS).and_then(|name| match name.as_str() {
            "" => Err(Refusal::new(Code::Required)),
            _ => Ok(name),
        }),
        "notes" => clean_lines(text, MAX_NOTES_CHARS),
        "addresses/*/street" => clean_lines(text, MAX_STREET_CHARS),
        "addresses/*/city" => clean_line(text, MAX_LINE_CHARS),
        _ => clean_line(text, MAX_CODE_CHARS),
    };
    cleaned.map_err(|refusal| refusal.under(path))
}

fn kind(text: &str) -> Result<String, Refusal> {
    let word = text.trim().to_lowercase();
    if KINDS.contains(&word.as_str()) { Ok(word) } else { Err(not_in_list("kind", text, KINDS)) }
}

fn country(text: &str) -> Result<String, Refusal> {
    let code = text.trim().to_uppercase();
    if code.is_empty() || is_country(&code) {
        Ok(code)
    } else {
        Err(Refusal::of("addresses/*/country", Code::CountryUnknown).with("value", text))
    }
}

/// One at sign with something before it and a dotted domain after it, no blanks: enough to catch a slip of the hand. Whether
/// mail arrives, only mail tells.
fn email(text: &str) -> Result<String, Refusal> {
    const MAX_LOCAL_CHARS: usize = 64;
    let address = clean_line(text, MAX_EMAIL_CHARS).map_err(|refusal| refusal.under("email"))?;
    let plausible = address.split_once('@').is_some_and(|(local, domain)| {
        let labels: Vec<&str> = domain.split('.').collect();
        let label = |label: &&str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        !local.is_empty()
            && !dots
            && local.chars().count() <= MAX_LOCAL_CHARS
            && labels.len() >= 2
            && labels.iter().all(label)
            && !address.contains(|character: char| character.is_whitespace() || "<>()[],;:\\\"".contains(character))
            && !domain.contains('@')
    });
    if address.is_empty() || plausible {
        Ok(address)
    } else {
        Err(Refusal::of("email", Code::EmailShape).with("value", text))
    }
}

fn not_in_list(field: &str, value: &str, known: &[&str]) -> Refusal {
    Refusal::of(field, Code::NotInList).with("value", value.trim()).with("known", known.join(", "))
}

/// What a new party must have.
///
/// # Errors
/// [`Code::Required`].
pub fn check_new(puts: &[(String, Scalar)]) -> Result<(), Refusal> {
    let named = puts.iter().any(|(path, value)| path == "name" && value.size_bytes() > 0);
    if named { Ok(()) } else { Err(Refusal::of("name", Code::Required)) }
}

/// Lines (or, with an empty key, the whole record) that one site archived while another changed them: the change stands,
/// out of sight, until a person decides. Found from the cells alone: an operation that is not older than the archiving one
/// cannot lie in its past, and the same actor archives and edits in order. A change by a site that had seen fewer changes
/// than the archiving one escapes; history shows it.
#[must_use]
pub fn edited_while_archived(cells: &Cells) -> Vec<String> {
    let mut found = Vec::new();
    if under_archive(cells, "", ARCHIVED) {
        found.push(String::new());
    }
    let lines = cells.iter().filter_map(|(path, _)| path.strip_suffix("/archived"));
    found.extend(
        lines
            .filter(|line| under_archive(cells, &format!("{line}/"), &format!("{line}/{ARCHIVED}")))
            .map(str::to_owned),
    );
    found
}

fn under_archive(cells: &Cells, prefix: &str, archived: &str) -> bool {
    let Some(by) = cells.visible(archived).last().filter(|visible| visible.value.as_bool() == Some(true)) else {
        return false;
    };
    let mut others = cells.under(prefix).filter(|(path, _)| *path != archived);
    others.any(|(_, visible)| visible.iter().any(|v| v.op.actor != by.op.actor && v.op.counter >= by.op.counter))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::{Actor, build_change, parse_change};

    use super::*;
    use crate::samples::{fold_change, folded};

    /// Two sites change one record at once, each from `before`; in which order their changes arrive does not matter.
    fn concurrently(before: &Cells, one: &[(&str, Scalar)], other: &[(&str, Scalar)]) -> Cells {
        let build = |actor: u8, puts: &[(&str, Scalar)]| {
            let puts: Vec<(String, Scalar)> =
                puts.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
            parse_change(&build_change(before, Actor([actor; 16]), 1, 0, &puts).unwrap().bytes).unwrap()
        };
        let (one, other) = (build(8, one), build(9, other));
        let (mut there, mut here) = (before.clone(), before.clone());
        [&one, &other].into_iter().for_each(|change| there.fold(change));
        [&other, &one].into_iter().for_each(|change| here.fold(change));
        assert_eq!(there, here);
        here
    }

    fn party() -> Cells {
        folded(&[("name", "x".into()), ("addresses/aa/city", "Lyon".into())])
    }

    #[test]
    fn a_change_of_a_line_that_is_archived_elsewhere_is_found() {
        let (archive, edit) = ([("addresses/aa/archived", true.into())], [("addresses/aa/city", Scalar::from("Nice"))]);
        assert_eq!(edited_while_archived(&concurrently(&party(), &archive, &edit)), ["addresses/aa"]);
        assert_eq!(edited_while_archived(&concurrently(&party(), &edit, &archive)), ["addresses/aa"]);
        let whole = [("archived", Scalar::from(true))];
        assert_eq!(edited_while_archived(&concurrently(&party(), &whole, &[("name", "y".into())])), [""]);
    }

    #[test]
    fn archiving_after_an_edit_is_no_finding_and_deciding_settles_one() {
        let mut cells = party();
        fold_change(&mut cells, 2, 1, &[("addresses/aa/city", "Nice".into())]);
        fold_change(&mut cells, 3, 1, &[("addresses/aa/archived", true.into())]);
        assert!(edited_while_archived(&cells).is_empty());
        let mut cells =
            concurrently(&party(), &[("addresses/aa/archived", true.into())], &[("addresses/aa/city", "Nice".into())]);
        let mut kept = cells.clone();
        fold_change(&mut kept, 5, 1, &[("addresses/aa/archived", true.into())]);
        assert!(edited_while_archived(&kept).is_empty());
        fold_change(&mut cells, 5, 1, &[("addresses/aa/archived", false.into())]);
        assert!(edited_while_archived(&cells).is_empty());
    }

    #[test]
    fn roles_are_a_set() {
        let set = |text: &str| {
            roles(text).unwrap().into_iter().map(|(_, value)| value.as_bool().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(set(" Supplier | customer"), [true, true]);
        assert_eq!(set("supplier"), [false, true]);
        assert_eq!(set(""), [false, false]);
    }
}
