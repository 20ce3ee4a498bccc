//! What the console says when it does not do what it was asked: a closed set of codes, in the shape of the node's problems, so that the same
//! screens word both. Owns the set and the wording in English.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use comptoir_door::fit::Unfit;
use comptoir_door::password::HashError;
use comptoir_door::text::told;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::book::accounts::AccountError;
use crate::store::StoreError;

/// Declares the set: code, HTTP status, and what the reader should know and do.
macro_rules! codes {
    ($($name:ident, $text:literal, $status:ident, $advice:literal;)+) => {
        /// The console's codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $advice] $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it crosses to scripts and screens.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The status of an answer.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// Whether anything was lost, and what to do.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

codes! {
    BadRequest, "bad-request", BAD_REQUEST, "Nothing was changed. The API is described in openapi.json.";
    BodyTooLarge, "body-too-large", PAYLOAD_TOO_LARGE, "Nothing was changed.";
    NotFound, "not-found", NOT_FOUND, "Nothing was changed.";
    MethodNotAllowed, "method-not-allowed", METHOD_NOT_ALLOWED, "Nothing was changed. The API is described in openapi.json.";
    HostForbidden, "host-forbidden", FORBIDDEN, "Nothing was changed. Call the console by its address, or give its name to `comptoir-relay run --console-name`.";
    OriginForbidden, "origin-forbidden", FORBIDDEN, "Nothing was changed. Use the console's own pages.";
    Unauthorised, "unauthorised", UNAUTHORIZED, "Nothing was changed. Sign in.";
    NotGranted, "not-granted", FORBIDDEN, "Nothing was changed. Ask an administrator of the console.";
    SignInWrong, "sign-in-wrong", UNAUTHORIZED, "Nothing was changed. Try again; an administrator can reset the account.";
    ChallengeUnknown, "challenge-unknown", UNAUTHORIZED, "Nothing was changed. Begin with name and password again.";
    TooManyAttempts, "too-many-attempts", TOO_MANY_REQUESTS, "Nothing was changed. Wait as long as is said, then try again.";
    SetupUnknown, "set-up-unknown", CONFLICT, "Nothing was changed. Ask an administrator for a new set-up code.";
    SecondFactorWrong, "second-factor-wrong", CONFLICT, "Nothing was changed. Look whether the clocks are right, and give the next code.";
    PasswordUnfit, "password-unfit", CONFLICT, "Nothing was changed. Choose another password.";
    PasswordCommon, "password-common", CONFLICT, "Nothing was changed. Choose another: several words in a row are long and easily remembered.";
    PasswordGuessable, "password-guessable", CONFLICT, "Nothing was changed. Choose another, or put other words beside it.";
    AlarmUnknown, "alarm-unknown", NOT_FOUND, "Nothing was changed. It may be over: read the list again.";
    Headquarters, "is-headquarters", CONFLICT, "Nothing was changed. What this would do, headquarters would have to do to itself.";
    SiteTaken, "site-taken", CONFLICT, "Nothing was changed. Choose another code.";
    AskedAlready, "asked-already", CONFLICT, "Nothing was changed. Wait for the answer, which stands under Requests.";
    TooManyStreams, "too-many-streams", TOO_MANY_REQUESTS, "Nothing was lost. Close other event streams first.";
    TooManyRequests, "too-many-requests", CONFLICT, "Nothing was changed. Have headquarters decide on what waits.";
    TooLong, "too-long", CONFLICT, "Nothing was changed. Say it in fewer words.";
    AccountUnknown, "account-unknown", NOT_FOUND, "Nothing was changed.";
    AccountTaken, "account-taken", CONFLICT, "Nothing was changed. Choose another name.";
    NameUnfit, "name-unfit", CONFLICT, "Nothing was changed. Choose another name.";
    TooManyAccounts, "too-many-accounts", CONFLICT, "Nothing was changed.";
    LastAdministrator, "last-administrator", CONFLICT, "Nothing was changed. Make another administrator first.";
    TimedOut, "timed-out", GATEWAY_TIMEOUT, "This may still take effect. Look before doing it again.";
    StorageFailed, "storage-failed", INTERNAL_SERVER_ERROR, "This was not done. Look at the relay's disk and log.";
    Internal, "internal", INTERNAL_SERVER_ERROR, "This is an error of the program: please report it.";
}

/// One problem: what happened, in a code with parameters and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Out of the closed set.
    pub code: Code,
    /// What the words are filled with.
    pub params: BTreeMap<String, String>,
    /// What happened, in English.
    pub message: String,
}

/// A problem as JSON.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// Out of a closed set.
    pub code: String,
    /// What the words are filled with.
    pub params: BTreeMap<String, String>,
    /// What happened, in English, for logs and scripts.
    pub message: String,
    /// Whether anything was lost, and what to do.
    pub advice: String,
}

/// What a handler gives: JSON, or a problem.
pub type Answer<T> = Result<Json<T>, Problem>;

impl Problem {
    /// A problem of this code.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, params: BTreeMap::new(), message: message.into() }
    }

    /// A problem of this code, told by an error and all its causes.
    pub fn from_error(code: Code, error: &dyn Error) -> Self {
        Self::new(code, told(error))
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { code, params, mut message } = self;
        if code.status() == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code = code.text(), problem = %comptoir_door::text::plain(&message), "a request to the console failed");
            // What broke below is the log's to tell.
            "The console could not do it".clone_into(&mut message);
        }
        let (text, advice) = (code.text().to_owned(), code.advice().to_owned());
        (code.status(), Json(ProblemBody { code: text, params, message, advice })).into_response()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from_error(Code::StorageFailed, &error)
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        Self::from_error(Code::Internal, &error)
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        let message = unfit.to_string();
        match unfit {
            Unfit::Length { least_characters, most_bytes } => {
                Self::new(Code::PasswordUnfit, message).with("least", least_characters).with("most", most_bytes)
            }
            Unfit::Common => Self::new(Code::PasswordCommon, message),
            Unfit::Context { word, least_beside } => {
                Self::new(Code::PasswordGuessable, message).with("value", word).with("least", least_beside)
            }
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let message = error.to_string();
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::Unknown { name } => Self::new(Code::AccountUnknown, message).with("name", name),
            AccountError::Taken { name } => Self::new(Code::AccountTaken, message).with("name", name),
            AccountError::NameUnfit => Self::new(Code::NameUnfit, message),
            AccountError::TooMany => Self::new(Code::TooManyAccounts, message),
            AccountError::LastAdministrator { name } => Self::new(Code::LastAdministrator, message).with("name", name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_told_apart_and_each_says_what_to_do() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.text()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| code.advice().ends_with('.') && !code.status().is_success()));
    }
}
