//! Who may ask what of the console. Owns the order of the checks (host, page, session, role), the bounds on requests in number, size and
//! time, and the headers of every answer. What each route needs is said in [`super::routes`].

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use blake3::Hash;
use comptoir_door::headers::{cookie, harden};
use comptoir_door::listener::{ArrivedAt, ComesFrom};

use super::book::accounts::Known;
use super::book::audit::{Act, By};
use super::host::{check_host, check_origin};
use super::problem::{Code, Problem};
use super::routes::{Needs, needs};
use super::sessions::COOKIE;
use super::{Console, api, device};
use crate::limits::{CONSOLE_REQUEST_DEADLINE, MAX_CONSOLE_BODY_BYTES, STRICT_TRANSPORT_SECONDS};

/// Whoever asks, as the guard knows them.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    /// Who is signed in.
    pub known: Option<Known>,
    /// The secret of the cookie that the request bore.
    pub borne: Option<String>,
    /// The hash of what it bore of a device at which somebody signed in before.
    pub device: Option<Hash>,
    /// From where.
    pub from: IpAddr,
    /// When.
    pub at_ms: i64,
}

impl Asking {
    /// As the audit log names them.
    pub fn by(&self) -> By {
        By { account: self.known.as_ref().map(|known| known.name.clone()), ..self.stranger() }
    }

    /// As somebody who is nobody here yet.
    pub fn stranger(&self) -> By {
        By { account: None, address: Some(self.from), at_ms: self.at_ms }
    }
}

/// Lets a request through, or answers in its place.
pub(super) async fn guard(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = match page(&console, &request) {
        Some(page) => page.unwrap_or_else(IntoResponse::into_response),
        None => {
            let answer = answer(&console, request, next, route.as_deref());
            let late = |_| Problem::new(Code::TimedOut, "The request was not done in time").into_response();
            tokio::time::timeout(CONSOLE_REQUEST_DEADLINE, answer).await.unwrap_or_else(late)
        }
    };
    tracing::debug!(%method, route = route.as_deref().unwrap_or("none"), status = response.status().as_u16(), "console");
    harden(response.headers_mut());
    if console.issued {
        let strict = HeaderValue::from_str(&format!("max-age={STRICT_TRANSPORT_SECONDS}"));
        strict
            .into_iter()
            .for_each(|strict| drop(response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, strict)));
    }
    response
}

/// A file of the console's pages, for whoever calls the console by a name of its own; none: the API is asked.
fn page(console: &Console, request: &Request) -> Option<Result<Response, Problem>> {
    let found = console.pages.as_ref()?.answer(request.method(), request.uri().path())?;
    let arrived_at = request.extensions().get::<ArrivedAt>().copied();
    Some(check_host(&console.names, request.headers(), arrived_at).map(|_| found))
}

async fn answer(console: &Console, request: Request, next: Next, route: Option<&str>) -> Response {
    let (mut parts, body) = request.into_parts();
    let (asking, needs) = match admitted(console, &parts, route).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.into_response(),
    };
    // Strangers take no more than their share: whoever is signed in is served while others guess.
    let _share = match needs {
        Needs::Nothing => match console.strangers.try_acquire() {
            Ok(share) => Some(share),
            Err(_) => {
                let busy = Problem::new(Code::TooManyAttempts, "Too many sign in at this moment: wait 1 s");
                return busy.with("seconds", 1).into_response();
            }
        },
        Needs::Role(_) => None,
    };
    let Ok(_place) = console.places.acquire().await else {
        return Problem::new(Code::Internal, "The relay is stopping").into_response();
    };
    parts.extensions.insert(asking);
    next.run(Request::from_parts(parts, body)).await
}

/// Who asks, if they may ask this.
async fn admitted(console: &Console, request: &Parts, route: Option<&str>) -> Result<(Asking, Needs), Problem> {
    let (headers, extensions) = (&request.headers, &request.extensions);
    let own = check_host(&console.names, headers, extensions.get::<ArrivedAt>().copied())?;
    check_origin(&own, headers, ![Method::GET, Method::HEAD].contains(&request.method))?;
    // Refused by what it announces, before a byte of it is read. What announces nothing is counted while it is read.
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > MAX_CONSOLE_BODY_BYTES as u64) {
        return Err(api::too_large());
    }
    let from = extensions.get::<ComesFrom>().map_or(Ipv4Addr::UNSPECIFIED.into(), |from| from.0);
    let (now, borne) = (console.clock.now(), cookie(headers, COOKIE).map(str::to_owned));
    let signed = console.sessions.who(borne.as_deref(), now.instant);
    let known = match signed {
        Some(signed) => console.run(move |book, _| Ok(book.who(&signed)?)).await?,
        None => None,
    };
    let device = cookie(headers, device::COOKIE).map(|borne| blake3::hash(borne.as_bytes()));
    let asking = Asking { known, borne, device, from, at_ms: now.ms };
    let Some(route) = route else {
        return Err(Problem::new(Code::NotFound, "There is no such resource"));
    };
    match (needs(&request.method, route), &asking.known) {
        (Some(needs @ Needs::Nothing), _) => Ok((asking, needs)),
        (Some(Needs::Role(_)), None) => Err(Problem::new(Code::Unauthorised, "Nobody is signed in")),
        (Some(needs @ Needs::Role(role)), Some(known)) if known.role >= role => Ok((asking, needs)),
        (Some(Needs::Role(_)), Some(_)) => {
            let (by, what) = (asking.by(), format!("{} {route}", request.method));
            console.run(move |book, _| Ok(book.note(&by, Act::Denied, Some(&what), true)?)).await?;
            Err(Problem::new(Code::NotGranted, "Your role does not grant this"))
        }
        // A route without a row is no route.
        (None, _) => Err(Problem::new(Code::MethodNotAllowed, "The resource does not do that")),
    }
}
