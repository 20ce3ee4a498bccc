//! The part of the story that is about stock: items by the thousand, a pool at Paris that Dakar and Montréal sell from while the
//! relay is down, and a transfer that comes short. Owns those steps; each holds what it promises through the real programs.

use std::path::Path;

use serde_json::Value;

use super::play::Play;
use crate::demo_data::write_items;
use crate::processes::failure::hold;
use crate::processes::limits::CONVERGE;
use crate::processes::{Branches, Failure, Site};

/// Items that headquarters imports.
const ITEMS: usize = 2_000;
/// The item of the pool.
const POOLED: &str = "P-0000042";
const POOL: &str = "SHARED";
/// What lies in the pool, and what each branch may sell of it.
const STOCK: i64 = 1_000;
const RIGHTS: i64 = 300;
/// What a customer buys at a time.
const SALE: i64 = 70;
/// What Paris sends to Dakar, and what of it arrives.
const SENT: i64 = 120;
const ARRIVED: i64 = 115;

/// Before the relay goes down: items, stock, a pool, rights, and goods on their way to Dakar.
pub(super) fn prepare(play: &mut Play, branches: &Branches, root: &Path) -> Result<(), Failure> {
    play.step("PAR imports 2,000 items", || {
        let file = root.join("items.csv");
        let written = std::fs::write(&file, write_items(ITEMS));
        written.map_err(Failure::system("cannot write items.csv"))?;
        let answer = branches.par.ask(&["import", "item", &file.to_string_lossy()])?;
        hold(answer["created"].as_u64() == Some(ITEMS as u64), || format!("the import answered {answer}"))?;
        Ok(((), format!("{ITEMS} created")))
    })?;
    play.step("each site has its store, PAR a pool of one item", || {
        branches.converge(CONVERGE)?;
        for site in branches.sites() {
            site.ask(&["record", "create", "location", "code=MAIN", "name=Main store"])?;
        }
        let line = format!("item={POOLED} quantity={STOCK} cost=5000EUR");
        branches.par.ask(&["move", "draft", "receive", "to=MAIN", "--line", &line, "--post"])?;
        let item = format!("item={POOLED}");
        branches.par.ask(&[
            "record",
            "create",
            "pool",
            &format!("code={POOL}"),
            "name=Pool",
            &item,
            "location=MAIN",
        ])?;
        branches.converge(CONVERGE)?;
        Ok(((), format!("{STOCK} of {POOLED}")))
    })?;
    play.step("PAR grants rights to DKR and MTL, and sends goods to DKR", || {
        for site in ["DKR", "MTL"] {
            branches.par.ask(&["rights", "grant", POOL, &RIGHTS.to_string(), "--to", site])?;
        }
        let line = format!("item={POOLED} quantity={SENT}");
        branches.par.ask(&["transfer", "send", "--to", "DKR", "--from", "MAIN", "--line", &line])?;
        branches.converge(CONVERGE)?;
        Ok(((), format!("{RIGHTS} each, {SENT} on their way")))
    })
}

/// What everybody sold while nobody could ask anybody.
pub(super) struct Sold {
    par: i64,
    branches: i64,
}

impl Sold {
    /// Records of the trade: items, a store at each site, a pool, and a draft for each move, the refused one too.
    pub(super) fn records(&self) -> u64 {
        let drafts = 1 + 1 + self.par / SALE + 1;
        ITEMS as u64 + 3 + 1 + drafts.unsigned_abs()
    }
}

