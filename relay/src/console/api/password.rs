//! One's own password, changed by who knows the present one and has the second factor at hand. Owns that guesses at either are slowed down
//! as at sign-in, and told, and that whoever else is signed in to the account is so no more.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use comptoir_door::back_off::At;
use comptoir_door::limits::PASSWORD_SALT_BYTES;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::JsonBody;
use super::session::{SessionShown, nobody};
use super::sign_in::{right_password, wrong};
use crate::console::book::audit::Act;
use crate::console::guard::Asking;
use crate::console::problem::{Problem, ProblemBody};
use crate::console::{Console, totp};
use crate::entropy;

/// A password in place of the present one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct OwnPassword {
    /// The present one.
    #[schema(value_type = String)]
    present: Zeroizing<String>,
    /// The new one.
    #[schema(value_type = String)]
    new: Zeroizing<String>,
    /// Six digits, as the authenticator shows them.
    code: String,
}

/// Change one's own password. Whoever else is signed in to the account is signed out; the answer sets a new session's cookie.
#[utoipa::path(post, path = "/api/v1/session/password", tag = "session", request_body = OwnPassword,
    responses((status = 200, body = SessionShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn change(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(OwnPassword { present, new, code }): JsonBody<OwnPassword>,
) -> Result<Response, Problem> {
    let known = asking.known.clone().ok_or_else(nobody)?;
    console.check_password(&new, &known.name)?;
    // As at sign-in: a session that somebody left open buys no guesses at the password, nor at the second factor.
    let credentials = right_password(&console, &asking, known.name.clone(), present, Act::PasswordChange).await?;
    let guess = console.guess_at(&asking, At::Factor, &known.name).await?;
    let (by, signed, now) = (asking.by(), known.signed, console.clock.now());
    let salt = entropy::bytes::<PASSWORD_SALT_BYTES>();
    let changed = console
        .run(move |book, hashing| match totp::step_of(&code, &credentials.totp, now.ms) {
            Some(step) => Ok(book.change_password(&by, &signed, (step, &hashing.keep(&new, salt)?))?),
            None => {
                book.note(&by, Act::PasswordChange, None, true)?;
                Ok(None)
            }
        })
        .await?;
    let Some(signed) = changed else {
        tracing::warn!(account = %known.name, from = %asking.from, "a wrong second factor was given to change a password");
        return Err(wrong());
    };
    console.back_off().was_right(guess);
    let cookies = console.enter(&asking, signed).await?;
    tracing::info!(account = %known.name, from = %asking.from, "somebody changed their own password");
    Ok((cookies, Json(SessionShown::of(&known))).into_response())
}
