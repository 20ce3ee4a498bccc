//! What people do: random commands at random sites, decided by the real back office on what the site shows.
//!
//! Owns the drawing of commands and what their clients are told. Values are told apart by a number, so that the checker
//! knows whose edit it sees.

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::{Stopped, decide};
use comptoir_backoffice::parties::record::Party;
use comptoir_backoffice::refusal::Refusal;
use comptoir_backoffice::registry::{Context, Home, Kind, Verb};
use comptoir_backoffice::staff::Standing;
use comptoir_replica::record::{Cells, RecordId, Scalar};
use comptoir_replica::{Append, AppendError, Appended, Edit, Reading, Replica};
use comptoir_sync_protocol::roster::scopes;
use comptoir_sync_protocol::{LogHead, ScopeId};
use rand_chacha::ChaCha20Rng;

use super::check::{Checker, Intent, Shown};
use super::desk::{differences, is_no_member};
use super::failure::Failure;
use super::faults::{Fault, Planted};
use super::ledger::Host;
use super::limits;
use super::site::Outcome;
use super::stock::doubt::Attempt;
use super::world::{Happening, World};

const PARTY: &Kind = &Kind::of::<Party>();
/// Fields that people edit at the same time.
const FIELDS: [&str; 5] = ["phone", "email", "notes", "name", "terms"];
/// Records among which most edits fall, so that they meet.
const HOT_RECORDS: usize = 4;
/// References that imports draw from.
const REFERENCES: u64 = 30;

/// A command that a process did not live to answer.
pub enum Doubt {
    /// What it was told to put is known.
    Told {
        /// That.
        intents: Vec<Intent>,
        /// Its client was told that it is kept, all the same: a planted mistake.
        acknowledged: bool,
    },
    /// Given at the desk, when the site showed this.
    AtDesk(Shown),
    /// About stock.
    Stock(Attempt),
}

/// A command as it is drawn, before anybody looks at a record.
enum Draft {
    Create(Changes),
    Change(RecordId, Changes),
    ChangeAddress(RecordId, u64, String),
    Archive(RecordId, bool),
    Resolve(RecordId, u64, Option<String>),
    Import(Vec<u8>),
    Settle(u64, u64),
    Merge(RecordId, RecordId),
    Unmerge(u64),
    Revert(RecordId, u64),
}

/// Why a command comes to nothing.
enum No {
    Refused,
    Sql(rusqlite::Error),
}

impl From<Refusal> for No {
    fn from(_: Refusal) -> Self {
        Self::Refused
    }
}

impl From<Stopped> for No {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(_) => Self::Refused,
            Stopped::Sql(error) => Self::Sql(error),
        }
    }
}

impl From<rusqlite::Error> for No {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl World {
    /// The next command, at some site whose process runs.
    pub(super) fn next_command(&mut self) -> Result<(), Failure> {
        if self.commands_left == 0 {
            return Ok(());
        }
        self.commands_left -= 1;
        let wait_ms = self.chance.wait(self.options.pace_ms);
        self.later(wait_ms, Happening::Command);
        let up: Vec<Host> = (1..=self.sites.len()).filter(|host| self.is_up(*host)).collect();
        if let Some(host) = self.chance.pick(&up).copied() {
            self.report.commands += 1;
            if self.options.stock && self.chance.one_in(2) {
                self.stock_commands(host)?;
            } else {
                let draft = self.draft();
                self.command(host, draft)?;
            }
        }
        self.govern()?;
        if self.commands_left % limits::CHECKPOINT_COMMANDS == 1 {
            self.checkpoint()?;
        }
        Ok(())
    }

    /// One more command of a site.
    pub(super) fn write_one(&mut self, host: Host) -> Result<(), Failure> {
        let draft = self.create(self.report.commands);
        self.command(host, draft)
    }

