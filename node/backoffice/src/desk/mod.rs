//! The desk: where one person's commands meet the replica. Owns the way from a command to an append, in which the module
//! decides on the state that the append's own transaction sees. Decides nothing itself, announces nothing: what was
//! committed is returned, for the caller to announce.

mod import;

use comptoir_replica::record::{RecordId, Scalar};
use comptoir_replica::{Append, AppendError, Appended, Edit, Reading, Replica, StorageError};
use comptoir_sync_protocol::ids::ScopeId;
use comptoir_sync_protocol::roster::scopes;
use rand_core::CryptoRng;

pub use import::{Import, ImportReport, ImportStopped, Refused};

use crate::back_office::BackOffice;
use crate::changes::Changes;
use crate::refusal::{Code, Refusal};
use crate::surface::{FindError, Surface, Verb};

/// One person's place to work, at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// What is worked on.
    pub replica: &'a Replica<BackOffice>,
    /// Who works: `SITE/operator` until staff exist.
    pub author: &'a str,
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

impl From<FindError> for Stopped {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Refused(refusal) => Self::Refused(refusal),
            FindError::Sql(error) => Self::Sql(error),
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
            other => Self::Append(Box::new(other)),
        }
    }
}

impl Desk<'_> {
    /// Makes a record.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn create(&self, surface: Surface, changes: &Changes, rng: &mut impl CryptoRng) -> Result<Done, CommandError> {
        let puts = surface.type_changes(changes, rng)?;
        let scope = self.scope_of(surface);
        let record = self.replica.mint(scope).create(self.now_ms, rng);
        let request = self.request(scope, surface, Verb::Create);
        let appended = self.replica.append(request, self.now_ms, rng, |_| {
            let puts = surface.decide_create(&puts)?;
            Ok::<_, Stopped>(vec![Edit::create(surface.kind(), record, puts)])
        })?;
        Ok(Done { record, appended })
    }

    /// Changes a record that `name` names: an id, or a reference that one live record bears.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn change(
        &self,
        surface: Surface,
        name: &str,
        changes: &Changes,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let puts = surface.type_changes(changes, rng)?;
        let (scope, record) = self.find(surface, name)?;
        let request = self.request(scope, surface, Verb::Change);
        let appended = self.replica.append(request, self.now_ms, rng, |reading| {
            let present = stored(reading, surface, scope, record)?;
            changed(surface, record, surface.decide_change(&puts, &present.cells)?)
        })?;
        Ok(Done { record, appended })
    }

    /// Takes a record out of use, or brings it back.
    ///
    /// # Errors
    /// [`CommandError`]; nothing was written then.
    pub fn archive(
        &self,
        surface: Surface,
        name: &str,
        archived: bool,
        rng: &mut impl CryptoRng,
    ) -> Result<Done, CommandError> {
        let (scope, record) = self.find(surface, name)?;
        let verb = if archived { Verb::Archive } else { Verb::Unarchive };
        let appended = self.replica.append(self.request(scope, surface, verb), self.now_ms, rng, |reading| {
            let present = stored(reading, surface, scope, record)?;
            changed(surface, record, surface.decide_archive(archived, &present.cells))
        })?;
        Ok(Done { record, appended })
    }

    /// The record that `name` names.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::Ambiguous`], or the store's.
    pub fn find(&self, surface: Surface, name: &str) -> Result<(ScopeId, RecordId), CommandError> {
        let mut refused = None;
        let found = self.replica.read(|reading| match surface.find(reading.connection(), name) {
            Ok(found) => Ok(Some(found)),
            Err(FindError::Refused(refusal)) => {
                refused = Some(refusal);
                Ok(None)
            }
            Err(FindError::Sql(error)) => Err(error),
        })?;
        found.ok_or_else(|| refused.unwrap_or_else(|| not_found(surface, name)).into())
    }

    /// The scope in which this site makes records of a kind.
    #[must_use]
    pub fn scope_of(&self, surface: Surface) -> ScopeId {
        use comptoir_replica::record::DefaultScope as D;
        let roster = self.replica.roster();
        let code = roster.sites.get(&self.replica.site()).map_or("", |site| site.profile.code.as_str());
        let name = match surface.scope() {
            D::Organisation => scopes::ORGANISATION.to_owned(),
            D::Trade => scopes::TRADE.to_owned(),
            D::Books => scopes::books(code),
            D::Staff => scopes::staff(code),
            D::Private => scopes::private(code),
            D::Local => scopes::LOCAL.to_owned(),
        };
        ScopeId::of(&self.replica.organisation(), &name)
    }

    pub(crate) fn request(&self, scope: ScopeId, surface: Surface, verb: Verb) -> Append<'_> {
        Append { scope, author: self.author, command: surface.command(verb) }
    }
}

pub(crate) fn not_found(surface: Surface, name: &str) -> Refusal {
    Refusal::new(Code::NotFound).with("kind", surface.kind()).with("value", name)
}

/// The record as the transaction sees it.
pub(crate) fn stored(
    reading: &Reading<'_>,
    surface: Surface,
    scope: ScopeId,
    record: RecordId,
) -> Result<comptoir_replica::StoredRecord, Stopped> {
    let found = reading.record(&scope, &record)?.filter(|stored| stored.kind == surface.kind());
    Ok(found.ok_or_else(|| not_found(surface, &record.to_string()))?)
}

fn changed(surface: Surface, record: RecordId, puts: Vec<(String, Scalar)>) -> Result<Vec<Edit>, Stopped> {
    if puts.is_empty() { Ok(Vec::new()) } else { Ok(vec![Edit::change(surface.kind(), record, puts)]) }
}
