//! The accounts of this site: who there is, making one, setting its password, locking it. Owns the shapes. All but looking is the
//! operator's, on the node's own machine; the door and the desk see to it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::registry::kind;
use comptoir_backoffice::staff::check_login;
use comptoir_backoffice::staff::query::{Known, accounts_of};
use comptoir_backoffice::staff::record::Account;
use comptoir_replica::record::Record;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::entropy;
use crate::node::Node;
use crate::problem::{Code, Problem, ProblemBody};
use crate::staff::{Typed, check_password};

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
    /// Whether they have a password; without one they cannot sign in either.
    pub has_password: bool,
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
    /// Their first password.
    #[schema(value_type = String)]
    pub password: Typed,
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
    let Known { id, reference: author, login, name, locked, archived } = account;
    let has_password = node.staff().has_password(&id);
    StaffMember { id: id.to_string(), login, name, author, locked, archived, has_password }
}

fn accounts(node: &Node) -> Result<Vec<Known>, Problem> {
    let site = node.site_code();
    node.look(|desk| desk.look(|reading| Ok(accounts_of(reading.connection(), &site)?)))
}

/// The account of this name or id.
fn named(node: &Node, name: &str) -> Result<Known, Problem> {
    let is_meant =
        |account: &Known| account.login == name || account.reference == name || account.id.to_string() == name;
    let unknown = || Problem::new(Code::NotFound, "There is no such account").with("value", name);
    accounts(node)?.into_iter().find(is_meant).ok_or_else(unknown)
}

fn changes(set: serde_json::Value) -> Result<Changes, Problem> {
    serde_json::from_value(json!({ "set": set })).map_err(|error| Problem::from_error(Code::Internal, &error))
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

/// Make an account, with its first password.
#[utoipa::path(post, path = "/api/v1/staff", tag = "staff", request_body = StaffRequest,
    responses((status = 200, body = StaffMember), (status = "default", body = ProblemBody)))]
pub async fn add(
    State(api): State<Api>,
    JsonBody(StaffRequest { login, name, password }): JsonBody<StaffRequest>,
) -> Answer<StaffMember> {
    let added = api.run(move |node| {
        // What can be refused is refused before anything is written.
        let login = login.trim().to_lowercase();
        check_login(&login)?;
        check_password(&password)?;
        let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| login.clone());
        let changes = changes(json!({ "login": login, "name": name }))?;
        let done = node.at_desk(|desk| desk.create(kind(Account::KIND)?, changes, &mut entropy::os()))?;
        node.publish(&done.appended.commits);
        node.staff().set_password(done.record, &password)?;
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
        node.staff().set_password(account.id, &password)
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
        let changes = changes(json!({ "locked": locked }))?;
        let done = node.at_desk(|desk| desk.change(kind(Account::KIND)?, &id, changes, &mut entropy::os()))?;
        node.publish(&done.appended.commits);
        Ok(shown(node, named(node, &id)?))
    });
    done.await.map(Json)
}
