//! Posting a draft: what it says is done, and cannot be changed any more. Owns the decision; a draft that sends goods to another
//! site becomes a dispatch, any other a move.

use comptoir_replica::Edit;
use comptoir_replica::record::{Record, RecordId};
use rand_core::CryptoRng;

use super::build::{Building, Way};
use super::{Decided, Deciding, Posted};
use crate::desk::{CommandError, Desk, Stopped, stored};
use crate::refusal::{Code, Refusal};
use crate::registry::kind;
use crate::sites::Sites;
use crate::stock::posting::{Body, Day, Dispatch, Line, Move, MoveType};
use crate::stock::record::Draft;

/// The type of draft that sends goods to another site.
const SEND: &str = "send";

impl Desk<'_> {
    /// Posts a draft that `name` names: its id, or a reference that one live draft bears.
    ///
    /// # Errors
    /// A refusal that names the line, by one of the codes of the rules; nothing was posted then.
    pub fn post_draft(&self, name: &str, rng: &mut impl CryptoRng) -> Result<Posted, CommandError> {
        let (_, draft) = self.find(kind(Draft::KIND)?, name)?;
        let sites = Sites::of(self.replica);
        self.post("move.post", rng, |deciding| decide(deciding, self, &sites, draft))
    }
}

fn decide(deciding: &Deciding<'_>, desk: &Desk<'_>, sites: &Sites, id: RecordId) -> Result<Decided, Stopped> {
    let of = kind(Draft::KIND)?;
    let draft = Draft::from_cells(&stored(&deciding.reading, of, deciding.ledger.scope(), id)?.cells);
    if draft.archived {
        return Err(Refusal::new(Code::ArchivedRecord).into());
    }
    if !draft.posted.is_empty() {
        return Err(Refusal::new(Code::PostedAlready).into());
    }
    let date = draft.date.unwrap_or_else(|| desk.today());
    let way = match draft.r#type.as_str() {
        SEND => Way::ToSite,
        word => Way::Within(MoveType::of_word(word).ok_or_else(|| Refusal::of("type", Code::Required))?),
    };
    let mut building = Building::new(deciding, date);
    let mut lines: Vec<Line> = Vec::new();
    let live = draft.lines.ordered().into_iter().filter(|(_, line)| !line.archived);
    for (index, (_, line)) in live.enumerate() {
        let made = building.line(way, &draft, line);
        lines.push(made.map_err(|stopped| at_line(stopped, index))?);
    }
    let (currency, note) = (desk.home.currency.clone(), draft.note.clone());
    let (reference, draft_id, date) = (draft.reference.clone(), Some(id), Day(date));
    let body = match way {
        Way::Within(what) => Body::Move(Move {
            number: deciding.next_number("stock.move")?,
            what,
            date,
            currency,
            draft: draft_id,
            party: draft.party,
            reverses: None,
            reference,
            note,
            lines,
        }),
        Way::ToSite => Body::Dispatch(Dispatch {
            number: deciding.next_number("stock.dispatch")?,
            date,
            currency,
            draft: draft_id,
            to: sites.id(&draft.to_site).map_err(|refusal| refusal.under("to_site"))?,
            reference,
            note,
            lines,
        }),
    };
    let posted = Edit::change(of.name(), id, vec![("posted".to_owned(), deciding.id.to_string().into())]);
    Ok(Decided { body, cites: building.cites, edits: vec![posted] })
}

/// The refusal names the line, as people count, and the field.
fn at_line(stopped: Stopped, index: usize) -> Stopped {
    match stopped {
        Stopped::Refused(refusal) => {
            let field = refusal.field.as_deref().map(|field| format!(".{field}")).unwrap_or_default();
            Stopped::Refused(refusal.under(&format!("lines.{}{field}", index + 1)))
        }
        other => other,
    }
}
