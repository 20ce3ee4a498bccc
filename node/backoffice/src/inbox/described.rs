//! Items of the inbox as people see them. Owns the words and values of each, with what whoever works sees of the records that it is
//! about; which items there are is the subjects'.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use comptoir_replica::HistoryItem;
use comptoir_replica::record::{RecordId, Visible};
use comptoir_sync_protocol::ids::ScopeId;

use super::item::{InboxItem, ItemValue};
use super::subject::Subject;
use crate::alias::Place;
use crate::changes::{ALIAS_OF, ARCHIVED};
use crate::desk::{CommandError, Desk};
use crate::mask::Mask;
use crate::registry::Kind;
use crate::shown::named;

/// Describes items to whoever works at a desk.
pub(super) struct Describing<'a> {
    desk: &'a Desk<'a>,
    masks: RefCell<BTreeMap<&'static str, Rc<Mask>>>,
}

impl<'a> Describing<'a> {
    /// To whoever works there.
    pub fn at(desk: &'a Desk<'a>) -> Self {
        Self { desk, masks: RefCell::default() }
    }

    /// The item that is about this, which they see.
    pub fn item(&self, subject: &Subject, attributed: bool) -> Result<InboxItem, CommandError> {
        let scope = self.desk.replica.scope_name(&subject.scope());
        let mut item = InboxItem::new(subject.id(), subject.kind(), scope);
        match subject {
            Subject::Conflict { of, scope, record, key, values } => {
                self.about(&mut item, of, *scope, *record)?;
                item.field = Some(named(key));
                let history = if attributed { self.desk.replica.history(*record)? } else { Vec::new() };
                let mask = self.mask(of)?;
                let told = |visible: &Visible| mask.cell(key, &visible.value);
                let values = values
                    .iter()
                    .map(|visible| ItemValue { value: told(visible), ..self.attribute(&history, visible) });
                item.values = values.collect();
                if key == ALIAS_OF {
                    item.values.iter_mut().try_for_each(|value| self.name_record(of, value))?;
                }
            }
            Subject::Duplicate { of, reference, bearers } => {
                item.record_kind = Some(of.name().to_owned());
                item.name = Some(reference.clone());
                item.values = self.records(of, bearers)?;
            }
            Subject::EditedArchived { of, scope, record, path, .. } => {
                self.about(&mut item, of, *scope, *record)?;
                item.field = Some(named(path));
                item.values = [true, false].map(|archived| ItemValue::of(&archived.into())).into();
            }
            Subject::BothWays { of, circle } => {
                let Some((scope, record)) = circle.first() else { return Ok(item) };
                self.about(&mut item, of, *scope, *record)?;
                item.values = self.records(of, circle)?;
            }
            Subject::IntoArchived { of, alias: (scope, record), .. } => {
                self.about(&mut item, of, *scope, *record)?;
                item.field = Some(ARCHIVED.to_owned());
                item.values = [true, false].map(|archived| ItemValue::of(&archived.into())).into();
            }
            Subject::Likely(pair) => {
                self.about(&mut item, pair.of, pair.one.0, pair.one.1)?;
                item.values = self.records(pair.of, &[pair.one, pair.other])?;
                item.values.push(ItemValue::of(&"distinct".into()));
                item.score = Some(pair.score);
                let mask = self.mask(pair.of)?;
                let told = pair.reasons.iter().filter(|reason| mask.sees_reason(reason));
                item.reasons = told.map(|reason| (*reason).to_owned()).collect();
            }
            Subject::Finding(_, finding) => {
                item.record = Some(finding.subject.to_string());
                item.name = Some(finding.name.clone());
                item.field = finding.field.clone();
                item.site = Some(finding.site.clone());
                item.reason = Some(finding.reason.clone());
                item.values = finding.choices.iter().map(|choice| ItemValue::of(&choice.as_str().into())).collect();
            }
            Subject::Quarantined(entry) | Subject::Parked(entry) => {
                item.entry = Some(format!("{}/{}", entry.head.writer, entry.head.seq));
                item.code = Some(entry.code.clone());
                item.reason = Some(entry.reason.clone());
            }
        }
        Ok(item)
    }

    /// A value that is the id of a record is shown as that record.
    fn name_record(&self, of: &'static Kind, value: &mut ItemValue) -> Result<(), CommandError> {
        let Some(id) = value.value.as_str().and_then(|id| id.parse::<RecordId>().ok()) else { return Ok(()) };
        let scope = self.desk.replica.find_record(id)?.map(|stored| stored.scope).unwrap_or_default();
        value.record = Some(id.to_string());
        value.value = self.title(of, scope, id)?.into();
        Ok(())
    }

    fn records(&self, of: &'static Kind, places: &[Place]) -> Result<Vec<ItemValue>, CommandError> {
        let value = |(scope, record): &Place| {
            let stored = self.desk.replica.record(*scope, *record)?;
            let reference = stored.as_ref().and_then(|stored| stored.cells.winner(of.reference()?)?.as_str());
            let reference = reference.filter(|reference| !reference.is_empty()).map(str::to_owned);
            let mask = self.mask(of)?;
            let title = stored.as_ref().map(|stored| mask.name(&stored.cells)).unwrap_or_default();
            Ok(ItemValue::of_record(*record, title, reference))
        };
        places.iter().map(value).collect()
    }

    fn about(
        &self,
        item: &mut InboxItem,
        of: &'static Kind,
        scope: ScopeId,
        record: RecordId,
    ) -> Result<(), CommandError> {
        item.record_kind = Some(of.name().to_owned());
        item.record = Some(record.to_string());
        item.name = Some(self.title(of, scope, record)?);
        Ok(())
    }

    fn title(&self, of: &'static Kind, scope: ScopeId, record: RecordId) -> Result<String, CommandError> {
        let (stored, mask) = (self.desk.replica.record(scope, record)?, self.mask(of)?);
        Ok(stored.map(|stored| mask.name(&stored.cells)).unwrap_or_default())
    }

    fn mask(&self, of: &'static Kind) -> Result<Rc<Mask>, CommandError> {
        if let Some(known) = self.masks.borrow().get(of.name()) {
            return Ok(Rc::clone(known));
        }
        let mask = self.desk.mask(of)?;
        self.masks.borrow_mut().insert(of.name(), Rc::clone(&mask));
        Ok(mask)
    }

    /// A value with who wrote it. Others may have put the same value before: the operation tells them apart, alike at all sites.
    fn attribute(&self, history: &[HistoryItem], visible: &Visible) -> ItemValue {
        let mut shown = ItemValue::of(&visible.value);
        let puts = |change: &&HistoryItem| change.puts.iter().any(|put| put.op == visible.op);
        if let Some(change) = history.iter().find(puts) {
            let roster = self.desk.replica.roster();
            let code = roster.sites.get(&change.site).map(|site| site.profile.code.clone());
            shown.site = Some(code.unwrap_or_else(|| change.site.to_string()));
            shown.author = Some(change.author.clone());
            shown.at_ms = Some(change.wall_clock_ms);
        }
        shown
    }
}
