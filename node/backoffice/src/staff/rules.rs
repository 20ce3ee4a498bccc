//! What accounts and roles may hold, and who may do and see what. Owns what the record types say of themselves to the registry, the
//! form of a name to sign in with, and what whoever works is to the site; the allow-list itself is `grant`'s.

pub mod grant;

use std::sync::Arc;

use comptoir_replica::Write;
use comptoir_replica::record::{Cells, Field, Record, Scalar};

use self::grant::{BUILT_IN, Classes, Grant, May};
use super::query::{bearer, role_of_key};
use super::record::{Account, Role};
use crate::desk::Stopped;
use crate::limits::MAX_LOGIN_CHARACTERS;
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Kind, Module, Put, clean, kind, module_of_posting};
use crate::shown::named;

/// The name of whoever holds the node's own key.
pub const OPERATOR: &str = "operator";

/// What whoever works is, to the site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Whoever holds the key of the node: keeps accounts and roles, and is not restricted.
    Operator,
    /// One of its staff, or a guest: does and sees what this grants, and keeps no accounts.
    Staff(Arc<Grant>),
}

/// Whether records of a kind are written by the operator alone.
#[must_use]
pub fn is_the_operators(kind: &str) -> bool {
    [Account::KIND, Role::KIND].contains(&kind)
}

impl Standing {
    /// Somebody who does and sees what this grants.
    #[must_use]
    pub fn staff(grant: Grant) -> Self {
        Self::Staff(Arc::new(grant))
    }

    /// Whether this may be done in a module.
    #[must_use]
    pub fn may(&self, module: Module, verb: May) -> bool {
        match self {
            Self::Operator => true,
            Self::Staff(grant) => grant.may(module, verb),
        }
    }

    /// Whether this may be done in some module.
    #[must_use]
    pub fn may_somewhere(&self, verb: May) -> bool {
        Module::ALL.iter().any(|module| self.may(*module, verb))
    }

    /// Whether all may be done and seen, accounts and roles apart.
    #[must_use]
    pub fn may_everything(&self) -> bool {
        let all =
            |module: &Module| self.classes(*module).are_all() && May::ALL.iter().all(|verb| self.may(*module, *verb));
        Module::ALL.iter().all(all)
    }

    /// Whether records of a kind are seen at all.
    #[must_use]
    pub fn sees(&self, kind: &Kind) -> bool {
        self.may(Module::of(kind), May::See)
    }

    /// The classes of field that are seen of a module's records.
    #[must_use]
    pub fn classes(&self, module: Module) -> Classes {
        match self {
            Self::Operator => Classes::ALL,
            Self::Staff(grant) => grant.classes(module),
        }
    }

    /// Whether it may be told that a command was given, `party.change`: to who sees the records that it is about, or all.
    #[must_use]
    pub fn hears_of(&self, command: &str) -> bool {
        let about = command.split_once('.').map_or(command, |(about, _)| about);
        let module = kind(about).map(Module::of).or_else(|_| Module::of_name(about));
        module.map_or_else(|_| self.may_everything(), |module| self.may(module, May::See))
    }

    /// Refuses what may not be done in a module.
    ///
    /// # Errors
    /// [`Code::NotGranted`].
    pub fn check_may(&self, module: Module, verb: May) -> Result<(), Refusal> {
        let refused = || Refusal::new(Code::NotGranted).with("verb", verb.word()).with("module", module.name());
        if self.may(module, verb) { Ok(()) } else { Err(refused()) }
    }

    /// Whether all of this may be written. Of a record that is made, what nobody typed is among it: defaults of fields that whoever
    /// works does not see. Of one that is there, nothing is put into such a field.
    ///
    /// # Errors
    /// [`Code::OperatorOnly`], [`Code::NotGranted`], or those of SQL.
    pub fn check(&self, context: &Context<'_>, writes: &[Write]) -> Result<(), Stopped> {
        if *self == Self::Operator {
            return Ok(());
        }
        // A draft that is posted says so: that is part of posting it.
        let posts = |wanted: Module| {
            writes.iter().any(|write| matches!(write, Write::Post(new) if module_of_posting(new.kind) == Some(wanted)))
        };
        for write in writes {
            match write {
                Write::Edit(edit) => {
                    if is_the_operators(edit.kind) {
                        return Err(Refusal::new(Code::OperatorOnly).into());
                    }
                    let of = kind(edit.kind)?;
                    let module = Module::of(of);
                    self.check_may(module, if posts(module) { May::Post } else { May::Edit })?;
                    let mask = context.mask(of)?;
                    let hidden = edit.puts.iter().find(|(path, _)| !edit.create && !mask.sees(path));
                    if let Some((path, _)) = hidden {
                        return Err(Refusal::of(&named(path), Code::UnknownField)
                            .with("known", mask.known().join(", "))
                            .into());
                    }
                }
                Write::Post(posting) => match module_of_posting(posting.kind) {
                    Some(module) => self.check_may(module, May::Post)?,
                    None => return Err(Refusal::new(Code::OperatorOnly).into()),
                },
            }
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
    const FIXED: &'static [&'static str] = &["login", "site", "roles/*/role"];

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
        check_roles(context, puts)?;
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

/// A role that is given is one that there is.
fn check_roles(context: &Context<'_>, puts: &[Put]) -> Result<(), Stopped> {
    let given = puts.iter().filter(|(path, _)| path.starts_with("roles/") && path.ends_with("/role"));
    for (path, value) in given {
        let key = value.as_str().unwrap_or_default();
        let is_there = BUILT_IN.contains(&key) || matches!(role_of_key(context.connection, key)?, Some((_, true)));
        if !is_there {
            let refusal = Refusal::of(&named(path), Code::NotFound).with("kind", Role::KIND);
            return Err(refusal.with("value", key).into());
        }
    }
    Ok(())
}

impl Business for Role {
    const REFERENCE: Option<&'static str> = Some("key");
    const COLUMNS: &'static [&'static str] = &["key", "name"];
    const FIXED: &'static [&'static str] = &["key", "grants/*/module"];

    fn settle(context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        if !puts.iter().any(|(path, _)| path == "key") {
            return Ok(());
        }
        let taken = || Refusal::of("key", Code::DefinedAlready).with("value", &after.key);
        if BUILT_IN.contains(&after.key.as_str()) {
            return Err(taken().with("id", "the program").into());
        }
        // Out of use or not: accounts may name it still.
        match role_of_key(context.connection, &after.key)? {
            Some((id, _)) => Err(taken().with("id", id).into()),
            None => Ok(()),
        }
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
