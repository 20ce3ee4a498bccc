//! The console's accounts, for administrators. Owns the shapes. A set-up code is told to who made it, this once.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{JsonBody, Segment};
use crate::clock::rfc3339;
use crate::console::account::{Account, Role, typed_name};
use crate::console::book::accounts::LastOne;
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::console::{Console, code};
use crate::entropy;
use crate::limits::SETUP_CODE_LIFETIME_MS;

/// Who may sign in.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct AccountsShown {
    /// By name.
    accounts: Vec<Account>,
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct NewAccount {
    name: String,
    role: Role,
}

/// A role to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct NewRole {
    role: Role,
}

/// A code with which its owner sets the account up.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SetupGiven {
    /// Whose.
    name: String,
    /// What they may.
    role: Role,
    /// To be handed to them; it is not told again.
    setup_code: String,
    /// Until when it is good; RFC 3339.
    until: String,
}

/// Who may sign in at the console.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts",
    responses((status = 200, body = AccountsShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn list(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
) -> Answer<AccountsShown> {
    let accounts = console.run(move |book, _| Ok(book.accounts(asking.at_ms)?)).await?;
    Ok(Json(AccountsShown { accounts }))
}

/// Make an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 200, body = SetupGiven), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn add(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(NewAccount { name, role }): JsonBody<NewAccount>,
) -> Answer<SetupGiven> {
    let (name, setup_code, by) =
        (typed_name(&name), code::shown(&entropy::bytes::<{ code::SETUP_CODE_BYTES }>()), asking.by());
    let (until, hash, added) = (by.at_ms.saturating_add(SETUP_CODE_LIFETIME_MS), code::hash(&setup_code), name.clone());
    console.run(move |book, _| Ok(book.add(&by, &added, role, hash)?)).await?;
    Ok(Json(SetupGiven { name, role, setup_code, until: rfc3339(until) }))
}

/// Give somebody another role. They are signed out.
#[utoipa::path(put, path = "/api/v1/accounts/{name}/role", tag = "accounts", request_body = NewRole,
    params(("name" = String, Path, description = "The account")),
    responses((status = 200, body = Account), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn set_role(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(name): Segment,
    JsonBody(NewRole { role }): JsonBody<NewRole>,
) -> Answer<Account> {
    let (by, changed) = (asking.by(), name.clone());
    console.run(move |book, _| Ok(book.set_role(&by, &changed, role, LastOne::Stays)?)).await?;
    one(&console, name, &asking).await
}

/// Keep somebody out. They are signed out at once.
#[utoipa::path(post, path = "/api/v1/accounts/{name}/disable", tag = "accounts",
    params(("name" = String, Path, description = "The account")),
    responses((status = 200, body = Account), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn disable(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(name): Segment,
) -> Answer<Account> {
    set_disabled(&console, &asking, name, true).await
}

/// Let somebody in again.
#[utoipa::path(post, path = "/api/v1/accounts/{name}/enable", tag = "accounts",
    params(("name" = String, Path, description = "The account")),
    responses((status = 200, body = Account), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn enable(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(name): Segment,
) -> Answer<Account> {
    set_disabled(&console, &asking, name, false).await
}

/// Take somebody's password and second factor away: they set them anew with the code of the answer.
#[utoipa::path(post, path = "/api/v1/accounts/{name}/reset", tag = "accounts",
    params(("name" = String, Path, description = "The account")),
    responses((status = 200, body = SetupGiven), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn reset(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    Segment(name): Segment,
) -> Answer<SetupGiven> {
    let (setup_code, by) = (code::shown(&entropy::bytes::<{ code::SETUP_CODE_BYTES }>()), asking.by());
    let (until, hash, changed) =
        (by.at_ms.saturating_add(SETUP_CODE_LIFETIME_MS), code::hash(&setup_code), name.clone());
    console.run(move |book, _| Ok(book.reset(&by, &changed, hash)?)).await?;
    let Json(Account { name, role, .. }) = one(&console, name, &asking).await?;
    Ok(Json(SetupGiven { name, role, setup_code, until: rfc3339(until) }))
}

async fn set_disabled(console: &Console, asking: &Asking, name: String, disabled: bool) -> Answer<Account> {
    let (by, changed) = (asking.by(), name.clone());
    console.run(move |book, _| Ok(book.disable(&by, &changed, disabled, LastOne::Stays)?)).await?;
    one(console, name, asking).await
}

async fn one(console: &Console, name: String, asking: &Asking) -> Answer<Account> {
    let now_ms = asking.at_ms;
    let accounts = console.run(move |book, _| Ok(book.accounts(now_ms)?)).await?;
    let unknown = || Problem::new(Code::AccountUnknown, "There is no such account");
    accounts.into_iter().find(|account| account.name == name).map(Json).ok_or_else(unknown)
}
