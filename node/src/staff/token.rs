//! Tokens of accounts, for scripts: what is kept of one, and whose it is. Owns their making, their end and when they were last used. Whoever
//! bears one is the account, and never more than it. Never gives out what is kept of a secret.

use std::time::Duration;

use blake3::Hash;
use comptoir_backoffice::staff::query::Known;
use comptoir_replica::record::RecordId;
use serde::{Deserialize, Serialize};

use super::{Staff, locked};
use crate::identity::write_problem;
use crate::limits::{MAX_TOKEN_LABEL_CHARACTERS, MAX_TOKENS, TOKEN_LOOK_INTERVAL, TOKEN_SEEN_INTERVAL_MS};
use crate::problem::{Code, Problem, plain};
use crate::{clock, durable, entropy};

/// What every secret begins with, so that programs that look for lost secrets know one when they see it.
const PREFIX: &str = "cpt_";

/// What is told of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Which.
    pub id: String,
    /// The id of the account's record.
    pub account: String,
    /// What it is for, as people write it.
    pub label: String,
    /// When it was made.
    pub made_ms: i64,
    /// Its last day; none while it holds until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<LastDay>,
    /// When it was last used, to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_ms: Option<i64>,
}

/// The last day of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDay {
    /// As it was asked for.
    pub day: String,
    /// Its last moment where the site was then.
    pub ends_ms: i64,
}

/// One token in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    #[serde(flatten)]
    token: Token,
    /// In hex.
    hash: String,
}

/// Which token a request bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenId(String);

impl Token {
    /// Whether its last day is over.
    pub fn is_past(&self, now_ms: i64) -> bool {
        self.until.as_ref().is_some_and(|until| now_ms > until.ends_ms)
    }
}

/// Whether this is meant as the secret of such a token, known or not.
pub fn is_one(borne: &[u8]) -> bool {
    borne.starts_with(PREFIX.as_bytes())
}

fn unknown() -> Problem {
    Problem::new(Code::Unauthorised, "The request bears a token that is not known here")
}

impl Staff {
    /// Makes a token for an account: what is told of it, and its secret, which is told this once.
    pub fn make_token(
        &self,
        account: RecordId,
        label: &str,
        until: Option<LastDay>,
    ) -> Result<(Token, String), Problem> {
        let label = labelled(label)?;
        let secret = format!("{PREFIX}{}", entropy::token());
        let (id, account) = (entropy::token()[..16].to_owned(), account.to_string());
        let token = Token { id, account, label, made_ms: clock::now_ms(), until, seen_ms: None };
        // 256 random bits: nobody tries them all, however fast a hash is, so that a plain one is kept and no wrong guess makes anybody wait.
        let hash = blake3::hash(secret.as_bytes()).to_hex().to_string();
        let stored = Stored { token: token.clone(), hash };
        self.change_tokens(|tokens| {
            if tokens.len() >= MAX_TOKENS {
                let message = format!("{MAX_TOKENS} tokens were made already");
                return Err(Problem::new(Code::TooManyTokens, message).with("limit", MAX_TOKENS));
            }
            tokens.push(stored);
            Ok(())
        })?;
        tracing::info!(token = %token.id, label = %plain(&token.label), "a token was made");
        Ok((token, secret))
    }

    /// The tokens, in the order in which they were made.
    pub fn tokens(&self) -> Vec<Token> {
        locked(&self.file).tokens.iter().map(|stored| stored.token.clone()).collect()
    }

    /// Revokes a token: its secret is good for nothing from then on, and what it follows ends.
    pub fn revoke_token(&self, id: &str) -> Result<(), Problem> {
        let unknown = || Problem::new(Code::NotFound, "There is no such token").with("id", id);
        self.change_tokens(|tokens| {
            let place = tokens.iter().position(|stored| stored.token.id == id).ok_or_else(unknown)?;
            tokens.remove(place);
            Ok(())
        })?;
        tracing::info!(token = %id, "a token was revoked");
        self.changed.send_replace(());
        Ok(())
    }

