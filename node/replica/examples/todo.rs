//! A to-do list that two sites keep in sync, on nothing but the replica and the protocol's sessions, in memory.
//!
//! Run it with `cargo run -p comptoir-replica --example todo`. Randomness and time are given by hand, as a simulator
//! would; a real program takes them from its system.

use std::collections::VecDeque;
use std::error::Error;
use std::path::Path;

use comptoir_replica::record::{Cells, Record, RecordId, Scalar};
use comptoir_replica::{
    Append, Application, Durability, Edit, Identity, Options, Projection, RecordType, RecordView, Replica,
    genesis_entry, organisation_of,
};
use comptoir_sync_protocol::ids::{Epoch, Hash, Incarnation, OrganisationId, ScopeId, SiteId};
use comptoir_sync_protocol::keys::{ScopeKey, SealingSecret, generate_signing_key};
use comptoir_sync_protocol::roster::{
    Act, Admission, Members, Party, Rotation, ScopeDefinition, SiteKeys, SiteProfile, wrap_key,
};
use comptoir_sync_protocol::session::{Config, Effect, Event, Session};
use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rusqlite::{Connection, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// One thing to do.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, Record)]
#[serde(default)]
#[record(kind = "task", class = "shared", scope = "organisation")]
struct Task {
    #[field(searchable)]
    title: String,
    done: bool,
    archived: bool,
}

/// The application: one kind of record, one table.
struct ToDo;

impl Application for ToDo {
    fn record_types(&self) -> &'static [RecordType] {
        static TYPES: std::sync::LazyLock<[RecordType; 1]> = std::sync::LazyLock::new(|| [RecordType::of::<Task>()]);
        &*TYPES
    }

    fn projection(&self) -> &'static Projection {
        &Projection {
            version: 1,
            create: "CREATE TABLE tasks (id BLOB PRIMARY KEY, scope BLOB, title TEXT, done INTEGER) STRICT;",
            drop: "DROP TABLE IF EXISTS tasks;",
            tables: &["tasks"],
        }
    }

    fn project(&self, connection: &Connection, record: &RecordView<'_>) -> rusqlite::Result<()> {
        let task = Task::from_cells(record.cells);
        let mut replace = connection.prepare_cached("INSERT OR REPLACE INTO tasks VALUES (?1, ?2, ?3, ?4)")?;
        replace.execute(params![record.id.0, record.scope.0, task.title, task.done]).map(|_| ())
    }

    fn concerns_person(&self, _: &str, _: &Cells, _: &[(String, Scalar)]) -> bool {
        false
    }
}

/// A site before it has a replica.
struct Site {
    code: &'static str,
    site: SiteId,
    signing: SigningKey,
    sealing: SealingSecret,
    tls_pin: [u8; 32],
}

impl Site {
    fn new(code: &'static str, rng: &mut ChaCha20Rng) -> Self {
        let (signing, sealing) = (generate_signing_key(rng), SealingSecret::generate(rng));
        Self { code, site: SiteId::random(rng), signing, sealing, tls_pin: Hash::random(rng).0 }
    }

    fn open(&self, organisation: OrganisationId, path: &Path, rng: &mut ChaCha20Rng) -> Outcome<Replica<ToDo>> {
        let options = Options {
            organisation,
            identity: Some(Identity::new(self.site, self.signing.clone(), self.sealing.clone())),
            incarnation: Incarnation::random(rng),
            durability: Durability::Full,
            failpoint: None,
        };
        Ok(Replica::open(path, ToDo, options, rng)?)
    }

    fn admission(&self, headquarters: bool) -> Outcome<Act> {
        let text = |text: &str| text.to_owned();
        let profile = SiteProfile {
            code: text(self.code),
            name: text(self.code),
            country: text("FR"),
            jurisdiction: text("FR"),
            time_zone: text("Europe/Paris"),
            currency: text("EUR"),
            locale: text("fr-FR"),
        };
        let keys = SiteKeys {
            tls_pin: self.tls_pin,
            signing: self.signing.verifying_key().to_bytes(),
            sealing: self.sealing.public()?,
        };
        Ok(Act::Admit(Admission { site: self.site, profile, keys, headquarters, invitation: None }))
    }
}

/// The acts with which both sites get a scope of their own.
fn founding_acts(scope: ScopeId, sites: [&Site; 2], rng: &mut ChaCha20Rng) -> Outcome<Vec<Act>> {
    let key = ScopeKey::generate(rng);
    let members = sites.iter().map(|site| site.site).collect();
    let mut acts = vec![
        sites[0].admission(true)?,
        sites[1].admission(false)?,
        Act::DefineScope(ScopeDefinition { scope, name: "organisation".into(), jurisdictions: Vec::new() }),
        Act::AddMembers(Members { scope, sites: members }),
        Act::Rotate(Rotation { scope, key_id: key.id() }),
    ];
    for site in sites {
        let sealing = site.sealing.public()?;
        acts.push(Act::WrapKey(wrap_key(&key, scope, site.site, &sealing, rng)?));
    }
    Ok(acts)
}

