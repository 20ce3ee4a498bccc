//! Staging a posting: what holds for every kind, then the application's rules, then what it moves.
//! Owns the order of the checks. What a body means is the application's.

use comptoir_sync_protocol::payload::Posting;

use super::{Delivering, Staged, Stop};
use crate::limits;
use crate::posting::{Ledger, PostingStop, PostingView};
use crate::record::RecordId;
use crate::verdict::{Verdict, VerdictCode};

impl Delivering<'_> {
    /// Judges one posting and stages what it moves.
    pub fn stage_posting(&self, staged: &mut Staged, posting: Posting) -> Result<(), Stop> {
        let ledger = Ledger::new(self.standpoint(), std::mem::take(&mut staged.moved));
        self.judge_posting(&ledger, staged, &posting).map_err(|stop| match stop.verdict() {
            Ok(verdict) => Stop::Verdict(verdict),
            Err(error) => Stop::Storage(error),
        })?;
        staged.moved = ledger.into_moved();
        staged.postings.push(posting);
        Ok(())
    }

    fn judge_posting(&self, ledger: &Ledger<'_>, staged: &Staged, posting: &Posting) -> Result<(), PostingStop> {
        let id = RecordId(posting.id);
        if posting.body.len() > limits::MAX_POSTING_BODY_BYTES || posting.cites.len() > limits::MAX_POSTING_CITES {
            let reason = format_args!("posting {id}: more than a posting may hold");
            return Err(PostingStop::refused(VerdictCode::POSTING.0, reason));
        }
        if !ledger.is_own(&id) {
            let reason = format_args!("posting {id}, by site {}", self.writer.site);
            return Err(PostingStop::refused(VerdictCode::FOREIGN_CREATION.0, reason));
        }
        let twice = staged.postings.iter().any(|other| other.id == posting.id) || ledger.own_posting(&id)?.is_some();
        if twice {
            return Err(PostingStop::refused(
                VerdictCode::POSTED_TWICE.0,
                format_args!("posting {id} was posted before"),
            ));
        }
        for head in &posting.cites {
            ledger.check_cited(head)?;
        }
        let view = PostingView {
            scope: self.scope,
            writer: self.writer,
            entry: None,
            author: self.author,
            at_ms: self.at_ms,
            posting,
        };
        self.application.judge(ledger, &view)?;
        ledger.assume(&self.application.effects(&view)?)
    }

    /// Whether a posting of this kind and version can be judged here.
    pub fn check_known(&self, posting: &Posting) -> Result<(), Verdict> {
        let known = self.application.posting_types().iter().find(|known| known.kind == posting.kind);
        if known.is_some_and(|known| known.versions.contains(&posting.version)) {
            return Ok(());
        }
        let kind: String = posting.kind.chars().take(80).collect();
        let what = format_args!("a posting of kind {kind:?}, version {}", posting.version);
        Err(Verdict::parked(VerdictCode::POSTING_KIND, what))
    }
}
