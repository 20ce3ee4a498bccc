//! The desk: where one person's commands meet the replica. Owns the way from a command to an append, in which the module
//! decides on the state that the append's own transaction sees. Decides nothing itself, announces nothing: what was
//! committed is returned, for the caller to announce.

pub mod decide;
mod merge;
mod share;
mod undo;

use std::rc::Rc;

use comptoir_replica::record::{Date, RecordId};
use comptoir_replica::{
    Append, AppendError, Appended, Edit, Reading, Replica, StorageError, Verdict, VerdictCode, Write,
};
use comptoir_sync_protocol::ids::{BatchId, ScopeId};
use comptoir_sync_protocol::roster::scopes;
use rand_core::CryptoRng;

pub use merge::Merged;
pub use share::Placement;
pub use undo::{BatchUndone, Reverted};

use crate::alias::{self, Place, aliases_of};
use crate::back_office::BackOffice;
use crate::changes::Changes;
use crate::customising::query::{check_on, schema_for};
use crate::day::day_of;
use crate::find::{at_home, find_any, find_bearer, find_itself, not_found};
use crate::limits::MAX_SHOWN_ALIASES;
use crate::mask::Mask;
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Home, Kind, Module, Verb};
use crate::shown::RecordShown;
use crate::staff::{Borne, May, Standing};

/// One person's place to work, at one moment.
#[derive(Clone, Debug)]
pub struct Desk<'a> {
    /// What is worked on.
    pub replica: &'a Replica<BackOffice>,
    /// The site.
    pub home: Home,
    /// Who works: `SITE/NAME` of an account, or `SITE/operator`.
    pub author: &'a str,
    /// What whoever works is, to the site.
    pub standing: Standing,
    /// Of what classes the values are that are shown here.
    pub borne: Borne,
    /// The wall clock, Unix milliseconds: a hint for people.
    pub now_ms: i64,
}

/// What a command did. Durable.
#[derive(Clone, Debug)]
pub struct Done {
    /// The record.
    pub record: RecordId,
    /// What was written: nothing when all was so already.
    pub appended: Appended,
}

/// Why a decision within a transaction came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Refused by a rule.
    #[error("{0}")]
    Refused(Refusal),
    /// The state could not be read.
    #[error("the present state could not be read")]
    Sql(#[from] rusqlite::Error),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Stopped {
    /// The same under another field's name.
    #[must_use]
    pub fn under(self, field: &str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.under(field)),
            other => other,
        }
    }
}

/// Why a command did nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Refused by a rule.
    #[error("{0}")]
    Refused(Refusal),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The replica would not append.
    #[error("nothing could be appended")]
    Append(#[source] Box<AppendError<Stopped>>),
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<AppendError<Stopped>> for CommandError {
    fn from(error: AppendError<Stopped>) -> Self {
        match error {
            AppendError::Refused(Stopped::Refused(refusal)) => Self::Refused(refusal),
            AppendError::Refused(Stopped::Sql(error)) => Self::Storage(error.into()),
            AppendError::Storage(error) => Self::Storage(error),
            AppendError::WouldBeQuarantined(Verdict::Quarantined { code: VerdictCode::NOT_HEADQUARTERS, .. }) => {
                Refusal::new(Code::HeadquartersOnly).into()
            }
            AppendError::WouldBeQuarantined(Verdict::Quarantined { code: VerdictCode::NOT_OWNER, .. }) => {
                Refusal::new(Code::OwnerOnly).into()
            }
            other => Self::Append(Box::new(other)),
        }
    }
}

impl From<Stopped> for CommandError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(refusal) => Self::Refused(refusal),
            Stopped::Sql(error) => Self::Storage(error.into()),
        }
    }
}