    /// Which token has this secret, if it lets anybody in now; it was used then.
    pub fn borne(&self, secret: &[u8], now_ms: i64) -> Result<TokenId, Problem> {
        self.damage.clone().map_or(Ok(()), Err)?;
        let hash = blake3::hash(secret);
        let token = {
            let file = locked(&self.file);
            // Hashes are compared in constant time.
            let is_it = |stored: &&Stored| Hash::from_hex(&stored.hash).is_ok_and(|kept| kept == hash);
            file.tokens.iter().find(is_it).map(|stored| stored.token.clone()).ok_or_else(unknown)?
        };
        let id = TokenId(token.id);
        self.by_token(&id, now_ms)?;
        // Seldom: a script may ask a hundred times a second. A clock that was set back is followed.
        if token.seen_ms.is_none_or(|seen_ms| (now_ms - seen_ms).abs() >= TOKEN_SEEN_INTERVAL_MS) {
            let seen = self.change_tokens(|tokens| {
                let of_it = tokens.iter_mut().filter(|stored| stored.token.id == id.0);
                of_it.for_each(|stored| stored.token.seen_ms = Some(now_ms));
                Ok(())
            });
            if let Err(problem) = seen {
                tracing::debug!(problem = %problem.message, "when a token was used is not kept");
            }
        }
        Ok(id)
    }

    /// Whose a token is, if it lets them in now.
    pub fn by_token(&self, id: &TokenId, now_ms: i64) -> Result<Known, Problem> {
        let token = self.token(id).ok_or_else(unknown)?;
        if let Some(until) = token.until.as_ref().filter(|_| token.is_past(now_ms)) {
            let message = format!("The token was good until {}", until.day);
            return Err(Problem::new(Code::TokenExpired, message).with("until", &until.day));
        }
        let known = locked(&self.known);
        let account = known.values().find(|(account, _)| account.id.to_string() == token.account);
        let (account, _) = account.ok_or_else(unknown)?;
        if !account.may_enter() {
            return Err(Problem::new(Code::AccountLocked, "The account of the token is locked"));
        }
        Ok(account.clone())
    }

    /// Waits until the last day of a token is over. The clock may be set, and the machine may sleep: it is looked at again and again.
    pub async fn outlived(&self, id: &TokenId) {
        while let Some(token) = self.token(id) {
            let Some(until) = &token.until else { return std::future::pending().await };
            let left_ms = until.ends_ms.saturating_sub(clock::now_ms()).saturating_add(1);
            let Ok(left_ms @ 1..) = u64::try_from(left_ms) else { return };
            tokio::time::sleep(Duration::from_millis(left_ms).min(TOKEN_LOOK_INTERVAL)).await;
        }
    }

    fn token(&self, id: &TokenId) -> Option<Token> {
        locked(&self.file).tokens.iter().find(|stored| stored.token.id == id.0).map(|stored| stored.token.clone())
    }

    /// Changes the tokens, on the disk first; nothing is changed when that fails, or when `change` refuses.
    fn change_tokens(&self, change: impl FnOnce(&mut Vec<Stored>) -> Result<(), Problem>) -> Result<(), Problem> {
        self.damage.clone().map_or(Ok(()), Err)?;
        let mut file = locked(&self.file);
        let mut next = file.clone();
        change(&mut next.tokens)?;
        durable::write(&self.data.staff(), &next).map_err(|error| write_problem(&error))?;
        *file = next;
        Ok(())
    }
}

/// A token's label, as it is kept.
fn labelled(label: &str) -> Result<String, Problem> {
    let label = label.trim();
    let fits = !label.is_empty() && label.chars().count() <= MAX_TOKEN_LABEL_CHARACTERS && plain(label) == label;
    let refused = || {
        let message =
            format!("A token's label has 1 to {MAX_TOKEN_LABEL_CHARACTERS} characters, no control characters");
        Problem::new(Code::BadRequest, message).with("limit", MAX_TOKEN_LABEL_CHARACTERS)
    };
    fits.then(|| label.to_owned()).ok_or_else(refused)
}