    fn draft(&mut self) -> Draft {
        let number = self.report.commands;
        let Some(record) = self.draw_record() else { return self.create(number) };
        match self.chance.below(25) {
            0..=2 => self.create(number),
            3..=10 => {
                let field = FIELDS[self.chance.index(FIELDS.len())];
                let assignment = match field {
                    "email" => format!("email=e{number}@example.org"),
                    "phone" => phone(number),
                    _ => format!("{field}={field} {number}"),
                };
                Draft::Change(record, changes(&[assignment]))
            }
            11 | 12 => {
                let line = format!(r#"addresses+={{"street": "{number}, rue Neuve", "city": "Lyon {number}"}}"#);
                Draft::Change(record, changes(&[line]))
            }
            13 | 14 => Draft::ChangeAddress(record, self.chance.below(64), format!("Thiès {number}")),
            15 => Draft::Archive(record, !self.chance.one_in(3)),
            16 => Draft::Settle(self.chance.below(64), self.chance.below(64)),
            17 => {
                let own = self.chance.one_in(2).then(|| format!("settled {number}"));
                Draft::Resolve(record, self.chance.below(64), own)
            }
            19 | 20 => self.draw_record().map_or_else(|| self.create(number), |into| Draft::Merge(record, into)),
            21 => Draft::Unmerge(self.chance.below(64)),
            22 | 23 => Draft::Revert(record, self.chance.below(64)),
            _ => Draft::Import(self.import(number)),
        }
    }

    fn draw_record(&mut self) -> Option<RecordId> {
        let stock = &self.stock.records;
        let parties = self.checker.records().iter().filter(|record| !stock.contains(*record));
        let records: Vec<RecordId> = parties.copied().collect();
        let hot = records.len().min(HOT_RECORDS);
        let among = if self.chance.one_in(3) { records.len() } else { hot };
        records.get(self.chance.index(among)).copied()
    }

    fn create(&mut self, number: u64) -> Draft {
        let reference = self.chance.below(REFERENCES);
        let mut assignments = vec![format!("name=Maison {number}"), phone(number)];
        if self.chance.one_in(2) {
            assignments.push(format!("reference=C-{reference}"));
        }
        if self.chance.one_in(2) {
            assignments.push("roles=customer|supplier".to_owned());
        }
        Draft::Create(changes(&assignments))
    }

    fn import(&mut self, number: u64) -> Vec<u8> {
        let mut csv = "reference,name,roles,city,country,phone\n".to_owned();
        for row in 0..self.chance.between(2, 8) {
            let reference = self.chance.below(REFERENCES);
            let phone = format!("+1514{:07}", 2_000_000 + (number * 10 + row) % 1_000_000);
            csv += &format!("C-{reference},Import {number}.{row},customer,Montréal {row},CA,{phone}\n");
        }
        csv.into_bytes()
    }

    fn command(&mut self, host: Host, draft: Draft) -> Result<(), Failure> {
        match draft {
            Draft::Settle(which, take) => return self.settle_at_desk(host, which, take),
            Draft::Import(csv) => return self.import_at_desk(host, csv),
            Draft::Merge(from, into) => return self.merge_at_desk(host, from, into),
            Draft::Unmerge(which) => return self.unmerge_at_desk(host, which),
            Draft::Revert(record, which) => return self.revert_at_desk(host, record, which),
            _ => {}
        }
        let scope = self.organisation.scope(scopes::ORGANISATION);
        let (wall_ms, author) = (self.wall_ms(host), format!("{}/operator", self.sites[host - 1].secrets.code));
        let command = PARTY.command(draft.verb());
        let request = Append::new(scope, &author, &command);
        let mut intents = Vec::new();
        let mut keys = self.chance.fork();
        let outcome = self.sites[host - 1].run(|replica, rng| {
            let decide = |reading: &Reading<'_>| {
                let edits = draft.decide(replica, reading, scope, wall_ms, &mut keys)?;
                intents = intended(reading, &scope, &edits)?;
                Ok::<_, No>(edits)
            };
            match replica.append(request, wall_ms, rng, decide) {
                Ok(appended) => Ok(Some((appended, read(replica, &scope, &intents)?))),
                Err(AppendError::Refused(No::Refused)) => Ok(None),
                Err(refused) if is_no_member(&refused) => Ok(None),
                Err(AppendError::Refused(No::Sql(error))) => Err(Failure::program("deciding")(error)),
                Err(AppendError::Storage(error)) => Err(Failure::program("appending")(error)),
                Err(error) => Err(Failure::Program { what: "appending", cause: error.to_string() }),
            }
        })?;
        match outcome {
            Outcome::Done(None) => self.report.refused += 1,
            Outcome::Done(Some((appended, shown))) => self.acknowledged(host, scope, &appended, &intents, &shown)?,
            Outcome::Died => {
                let acknowledged = self.options.planted == Some(Planted::AcknowledgeBeforeCommit);
                self.report.struck(Fault::CrashInCommit);
                self.has_died(host);
                self.doubts.insert(host, Doubt::Told { intents, acknowledged });
            }
        }
        Ok(())
    }

