//! The independent checker: it reads what clients wrote and saw, and shares no code with what makes or merges edits.
//!
//! Its model is small: every value that was put into a field is visible until some other put was made by a client who saw
//! it. From that alone follow read-your-writes, monotonic reads, nothing out of thin air, nothing brought back, and what
//! must be visible everywhere in the end.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::{Cells, OpId, RecordId, Scalar};

use super::failure::Failure;
use super::ledger::Host;

/// One field of one record.
type Place = (RecordId, String);
/// All that a site shows: every record's cells.
pub type Shown = BTreeMap<RecordId, Cells>;

/// One value that a client put.
struct Put {
    value: Scalar,
    site: Host,
    /// What its client saw in the field.
    over: BTreeSet<OpId>,
}

/// What a command was told to put into a record.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The record.
    pub record: RecordId,
    /// Fields and values.
    pub puts: Vec<(String, Scalar)>,
    /// What its client saw of the record.
    pub before: Cells,
}

/// What clients of all sites put and saw.
#[derive(Default)]
pub struct Checker {
    puts: BTreeMap<Place, BTreeMap<OpId, Put>>,
    overwritten: BTreeMap<Place, BTreeSet<OpId>>,
    seen: BTreeMap<(Host, Place), BTreeSet<OpId>>,
    reads: u64,
    records: Vec<RecordId>,
    /// Sites of which what they put may go again: somebody set about to remove them.
    excused: BTreeSet<Host>,
}

