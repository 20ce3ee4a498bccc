//! `staff`: the accounts of this site and their roles, and the first one of a new node. Owns their wording, and the reading of a password;
//! the accounts are the API's.

use std::io::Read;

use comptoir_backoffice::staff::{EVERYTHING, check_login};
use comptoir_door::limits::MAX_PASSWORD_BYTES;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::door::{Ask, Door, percent_encoded};
use super::staff_args::{FirstAccount, StaffCommand};
use super::{Context, Done, show, token};
use crate::api::staff::STAFF_PATH;
use crate::problem::{Code, Problem};
use crate::staff::{Typed, check_password};

pub fn run(context: &Context, command: &StaffCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        StaffCommand::List => {
            let answer = door.json(Ask::get(STAFF_PATH))?;
            if context.json {
                show::json(&answer);
            } else {
                listed(answer["staff"].as_array().map(Vec::as_slice).unwrap_or_default());
            }
        }
        StaffCommand::Add { login, name, roles, password } => {
            let password = if password.without_password { None } else { Some(read_password()?) };
            let account = add(&door, login, name.as_deref(), password.as_ref(), roles)?;
            let enters = if password.is_some() { "can sign in" } else { "has no password: tokens let it in" };
            let sees = if roles.is_empty() { ", and sees nothing until it has a role" } else { "" };
            told(context, &account, &format!("{enters}{sees}"));
        }
        StaffCommand::Password { login, .. } => {
            let (path, password) = (of(login, "password"), read_password()?);
            door.bytes(Ask::post(&path).json(&json!({ "password": &*password })))?;
            if context.json {
                show::json(&json!({ "password_set": login }));
            } else {
                show::line("The password is set; whoever was signed in to the account is signed out.");
            }
        }
        StaffCommand::Lock { login } => lock(context, &door, login, true)?,
        StaffCommand::Unlock { login } => lock(context, &door, login, false)?,
        StaffCommand::Roles => {
            let answer = door.json(Ask::get(&format!("{STAFF_PATH}/roles")))?;
            if context.json {
                show::json(&answer);
            } else {
                roles(answer["roles"].as_array().map(Vec::as_slice).unwrap_or_default());
            }
        }
        StaffCommand::Grant { login, role } => grant(context, &door, login, (role, true))?,
        StaffCommand::Withdraw { login, role } => grant(context, &door, login, (role, false))?,
        StaffCommand::Token { command } => token::run(context, &door, command)?,
    }
    Ok(Done::Well)
}

fn lock(context: &Context, door: &Door, login: &str, locked: bool) -> Result<(), Problem> {
    let account = door.json(Ask::post(&of(login, "lock")).json(&json!({ "locked": locked })))?;
    told(context, &account, if locked { "is locked, and signed out everywhere" } else { "can sign in again" });
    Ok(())
}

fn grant(context: &Context, door: &Door, login: &str, (role, granted): (&str, bool)) -> Result<(), Problem> {
    let request = json!({ "role": role, "granted": granted });
    let account = door.json(Ask::post(&of(login, "roles")).json(&request))?;
    let has = words(&account["roles"]);
    let has = if has.is_empty() {
        "has no role now, and sees nothing".to_owned()
    } else {
        format!("has these roles now: {has}")
    };
    told(context, &account, &has);
    Ok(())
}

fn words(list: &Value) -> String {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn roles(roles: &[Value]) {
    let granted = |role: &Value| {
        let modules = role["grants"].as_object().into_iter().flatten();
        modules.map(|(module, verbs)| format!("{module}: {}", words(verbs))).collect::<Vec<_>>().join("; ")
    };
    let row = |role: &Value| {
        vec![show::member(role, "key"), show::member(role, "name"), granted(role), words(&role["classes"])]
    };
    show::table(&["key", "name", "grants", "classes"], &roles.iter().map(row).collect::<Vec<_>>());
}

fn of(login: &str, what: &str) -> String {
    format!("{STAFF_PATH}/{}/{what}", percent_encoded(login))
}

fn add(
    door: &Door,
    login: &str,
    name: Option<&str>,
    password: Option<&Typed>,
    roles: &[String],
) -> Result<Value, Problem> {
    let password = password.map(|password| password.as_str());
    let account = json!({ "login": login, "name": name, "password": password, "roles": roles });
    door.json(Ask::post(STAFF_PATH).json(&account))
}

fn told(context: &Context, account: &Value, what: &str) {
    if context.json {
        show::json(account);
    } else {
        show::line(&format!("{} {what}.", show::member(account, "author")));
    }
}

fn listed(staff: &[Value]) {
    if staff.is_empty() {
        return show::line("Nobody has an account here: `comptoir-node staff add NAME --password-stdin` makes one.");
    }
    let is = |account: &Value, name: &str| account[name].as_bool() == Some(true);
    let state = |account: &Value| {
        let states = [("archived", "out of use"), ("locked", "locked")];
        let found = states.iter().find(|(name, _)| is(account, name)).map(|(_, state)| *state);
        found.unwrap_or(if is(account, "has_password") { "can sign in" } else { "no password" }).to_owned()
    };
    let row = |account: &Value| {
        vec![
            show::member(account, "login"),
            show::member(account, "name"),
            show::member(account, "author"),
            words(&account["roles"]),
            state(account),
        ]
    };
    show::table(&["login", "name", "author", "roles", "state"], &staff.iter().map(row).collect::<Vec<_>>());
}

/// The first line of standard input.
fn read_password() -> Result<Typed, Problem> {
    // Room from the start: what grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD_BYTES + 2));
    let unreadable = |error: &dyn std::error::Error| {
        Problem::new(Code::BadRequest, format!("The password was not read from standard input: {error}"))
    };
    let mut input = std::io::stdin().lock().take(MAX_PASSWORD_BYTES as u64 + 2);
    input.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = std::str::from_utf8(line).map_err(|error| unreadable(&error))?;
    Ok(Zeroizing::new(text.strip_suffix('\r').unwrap_or(text).to_owned()))
}

/// An account that is made as soon as there is a node, if one was asked for. What can be refused is refused before there is one.
pub struct First(Option<(String, Typed)>);

impl First {
    /// As the arguments say. What the organisation is called is not known to who joins it: the node looks at that later.
    pub fn of(arguments: FirstAccount, organisation: Option<&str>) -> Result<Self, Problem> {
        let Some(login) = arguments.admin else { return Ok(Self(None)) };
        let password = read_password()?;
        check_login(&login)?;
        check_password(&password, &[&login, organisation.unwrap_or_default()])?;
        Ok(Self(Some((login, password))))
    }

    /// Makes it: who it is named as.
    pub fn make(self, context: &Context) -> Result<Option<String>, Problem> {
        let Some((login, password)) = self.0 else { return Ok(None) };
        let roles = [EVERYTHING.to_owned()];
        let account = add(&Door::open(context.data()?)?, &login, None, Some(&password), &roles)?;
        Ok(Some(show::member(&account, "author")))
    }
}
