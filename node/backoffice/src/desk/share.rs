//! Sharing: a record that few sites see is made anew where more see it, by somebody who sees all of it. A record never changes its
//! scope, so the old one becomes an alias of the new. Owns that command and the choice of where a record is made.
//!
//! Two scopes are two transactions. The alias is written first: until the new record is there, an alias of a record that is
//! not here means itself, and sharing again makes the very record that was promised. Nothing is lost or made twice by a
//! power cut in between.

use comptoir_replica::Edit;
use comptoir_replica::record::{Cells, DefaultScope, RecordId, Scalar, WriteClass};
use comptoir_sync_protocol::ids::{ScopeId, SiteId};
use comptoir_sync_protocol::roster::{Party, scopes};
use rand_core::CryptoRng;

use super::merge::{Merged, edits};
use super::{CommandError, Desk, Stopped, stored};
use crate::alias;
use crate::changes::{ALIAS_OF, differing};
use crate::refusal::{Code, Refusal};
use crate::registry::{Kind, Module, Put, Verb};
use crate::staff::May;

/// What stands for the scope that a site shares with headquarters alone.
const PRIVATE: &str = "private";

/// Where a record is made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Placement {
    /// In the scope of its kind.
    #[default]
    Default,
    /// Seen by this site and headquarters alone, until it is shared.
    Private,
    /// In a scope that the organisation defined, by name.
    Defined(String),
}

impl Placement {
    /// As it is said: nothing, `private`, or the name of a scope that the organisation defined.
    pub fn named(name: Option<String>) -> Self {
        match name {
            None => Self::Default,
            Some(name) if name == PRIVATE => Self::Private,
            Some(name) => Self::Defined(name),
        }
    }
}

impl Desk<'_> {
    /// The scope in which a record is made.
    ///
    /// # Errors
    /// [`Code::FixedPlace`] of a kind whose records live in one scope alone, [`Code::NoPlace`] of a scope that nobody defined, or
    /// that this site does not see.
    pub fn placed(&self, kind: &Kind, placement: &Placement) -> Result<ScopeId, Refusal> {
        let own = self.scope_of(kind);
        let organisation = self.replica.organisation();
        let fixed = kind.write_class() == WriteClass::Reference || kind.scope() != DefaultScope::Organisation;
        match placement {
            Placement::Default => Ok(own),
            _ if fixed => Err(Refusal::new(Code::FixedPlace).with("value", kind.name())),
            Placement::Private => Ok(ScopeId::of(&organisation, &scopes::private(&self.home.code))),
            Placement::Defined(name) => {
                let (roster, us) = (self.replica.roster(), Party::Site(self.replica.site()));
                let scope = roster.scope_by_name(name).map(|scope| scope.id);
                let seen = scope.filter(|scope| scopes::is_definable(name) && roster.may_hold(&us, scope));
                seen.ok_or_else(|| Refusal::new(Code::NoPlace).with("value", name))
            }
        }
    }

    /// Whether every site that sees one scope sees another, too.
    pub(super) fn is_seen_by_all(&self, from: ScopeId, to: ScopeId) -> bool {
        let roster = self.replica.roster();
        let sees = |site: &SiteId, scope: &ScopeId| roster.may_hold(&Party::Site(*site), scope);
        from == to || roster.sites.keys().all(|site| !sees(site, &from) || sees(site, &to))
    }

    /// Makes a record visible to more sites, by default to all who see records of its kind: with its present values, under a new
    /// id. The old record leads to it from then on.
    ///
    /// # Errors
    /// [`CommandError`], by [`Code::AlreadyShared`], [`Code::ShareNarrows`], those of [`Desk::placed`], or [`Code::NotGranted`] of a
    /// record that holds what is not seen; nothing was written then.
    pub fn share(
        &self,
        kind: &'static Kind,
        name: &str,
        placement: &Placement,
        rng: &mut impl CryptoRng,
    ) -> Result<Merged, CommandError> {
        let (scope, old) = self.find_itself(kind, name)?;
        let to = self.placed(kind, placement)?;
        let already = || Refusal::new(Code::AlreadyShared).with("value", old);
        if scope == to {
            return Err(already().into());
        }
        if !self.is_seen_by_all(scope, to) {
            let (from, into) = (self.replica.scope_name(&scope), self.replica.scope_name(&to));
            return Err(Refusal::new(Code::ShareNarrows).with("from", from).with("into", into).into());
        }
        let drawn = self.replica.mint(to).create(self.now_ms, rng);
        let command = kind.command(Verb::Share);
        let mut new = drawn;
        let aliased = self.append(self.request(scope, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, old)?.cells;
            if self.context(reading).mask(kind)?.hides(&cells) {
                let (verb, module) = (May::See.word(), Module::of(kind).name());
                return Err(Refusal::new(Code::NotGranted).with("verb", verb).with("module", module).into());
            }
            match cells.winner(ALIAS_OF).and_then(Scalar::as_str).map(str::parse::<RecordId>) {
                None => Ok::<_, Stopped>(edits(kind, [(old, vec![(ALIAS_OF.to_owned(), drawn.to_string().into())])])),
                Some(Ok(promised))
                    if self.promised_here(to, &promised) && reading.find_record(&promised)?.is_none() =>
                {
                    new = promised;
                    Ok(Vec::new())
                }
                Some(_) => Err(already().into()),
            }
        })?;
        let made = self.append(self.request(to, &command), rng, |reading| {
            let cells = stored(reading, kind, scope, old)?.cells;
            // Its own aliases go on meaning the old record, and so the new one.
            Ok::<_, Stopped>(vec![Edit::create(kind.name(), new, present(kind, &cells))])
        })?;
        Ok(Merged { alias: old, canonical: new, appended: vec![aliased, made] })
    }

    /// Whether this site alone can have made an id for a record of a scope.
    fn promised_here(&self, scope: ScopeId, id: &RecordId) -> bool {
        id.is_created_by(&self.replica.organisation().0, &scope.0, &self.replica.site().0)
    }
}

/// The values that show, of fields, lines and what this version does not know; not what is said of the record itself.
fn present(kind: &Kind, cells: &Cells) -> Vec<Put> {
    let own = |path: &str| path != ALIAS_OF && !path.starts_with(alias::DISTINCT_PREFIX);
    let shown = cells.winners().filter(|(path, value)| own(path) && !value.is_null());
    let puts = shown.map(|(path, value)| (path.to_owned(), value.clone())).collect();
    differing(&Cells::new(), puts, kind.schema())
}
