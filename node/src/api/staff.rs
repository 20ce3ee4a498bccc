//! The accounts of this site: who there is, making one, setting its password, locking it, giving and taking roles; and which roles
//! there are. Owns the shapes. All but looking is the operator's, on the node's own machine; the table of what is allowed and the desk
//! see to it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::registry::{Module, kind};
use comptoir_backoffice::shown::RecordShown;
use comptoir_backoffice::staff::query::{Known, accounts_of, roles as known_roles};
use comptoir_backoffice::staff::record::Account;
use comptoir_backoffice::staff::{BUILT_IN, Classes, Grant, May, check_login};
use comptoir_replica::record::{FieldClass, Record};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::entropy;
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::staff::{Typed, check_password};
use crate::who::Who;

/// All that concerns the accounts stands under it.
pub const STAFF_PATH: &str = "/api/v1/staff";

/// Who signs in at this site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct StaffShown {
    /// By the name that they sign in with.
    pub staff: Vec<StaffMember>,
}

/// One of them.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct StaffMember {
    /// The account's record.
    pub id: String,
    /// The name that they sign in with.
    pub login: String,
    /// Their name, as people write it.
    pub name: String,
    /// Who is named as the author of what they write.
    pub author: String,
    /// They cannot sign in for now.
    pub locked: bool,
    /// They work here no longer.
    pub archived: bool,
    /// Whether they have a password; without one they cannot sign in either, and tokens alone let in.
    pub has_password: bool,
    /// The keys of their roles. Without one they sign in, and see nothing.
    pub roles: Vec<String>,
}

/// The roles that accounts can have.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RolesShown {
    /// Those that need no record, then the organisation's own by key.
    pub roles: Vec<RoleShown>,
}

/// A role.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RoleShown {
    /// What accounts and commands call it.
    pub key: String,
    /// Its name, as people write it; empty of one that needs no record.
    pub name: String,
    /// It needs no record, and is not changed.
    pub built_in: bool,
    /// What it grants, by module, with what goes with it: `see`, `edit`, `post`, `import`, `export`.
    pub grants: BTreeMap<String, Vec<String>>,
    /// The classes of field that it shows there beside ordinary ones.
    pub classes: Vec<String>,
}

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffRequest {
    /// The name to sign in with: small letters, digits, `.`, `-` and `_`. The same for ever.
    pub login: String,
    /// Their name, as people write it; the other when nothing is said.
    #[serde(default)]
    pub name: Option<String>,
    /// Their first password; without one nobody signs in, and tokens alone let in: an account for a script.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub password: Option<Typed>,
    /// The keys of their roles.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// A role that somebody gets, or has no more.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRequest {
    /// Its key.
    pub role: String,
    /// They have it from now on; else they have it no more.
    pub granted: bool,
}

/// A password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// It.
    #[schema(value_type = String)]
    pub password: Typed,
}

/// Whether an account is locked.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LockRequest {
    /// Locked, or let in again.
    pub locked: bool,
}

fn shown(node: &Node, account: Known) -> StaffMember {
    let Known { id, reference: author, login, name, locked, archived, roles, grant: _ } = account;
    let has_password = node.staff().has_password(&id);
    let Who { standing, borne, .. } = Who::now();
    let name = if standing.classes(Module::Staff).has(FieldClass::Personal) {
        borne.add(Classes::ORDINARY.with(FieldClass::Personal));
        name
    } else {
        login.clone()
    };
    StaffMember { id: id.to_string(), login, name, author, locked, archived, has_password, roles }
}

fn role(key: String, name: String, built_in: bool, grant: &Grant) -> RoleShown {
    let grants = Module::ALL.iter().map(|module| {
        let verbs = May::ALL.iter().filter(|verb| grant.may(*module, **verb));
        (module.name().to_owned(), verbs.map(|verb| verb.word().to_owned()).collect::<Vec<_>>())
    });
    let classes = Module::ALL.iter().fold(Classes::ORDINARY, |all, module| all.and(grant.classes(*module)));
    RoleShown {
        key,
        name,
        built_in,
        grants: grants.filter(|(_, verbs)| !verbs.is_empty()).collect(),
        classes: classes.words().map(str::to_owned).collect(),
    }
}

/// The accounts of this site.
pub fn accounts(node: &Node) -> Result<Vec<Known>, Problem> {
    let site = node.site_code();
    node.look(|desk| desk.look(|reading| Ok(accounts_of(reading.connection(), &site)?)))
}

/// The account of this name or id.
pub fn named(node: &Node, name: &str) -> Result<Known, Problem> {
    let is_meant =
        |account: &Known| account.login == name || account.reference == name || account.id.to_string() == name;
    let unknown = || Problem::new(Code::NotFound, "There is no such account").with("value", name);
    accounts(node)?.into_iter().find(is_meant).ok_or_else(unknown)
}

/// Who signs in at this site.
#[utoipa::path(get, path = "/api/v1/staff", tag = "staff",
    responses((status = 200, body = StaffShown), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>) -> Answer<StaffShown> {
    let found = api.run(|node| {
        let staff = accounts(node)?.into_iter().map(|account| shown(node, account)).collect();
        Ok(StaffShown { staff })
    });
    found.await.map(Json)
}

/// Make an account, with its first password if it has one.
#[utoipa::path(post, path = "/api/v1/staff", tag = "staff", request_body = StaffRequest,
    responses((status = 200, body = StaffMember), (status = "default", body = ProblemBody)))]