/// Runs one session between two replicas, until neither has anything more to say.
fn synchronise(ends: [(&Replica<ToDo>, [u8; 32]); 2]) -> Outcome<()> {
    let mut events: [VecDeque<Event>; 2] = Default::default();
    let mut sessions = Vec::new();
    let mut effects = Vec::new();
    for (end, (replica, _)) in ends.iter().enumerate() {
        let config = Config {
            local: Party::Site(replica.site()),
            peer_pin: ends[1 - end].1,
            dialled: true,
            claim: None,
            software: "todo".into(),
        };
        let (session, first) = Session::new(0, config, replica.view());
        sessions.push(session);
        effects.extend(first.into_iter().map(|effect| (end, effect)));
    }
    loop {
        for (end, effect) in std::mem::take(&mut effects) {
            carry_out(ends[end].0, effect, end, &mut events)?;
        }
        let Some(end) = (0..2).find(|end| !events[*end].is_empty()) else { return Ok(()) };
        if let Some(event) = events[end].pop_front() {
            effects.extend(sessions[end].handle(0, event).into_iter().map(|effect| (end, effect)));
        }
    }
}

/// Does what a session asks for, and queues what follows from it.
fn carry_out(replica: &Replica<ToDo>, effect: Effect, end: usize, events: &mut [VecDeque<Event>; 2]) -> Outcome<()> {
    match effect {
        Effect::Send { frame, .. } => events[1 - end].push_back(Event::Frame(frame)),
        Effect::Read { scope, have, most_bytes } => {
            let entries = replica.read_missing(scope, &have, most_bytes)?;
            events[end].push_back(Event::Read { scope, entries });
        }
        Effect::ReadWanted { scope, wanted } => {
            let entries = replica.read_wanted(scope, &wanted)?;
            events[end].push_back(Event::Read { scope, entries });
        }
        Effect::Admit { scope, entries } => {
            let report = replica.admit(scope, entries, 0)?;
            for committed in report.delivered {
                events[end].push_back(Event::Committed(committed.commit));
            }
            events[end].push_back(Event::Admitted(report.admitted));
        }
        Effect::Close(reason) => return Err(format!("the session ended: {reason:?}").into()),
        _ => {}
    }
    Ok(())
}

fn edit(replica: &Replica<ToDo>, scope: ScopeId, edit: Edit, rng: &mut ChaCha20Rng) -> Outcome<()> {
    let request = Append::new(scope, "someone", "task.edit");
    replica.append_edits(request, vec![edit], 0, rng)?;
    Ok(())
}

fn show(replica: &Replica<ToDo>, name: &str) -> Outcome<Vec<String>> {
    let tasks: Vec<String> = replica.read(|reading| {
        let mut select = reading.prepare("SELECT title, done FROM tasks ORDER BY title")?;
        let line = |row: &rusqlite::Row<'_>| {
            let (title, done): (String, bool) = (row.get(0)?, row.get(1)?);
            Ok(format!("[{}] {title}", if done { "x" } else { " " }))
        };
        select.query_map([], line)?.collect()
    })?;
    println!("{name}: {}", tasks.join(", "));
    Ok(tasks)
}

fn main() -> Outcome<()> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let folder = tempfile::tempdir()?;
    let (paris, dakar) = (Site::new("PAR", &mut rng), Site::new("DKR", &mut rng));

    // Root founds the organisation; its genesis entry is the organisation's name.
    let (root, epoch): (SigningKey, Epoch) = (generate_signing_key(&mut rng), Epoch::random(&mut rng));
    let genesis = genesis_entry(&root, epoch, "To do", ("root", Incarnation::random(&mut rng), 0), &mut rng)?;
    let organisation = organisation_of(&genesis);
    let scope = ScopeId::of(&organisation, "organisation");
    let one = paris.open(organisation, &folder.path().join("paris.db"), &mut rng)?;
    one.found(&genesis, 0)?;
    let acts = founding_acts(scope, [&paris, &dakar], &mut rng)?;
    one.append_roster((&root, epoch), acts, ("root", "found"), 0, &mut rng)?;

    // The other site starts with nothing but the organisation's name and its own keys.
    let other = dakar.open(organisation, &folder.path().join("dakar.db"), &mut rng)?;
    let line = [(&one, paris.tls_pin), (&other, dakar.tls_pin)];
    synchronise(line)?;

    let bread: RecordId = one.mint(scope).create(0, &mut rng);
    let task = Task { title: "Buy bread".into(), ..Task::default() };
    edit(&one, scope, Edit::create(Task::KIND, bread, task.to_puts()), &mut rng)?;
    synchronise(line)?;
    show(&other, "Dakar")?;

    // The line is down: both edit the same task, and Dakar adds one.
    edit(&one, scope, Edit::change(Task::KIND, bread, vec![("title".into(), "Buy two loaves".into())]), &mut rng)?;
    edit(&other, scope, Edit::change(Task::KIND, bread, vec![("done".into(), true.into())]), &mut rng)?;
    let call = other.mint(scope).create(0, &mut rng);
    let task = Task { title: "Call Montréal".into(), ..Task::default() };
    edit(&other, scope, Edit::create(Task::KIND, call, task.to_puts()), &mut rng)?;

    // The line is back.
    synchronise(line)?;
    let (at_paris, at_dakar) = (show(&one, "Paris")?, show(&other, "Dakar")?);
    assert_eq!(at_paris, ["[x] Buy two loaves", "[ ] Call Montréal"]);
    assert_eq!((at_dakar, one.states()?), (at_paris, other.states()?));
    println!("Both are alike: {}", one.states()?["organisation"]);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_lists_end_alike() {
        super::main().expect("the example runs");
    }
}
