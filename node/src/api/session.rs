//! Sign-in of browsers: a link with a code that works once, exchanged for a cookie that no script can read. Owns codes and
//! sessions, which live as long as the process; who may ask at all is the guard's to say.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use blake3::Hash;
use comptoir_door::headers::cookie;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::JsonBody;
use crate::entropy;
use crate::limits::{MAX_SESSIONS, MAX_SIGN_IN_CODES, SESSION_IDLE_LIFETIME, SIGN_IN_CODE_LIFETIME};
use crate::problem::{Code, Problem, ProblemBody};
use crate::staff::Signed;

/// Where a code is exchanged: asks for no token.
pub const SIGN_IN_PATH: &str = "/api/v1/session";
/// Where links that sign browsers in are made.
pub const LINKS_PATH: &str = "/api/v1/sign-in-links";

/// What sign-in knows of the node: all that it needs where there is no node yet.
#[derive(Clone)]
pub struct Entrance {
    /// Browsers that are signed in.
    pub sessions: Sessions,
    /// Where the screens are, if they are served.
    pub screens: Option<Arc<str>>,
}

impl FromRef<Api> for Entrance {
    fn from_ref(api: &Api) -> Self {
        api.entrance.clone()
    }
}

/// Codes that were given out and sessions that are open. What is kept of either is its hash.
#[derive(Clone)]
pub struct Sessions {
    cookie: Arc<str>,
    /// What the cookie is bound to beyond its host.
    bound: &'static str,
    open: Arc<Mutex<Open>>,
}

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A browser's that a link let in.
    Link,
    /// Somebody's who signed in by name and password.
    Staff(Signed),
}

#[derive(Default)]
struct Open {
    codes: Vec<(Hash, Instant, ())>,
    sessions: Vec<(Hash, Instant, Holder)>,
}

impl Open {
    fn expire(&mut self, now: Instant) {
        let is_younger = |at: Instant, than: Duration| now.saturating_duration_since(at) < than;
        self.codes.retain(|(_, at, ())| is_younger(*at, SIGN_IN_CODE_LIFETIME));
        self.sessions.retain(|(_, at, _)| is_younger(*at, SESSION_IDLE_LIFETIME));
    }
}

fn keep<T>(list: &mut Vec<(Hash, Instant, T)>, most: usize, secret: &str, (now, whose): (Instant, T)) {
    if list.len() >= most {
        list.remove(0);
    }
    list.push((blake3::hash(secret.as_bytes()), now, whose));
}

impl Sessions {
    /// None yet. Cookies know no ports: each node of a machine has a name of its own for its cookie.
    pub fn new(port: u16) -> Self {
        Self { cookie: format!("comptoir-{port}").into(), bound: "", open: Arc::default() }
    }

    /// None yet, of a node that browsers reach over TLS: the cookie goes nowhere in the clear.
    pub fn over_tls(node: &str) -> Self {
        Self { cookie: format!("__Secure-comptoir-{node}").into(), bound: "; Secure", open: Arc::default() }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A code that opens one session, once, for a short time.
    pub fn offer(&self, now: Instant) -> String {
        let (code, mut open) = (entropy::token(), self.locked());
        open.expire(now);
        keep(&mut open.codes, MAX_SIGN_IN_CODES, &code, (now, ()));
        code
    }

    /// Whether a code is good; it is void from then on.
    pub fn take(&self, code: &str, now: Instant) -> bool {
        let mut open = self.locked();
        open.expire(now);
        let hash = blake3::hash(code.as_bytes());
        let place = open.codes.iter().position(|(known, ..)| *known == hash);
        place.map(|place| open.codes.remove(place)).is_some()
    }

    /// A session for a code; the code is void from then on.
    fn redeem(&self, code: &str, now: Instant) -> Option<String> {
        self.take(code, now).then(|| self.open(Holder::Link, now))
    }

    /// Opens a session: its secret.
    fn open(&self, holder: Holder, now: Instant) -> String {
        let (secret, mut open) = (entropy::token(), self.locked());
        open.expire(now);
        keep(&mut open.sessions, MAX_SESSIONS, &secret, (now, holder));
        secret
    }

    /// Opens a session in the place of the one that a request bears: what the answer sets as its cookie.
    pub fn enter(&self, headers: &HeaderMap, holder: Holder, now: Instant) -> String {
        self.end(headers);
        self.cookie(&self.open(holder, now), SESSION_IDLE_LIFETIME)
    }

    /// Ends the session that a request bears: what the answer sets as its cookie.
    pub fn leave(&self, headers: &HeaderMap) -> String {
        self.end(headers);
        self.cookie("", Duration::ZERO)
    }

    /// Whose the open session is that a request bears; it lives on with each request.
    pub fn holder(&self, headers: &HeaderMap, now: Instant) -> Option<Holder> {
        let secret = self.borne(headers)?;
        let mut open = self.locked();
        open.expire(now);
        let (_, seen, holder) = open.sessions.iter_mut().find(|(known, ..)| *known == secret)?;
        *seen = now;
        Some(*holder)
    }

    fn end(&self, headers: &HeaderMap) {
        if let Some(secret) = self.borne(headers) {
            self.locked().sessions.retain(|(known, ..)| *known != secret);
        }
    }

    fn borne(&self, headers: &HeaderMap) -> Option<Hash> {
        cookie(headers, &self.cookie).map(|secret| blake3::hash(secret.as_bytes()))
    }

    /// The cookie is of this host alone, goes with no request that another site makes, and no script can read it.
    fn cookie(&self, secret: &str, life: Duration) -> String {
        let (name, life, bound) = (&self.cookie, life.as_secs(), self.bound);
        format!("{name}={secret}; Path=/api/; Max-Age={life}; HttpOnly; SameSite=Strict{bound}")
    }
}

/// Who signs in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The code of the link.
    pub code: String,
}