impl Desk<'_> {
    /// Makes a record where those of its kind live.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn create(
        &self,
        kind: &'static Kind,
        changes: Changes,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        self.create_in(kind, &Placement::Default, changes, rng)
    }

    /// Makes a record.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn create_in(
        &self,
        kind: &'static Kind,
        placement: &Placement,
        changes: Changes,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let scope = self.placed(kind, placement)?;
        let asked = changes.asked(rng);
        let record = self.replica.mint(scope).create(self.now_ms, rng);
        let command = kind.command(Verb::Create);
        let appended = self.append(self.request(scope, &command), rng, |reading| {
            let puts = decide::create(kind, &self.context(reading), &asked)?;
            Ok::<_, Stopped>(vec![Edit::create(kind.name(), record, puts)])
        })?;
        Ok(Done { record, appended })
    }

    /// Changes a record that `name` names: an id, or a reference that one live record bears. One that was merged leads to the
    /// record that stands for it.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn change(
        &self,
        kind: &'static Kind,
        name: &str,
        changes: Changes,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        self.change_in(kind, name, None, changes, rng)
    }

    /// As [`Desk::change`], as a part of an act over several records, which is undone as one.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn change_in(
        &self,
        kind: &'static Kind,
        name: &str,
        batch: Option<BatchId>,
        changes: Changes,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let asked = changes.asked(rng);
        let (scope, record) = self.find(kind, name)?;
        let command = kind.command(Verb::Change);
        let request = Append { batch, ..self.request(scope, &command) };
        let appended = self.append(request, rng, |reading| {
            let present = stored(reading, kind, scope, record)?;
            let puts = decide::change(kind, &self.context(reading).about(record), &asked, &present.cells)?;
            let edit = (!puts.is_empty()).then(|| Edit::change(kind.name(), record, puts));
            Ok::<_, Stopped>(edit.into_iter().collect())
        })?;
        Ok(Done { record, appended })
    }

    /// Takes a record out of use, or brings it back, and with it what was merged into it in the same scope.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn archive(
        &self,
        kind: &'static Kind,
        name: &str,
        archived: bool,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let (scope, record) = self.find(kind, name)?;
        let command = kind.command(if archived { Verb::Archive } else { Verb::Unarchive });
        let appended = self.append(self.request(scope, &command), rng, |reading| {
            let aliases = aliases_of(reading.connection(), kind, record, MAX_SHOWN_ALIASES)?;
            let mut edits = Vec::new();
            for (_, id) in aliases.into_iter().filter(|(of, _)| *of == scope).chain([(scope, record)]) {
                let puts = decide::archive(kind, archived, &stored(reading, kind, scope, id)?.cells);
                edits.extend((!puts.is_empty()).then(|| Edit::change(kind.name(), id, puts)));
            }
            Ok::<_, Stopped>(edits)
        })?;
        Ok(Done { record, appended })
    }

    /// The record that `name` means, an id or a reference: for one that was merged the record that stands for it. A reference
    /// names an archived record when no live one bears it.
    ///
    /// # Errors
    /// [`crate::refusal::Code::NotFound`], [`crate::refusal::Code::Ambiguous`], or the store's.
    pub fn find(&self, kind: &Kind, name: &str) -> Result<(ScopeId, RecordId), CommandError> {
        self.look_at(kind, |reading| {
            let name = at_home(reading.connection(), kind, &self.home, name)?;
            find_any(reading.connection(), kind, &name)
        })
    }

    /// The record whose id `name` is, although it was merged: for its own history. A reference means what it means to
    /// [`Desk::find`].
    ///
    /// # Errors
    /// As [`Desk::find`].
    pub fn find_itself(&self, kind: &Kind, name: &str) -> Result<(ScopeId, RecordId), CommandError> {
        self.look_at(kind, |reading| {
            let name = at_home(reading.connection(), kind, &self.home, name)?;
            find_itself(reading.connection(), kind, &name)
        })
    }

    /// The record that `name` names itself, although it was merged: for what is said of that record alone.
    ///
    /// # Errors
    /// As [`Desk::find`].
    pub fn find_bearer(&self, kind: &Kind, name: &str) -> Result<(ScopeId, RecordId), CommandError> {
        self.look_at(kind, |reading| {
            let name = at_home(reading.connection(), kind, &self.home, name)?;
            find_bearer(reading.connection(), kind, &name)
        })
    }

    /// The day at this site.
    #[must_use]
    pub fn today(&self) -> Date {
        day_of(self.now_ms, &self.home.time_zone)
    }

    /// Runs a query that may be refused.
    pub fn look<T>(&self, query: impl FnOnce(&Reading<'_>) -> Result<T, Stopped>) -> Result<T, CommandError> {
        let found = self.replica.read(|reading| match query(reading) {
            Ok(found) => Ok(Ok(found)),
            Err(Stopped::Sql(error)) => Err(error),
            Err(refused) => Ok(Err(refused)),
        })?;
        Ok(found?)
    }

    /// As [`Desk::look`], at records of a kind whose module is in use here and seen by whoever works. What nobody finds, nobody
    /// changes: every command that concerns a record begins here.
    pub fn look_at<T>(
        &self,
        kind: &Kind,
        query: impl FnOnce(&Reading<'_>) -> Result<T, Stopped>,
    ) -> Result<T, CommandError> {
        self.standing.check_may(Module::of(kind), May::See)?;
        self.look(|reading| check_on(&self.context(reading), kind).and_then(|()| query(reading)))
    }

    /// What a decision reads.
    pub(crate) fn context<'r>(&'r self, reading: &Reading<'r>) -> Context<'r> {
        Context::new(reading.connection(), &self.home, &self.standing).adding_to(&self.borne)
    }

    /// What whoever works sees of records of a kind: everything that shows one asks it.
    ///
    /// # Errors
    /// The store's.
    pub fn mask(&self, kind: &Kind) -> Result<Rc<Mask>, CommandError> {
        self.look(|reading| Ok(self.context(reading).mask(kind)?))
    }

    /// A record with what was merged into it, as far as whoever works sees them.
    ///
    /// # Errors
    /// [`crate::refusal::Code::NotFound`], [`crate::refusal::Code::NotGranted`], or the store's.
    pub fn show(&self, kind: &Kind, place: Place) -> Result<RecordShown, CommandError> {
        self.standing.check_may(Module::of(kind), May::See)?;
        self.look(|reading| alias::show(reading, &*self.context(reading).mask(kind)?, kind, place))
    }

    /// A record alone, as it stood at a moment (Unix milliseconds): what is merged into it now was not, or is not known to have been.
    /// `None` when it was not there.
    ///
    /// # Errors
    /// [`crate::refusal::Code::NotGranted`], or the store's.
    pub fn show_at(&self, kind: &Kind, (scope, id): Place, at_ms: i64) -> Result<Option<RecordShown>, CommandError> {
        self.look_at(kind, |reading| {
            let mask = self.context(reading).mask(kind)?;
            Ok(reading.record_at(&id, at_ms)?.map(|cells| mask.show(scope, id, &cells)))
        })
    }

    /// What records of a kind are made of, as [`schema_for`] has it.
    ///
    /// # Errors
    /// The store's.
    pub fn schema(&self, kind: &Kind, lang: &str) -> Result<serde_json::Value, CommandError> {
        self.look(|reading| Ok(schema_for(&self.context(reading), kind, lang)?))
    }

    /// The scope in which this site makes records of a kind.
    #[must_use]
    pub fn scope_of(&self, kind: &Kind) -> ScopeId {
        use comptoir_replica::record::DefaultScope as D;
        let code = &self.home.code;
        let name = match kind.scope() {
            D::Organisation => scopes::ORGANISATION.to_owned(),
            D::Trade => scopes::TRADE.to_owned(),
            D::Books => scopes::books(code),
            D::Staff => scopes::staff(code),
            D::Private => scopes::private(code),
            D::Local => scopes::LOCAL.to_owned(),
        };
        ScopeId::of(&self.replica.organisation(), &name)
    }

    /// Appends what `decide` wants, if whoever works may write it: the one way from here into the log.
    pub(crate) fn append<W: Into<Write>>(
        &self,
        request: Append<'_>,
        rng: &mut impl CryptoRng,
        decide: impl FnOnce(&Reading<'_>) -> Result<Vec<W>, Stopped>,
    ) -> Result<Appended, CommandError> {
        let appended = self.replica.append(request, self.now_ms, rng, |reading| {
            let writes: Vec<Write> = decide(reading)?.into_iter().map(Into::into).collect();
            self.standing.check(&self.context(reading), &writes)?;
            Ok::<_, Stopped>(writes)
        })?;
        Ok(appended)
    }

    pub(crate) fn request<'c>(&'c self, scope: ScopeId, command: &'c str) -> Append<'c> {
        Append::new(scope, self.author, command)
    }
}

/// The record as the transaction sees it.
pub(crate) fn stored(
    reading: &Reading<'_>,
    kind: &Kind,
    scope: ScopeId,
    record: RecordId,
) -> Result<comptoir_replica::StoredRecord, Stopped> {
    let found = reading.record(&scope, &record)?.filter(|stored| stored.kind == kind.name());
    Ok(found.ok_or_else(|| not_found(kind, &record.to_string()))?)
}
