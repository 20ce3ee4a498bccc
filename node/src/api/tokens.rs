//! Tokens for scripts: which there are, making one for an account, revoking one. Owns the shapes. All but looking is the operator's, on
//! the node's own machine; what a token lets do is its account's roles'.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comptoir_backoffice::staff::query::Known;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::answer::Answer;
use crate::api::extract::{JsonBody, Segments};
use crate::api::staff::{accounts, named};
use crate::clock;
use crate::problem::{Problem, ProblemBody};
use crate::staff::{Token, last_day};

/// All that concerns tokens stands under it.
pub const TOKENS_PATH: &str = "/api/v1/staff/tokens";

/// The tokens of this site.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TokensShown {
    /// In the order in which they were made.
    pub tokens: Vec<TokenShown>,
}

/// A token: whoever bears it is its account.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TokenShown {
    /// Which.
    pub id: String,
    /// The name of its account; the id of the record where that is not here.
    pub account: String,
    /// Who is named as the author of what is written with it.
    pub author: Option<String>,
    /// What it is for, as people write it.
    pub label: String,
    /// When it was made; RFC 3339.
    pub made: String,
    /// Its last day, `YYYY-MM-DD`; nothing of one that holds until it is revoked.
    pub until: Option<String>,
    /// When it was last used, to the hour; RFC 3339.
    pub used: Option<String>,
    /// Whether it lets in now.
    pub state: TokenState,
}

/// Whether a token lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenState {
    /// It does.
    Good,
    /// Its last day is over.
    Expired,
    /// Its account is locked, or out of use.
    Locked,
}

/// A token to make.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The name of its account, or the account's id.
    pub account: String,
    /// What it is for.
    pub label: String,
    /// Its last day, `YYYY-MM-DD`, where the site is; nothing for one that holds until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A token that was made.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TokenMade {
    /// What requests bear: `Authorization: Bearer SECRET`. It is told this once.
    pub secret: String,
    /// The token.
    pub token: TokenShown,
}

fn shown(token: Token, account: Option<&Known>, now_ms: i64) -> TokenShown {
    let state = if token.is_past(now_ms) {
        TokenState::Expired
    } else if account.is_some_and(Known::may_enter) {
        TokenState::Good
    } else {
        TokenState::Locked
    };
    TokenShown {
        id: token.id,
        account: account.map_or(token.account, |account| account.login.clone()),
        author: account.map(|account| account.reference.clone()),
        label: token.label,
        made: clock::rfc3339(token.made_ms),
        until: token.until.map(|until| until.day),
        used: token.seen_ms.map(clock::rfc3339),
        state,
    }
}

/// The tokens of this site, without their secrets.
#[utoipa::path(get, path = "/api/v1/staff/tokens", tag = "staff",
    responses((status = 200, body = TokensShown), (status = "default", body = ProblemBody)))]
pub async fn list(State(api): State<Api>) -> Answer<TokensShown> {
    let found = api.run(|node| {
        let (accounts, now_ms) = (accounts(node)?, clock::now_ms());
        let tokens = node.staff().tokens().into_iter().map(|token| {
            let account = accounts.iter().find(|account| account.id.to_string() == token.account);
            shown(token, account, now_ms)
        });
        Ok(TokensShown { tokens: tokens.collect() })
    });
    found.await.map(Json)
}

/// Make a token for an account of this site. Its secret is told this once.
#[utoipa::path(post, path = "/api/v1/staff/tokens", tag = "staff", request_body = TokenRequest,
    responses((status = 200, body = TokenMade), (status = "default", body = ProblemBody)))]
pub async fn create(
    State(api): State<Api>,
    JsonBody(TokenRequest { account, label, until }): JsonBody<TokenRequest>,
) -> Answer<TokenMade> {
    let made = api.run(move |node| {
        let (account, now_ms) = (named(node, &account)?, clock::now_ms());
        let until = until.map(|day| last_day(&day, &node.time_zone(), now_ms)).transpose()?;
        let (token, secret) = node.staff().make_token(account.id, &label, until)?;
        Ok(TokenMade { secret, token: shown(token, Some(&account), now_ms) })
    });
    made.await.map(Json)
}

/// Revoke a token: its secret is good for nothing from then on.
#[utoipa::path(post, path = "/api/v1/staff/tokens/{id}/revoke", tag = "staff",
    params(("id" = String, Path, description = "Which token")),
    responses((status = 204, description = "Revoked"), (status = "default", body = ProblemBody)))]
pub async fn revoke(State(api): State<Api>, Segments(id): Segments<String>) -> Result<StatusCode, Problem> {
    api.run(move |node| node.staff().revoke_token(&id)).await.map(|()| StatusCode::NO_CONTENT)
}
