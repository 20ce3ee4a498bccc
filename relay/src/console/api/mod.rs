//! The resources of the console's API, one a file. Owns what all share: reading a request, whose faults become problems of our own set.
//! Who may ask is the guard's to say.

pub(super) mod accounts;
pub(super) mod alarms;
pub(super) mod audit;
pub(super) mod events;
pub(super) mod password;
pub(super) mod relay;
pub(super) mod requests;
pub(super) mod scopes;
pub(super) mod session;
pub(super) mod setup;
pub(super) mod sign_in;
pub(super) mod sites;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::roster::Roster;
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem};
use crate::limits::MAX_CONSOLE_BODY_BYTES;

/// A JSON body.
pub(super) struct JsonBody<T>(pub T);

/// The query string.
pub(super) struct Params<T>(pub T);

/// The variable part of the path.
pub(super) struct Segment(pub String);

/// The code of a site, its id where the roster does not name it.
pub(super) fn code_of(roster: &Roster, site: &SiteId) -> String {
    roster.sites.get(site).map_or_else(|| site.to_string(), |site| site.profile.code.clone())
}

/// A request with too large a body.
pub(super) fn too_large() -> Problem {
    let message = format!("The request is larger than {MAX_CONSOLE_BODY_BYTES} bytes");
    Problem::new(Code::BodyTooLarge, message).with("limit", MAX_CONSOLE_BODY_BYTES)
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
            // What was typed is not said again: it may be a password.
            Err(_) => Err(Problem::new(Code::BadRequest, "The body is not the JSON that this resource takes")),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::new(Code::BadRequest, rejection.body_text())),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(segment)) => Ok(Self(segment)),
            Err(rejection) => Err(Problem::new(Code::NotFound, rejection.body_text())),
        }
    }
}
