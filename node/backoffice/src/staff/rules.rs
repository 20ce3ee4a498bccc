//! What an account may hold, and who may write one. Owns what the record type says of itself to the registry, the form of a name to
//! sign in with, and the check that every append passes.

use comptoir_replica::Write;
use comptoir_replica::record::{Cells, Field, Record, Scalar};

use super::query::bearer;
use super::record::Account;
use crate::desk::Stopped;
use crate::limits::MAX_LOGIN_CHARACTERS;
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Put, clean};

/// The name of whoever holds the node's own key.
pub const OPERATOR: &str = "operator";

/// What whoever works is, to the site.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Whoever holds the key of the node: keeps the accounts too.
    Operator,
    /// One of its staff, or a guest: writes everything but accounts.
    Staff,
}

impl Standing {
    /// Whether all of this may be written.
    ///
    /// # Errors
    /// [`Code::OperatorOnly`].
    pub fn check(self, writes: &[Write]) -> Result<(), Refusal> {
        let is_account = |write: &Write| matches!(write, Write::Edit(edit) if edit.kind == Account::KIND);
        if self != Self::Operator && writes.iter().any(is_account) {
            return Err(Refusal::new(Code::OperatorOnly));
        }
        Ok(())
    }
}

/// Whether somebody can be called so when they sign in.
///
/// # Errors
/// [`Code::LoginShape`].
pub fn check_login(login: &str) -> Result<(), Refusal> {
    let fits = login.starts_with(|first: char| first.is_ascii_lowercase())
        && login.len() <= MAX_LOGIN_CHARACTERS
        && login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c))
        && login != OPERATOR;
    let refused = || Refusal::of("login", Code::LoginShape).with("value", login).with("limit", MAX_LOGIN_CHARACTERS);
    if fits { Ok(()) } else { Err(refused()) }
}

impl Business for Account {
    const COLUMNS: &'static [&'static str] = &["reference", "login", "name", "site", "locked"];
    const FIXED: &'static [&'static str] = &["login", "site"];

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        let value = clean::by_widget(context, field, value)?;
        match (field.path.as_ref(), value.as_str()) {
            ("login", Some(login)) if !login.is_empty() => {
                let login = login.to_lowercase();
                check_login(&login)?;
                Ok(login.into())
            }
            _ => Ok(value),
        }
    }

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if context.record.is_none() {
            // Whose an account is follows from who makes it.
            puts.retain(|(path, _)| path != "site");
            puts.push(("site".to_owned(), context.home.code.as_str().into()));
        }
        let site = if context.record.is_none() { context.home.code.as_str() } else { after.site.as_str() };
        let reference = format!("{site}/{}", after.login);
        let put = puts.iter().find(|(path, _)| path == "reference");
        if put.is_some_and(|(_, value)| value.as_str() != Some(reference.as_str())) {
            return Err(Refusal::of("reference", Code::NotWritable).into());
        }
        if context.record.is_none() {
            // Out of use or not: what somebody did goes on to bear their name.
            if let Some(known) = bearer(context.connection, &reference)? {
                let refusal = Refusal::of("login", Code::DefinedAlready).with("value", &after.login);
                return Err(refusal.with("id", known).into());
            }
        }
        if put.is_none() && after.reference != reference {
            puts.push(("reference".to_owned(), reference.into()));
        }
        Ok(())
    }

    fn computed(&self) -> Option<String> {
        Some(format!("{}/{}", self.site, self.login))
    }

    fn concerns_person(_cells: &Cells, _puts: &[Put]) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_to_sign_in_with_is_plain_and_nobody_elses() {
        for fits in ["a", "aminata", "m.diop", "jean-luc_2"] {
            assert_eq!(check_login(fits), Ok(()), "{fits}");
        }
        let long = "a".repeat(MAX_LOGIN_CHARACTERS + 1);
        for wrong in ["", "2fast", ".a", "Aminata", "a b", "a/b", "é", "a\u{202e}", OPERATOR, &long] {
            assert_eq!(check_login(wrong).map_err(|refusal| refusal.code), Err(Code::LoginShape), "{wrong}");
        }
    }
}