/// A link for a browser on this machine.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// What to open. It works once.
    pub link: String,
    /// For how long it is valid, in seconds.
    pub expires_s: u64,
}

/// Sign a browser in: exchange the code of a link for a session cookie. Asks for no token.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, security(()),
    responses((status = 204, description = "Signed in"), (status = "default", body = ProblemBody)))]
pub async fn sign_in(
    State(entrance): State<Entrance>,
    JsonBody(SignIn { code }): JsonBody<SignIn>,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(Code::SignInUnknown, "This sign-in link was used already, or is too old");
    let secret = entrance.sessions.redeem(code.trim(), Instant::now()).ok_or_else(unknown)?;
    let cookie = entrance.sessions.cookie(&secret, SESSION_IDLE_LIFETIME);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Sign this browser out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "Signed out"), (status = "default", body = ProblemBody)))]
pub async fn sign_out(State(entrance): State<Entrance>, headers: HeaderMap) -> Response {
    (StatusCode::NO_CONTENT, [(SET_COOKIE, entrance.sessions.leave(&headers))]).into_response()
}

/// Make a link that signs a browser on this machine in, once.
#[utoipa::path(post, path = "/api/v1/sign-in-links", tag = "session",
    responses((status = 200, body = SignInLink), (status = "default", body = ProblemBody)))]
pub async fn link(State(entrance): State<Entrance>) -> Answer<SignInLink> {
    let nothing = || Problem::new(Code::NoScreens, "This node serves no screens");
    let address = entrance.screens.as_ref().ok_or_else(nothing)?;
    let link = format!("{address}#sign-in={}", entrance.sessions.offer(Instant::now()));
    Ok(Json(SignInLink { link, expires_s: SIGN_IN_CODE_LIFETIME.as_secs() }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::http::header::COOKIE;

    use super::*;

    fn bearing(sessions: &Sessions, secret: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, format!("a=b; {}={secret}", sessions.cookie).parse().unwrap())])
    }

    #[test]
    fn a_code_works_once_and_not_for_ever() {
        let (sessions, now) = (Sessions::new(4000), Instant::now());
        let code = sessions.offer(now);
        let secret = sessions.redeem(&code, now).unwrap();
        assert_eq!(sessions.redeem(&code, now), None);
        assert_eq!(sessions.holder(&bearing(&sessions, &secret), now), Some(Holder::Link));
        assert!(sessions.holder(&bearing(&sessions, &code), now).is_none());
        let late = sessions.offer(now);
        assert_eq!(sessions.redeem(&late, now + SIGN_IN_CODE_LIFETIME), None);
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_when_it_is_left() {
        let (sessions, now) = (Sessions::new(4000), Instant::now());
        let secret = sessions.redeem(&sessions.offer(now), now).unwrap();
        let bears = bearing(&sessions, &secret);
        let nearly = SESSION_IDLE_LIFETIME - Duration::from_secs(1);
        assert_eq!(sessions.holder(&bears, now + nearly), Some(Holder::Link));
        assert_eq!(sessions.holder(&bears, now + nearly + nearly), Some(Holder::Link));
        sessions.end(&bears);
        assert!(sessions.holder(&bears, now + nearly).is_none());
        assert!(Sessions::new(4001).holder(&bears, now).is_none(), "another node's cookie is none of ours");
    }

    #[test]
    fn sessions_are_bounded() {
        let (sessions, now) = (Sessions::new(4000), Instant::now());
        let secrets: Vec<String> =
            (0..=MAX_SESSIONS).map(|_| sessions.redeem(&sessions.offer(now), now).unwrap()).collect();
        assert!(sessions.holder(&bearing(&sessions, &secrets[0]), now).is_none());
        assert_eq!(sessions.holder(&bearing(&sessions, &secrets[MAX_SESSIONS]), now), Some(Holder::Link));
    }

    #[test]
    fn whoever_signs_in_takes_the_place_of_the_session_that_they_had() {
        let (sessions, now) = (Sessions::new(4000), Instant::now());
        let first = bearing(&sessions, &sessions.redeem(&sessions.offer(now), now).unwrap());
        let cookie = sessions.enter(&first, Holder::Link, now);
        assert!(sessions.holder(&first, now).is_none());
        let second = HeaderMap::from_iter([(COOKIE, cookie.split(';').next().unwrap().parse().unwrap())]);
        assert!(sessions.holder(&second, now).is_some());
        assert!(sessions.leave(&second).contains("Max-Age=0") && sessions.holder(&second, now).is_none());
    }
}
