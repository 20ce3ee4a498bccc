//! Stock on real replicas of several sites that exchange entries by hand: moves, transfers, a shared pool. Owns the way to say
//! briefly what a clerk does. Uses no network.
#![allow(clippy::unwrap_used)]

#[path = "../sites/mod.rs"]
mod sites;

mod availability;
mod faulty;
mod many;
mod moves;
mod order;
mod pool;
mod reclaim;
mod transfers;

use comptoir_backoffice::changes::Changes;
use comptoir_backoffice::desk::CommandError;
use comptoir_backoffice::inbox::{InboxItem, ItemKind};
use comptoir_backoffice::refusal::{Code, Refusal};
use comptoir_backoffice::registry;
use comptoir_backoffice::sites::Sites;
use comptoir_backoffice::stock::command::Posted;
use comptoir_backoffice::stock::command::receive::{Arrived, ArrivedLine};
use comptoir_backoffice::stock::command::rights::RightsRequest;
use comptoir_backoffice::stock::posting::RightsAct;
use comptoir_backoffice::stock::query::on_hand::{OnHand, OnHandQuery, on_hand};
use comptoir_backoffice::stock::query::{postings, rights, transit, value};
use comptoir_replica::record::RecordId;
use sites::{Site, exchange, sites};

impl Site {
    fn make(&mut self, kind: &str, assignments: &[&str]) -> RecordId {
        self.try_make(kind, assignments).unwrap()
    }

    fn try_make(&mut self, kind: &str, assignments: &[&str]) -> Result<RecordId, CommandError> {
        let (desk, rng) = self.desk();
        Ok(desk.create(registry::kind(kind)?, Changes::parse(assignments)?, rng)?.record)
    }

    /// A draft of one line, posted.
    fn try_move(&mut self, fields: &[&str], line: &str) -> Result<Posted, CommandError> {
        let line = format!("lines+={line}");
        let fields: Vec<&str> = fields.iter().copied().chain([line.as_str()]).collect();
        let draft = self.try_make("move", &fields)?;
        let (desk, rng) = self.desk();
        desk.post_draft(&draft.to_string(), rng)
    }

    fn post(&mut self, fields: &[&str], line: &str) -> RecordId {
        self.try_move(fields, line).unwrap().posting
    }

    fn receive(&mut self, item: &str, quantity: &str, cost: &str) -> RecordId {
        let line = format!(r#"{{"item":"{item}","quantity":"{quantity}","cost":"{cost}"}}"#);
        self.post(&["type=receive", "to=MAIN"], &line)
    }

    fn issue(&mut self, item: &str, quantity: &str) -> Result<Posted, CommandError> {
        let line = format!(r#"{{"item":"{item}","quantity":"{quantity}"}}"#);
        self.try_move(&["type=issue", "from=MAIN"], &line)
    }

    fn send(&mut self, to: &str, item: &str, quantity: &str) -> RecordId {
        let line = format!(r#"{{"item":"{item}","quantity":"{quantity}"}}"#);
        self.post(&["type=send", "from=MAIN", &format!("to_site={to}")], &line)
    }

    fn accept(&mut self, dispatch: RecordId, lines: Vec<ArrivedLine>) -> Result<Posted, CommandError> {
        let (desk, rng) = self.desk();
        desk.receive_transfer(dispatch, &Arrived { to: "MAIN".into(), lines, note: String::new() }, rng)
    }

    fn rights(&mut self, act: RightsAct, to: Option<&str>, quantity: &str) -> Result<Posted, CommandError> {
        let quantity = quantity.parse().unwrap();
        let request = RightsRequest { act, pool: "POOL", to, quantity, unit: "", party: None, note: "" };
        let (desk, rng) = self.desk();
        desk.rights(&request, rng)
    }

    /// The site's own main location.
    fn main(&self) -> RecordId {
        self.reader().find(registry::kind("location").unwrap(), "MAIN").unwrap().1
    }

    fn names(&self) -> Sites {
        Sites::of(&self.replica)
    }

    fn on_hand(&self, item: &str) -> OnHand {
        let desk = self.reader();
        let (_, item) = desk.find(registry::kind("item").unwrap(), item).unwrap();
        desk.look(|reading| on_hand(reading, &self.names(), item, &OnHandQuery::default())).unwrap()
    }

    /// On hand and available of an item at a site, as this site knows it.
    fn there(&self, item: &str, site: &str) -> (String, String) {
        let found = self.on_hand(item).sites.into_iter().find(|at| at.site == site);
        found.map_or(("0".into(), "0".into()), |found| (found.on_hand, found.available))
    }

    fn value(&self) -> Vec<(String, String)> {
        let values =
            self.replica.read(|reading| value::value(reading.connection(), &self.names(), None, None)).unwrap();
        values.into_iter().map(|of| (of.site, of.value)).collect()
    }

    fn findings(&self, kind: ItemKind) -> Vec<InboxItem> {
        self.inbox(kind)
    }
}

fn refused(outcome: Result<Posted, CommandError>) -> Refusal {
    sites::refusal(outcome)
}

fn code(outcome: Result<Posted, CommandError>) -> Code {
    refused(outcome).code
}

/// Sites with a main location each, and an item that is counted in pieces and boxes of twelve.
fn traders(n: usize, seed: u64) -> Vec<Site> {
    let mut all = sites(n, seed);
    all[0].make("item", &["sku=NAIL", "name=Nails", r#"units+={"code":"box","factor":"12"}"#]);
    exchange(&all);
    for site in &mut all {
        site.make("location", &["code=MAIN", "name=Main store"]);
    }
    exchange(&all);
    all
}

/// Exchanges everything, then holds all sites to one state in every scope that they share, which a rebuild gives again.
fn settle(sites: &[Site]) {
    exchange(sites);
    for site in sites {
        for scope in ["organisation", "trade"] {
            assert_eq!(site.replica.digests()[scope], sites[0].replica.digests()[scope], "{scope}");
            assert_eq!(site.replica.states().unwrap()[scope], sites[0].replica.states().unwrap()[scope], "{scope}");
        }
        let lived = site.replica.states().unwrap();
        site.replica.rebuild().unwrap();
        assert_eq!(site.replica.states().unwrap(), lived, "rebuilt = lived");
        assert!(site.replica.verify().unwrap().is_sound());
    }
}
