//! Staff of this site: who signs in, and until when. Owns the passwords' file, who is signed in at which device, and what ends a
//! sign-in: an account that is locked or archived, a password that is set anew. Who there is, is in the records; cookies are the
//! sessions'. Never gives out what is kept of a password or of a token.

mod file;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use comptoir_backoffice::staff::query::Known;
use comptoir_door::back_off::{At, BackOff, Guess, trace, trace_of};
use comptoir_door::limits::PASSWORD_SALT_BYTES;
use comptoir_door::password::Hashing;
use comptoir_replica::record::RecordId;
use tokio::sync::watch;

use self::file::StaffFile;
use crate::data_dir::DataDir;
use crate::identity::write_problem;
use crate::limits::{MAX_ACCOUNTS, MAX_DEVICES, SESSION_IDLE_LIFETIME};
use crate::problem::{Code, Problem};
use crate::{durable, entropy};

pub use self::token::{LastDay, Token, TokenId, is_one as is_token, last_day};
pub use comptoir_door::fit::check as check_password;
pub use comptoir_door::password::Typed;

/// That somebody is signed in: good until their account's sign-ins are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    account: RecordId,
    since: u64,
}

/// Somebody who is signed in at a device.
struct AtDevice {
    device: String,
    signed: Signed,
    seen: Instant,
}

/// The staff of this site.
pub struct Staff {
    data: DataDir,
    file: Mutex<StaffFile>,
    /// Why the file is not read: nobody signs in then, and nothing is written over what somebody may mend.
    damage: Option<Problem>,
    /// The accounts, each with the number that its sign-ins bear.
    known: Mutex<BTreeMap<RecordId, (Known, u64)>>,
    next: AtomicU64,
    at_devices: Mutex<Vec<AtDevice>>,
    back_off: Mutex<BackOff>,
    hashing: Hashing,
    /// Told when somebody's sign-ins may have begun or ended.
    changed: watch::Sender<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wrong() -> Problem {
    Problem::new(Code::SignInWrong, "The name or the password is wrong")
}

impl Staff {
    /// As the file of the directory says; nobody where there is none. Who there is must be told before anybody signs in.
    pub fn read(data: DataDir) -> Self {
        let read = durable::read::<StaffFile>(&data.staff())
            .map_err(|error| Problem::from_error(Code::Damaged, &error).with("path", data.staff().display()));
        let (file, damage) = match read {
            Ok(file) => (file.unwrap_or_default(), None),
            Err(problem) => (StaffFile::default(), Some(problem)),
        };
        if let Some(problem) = &damage {
            tracing::error!(code = %problem.code, problem = %problem.message, "nobody signs in by name and password");
        }
        Self {
            data,
            file: Mutex::new(file),
            damage,
            known: Mutex::default(),
            next: AtomicU64::default(),
            at_devices: Mutex::default(),
            back_off: Mutex::default(),
            hashing: Hashing::default(),
            changed: watch::Sender::new(()),
        }
    }

    /// Whether people sign in here: from the first password that was ever set, so that locking the last account opens nothing.
    pub fn is_in_use(&self) -> bool {
        self.damage.is_some() || !locked(&self.file).passwords.is_empty()
    }

    /// The accounts are from now on what this reads. It reads alone, so that of two who tell of changes the later one is believed. Who
    /// may not enter any more is signed out.
    pub fn are(&self, read: impl FnOnce() -> Vec<Known>) {
        let mut known = locked(&self.known);
        let next = read().into_iter().map(|account| {
            let before = known.get(&account.id).filter(|(before, _)| before.may_enter() && account.may_enter());
            let since = before.map_or_else(|| self.number(), |(_, since)| *since);
            (account.id, (account, since))
        });
        let next = next.collect();
        *known = next;
        drop(known);
        self.changed.send_replace(());
    }

    /// A number that no sign-in bears yet.
    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Who is signed in so, if they still are.
    pub fn who(&self, signed: &Signed) -> Option<Known> {
        let known = locked(&self.known);
        let (account, since) = known.get(&signed.account)?;
        (account.may_enter() && *since == signed.since).then(|| account.clone())
    }

    /// Waits until this is so, looking again whenever somebody's sign-in may have begun or ended.
    pub async fn until(&self, is_so: impl Fn() -> bool) {
        // It is never closed: this holds the sender.
        drop(self.changed.subscribe().wait_for(|()| is_so()).await);
    }

    /// Whether an account has a password here.
    pub fn has_password(&self, account: &RecordId) -> bool {
        locked(&self.file).passwords.contains_key(&account.to_string())
    }