    /// The client hears that its command is kept.
    pub(super) fn acknowledged(
        &mut self,
        host: Host,
        scope: ScopeId,
        appended: &Appended,
        intents: &[Intent],
        shown: &Shown,
    ) -> Result<(), Failure> {
        for head in &appended.heads {
            self.ledger.wrote(host, scope, head)?;
        }
        self.checker.kept(host, intents, shown)?;
        appended.commits.iter().for_each(|committed| self.publish(host, &committed.commit));
        self.check_outbox(host)
    }

    /// A process that died over a command runs again: the command was kept whole, or not at all.
    pub(super) fn settle_doubt(&mut self, host: Host) -> Result<(), Failure> {
        let doubt = self.doubts.remove(&host);
        let (party, trade) = (self.organisation.scope(scopes::ORGANISATION), self.organisation.scope(scopes::TRADE));
        let of = match &doubt {
            None => None,
            Some(Doubt::Told { .. } | Doubt::AtDesk(_)) => Some(party),
            Some(Doubt::Stock(attempt)) => Some(attempt.scope),
        };
        let mut advanced = None;
        for scope in [party, trade] {
            let Some(head) = self.advanced(host, scope) else { continue };
            if of != Some(scope) {
                return Err(Failure::Seen(format!("site {host} wrote {head:?} without a command")));
            }
            advanced = Some(head);
        }
        let (intents, acknowledged, shown) = match doubt {
            None => return Ok(()),
            Some(Doubt::Stock(attempt)) => return self.settle_attempt(host, attempt, advanced),
            Some(Doubt::Told { intents, acknowledged }) => (intents, acknowledged, self.sites[host - 1].shown()?),
            Some(Doubt::AtDesk(before)) => {
                let shown = self.sites[host - 1].shown()?;
                (differences(&before, &shown), false, shown)
            }
        };
        let kept = Checker::was_kept(host, &intents, &shown)?;
        if kept != advanced.is_some() {
            return Err(Failure::Seen(format!("site {host}: entry there: {advanced:?}, edits there: {kept}")));
        }
        if acknowledged {
            Checker::must_show(host, &intents, &shown)?;
        }
        if let Some(head) = advanced {
            self.ledger.wrote(host, party, &head)?;
            self.checker.kept(host, &intents, &shown)?;
        }
        Ok(())
    }

    /// The head of a site's own log in a scope, when it is further than clients were told.
    fn advanced(&self, host: Host, scope: ScopeId) -> Option<LogHead> {
        let writer = self.sites[host - 1].replica().map(Replica::writer)?;
        let head = self.vectors(host)?.get(&scope)?.get(&writer)?;
        (head.seq > self.ledger.written(host, scope, writer)).then_some(head)
    }
}

impl Draft {
    fn verb(&self) -> Verb {
        match self {
            Self::Create(_) => Verb::Create,
            Self::Change(..) | Self::ChangeAddress(..) => Verb::Change,
            Self::Archive(_, true) => Verb::Archive,
            Self::Archive(_, false) => Verb::Unarchive,
            Self::Resolve(..) | Self::Settle(..) => Verb::Resolve,
            Self::Import(_) => Verb::Import,
            Self::Merge(..) => Verb::Merge,
            Self::Unmerge(_) => Verb::Unmerge,
            Self::Revert(..) => Verb::Revert,
        }
    }

