//! Signing in: name and password, then a code of the second factor, or a recovery code in its place. Owns that a wrong guess is slowed down
//! and told, and that neither answer nor time says which names there are (F33).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use comptoir_door::back_off::At;
use comptoir_door::password::{Hashing, Typed};
use comptoir_door::text::hex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::JsonBody;
use super::session::SessionShown;
use crate::console::account::typed_name;
use crate::console::book::Book;
use crate::console::book::accounts::Credentials;
use crate::console::book::audit::{Act, By};
use crate::console::guard::Asking;
use crate::console::problem::{Answer, Code, Problem, ProblemBody};
use crate::console::{Challenge, Console, code, totp};
use crate::entropy;
use crate::limits::{CHALLENGE_LIFETIME, MAX_CHALLENGE_TRIES};
use crate::store::StoreError;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct SignIn {
    name: String,
    #[schema(value_type = String)]
    password: Zeroizing<String>,
}

/// What the second half of a sign-in bears.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct ChallengeShown {
    /// To be borne by the second half.
    challenge: String,
    /// For how long it is good, in seconds.
    expires_s: u64,
}

/// The second half: one of both codes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct SecondFactor {
    challenge: String,
    /// Six digits, as the authenticator shows them.
    #[serde(default)]
    code: Option<String>,
    /// One of the recovery codes; it is used up.
    #[serde(default)]
    recovery_code: Option<String>,
}

pub(super) fn wrong() -> Problem {
    Problem::new(Code::SignInWrong, "The name, the password or the code is wrong")
}

/// Begin to sign in: name and password.
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "session", request_body = SignIn, security(()),
    responses((status = 200, body = ChallengeShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn password(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(SignIn { name, password }): JsonBody<SignIn>,
) -> Answer<ChallengeShown> {
    let credentials = right_password(&console, &asking, typed_name(&name), password, Act::SignIn).await?;
    let challenge = hex(&entropy::bytes::<32>());
    let (secret, now) = (blake3::hash(challenge.as_bytes()), console.clock.now().instant);
    console.challenges.put(secret, Challenge { credentials: Arc::new(credentials) }, now);
    Ok(Json(ChallengeShown { challenge, expires_s: CHALLENGE_LIFETIME.as_secs() }))
}

/// Whose password this is, if it is the one of that name. A wrong guess is slowed down, and told as this act.
pub(super) async fn right_password(
    console: &Console,
    asking: &Asking,
    name: String,
    password: Zeroizing<String>,
    act: Act,
) -> Result<Credentials, Problem> {
    let guess = console.guess_at(asking, At::Password, &name).await?;
    let by = asking.stranger();
    let credentials =
        console.run(move |book, hashing| Ok(looked_up((book, hashing), name, &password, (&by, act))?)).await?;
    let Some(credentials) = credentials else {
        tracing::warn!(from = %asking.from, "somebody gave a wrong name or password to the console");
        return Err(wrong());
    };
    console.back_off().was_right(guess);
    Ok(credentials)
}

/// The same, which takes as long whether or not there is such an account. Blocks.
fn looked_up(
    (book, hashing): (&Book, &Hashing),
    name: String,
    password: &Typed,
    (by, act): (&By, Act),
) -> Result<Option<Credentials>, StoreError> {
    let found = book.credentials(&name)?;
    if hashing.is_it(password, found.as_ref().map(|found| &found.password)) {
        return Ok(found);
    }
    // Whoever is unknown stays unnamed: what was typed as a name may be a password.
    let account = Some(name).filter(|name| book.is_known(name).unwrap_or_default());
    book.note(&By { account, ..by.clone() }, act, None, true)?;
    Ok(None)
}

/// Sign in: a code of the second factor. The answer sets the session's cookie.
#[utoipa::path(post, path = "/api/v1/sign-in/second-factor", tag = "session", request_body = SecondFactor, security(()),
    responses((status = 200, body = SessionShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn second_factor(
    State(console): State<Arc<Console>>,
    Extension(asking): Extension<Asking>,
    JsonBody(SecondFactor { challenge, code, recovery_code }): JsonBody<SecondFactor>,
) -> Result<Response, Problem> {
    if code.is_some() == recovery_code.is_some() {
        return Err(Problem::new(Code::BadRequest, "Either a code or a recovery code is given"));
    }
    let (secret, now) = (blake3::hash(challenge.as_bytes()), console.clock.now());
    let unknown = || Problem::new(Code::ChallengeUnknown, "This sign-in is over, or had too many wrong codes");
    let looked = console.challenges.look(&secret, MAX_CHALLENGE_TRIES, now.instant);
    let credentials = looked.ok_or_else(unknown)?.credentials;
    let known = credentials.known.clone();
    let guess = console.guess_at(&asking, At::Factor, &known.name).await?;
    let by = By { account: Some(known.name.clone()), ..asking.stranger() };
    let signed = known.signed;
    let taken = console
        .run(move |book, _| {
            let before = book.before(&credentials.known.name)?;
            let taken = match (code, recovery_code) {
                (Some(code), _) => match totp::step_of(&code, &credentials.totp, now.ms) {
                    Some(step) => book.take_step(&by, &signed, step)?,
                    None => {
                        book.note(&by, Act::SignIn, None, true)?;
                        false
                    }
                },
                (None, recovery) => book.take_recovery(&by, &signed, &code::hash(&recovery.unwrap_or_default()))?,
            };
            Ok(taken.then_some(before))
        })
        .await?;
    let Some(before) = taken else {
        tracing::warn!(account = %known.name, from = %asking.from, "a wrong second factor was given to the console");
        return Err(wrong());
    };
    console.back_off().was_right(guess);
    console.challenges.remove(&secret);
    let cookies = console.enter(&asking, signed).await?;
    tracing::info!(account = %known.name, from = %asking.from, "signed in at the console");
    Ok((cookies, Json(SessionShown::of(&known).after(before))).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::console::account::Role;
    use crate::console::book::accounts::Finished;

    #[test]
    fn f33_an_unknown_name_costs_one_hash_as_a_known_one_does() {
        let dir = tempfile::tempdir().unwrap();
        let (book, hashing, by) = (Book::open(dir.path()).unwrap(), Hashing::default(), By::default());
        let typed = |text: &str| Zeroizing::new(text.to_owned());
        for name in ["awa", "paul", "zoe"] {
            book.add(&by, name, Role::Viewer, code::hash(name)).unwrap();
        }
        for name in ["awa", "paul"] {
            let (password, totp) = (hashing.keep(&typed("the right one"), [7; 16]).unwrap(), Zeroizing::default());
            let finished = Finished { code: code::hash(name), password, totp, step: 0, recovery: Vec::new() };
            book.finish_setup(&by, &finished).unwrap();
        }
        book.disable(&by, "paul", true, crate::console::book::accounts::LastOne::MayGo).unwrap();
        for (name, password, is_right) in [
            ("awa", "the right one", true),
            ("awa", "a wrong one", false),
            ("paul", "the right one", false),
            ("zoe", "not set up", false),
            ("nobody", "the right one", false),
        ] {
            let before = hashing.count();
            let found = looked_up((&book, &hashing), name.to_owned(), &typed(password), (&by, Act::SignIn)).unwrap();
            assert_eq!((found.is_some(), hashing.count() - before), (is_right, 1), "{name}");
        }
    }
}
