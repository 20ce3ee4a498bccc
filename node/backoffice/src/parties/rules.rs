//! What a party's fields may hold, and what is no longer as it should be after a merge. Owns no check of what another site
//! wrote: a value from elsewhere is shown as it is. Check digits of SIREN, VAT and IBAN are not judged.

use comptoir_replica::record::{Cells, Field, Scalar};
use serde_json::Value;

use super::command::import;
use super::record::party::{self, KINDS, Party, ROLES};
use crate::country::is_country;
use crate::desk::Stopped;
use crate::limits::{MAX_CODE_CHARS, MAX_EMAIL_CHARS, MAX_LINE_CHARS, MAX_NOTES_CHARS, MAX_STREET_CHARS};
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Put, clean};
use crate::text::{clean_line, clean_lines};

impl Business for Party {
    const COLUMNS: &'static [&'static str] = import::COLUMNS;
    const MAIN_LIST: Option<&'static str> = Some("addresses");
    const COMPOUNDS: &'static [&'static str] = &["roles"];

    fn expand(_path: &str, value: &Value) -> Result<Vec<Put>, Refusal> {
        match value {
            Value::Null => roles(""),
            Value::String(text) => roles(text),
            Value::Array(names) if names.iter().all(Value::is_string) => {
                let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                roles(&names.join("|"))
            }
            _ => Err(Refusal::new(Code::WrongType).with("expected", "customer, supplier or customer|supplier")),
        }
    }

    fn compound(&self, _path: &str) -> String {
        self.roles()
    }

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        match (field.path.as_ref(), &value) {
            ("email", Scalar::Str(text)) => Ok(email(text)?.into()),
            _ => clean::by_widget(context, field, value),
        }
    }

    fn concerns_person(cells: &Cells, puts: &[Put]) -> bool {
        party::is_person(puts.iter().map(|(path, value)| (path.as_str(), value))) || party::is_person(cells.winners())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