pub async fn add(
    State(api): State<Api>,
    JsonBody(StaffRequest { login, name, password, roles }): JsonBody<StaffRequest>,
) -> Answer<StaffMember> {
    let added = api.run(move |node| {
        // What can be refused is refused before anything is written.
        let login = login.trim().to_lowercase();
        check_login(&login)?;
        let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| login.clone());
        let organisation = node.roster().name.clone();
        let context = [&*login, &*name, &*organisation];
        password.as_ref().map_or(Ok(()), |password| check_password(password, &context))?;
        let mut changes = Changes::setting([("login", login.into()), ("name", name.into())]);
        let roles = roles.into_iter().map(|role| BTreeMap::from([("role".to_owned(), role.into())]));
        changes.add.insert("roles".to_owned(), roles.collect());
        let done = node.at_desk(|desk| desk.create(kind(Account::KIND)?, changes, &mut entropy::os()))?;
        node.publish(&done.appended.commits);
        password.map_or(Ok(()), |password| node.staff().set_password(done.record, &password, &organisation))?;
        Ok(shown(node, named(node, &done.record.to_string())?))
    });
    added.await.map(Json)
}

/// Set an account's password. Whoever is signed in to it is signed out.
#[utoipa::path(post, path = "/api/v1/staff/{name}/password", tag = "staff", request_body = PasswordRequest,
    params(("name" = String, Path, description = "The name that they sign in with, or the account's id")),
    responses((status = 204, description = "Set"), (status = "default", body = ProblemBody)))]
pub async fn password(
    State(api): State<Api>,
    Segments(name): Segments<String>,
    JsonBody(PasswordRequest { password }): JsonBody<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    let set = api.run(move |node| {
        let account = named(node, &name)?;
        node.staff().set_password(account.id, &password, &node.roster().name)
    });
    set.await.map(|()| StatusCode::NO_CONTENT)
}

/// Lock an account, or let it in again. Whoever is signed in to a locked account is signed out at once.
#[utoipa::path(post, path = "/api/v1/staff/{name}/lock", tag = "staff", request_body = LockRequest,
    params(("name" = String, Path, description = "The name that they sign in with, or the account's id")),
    responses((status = 200, body = StaffMember), (status = "default", body = ProblemBody)))]
pub async fn lock(
    State(api): State<Api>,
    Segments(name): Segments<String>,
    JsonBody(LockRequest { locked }): JsonBody<LockRequest>,
) -> Answer<StaffMember> {
    let done = api.run(move |node| {
        let id = named(node, &name)?.id.to_string();
        let changes = Changes::setting([("locked", locked.into())]);
        let done = node.at_desk(|desk| desk.change(kind(Account::KIND)?, &id, changes, &mut entropy::os()))?;
        node.publish(&done.appended.commits);
        Ok(shown(node, named(node, &id)?))
    });
    done.await.map(Json)
}

/// The roles that accounts can have, and what each grants.
#[utoipa::path(get, path = "/api/v1/staff/roles", tag = "staff",
    responses((status = 200, body = RolesShown), (status = "default", body = ProblemBody)))]
pub async fn roles(State(api): State<Api>) -> Answer<RolesShown> {
    let found = api.run(|node| {
        let own = node.look(|desk| desk.look(|reading| Ok(known_roles(reading.connection())?)))?;
        let built_in = BUILT_IN.iter().filter_map(|key| Some(((*key).to_owned(), Grant::built_in(key)?)));
        let built_in = built_in.map(|(key, grant)| role(key, String::new(), true, &grant));
        let own = own.into_iter().map(|(key, own)| role(key, own.name.clone(), false, &Grant::of_role(&own)));
        Ok(RolesShown { roles: built_in.chain(own).collect() })
    });
    found.await.map(Json)
}

/// Give somebody a role, or take it from them. It holds from their next request on.
#[utoipa::path(post, path = "/api/v1/staff/{name}/roles", tag = "staff", request_body = RoleRequest,
    params(("name" = String, Path, description = "The name that they sign in with, or the account's id")),
    responses((status = 200, body = StaffMember), (status = "default", body = ProblemBody)))]
pub async fn grant(
    State(api): State<Api>,
    Segments(name): Segments<String>,
    JsonBody(RoleRequest { role, granted }): JsonBody<RoleRequest>,
) -> Answer<StaffMember> {
    let done = api.run(move |node| {
        let id = named(node, &name)?.id.to_string();
        let kind = kind(Account::KIND)?;
        let account = node.look(|desk| desk.show(kind, desk.find(kind, &id)?))?;
        let changes = given(&account, role.trim(), granted);
        let done = node.at_desk(|desk| desk.change(kind, &id, changes, &mut entropy::os()))?;
        node.publish(&done.appended.commits);
        Ok(shown(node, named(node, &id)?))
    });
    done.await.map(Json)
}

/// What gives an account a role, or takes it away: a line for each role, which goes out of use and comes back.
fn given(account: &RecordShown, role: &str, granted: bool) -> Changes {
    let lines = account.lines.get("roles").map(Vec::as_slice).unwrap_or_default();
    let of_role =
        || lines.iter().filter(|line| line.fields.get("role").and_then(serde_json::Value::as_str) == Some(role));
    let mut changes = Changes::default();
    let mut archive = |key: &str, archived: bool| changes.set.insert(format!("roles.{key}.archived"), archived.into());
    match (granted, of_role().next()) {
        (true, _) if of_role().any(|line| !line.archived) => {}
        (true, Some(before)) => drop(archive(&before.key, false)),
        (true, None) => {
            let line = BTreeMap::from([("role".to_owned(), role.into())]);
            changes.add.insert("roles".to_owned(), vec![line]);
        }
        (false, _) => of_role().filter(|line| !line.archived).for_each(|line| drop(archive(&line.key, true))),
    }
    changes
}