    /// Signs somebody in by name and password. Blocks. What is answered, and how long it takes, says nothing of which names there are.
    pub fn sign_in(&self, login: &str, typed: &Typed, from: IpAddr, now: Instant) -> Result<(Signed, Known), Problem> {
        self.damage.clone().map_or(Ok(()), Err)?;
        let login = login.trim().to_lowercase();
        let guess = Guess::of_stranger(At::Password, trace(&login), trace_of(from));
        self.guess(guess, now)?;
        let account = self.named(&login);
        let kept = account
            .as_ref()
            .and_then(|(account, _)| locked(&self.file).passwords.get(&account.id.to_string()).cloned());
        if !self.hashing.is_it(typed, kept.as_ref()) {
            tracing::warn!(%from, "somebody gave a wrong name or password");
            return Err(wrong());
        }
        let (account, since) = account.ok_or_else(wrong)?;
        locked(&self.back_off).was_right(guess);
        if !account.may_enter() {
            return Err(Problem::new(Code::AccountLocked, "The account is locked"));
        }
        tracing::info!(account = %account.reference, %from, "signed in");
        Ok((Signed { account: account.id, since }, account))
    }

    fn guess(&self, guess: Guess, now: Instant) -> Result<(), Problem> {
        locked(&self.back_off).guess(guess, now).map_err(|wait| {
            // A wait that is all but over is told as one second.
            let seconds = wait.as_millis().div_ceil(1_000);
            Problem::new(Code::TooManyAttempts, format!("Too many wrong guesses: wait {seconds} s"))
                .with("seconds", seconds)
        })
    }

    /// The account of this name; of several the one that has a password.
    fn named(&self, login: &str) -> Option<(Known, u64)> {
        let known = locked(&self.known);
        let file = locked(&self.file);
        let of_name = known.values().filter(|(account, _)| account.login == login);
        of_name
            .filter(|(account, _)| file.passwords.contains_key(&account.id.to_string()))
            .min_by_key(|(account, _)| account.id)
            .cloned()
    }

    /// Sets an account's password: whoever is signed in to it is signed out. Blocks.
    pub fn set_password(&self, account: RecordId, typed: &Typed, organisation: &str) -> Result<(), Problem> {
        self.check_password(&account, typed, organisation)?;
        self.damage.clone().map_or(Ok(()), Err)?;
        let mut salt = [0; PASSWORD_SALT_BYTES];
        rand_core::Rng::fill_bytes(&mut entropy::os(), &mut salt);
        let kept = self.hashing.keep(typed, salt);
        let kept = kept.map_err(|error| Problem::from_error(Code::Internal, &error))?;
        {
            let mut file = locked(&self.file);
            let mut next = file.clone();
            next.passwords.insert(account.to_string(), kept);
            if next.passwords.len() > MAX_ACCOUNTS {
                let message = format!("{MAX_ACCOUNTS} accounts have a password already");
                return Err(Problem::new(Code::TooManyAccounts, message).with("limit", MAX_ACCOUNTS));
            }
            durable::write(&self.data.staff(), &next).map_err(|error| write_problem(&error))?;
            *file = next;
        }
        if let Some((_, since)) = locked(&self.known).get_mut(&account) {
            *since = self.number();
        }
        self.changed.send_replace(());
        Ok(())
    }

    /// Whether a password may be chosen for an account: it is more than what it and the organisation are called.
    fn check_password(&self, account: &RecordId, typed: &Typed, organisation: &str) -> Result<(), Problem> {
        let known = locked(&self.known).get(account).map(|(account, _)| account.clone());
        let of_account = known.iter().flat_map(|account| [&*account.reference, &*account.login, &*account.name]);
        let context: Vec<&str> = of_account.chain([organisation]).collect();
        Ok(check_password(typed, &context)?)
    }

    /// Sets somebody's own password, if they know the present one; how they are signed in from then on. Blocks.
    pub fn change_password(
        &self,
        signed: &Signed,
        (present, new, organisation): (&Typed, &Typed, &str),
        from: IpAddr,
        now: Instant,
    ) -> Result<Signed, Problem> {
        self.check_password(&signed.account, new, organisation)?;
        let account = self.who(signed).ok_or_else(wrong)?;
        let (again, _) = self.sign_in(&account.login, present, from, now)?;
        if again.account != signed.account {
            return Err(wrong());
        }
        self.set_password(signed.account, new, organisation)?;
        let since = locked(&self.known).get(&signed.account).map(|(_, since)| *since).ok_or_else(wrong)?;
        Ok(Signed { account: signed.account, since })
    }

    /// Somebody signed in at a device that was let in: its requests are theirs, until they sign out or do nothing for long.
    pub fn enter(&self, device: &str, signed: Signed, now: Instant) {
        let mut at = locked(&self.at_devices);
        at.retain(|one| one.device != device && now.saturating_duration_since(one.seen) < SESSION_IDLE_LIFETIME);
        if at.len() >= MAX_DEVICES {
            at.remove(0);
        }
        at.push(AtDevice { device: device.to_owned(), signed, seen: now });
        drop(at);
        self.changed.send_replace(());
    }

    /// Nobody is signed in at a device any more.
    pub fn leave(&self, device: &str) {
        locked(&self.at_devices).retain(|one| one.device != device);
        self.changed.send_replace(());
    }

    /// Who is signed in at a device.
    pub fn at_device(&self, device: &str, now: Instant) -> Option<Signed> {
        let mut at = locked(&self.at_devices);
        let one = at.iter_mut().find(|one| one.device == device)?;
        if now.saturating_duration_since(one.seen) >= SESSION_IDLE_LIFETIME {
            return None;
        }
        one.seen = now;
        Some(one.signed)
    }
}