/// While the relay is down: every site sells as long as it may, and Dakar receives goods that came short.
pub(super) fn sell_apart(play: &mut Play, branches: &Branches) -> Result<Sold, Failure> {
    play.step("DKR receives the goods, some are missing", || {
        let listed = branches.dkr.ask(&["transfer", "list"])?;
        let dispatch = listed["transfers"][0]["dispatch"].as_str().unwrap_or_default().to_owned();
        let line = format!("line=1 quantity={ARRIVED}");
        branches.dkr.ask(&["transfer", "receive", &dispatch, "--to", "MAIN", "--line", &line])?;
        let twice = branches.dkr.refused(&["transfer", "receive", &dispatch, "--to", "MAIN"], 1)?;
        hold(twice == "received-already", || format!("receiving twice was refused with {twice}"))?;
        Ok(((), format!("{ARRIVED} of {SENT}, twice is refused")))
    })?;
    play.step("all three sell from the pool while the relay is down", || {
        let quantity = SALE.to_string();
        let mut by_rights = 0;
        for site in [&branches.dkr, &branches.mtl] {
            let refused = sell_out(site, &["rights", "spend", POOL, &quantity], &mut by_rights)?;
            hold(refused == "rights-short", || format!("{} was refused with {refused}", site.code))?;
        }
        let mut own = 0;
        let line = format!("item={POOLED} quantity={quantity}");
        let issue = ["move", "draft", "issue", "from=MAIN", "--line", &line, "--post"];
        let refused = sell_out(&branches.par, &issue, &mut own)?;
        hold(refused == "rights-of-others", || format!("PAR was refused with {refused}"))?;
        let sold = Sold { par: own, branches: by_rights };
        let told = format!("{by_rights} by rights, {own} of PAR's own, then refused");
        Ok((sold, told))
    })
}

/// Sells until the site says no; the code with which it did.
fn sell_out(site: &Site, command: &[&str], sold: &mut i64) -> Result<String, Failure> {
    // More often than there can be anything to sell.
    for _ in 0..=STOCK / SALE {
        let answer = site.run(command)?;
        if answer.exit != Some(0) {
            return answer.leaving(1)?.code();
        }
        *sold += SALE;
    }
    Err(Failure::Wrong(format!("{} sold more than there is", site.code)))
}

/// After the relay is back: nothing was oversold, and everyone counts the same.
pub(super) fn agreed(play: &mut Play, branches: &Branches, sold: &Sold) -> Result<(), Failure> {
    play.step("nothing was oversold, and all count the same", || {
        let expected = STOCK - SENT - sold.par;
        for site in branches.sites() {
            let pool = &site.ask(&["stock", "rights", POOL])?["pools"][0];
            let [there, granted] = ["on_hand", "granted"].map(|name| whole(&pool[name]));
            hold(there == expected && granted == 2 * RIGHTS && granted <= there, || format!("{}: {pool}", site.code))?;
            let holders = pool["holders"].as_array().cloned().unwrap_or_default();
            let told: i64 = holders.iter().map(|holder| whole(&holder["sold"])).sum();
            let held: i64 = holders.iter().map(|holder| whole(&holder["held"])).sum();
            hold(told == sold.branches && told + held == granted, || format!("{}: {pool}", site.code))?;
            let found = site.ask(&["stock", "on-hand", POOLED])?;
            let at = |code: &str| {
                let sites = found["sites"].as_array().into_iter().flatten();
                sites.filter(|of| of["site"] == code).map(|of| whole(&of["on_hand"])).sum::<i64>()
            };
            hold((at("PAR"), at("DKR")) == (expected, ARRIVED), || format!("{}: {found}", site.code))?;
        }
        Ok(((), format!("{} promised of {expected} that lie there, {} sold of them", 2 * RIGHTS, sold.branches)))
    })?;
    play.step("the missing goods are in every inbox, and PAR settles them", || {
        let mut ids = std::collections::BTreeSet::new();
        for site in branches.sites() {
            let listed = site.ask(&["inbox", "list", "--kind", "discrepancy"])?;
            hold(listed["items"].as_array().map(Vec::len) == Some(1), || format!("{}: {listed}", site.code))?;
            ids.insert(listed["items"][0]["id"].as_str().unwrap_or_default().to_owned());
        }
        hold(ids.len() == 1, || format!("the discrepancy has several ids: {ids:?}"))?;
        for id in ids {
            branches.par.ask(&["inbox", "resolve", &id, "--take", "1"])?;
        }
        branches.converge(CONVERGE)?;
        Ok(((), format!("{} lost", SENT - ARRIVED)))
    })
}

fn whole(text: &Value) -> i64 {
    text.as_str().and_then(|text| text.parse().ok()).unwrap_or(i64::MIN)
}
