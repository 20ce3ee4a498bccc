//! The session: who is signed in, and signing out. Owns the shapes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::rfc3339;
use crate::console::account::Role;
use crate::console::book::accounts::Known;
use crate::console::book::audit::{Act, Before};
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::console::{Console, sessions};
use crate::limits::SESSION_IDLE_LIFETIME;

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SessionShown {
    /// Their name.
    name: String,
    /// What they may.
    role: Role,
    /// After how long without a request the session is over, in seconds.
    idle_s: u64,
    /// What happened to the account before; null but in the answer that signs in.
    before: Option<SignedBefore>,
}

/// What somebody who signs in should hear of their account.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct SignedBefore {
    /// When somebody last signed in to it; RFC 3339. Null for the first time.
    last_sign_in: Option<String>,
    /// How many wrong passwords and codes were given for it since.
    refused_since: u32,
}

impl SessionShown {
    /// Of somebody.
    pub(super) fn of(known: &Known) -> Self {
        Self { name: known.name.clone(), role: known.role, idle_s: SESSION_IDLE_LIFETIME.as_secs(), before: None }
    }

    /// With what happened before.
    pub(super) fn after(self, before: Before) -> Self {
        let last_sign_in = before.signed_in_ms.map(rfc3339);
        Self { before: Some(SignedBefore { last_sign_in, refused_since: before.refused }), ..self }
    }
}

pub(super) fn nobody() -> Problem {
    Problem::new(Code::Unauthorised, "Nobody is signed in")
}

/// Who is signed in here, and what they may.
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn read(Extension(asking): Extension<Asking>) -> Answer<SessionShown> {
    asking.known.as_ref().map(|known| Json(SessionShown::of(known))).ok_or_else(nobody)
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "Signed out"), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn sign_out(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
) -> Result<Response, Problem> {
    console.sessions.end(asking.borne.as_deref());
    let by = asking.by();
    console.run(move |book, _| Ok(book.note(&by, Act::SignOut, None, false)?)).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, sessions::no_cookie())]).into_response())
}
