//! `stock`: what lies where, what of it is free, what it is worth, what was posted. Owns how it is shown.

use serde_json::{Value, json};

use super::door::{Ask, Door, percent_encoded};
use super::stock_args::StockCommand;
use super::{Context, Done, show};
use crate::problem::{Problem, plain};

pub fn run(context: &Context, command: StockCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        StockCommand::OnHand { item, at_site, location, at } => {
            let path = format!("/api/v1/stock/items/{}/on-hand", percent_encoded(&item));
            let ask = Ask::get(&path).param("site", at_site).param("location", location).param("at", at);
            answer(context, &door.json(ask)?, on_hand)
        }
        StockCommand::Availability { search, at_site, after, limit } => {
            let ask = Ask::get("/api/v1/stock/availability").param("search", search).param("site", at_site);
            answer(context, &door.json(ask.param("after", after).param("limit", limit))?, availability)
        }
        StockCommand::Value { at_site, at } => {
            let ask = Ask::get("/api/v1/stock/value").param("site", at_site).param("at", at);
            answer(context, &door.json(ask)?, |found| table(&found["sites"], &["site", "value", "items"]))
        }
        StockCommand::Rights { pool } => {
            answer(context, &door.json(Ask::get("/api/v1/stock/rights").param("pool", pool))?, pools)
        }
        StockCommand::Postings { at_site, before, limit } => {
            let ask = Ask::get("/api/v1/stock/postings").param("site", at_site).param("before", before);
            let names = ["id", "date", "number", "type", "author", "reference"];
            answer(context, &door.json(ask.param("limit", limit))?, |found| table(&found["postings"], &names))
        }
        StockCommand::Show { posting } => {
            let path = format!("/api/v1/stock/postings/{}", percent_encoded(&posting));
            posted(context, &door.json(Ask::get(&path))?)
        }
        StockCommand::Revalue { item, amount, note } => {
            let path = format!("/api/v1/stock/items/{}/revalue", percent_encoded(&item));
            posted(context, &door.json(Ask::post(&path).json(&json!({ "amount": amount, "note": note })))?)
        }
    }
}

/// As JSON, or as `words` tell it.
pub(super) fn answer(context: &Context, found: &Value, words: impl FnOnce(&Value)) -> Result<Done, Problem> {
    if context.json {
        show::json(found);
    } else {
        words(found);
    }
    Ok(Done::Well)
}

/// Rows of a list, a column for each name.
pub(super) fn table(rows: &Value, names: &[&str]) {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |of: &Value| names.iter().map(|name| show::member(of, name)).collect();
    show::table(names, &rows.iter().map(row).collect::<Vec<_>>());
}

/// A posting, line by line.
pub(super) fn posted(context: &Context, posting: &Value) -> Result<Done, Problem> {
    answer(context, posting, |posting| {
        let [id, what, number, date, author] =
            ["id", "type", "number", "date", "author"].map(|name| plain(&show::member(posting, name)));
        show::line(&format!("{what} {number} of {date}, by {author} ({id})"));
        if let Some(back) = posting["reversed_by"].as_str() {
            show::line(&format!("It was taken back by {}.", plain(back)));
        }
        if posting["lines"].as_array().is_some_and(|lines| !lines.is_empty()) {
            table(
                &posting["lines"],
                &["line", "item", "name", "location", "lot", "serial", "quantity", "unit", "value"],
            );
        }
    })
}

const SUMS: [&str; 6] = ["on_hand", "reserved", "promised", "available", "incoming", "outgoing"];

fn on_hand(found: &Value) {
    let [sku, name, unit] = ["sku", "name", "unit"].map(|name| plain(&show::member(found, name)));
    show::line(&format!("{sku} {name}, in {unit}"));
    let columns: Vec<&str> = std::iter::once("site").chain(SUMS).collect();
    table(&found["sites"], &columns);
    table(&found["places"], &["site", "location", "kind", "lot", "serial", "expiry", "quantity"]);
}

fn availability(found: &Value) {
    let rows: Vec<Vec<String>> = found["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| {
            let named = ["sku", "name", "unit"].map(|name| show::member(item, name));
            named.into_iter().chain(SUMS.map(|name| show::member(&item["total"], name))).collect()
        })
        .collect();
    let columns: Vec<&str> = ["sku", "name", "unit"].into_iter().chain(SUMS).collect();
    show::table(&columns, &rows);
    if let Some(next) = found["next"].as_str() {
        show::line(&format!("More: --after {}", plain(next)));
    }
}

fn pools(found: &Value) {
    for pool in found["pools"].as_array().into_iter().flatten() {
        let told = ["code", "name", "item", "unit", "site", "on_hand", "granted", "free"];
        let [code, name, item, unit, site, on_hand, granted, free] = told.map(|name| plain(&show::member(pool, name)));
        show::line(&format!("{code} {name}: {on_hand} {unit} of {item} at {site}, {granted} promised, {free} free"));
        table(&pool["holders"], &["site", "held", "frozen", "sold", "to_deliver"]);
    }
}