/// The last day of a token that is made now.
pub fn last_day(day: &str, time_zone: &str, now_ms: i64) -> Result<LastDay, Problem> {
    let day = day.trim();
    let wrong = |message: String| Problem::new(Code::BadRequest, message).with("value", day);
    let is_day = day.len() == "2026-11-24".len();
    let ends_ms = is_day.then(|| clock::moment(day, time_zone).ok()).flatten();
    let ends_ms = ends_ms.ok_or_else(|| wrong(format!("{day} is no day: write 2026-11-24")))?;
    if ends_ms < now_ms {
        return Err(wrong(format!("{day} is over already")));
    }
    Ok(LastDay { day: day.to_owned(), ends_ms })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{account, staffed};
    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;
    const AMINATA: RecordId = RecordId([1; 16]);

    fn code<T>(verdict: Result<T, Problem>) -> String {
        verdict.err().map_or("ok".into(), |problem| problem.code)
    }

    #[test]
    fn whoever_bears_a_token_is_its_account_until_it_is_revoked() {
        let (dir, staff) = staffed();
        let (token, secret) = staff.make_token(AMINATA, " Nightly export ", None).unwrap();
        assert!(secret.starts_with("cpt_") && secret.len() == 68 && is_one(secret.as_bytes()));
        assert_eq!(token.label, "Nightly export");
        let borne = staff.borne(secret.as_bytes(), NOW_MS).unwrap();
        assert_eq!(staff.by_token(&borne, NOW_MS).unwrap().reference, "PAR/aminata");
        for other in ["cpt_", &secret[..67], &format!("{secret}0"), &token.id, &secret.to_uppercase()] {
            assert_eq!(code(staff.borne(other.as_bytes(), NOW_MS)), "unauthorised", "{other}");
        }
        let again = Staff::read(staff.data.clone());
        again.are(|| vec![account(1, "aminata", false)]);
        assert!(again.borne(secret.as_bytes(), NOW_MS).is_ok(), "the file says it");
        let file = std::fs::read_to_string(staff.data.staff()).unwrap();
        assert!(!file.contains(&secret) && !file.contains(&secret[4..]), "no more than a hash is kept");
        assert!(file.contains(blake3::hash(secret.as_bytes()).to_hex().as_str()));
        staff.revoke_token(&token.id).unwrap();
        assert_eq!(code(staff.borne(secret.as_bytes(), NOW_MS)), "unauthorised");
        assert_eq!(code(staff.by_token(&borne, NOW_MS)), "unauthorised");
        assert_eq!(code(staff.revoke_token(&token.id)), "not-found");
        drop(dir);
    }

    #[test]
    fn an_account_that_is_locked_or_gone_lets_no_token_in() {
        let (_dir, staff) = staffed();
        let (_, secret) = staff.make_token(AMINATA, "export", None).unwrap();
        staff.are(|| vec![account(1, "aminata", true)]);
        assert_eq!(code(staff.borne(secret.as_bytes(), NOW_MS)), "account-locked");
        staff.are(|| vec![Known { archived: true, ..account(1, "aminata", false) }]);
        assert_eq!(code(staff.borne(secret.as_bytes(), NOW_MS)), "account-locked");
        staff.are(Vec::new);
        assert_eq!(code(staff.borne(secret.as_bytes(), NOW_MS)), "unauthorised");
        staff.are(|| vec![account(1, "aminata", false)]);
        assert_eq!(code(staff.borne(secret.as_bytes(), NOW_MS)), "ok");
    }

    #[test]
    fn a_token_is_good_through_its_last_day_and_no_longer() {
        let (_dir, staff) = staffed();
        let until = last_day("2027-01-31", "Africa/Dakar", NOW_MS).unwrap();
        let ends_ms = until.ends_ms;
        assert_eq!(clock::rfc3339(ends_ms), "2027-01-31T23:59:59.999Z");
        let (_, secret) = staff.make_token(AMINATA, "export", Some(until)).unwrap();
        let borne = staff.borne(secret.as_bytes(), ends_ms).unwrap();
        let refused = staff.borne(secret.as_bytes(), ends_ms + 1).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.params["until"].as_str()), ("token-expired", "2027-01-31"));
        assert_eq!(code(staff.by_token(&borne, ends_ms + 1)), "token-expired");
        for wrong in ["", "tomorrow", "2027-02-30", "2027-01-31T10:00:00Z", "2026-01-01"] {
            assert_eq!(code(last_day(wrong, "Africa/Dakar", NOW_MS)), "bad-request", "{wrong}");
        }
    }

    #[tokio::test]
    async fn what_a_token_follows_ends_with_its_day() {
        let (_dir, staff) = staffed();
        let ends = |ends_ms| Some(LastDay { day: "2027-01-31".into(), ends_ms });
        let (_, secret) = staff.make_token(AMINATA, "soon", ends(clock::now_ms() + 300)).unwrap();
        let soon = staff.borne(secret.as_bytes(), clock::now_ms()).unwrap();
        tokio::time::timeout(Duration::from_secs(60), staff.outlived(&soon)).await.unwrap();
        assert_eq!(code(staff.by_token(&soon, clock::now_ms())), "token-expired");
        let (_, secret) = staff.make_token(AMINATA, "endless", None).unwrap();
        let endless = staff.borne(secret.as_bytes(), clock::now_ms()).unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), staff.outlived(&endless)).await.is_err());
    }

    #[test]
    fn when_a_token_was_used_is_written_seldom() {
        let (_dir, staff) = staffed();
        let (_, secret) = staff.make_token(AMINATA, "export", None).unwrap();
        let seen = |at_ms: i64| {
            staff.borne(secret.as_bytes(), at_ms).unwrap();
            Staff::read(staff.data.clone()).tokens()[0].seen_ms
        };
        assert_eq!(seen(NOW_MS), Some(NOW_MS));
        assert_eq!(seen(NOW_MS + TOKEN_SEEN_INTERVAL_MS - 1), Some(NOW_MS));
        assert_eq!(seen(NOW_MS + TOKEN_SEEN_INTERVAL_MS), Some(NOW_MS + TOKEN_SEEN_INTERVAL_MS));
    }

    #[test]
    fn tokens_and_their_labels_are_bounded() {
        let (_dir, staff) = staffed();
        for wrong in ["", "  ", "a\nb", &"x".repeat(MAX_TOKEN_LABEL_CHARACTERS + 1)] {
            assert_eq!(code(staff.make_token(AMINATA, wrong, None)), "bad-request", "{wrong}");
        }
        assert_eq!(code(staff.make_token(AMINATA, &"é".repeat(MAX_TOKEN_LABEL_CHARACTERS), None)), "ok");
        for _ in 1..MAX_TOKENS {
            staff.make_token(AMINATA, "one more", None).unwrap();
        }
        assert_eq!(code(staff.make_token(AMINATA, "too many", None)), "too-many-tokens");
        assert!(std::fs::metadata(staff.data.staff()).unwrap().len() < crate::limits::MAX_SMALL_FILE_BYTES / 4);
    }

    #[test]
    fn a_file_that_somebody_spoilt_takes_no_token_and_is_not_written_over() {
        let (_dir, staff) = staffed();
        let (_, secret) = staff.make_token(AMINATA, "export", None).unwrap();
        std::fs::write(staff.data.staff(), "{").unwrap();
        let spoilt = Staff::read(staff.data.clone());
        assert_eq!(code(spoilt.borne(secret.as_bytes(), NOW_MS)), "damaged");
        assert_eq!(code(spoilt.make_token(AMINATA, "export", None)), "damaged");
        assert_eq!(std::fs::read_to_string(staff.data.staff()).unwrap(), "{");
    }
}
