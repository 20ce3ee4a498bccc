//! Setting an account up, by whoever has its code: a password, then an authenticator that confirms by its first code. Owns the order; only
//! the last step changes anything, so that a set-up which is left halfway can be begun again with the same code.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use blake3::Hash;
use comptoir_door::back_off::{At, Guess, trace, trace_of};
use comptoir_door::fit;
use comptoir_door::limits::PASSWORD_SALT_BYTES;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::JsonBody;
use crate::clock::rfc3339;
use crate::console::account::Role;
use crate::console::book::accounts::{Finished, SetupOpen};
use crate::console::book::audit::Act;
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::console::{Console, SetupHalf, code, totp};
use crate::entropy;
use crate::limits::{MAX_SETUP_TRIES, RECOVERY_CODES, SETUP_LIFETIME};

/// A set-up code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct SetupCode {
    code: String,
}

/// What a code is good for.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SetupShown {
    /// Whose account it sets up.
    name: String,
    /// What they may.
    role: Role,
    /// Until when; RFC 3339.
    until: String,
}

/// The password of an account that is set up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct SetupPassword {
    code: String,
    #[schema(value_type = String)]
    password: Zeroizing<String>,
}

/// What an authenticator is to be told.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct Authenticator {
    /// As a picture holds it: `otpauth://totp/…`.
    #[schema(value_type = String)]
    address: Zeroizing<String>,
    /// The secret alone, to be typed.
    #[schema(value_type = String)]
    secret: Zeroizing<String>,
    /// For how long it may be confirmed, in seconds.
    expires_s: u64,
}

/// The first code of an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct SetupConfirmation {
    code: String,
    /// Six digits, as the authenticator shows them.
    confirmation: String,
}

/// The account is set up. The codes are told this once.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SetupDone {
    /// What to sign in with.
    name: String,
    /// Each signs in once in place of the second factor.
    recovery_codes: Vec<String>,
}

fn unknown() -> Problem {
    Problem::new(Code::SetupUnknown, "This set-up code is unknown, was used, or is too old")
}

/// Looks a code up. Nobody guesses one; whoever tries is slowed down all the same, by address.
async fn open(console: &Console, asking: &Asking, code: Hash) -> Result<SetupOpen, Problem> {
    let address = trace_of(asking.from);
    let guess = Guess::of_stranger(At::Password, trace(&format!("set-up {address}")), address);
    console.guess(guess)?;
    let by = asking.stranger();
    let open = console.run(move |book, _| {
        let open = book.setup(&code, by.at_ms)?;
        if open.is_none() {
            book.note(&by, Act::SetUp, None, true)?;
        }
        Ok(open)
    });
    let open = open.await?.ok_or_else(unknown)?;
    console.back_off().was_right(guess);
    Ok(open)
}

/// What a set-up code is good for.
#[utoipa::path(post, path = "/api/v1/setup", tag = "setup", request_body = SetupCode, security(()),
    responses((status = 200, body = SetupShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn look(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(SetupCode { code }): JsonBody<SetupCode>,
) -> Answer<SetupShown> {
    let SetupOpen { name, role, until_ms } = open(&console, &asking, code::hash(&code)).await?;
    Ok(Json(SetupShown { name, role, until: rfc3339(until_ms) }))
}

/// Choose a password: what the authenticator is to be told.
#[utoipa::path(post, path = "/api/v1/setup/password", tag = "setup", request_body = SetupPassword, security(()),
    responses((status = 200, body = Authenticator), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn password(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(SetupPassword { code, password }): JsonBody<SetupPassword>,
) -> Answer<Authenticator> {
    let typed = code;
    let code = code::hash(&typed);
    let account = open(&console, &asking, code).await?;
    console.check_password(&password, &account.name)?;
    // It is not said again: whoever passes the refusal on would pass the code on with it.
    let is_code = |_| Problem::new(Code::PasswordGuessable, "The password is the set-up code, or little more");
    fit::check(&password, &[&typed]).map_err(is_code)?;
    let salt = entropy::bytes::<PASSWORD_SALT_BYTES>();
    let password = console.run(move |_, hashing| Ok(hashing.keep(&password, salt)?)).await?;
    let totp = Zeroizing::new(entropy::bytes());
    let (address, secret) = (totp::address(&totp, &console.front.host(), &account.name), totp::typed(&totp));
    console.setups.put(code, SetupHalf { password, totp }, console.clock.now().instant);
    Ok(Json(Authenticator { address, secret, expires_s: SETUP_LIFETIME.as_secs() }))
}

/// Confirm the authenticator: the account is set up then, and its recovery codes are told, once.
#[utoipa::path(post, path = "/api/v1/setup/confirmation", tag = "setup", request_body = SetupConfirmation, security(()),
    responses((status = 200, body = SetupDone), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn confirm(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(SetupConfirmation { code, confirmation }): JsonBody<SetupConfirmation>,
) -> Answer<SetupDone> {
    let code = code::hash(&code);
    open(&console, &asking, code).await?;
    let now = console.clock.now();
    let half = console.setups.look(&code, MAX_SETUP_TRIES, now.instant).ok_or_else(unbegun)?;
    let wrong = || Problem::new(Code::SecondFactorWrong, "This is not the code of the authenticator");
    let step = totp::step_of(&confirmation, &half.totp, now.ms).ok_or_else(wrong)?;
    let recovery_codes: Vec<String> =
        (0..RECOVERY_CODES).map(|_| code::shown(&entropy::bytes::<{ code::RECOVERY_CODE_BYTES }>())).collect();
    let recovery = recovery_codes.iter().map(|code| code::hash(code)).collect();
    let finished = Finished { code, password: half.password, totp: half.totp, step, recovery };
    let by = asking.stranger();
    let name = console.run(move |book, _| Ok(book.finish_setup(&by, &finished)?)).await?.ok_or_else(unknown)?;
    console.setups.remove(&code);
    tracing::info!(account = %name, from = %asking.from, "an account of the console was set up");
    Ok(Json(SetupDone { name, recovery_codes }))
}

fn unbegun() -> Problem {
    Problem::new(Code::SetupUnknown, "This set-up was not begun, is over, or had too many wrong codes: begin it again")
}