    /// What the command does to what the site shows.
    fn decide(
        &self,
        replica: &Replica<BackOffice>,
        reading: &Reading<'_>,
        scope: ScopeId,
        wall_ms: i64,
        rng: &mut ChaCha20Rng,
    ) -> Result<Vec<Edit>, No> {
        let kind = PARTY.name();
        let home = Home::default();
        let context = Context::new(reading.connection(), &home, &Standing::Operator);
        let cells = |record: &RecordId| reading.record(&scope, record).map(|found| found.map(|found| found.cells));
        match self {
            Self::Create(changes) => {
                let puts = decide::create(PARTY, &context, &changes.clone().asked(rng))?;
                let id = replica.mint(scope).create(wall_ms, rng);
                Ok(vec![Edit::create(kind, id, puts)])
            }
            Self::Change(record, changes) => {
                let Some(cells) = cells(record)? else { return Ok(Vec::new()) };
                let puts = decide::change(PARTY, &context, &changes.clone().asked(rng), &cells)?;
                Ok(edit(*record, puts))
            }
            Self::ChangeAddress(record, which, city) => {
                let Some(cells) = cells(record)? else { return Ok(Vec::new()) };
                let cities: Vec<&str> =
                    cells.under("addresses/").map(|(path, _)| path).filter(|path| path.ends_with("/city")).collect();
                let Some(path) = cities.get(*which as usize % cities.len().max(1)) else { return Ok(Vec::new()) };
                let changes = changes(&[format!("{}={city}", path.replace('/', "."))]);
                Ok(edit(*record, decide::change(PARTY, &context, &changes.asked(rng), &cells)?))
            }
            Self::Archive(record, archived) => {
                let Some(cells) = cells(record)? else { return Ok(Vec::new()) };
                Ok(edit(*record, decide::archive(PARTY, *archived, &cells)))
            }
            Self::Resolve(record, which, own) => {
                let Some(cells) = cells(record)? else { return Ok(Vec::new()) };
                Ok(resolve(*record, &cells, *which as usize, own.as_deref()))
            }
            // Given at the desk.
            Self::Import(_) | Self::Settle(..) | Self::Merge(..) | Self::Unmerge(_) | Self::Revert(..) => {
                Ok(Vec::new())
            }
        }
    }
}

fn edit(record: RecordId, puts: Vec<(String, Scalar)>) -> Vec<Edit> {
    if puts.is_empty() { Vec::new() } else { vec![Edit::change(PARTY.name(), record, puts)] }
}

/// Settles one of the record's conflicts, with a value of one's own or with one of those that stand there.
fn resolve(record: RecordId, cells: &Cells, which: usize, own: Option<&str>) -> Vec<Edit> {
    let open: Vec<_> = cells.conflicts().collect();
    let Some((path, visible)) = open.get(which % open.len().max(1)) else { return Vec::new() };
    let value = match (own, &visible[which % visible.len()].value) {
        (Some(own), Scalar::Str(_)) if FIELDS.contains(path) && *path != "email" => Scalar::from(own),
        (_, value) => value.clone(),
    };
    vec![Edit::resolve(PARTY.name(), record, vec![((*path).to_owned(), value)])]
}

/// What clients see of the records that a command is about, before it.
fn intended(reading: &Reading<'_>, scope: &ScopeId, edits: &[Edit]) -> Result<Vec<Intent>, No> {
    let intent = |edit: &Edit| {
        let before = reading.record(scope, &edit.record)?.map(|record| record.cells).unwrap_or_default();
        Ok(Intent { record: edit.record, puts: edit.puts.clone(), before })
    };
    edits.iter().map(intent).collect()
}

/// What clients see of those records now.
fn read(replica: &Replica<BackOffice>, scope: &ScopeId, intents: &[Intent]) -> Result<Shown, Failure> {
    let record = |reading: &Reading<'_>, intent: &Intent| {
        let found = reading.record(scope, &intent.record)?;
        Ok((intent.record, found.map(|record| record.cells).unwrap_or_default()))
    };
    let read = replica.read(|reading| intents.iter().map(|intent| record(reading, intent)).collect());
    read.map_err(Failure::program("reading one's own writes"))
}

/// A French number that no other command gives.
fn phone(number: u64) -> String {
    format!("phone=+331{:08}", 40_000_000 + number)
}

fn changes(assignments: &[String]) -> Changes {
    Changes::parse(assignments).expect("invariant: the assignments are well formed")
}