impl Checker {
    /// A command was acknowledged, or turns out to have been kept: its client reads its own writes, and nothing else in
    /// those fields.
    pub fn kept(&mut self, site: Host, intents: &[Intent], shown: &Shown) -> Result<(), Failure> {
        for intent in intents {
            for (path, value) in &intent.puts {
                self.keep(site, intent, path, value, shown)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, site: Host, intent: &Intent, path: &str, value: &Scalar, shown: &Shown) -> Result<(), Failure> {
        let record = intent.record;
        let visible = shown.get(&record).map_or(&[][..], |cells| cells.visible(path));
        let [now] = visible else {
            return Err(Failure::Seen(format!("site {site} put {value:?} into {record} {path} and reads {visible:?}")));
        };
        if now.value != *value {
            return Err(Failure::Seen(format!(
                "site {site} put {value:?} into {record} {path}, reads {:?}",
                now.value
            )));
        }
        let over: BTreeSet<OpId> = intent.before.visible(path).iter().map(|visible| visible.op).collect();
        if over.contains(&now.op) {
            // The value showed already, alone: nothing was put.
            return Ok(());
        }
        if let Err(index) = self.records.binary_search(&record) {
            self.records.insert(index, record);
        }
        let place = (record, path.to_owned());
        self.overwritten.entry(place.clone()).or_default().extend(&over);
        let put = Put { value: value.clone(), site, over };
        if self.puts.entry(place).or_default().insert(now.op, put).is_some() {
            return Err(Failure::Seen(format!("{record} {path}: two puts are one operation {}", now.op)));
        }
        Ok(())
    }

    /// A command of a process that died unanswered was kept whole, or not at all. Which of them.
    pub fn was_kept(site: Host, intents: &[Intent], shown: &Shown) -> Result<bool, Failure> {
        let mut puts = intents.iter().flat_map(|intent| intent.puts.iter().map(move |put| (intent, put)));
        let lives = |(intent, (path, value)): (&Intent, &(String, Scalar))| {
            let before = intent.before.visible(path);
            let now = shown.get(&intent.record).map_or(&[][..], |cells| cells.visible(path));
            now != before && now.len() == 1 && now[0].value == *value
        };
        let (kept, all) = (puts.clone().filter(|put| lives(*put)).count(), puts.by_ref().count());
        match kept {
            0 => Ok(false),
            kept if kept == all => Ok(true),
            _ => Err(Failure::Seen(format!("site {site}: {kept} of {all} puts of one command were kept"))),
        }
    }

    /// A client was told that an edit is kept: it must be readable at once, whatever happened since.
    pub fn must_show(site: Host, intents: &[Intent], shown: &Shown) -> Result<(), Failure> {
        for (intent, (path, value)) in
            intents.iter().flat_map(|intent| intent.puts.iter().map(move |put| (intent, put)))
        {
            let now = shown.get(&intent.record).map_or(&[][..], |cells| cells.visible(path));
            if !now.iter().any(|visible| visible.value == *value) {
                let record = intent.record;
                return Err(Failure::Lost(format!(
                    "site {site} acknowledged {value:?} in {record} {path} and shows {now:?}"
                )));
            }
        }
        Ok(())
    }

    /// What a site put may go, and come again, from now on: somebody sets about to remove it.
    pub fn excuse(&mut self, site: Host) {
        self.excused.insert(site);
    }

    fn is_excused(&self, place: &Place, op: &OpId) -> bool {
        let put = self.puts.get(place).and_then(|puts| puts.get(op));
        put.is_some_and(|put| self.excused.contains(&put.site))
    }

    /// A client of a site reads everything.
    pub fn read(&mut self, site: Host, shown: &Shown) -> Result<(), Failure> {
        for (record, cells) in shown {
            for (path, visible) in cells.iter() {
                let place = (*record, path.to_owned());
                let ops: BTreeSet<OpId> = visible.iter().map(|visible| visible.op).collect();
                self.reads += 1;
                self.check_known(site, &place, visible.iter().map(|visible| (visible.op, &visible.value)))?;
                self.check_shadows(site, &place, &ops)?;
                let seen = self.seen.insert((site, place.clone()), ops.clone()).unwrap_or_default();
                self.check_monotonic(site, &place, &seen, &ops)?;
            }
        }
        let lasts = |(place, ops): (&Place, &BTreeSet<OpId>)| ops.iter().any(|op| !self.is_excused(place, op));
        let seen = self.seen.iter().filter(|((host, (record, _)), _)| *host == site && !shown.contains_key(record));
        let gone = seen.map(|((_, place), ops)| (place, ops)).find(|seen| lasts(*seen));
        gone.map_or(Ok(()), |((record, _), _)| Err(Failure::Seen(format!("site {site} lost sight of record {record}"))))
    }

    fn check_known<'a>(
        &self,
        site: Host,
        place: &Place,
        visible: impl Iterator<Item = (OpId, &'a Scalar)>,
    ) -> Result<(), Failure> {
        for (op, value) in visible {
            match self.puts.get(place).and_then(|puts| puts.get(&op)) {
                Some(put) if put.value == *value => {}
                Some(put) => {
                    return Err(Failure::Seen(format!(
                        "site {site} shows {value:?} in {place:?} where site {} put {:?}",
                        put.site, put.value
                    )));
                }
                None => return Err(Failure::Seen(format!("nobody put {value:?} ({op}) into {place:?}: site {site}"))),
            }
        }
        Ok(())
    }

    /// Of two visible values neither was put by somebody who saw the other.
    fn check_shadows(&self, site: Host, place: &Place, ops: &BTreeSet<OpId>) -> Result<(), Failure> {
        if ops.len() < 2 {
            return Ok(());
        }
        for op in ops {
            let over = self.puts.get(place).and_then(|puts| puts.get(op)).map(|put| &put.over);
            if over.is_some_and(|over| over.iter().any(|older| ops.contains(older))) {
                return Err(Failure::Seen(format!("site {site} shows in {place:?} a value that {op} replaced")));
            }
        }
        Ok(())
    }

    /// What was visible stays so until it is replaced by somebody who saw it.
    fn check_monotonic(
        &self,
        site: Host,
        place: &Place,
        seen: &BTreeSet<OpId>,
        now: &BTreeSet<OpId>,
    ) -> Result<(), Failure> {
        let none = BTreeSet::new();
        let replaced = self.overwritten.get(place).unwrap_or(&none);
        match seen.difference(now).find(|op| !replaced.contains(op) && !self.is_excused(place, op)) {
            Some(op) => Err(Failure::Lost(format!("site {site} showed {op} in {place:?}, which nobody replaced"))),
            None => Ok(()),
        }
    }

    /// At the end: every value that nobody who saw it replaced is visible, and nothing else.
    pub fn check_all_visible(&self, site: Host, shown: &Shown) -> Result<(), Failure> {
        self.check_visible(site, shown, |_, _, _| true)
    }

    /// The same of puts that count alone; a value that was replaced by one that does not count is visible again.
    pub fn check_visible(
        &self,
        site: Host,
        shown: &Shown,
        counts: impl Fn(RecordId, OpId, Host) -> bool,
    ) -> Result<(), Failure> {
        for (place, puts) in &self.puts {
            let counted = puts.iter().filter(|(op, put)| counts(place.0, **op, put.site));
            let counted: BTreeMap<OpId, &Put> = counted.map(|(op, put)| (*op, put)).collect();
            let replaced: BTreeSet<OpId> = counted.values().flat_map(|put| &put.over).copied().collect();
            let expected: BTreeSet<OpId> = counted.keys().filter(|op| !replaced.contains(op)).copied().collect();
            let visible = shown.get(&place.0).map_or(&[][..], |cells| cells.visible(&place.1));
            let visible: BTreeSet<OpId> = visible.iter().map(|visible| visible.op).collect();
            if visible != expected {
                let lost: Vec<_> = expected.difference(&visible).filter_map(|op| puts.get(op)).collect();
                let lost: Vec<String> =
                    lost.iter().map(|put| format!("{:?} of site {}", put.value, put.site)).collect();
                return Err(Failure::Lost(format!(
                    "site {site} shows {visible:?} in {place:?}, expected {expected:?}; missing: {}",
                    lost.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// Every record that somebody made, by id.
    pub fn records(&self) -> &[RecordId] {
        &self.records
    }

    /// Fields that were read, edits that were kept, and fields with several visible values in the end.
    pub fn counts(&self) -> (u64, u64, u64) {
        let edits = self.puts.values().map(|puts| puts.len() as u64).sum();
        let open = |(place, puts): (&Place, &BTreeMap<OpId, Put>)| {
            puts.len() > self.overwritten.get(place).map_or(0, BTreeSet::len) + 1
        };
        (self.reads, edits, self.puts.iter().filter(|place| open(*place)).count() as u64)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_replica::record::{Actor, build_change, parse_change};

    use super::*;

    const RECORD: RecordId = RecordId([7; 16]);

    /// `cells` after a change of this site.
    fn after(cells: &Cells, site: u8, seq: u64, value: &str) -> Cells {
        let built = build_change(cells, Actor([site; 16]), seq, 0, &[("phone".into(), value.into())]).unwrap();
        let mut after = cells.clone();
        after.fold(&parse_change(&built.bytes).unwrap());
        after
    }

    fn shown(cells: &Cells) -> Shown {
        [(RECORD, cells.clone())].into()
    }

    fn intent(before: &Cells, value: &str) -> [Intent; 1] {
        [Intent { record: RECORD, puts: vec![("phone".into(), value.into())], before: before.clone() }]
    }

    /// One value, then two that are put over it at once: the checker, and what each site shows of it.
    fn conflict() -> (Checker, [Cells; 4]) {
        let mut checker = Checker::default();
        let none = Cells::new();
        let first = after(&none, 1, 1, "a");
        let (one, two) = (after(&first, 1, 2, "b"), after(&first, 2, 1, "c"));
        checker.kept(1, &intent(&none, "a"), &shown(&first)).unwrap();
        checker.kept(1, &intent(&first, "b"), &shown(&one)).unwrap();
        checker.kept(2, &intent(&first, "c"), &shown(&two)).unwrap();
        let built = build_change(&first, Actor([2; 16]), 1, 0, &[("phone".into(), "c".into())]).unwrap();
        let mut both = one.clone();
        both.fold(&parse_change(&built.bytes).unwrap());
        assert_eq!(both.visible("phone").len(), 2);
        (checker, [first, one, two, both])
    }

    #[test]
    fn an_honest_history_passes() {
        let (mut checker, [first, one, two, both]) = conflict();
        for (site, cells) in [(1, &first), (1, &one), (1, &both), (2, &first), (2, &two), (2, &both), (3, &both)] {
            checker.read(site, &shown(cells)).unwrap();
        }
        checker.check_all_visible(1, &shown(&both)).unwrap();
        assert_eq!(checker.counts(), (7, 3, 1));
        assert_eq!(checker.records(), [RECORD]);
    }

    #[test]
    fn a_loser_that_is_not_kept_is_found() {
        let (mut checker, [_, one, _, both]) = conflict();
        assert!(matches!(checker.check_all_visible(1, &shown(&one)), Err(Failure::Lost(_))));
        checker.read(1, &shown(&both)).unwrap();
        assert!(matches!(checker.read(1, &shown(&one)), Err(Failure::Lost(_))));
    }

    #[test]
    fn what_does_not_count_is_not_expected_and_what_it_replaced_is() {
        let (mut checker, [first, one, two, both]) = conflict();
        let but_for = |site| move |_, _, by: Host| by != site;
        checker.check_visible(1, &shown(&one), but_for(2)).unwrap();
        assert!(matches!(checker.check_visible(1, &shown(&both), but_for(2)), Err(Failure::Lost(_))));
        checker.check_visible(1, &shown(&both), but_for(3)).unwrap();
        // Who is removed takes what he put with him, and what he replaced is there again.
        checker.read(3, &shown(&two)).unwrap();
        checker.excuse(2);
        checker.read(3, &shown(&first)).unwrap();
        assert!(matches!(checker.read(3, &Shown::new()), Err(Failure::Seen(_))));
    }

    #[test]
    fn what_goes_back_or_away_is_found() {
        let (mut checker, [first, one, ..]) = conflict();
        checker.read(2, &shown(&one)).unwrap();
        assert!(matches!(checker.read(2, &shown(&first)), Err(Failure::Lost(_))));
        assert!(matches!(checker.read(2, &Shown::new()), Err(Failure::Seen(_))));
    }

    #[test]
    fn what_nobody_put_is_found() {
        let (mut checker, [_, one, ..]) = conflict();
        let stranger = after(&one, 9, 1, "x");
        assert!(matches!(checker.read(1, &shown(&stranger)), Err(Failure::Seen(_))));
    }

    #[test]
    fn a_replaced_value_beside_the_one_that_replaced_it_is_found() {
        let (mut checker, [.., both]) = conflict();
        // The client of site 2 said that it saw "b"; what stands there says otherwise.
        let ops: Vec<OpId> = both.visible("phone").iter().map(|visible| visible.op).collect();
        let place = (RECORD, "phone".to_owned());
        checker.puts.get_mut(&place).unwrap().get_mut(&ops[1]).unwrap().over.insert(ops[0]);
        assert!(matches!(checker.read(1, &shown(&both)), Err(Failure::Seen(_))));
    }

    #[test]
    fn one_reads_ones_own_writes() {
        let (mut checker, [first, one, _, both]) = conflict();
        assert!(matches!(checker.kept(1, &intent(&one, "d"), &shown(&one)), Err(Failure::Seen(_))));
        assert!(matches!(checker.kept(1, &intent(&one, "d"), &shown(&both)), Err(Failure::Seen(_))));
        Checker::must_show(1, &intent(&first, "b"), &shown(&one)).unwrap();
        assert!(matches!(Checker::must_show(1, &intent(&first, "b"), &shown(&first)), Err(Failure::Lost(_))));
    }

    #[test]
    fn a_command_is_kept_whole_or_not_at_all() {
        let first = after(&Cells::new(), 1, 1, "a");
        let one = after(&first, 1, 2, "b");
        assert!(Checker::was_kept(1, &intent(&first, "b"), &shown(&one)).unwrap());
        assert!(!Checker::was_kept(1, &intent(&first, "b"), &shown(&first)).unwrap());
        let [mut half] = intent(&first, "b");
        half.puts.push(("email".into(), "e@example.org".into()));
        assert!(matches!(Checker::was_kept(1, &[half], &shown(&one)), Err(Failure::Seen(_))));
    }
}
