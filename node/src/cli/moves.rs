//! `move`, `transfer` and `rights`: what is posted about stock. Owns the way from options to requests, and how answers are shown.

use serde_json::{Map, Value, json};

use super::door::{Ask, Door, percent_encoded};
use super::stock::{answer, posted, table};
use super::stock_args::{MoveCommand, Outcome, RightsCommand, RightsOf, TransferCommand};
use super::{Context, Done, show};
use crate::problem::{Code, Problem, plain};

/// Moves.
pub fn run(context: &Context, command: MoveCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        MoveCommand::Draft { what, fields, lines, post } => {
            let draft = draft(&door, &what, &fields, &lines)?;
            if post {
                return post_at_once(context, &door, &draft);
            }
            answer(context, &draft, |draft| {
                let id = plain(&show::member(draft, "id"));
                show::line(&format!("A draft is made; nothing is moved yet. To post it: move post {id}"));
            })
        }
        MoveCommand::Post { draft } => post_draft(context, &door, &draft),
        MoveCommand::Reverse { posting } => {
            let path = format!("/api/v1/stock/postings/{}/reverse", percent_encoded(&posting));
            posted(context, &door.json(Ask::post(&path))?)
        }
    }
}

fn post_draft(context: &Context, door: &Door, draft: &str) -> Result<Done, Problem> {
    let path = format!("/api/v1/stock/moves/{}/post", percent_encoded(draft));
    posted(context, &door.json(Ask::post(&path))?)
}

/// Posts a draft that nobody else has seen. Who is refused tries again: the draft is set aside then.
fn post_at_once(context: &Context, door: &Door, draft: &Value) -> Result<Done, Problem> {
    let id = show::member(draft, "id");
    post_draft(context, door, &id).inspect_err(|_| {
        let archive = format!("/api/v1/records/move/{}/archive", percent_encoded(&id));
        // The refusal is what there is to tell.
        let _ = door.json(Ask::post(&archive).json(&json!({ "archived": true })));
    })
}

fn draft(door: &Door, what: &str, fields: &[String], lines: &[String]) -> Result<Value, Problem> {
    let mut set = Map::from_iter([("type".to_owned(), Value::from(what))]);
    for field in fields {
        let (name, value) = pair(field)?;
        set.insert(name.to_owned(), value.into());
    }
    let lines: Vec<Value> = lines.iter().map(|line| words(line).map(Value::Object)).collect::<Result<_, _>>()?;
    door.json(Ask::post("/api/v1/records/move").json(&json!({ "set": set, "add": { "lines": lines } })))
}

/// `item=NAIL quantity=2` as an object.
fn words(line: &str) -> Result<Map<String, Value>, Problem> {
    line.split_whitespace().map(|word| pair(word).map(|(name, value)| (name.to_owned(), value.into()))).collect()
}

fn pair(text: &str) -> Result<(&str, &str), Problem> {
    let wrong = || Problem::new(Code::BadRequest, format!("Write name=value, not {}", plain(text)));
    text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(wrong)
}

/// Transfers.
pub fn transfer(context: &Context, command: TransferCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    let path = |dispatch: &str, rest: &str| format!("/api/v1/stock/transfers/{}{rest}", percent_encoded(dispatch));
    match command {
        TransferCommand::Send { to, from, lines } => {
            let fields = [format!("to_site={to}"), format!("from={from}")];
            post_at_once(context, &door, &draft(&door, "send", &fields, &lines)?)
        }
        TransferCommand::Receive { dispatch, to, lines } => {
            let lines: Vec<Value> = lines.iter().map(|line| arrived(line)).collect::<Result<_, _>>()?;
            let ask_path = path(&dispatch, "/receive");
            posted(context, &door.json(Ask::post(&ask_path).json(&json!({ "to": to, "lines": lines })))?)
        }
        TransferCommand::List { all } => {
            let ask = Ask::get("/api/v1/stock/transfers").param("all", all.then_some(true));
            let names = ["dispatch", "date", "number", "from", "to", "state"];
            answer(context, &door.json(ask)?, |found| table(&found["transfers"], &names))
        }
        TransferCommand::Show { dispatch } => answer(context, &door.json(Ask::get(&path(&dispatch, "")))?, |found| {
            let [from, to, date, state] = ["from", "to", "date", "state"].map(|name| plain(&show::member(found, name)));
            show::line(&format!("From {from} to {to}, {date}: {state}"));
            let names =
                ["line", "item", "name", "lot", "serial", "sent", "arrived", "damaged", "missing", "unit", "value"];
            table(&found["lines"], &names);
        }),
        TransferCommand::Settle { dispatch, line, outcome } => {
            let body = json!({ "line": line, "found": outcome == Outcome::Found });
            posted(context, &door.json(Ask::post(&path(&dispatch, "/settle")).json(&body))?)
        }
    }
}

/// The line's number is one; all else is text.
fn arrived(line: &str) -> Result<Value, Problem> {
    let mut words = words(line)?;
    let number = words.get("line").and_then(Value::as_str).and_then(|text| text.parse::<u32>().ok());
    let wrong = || Problem::new(Code::BadRequest, format!("Say which line: line=1, not {}", plain(line)));
    words.insert("line".to_owned(), number.ok_or_else(wrong)?.into());
    Ok(Value::Object(words))
}

/// Rights.
pub fn rights(context: &Context, command: RightsCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    let (act, of, to, party) = match command {
        RightsCommand::Grant(rights) => ("grant", rights.of, Some(rights.to), None),
        RightsCommand::Pass(rights) => ("pass", rights.of, Some(rights.to), None),
        RightsCommand::Return(of) => ("return", of, None, None),
        RightsCommand::Spend { of, party } => ("spend", of, None, party),
        RightsCommand::Retire(of) => ("retire", of, None, None),
        RightsCommand::Reclaim { pool, site } => {
            let path = format!("/api/v1/stock/rights/{}/reclaim", percent_encoded(&pool));
            let back = door.json(Ask::post(&path).json(&json!({ "site": site })))?;
            return answer(context, &back, |back| {
                let [quantity, unit, site] = ["quantity", "unit", "site"].map(|name| plain(&show::member(back, name)));
                show::line(&format!("{quantity} {unit} came back from {site}."));
            });
        }
        RightsCommand::ShareOut { pool, among, dry_run } => {
            let path = format!("/api/v1/stock/rights/{}/share-out", percent_encoded(&pool));
            let shares = door.json(Ask::post(&path).json(&json!({ "among": among, "dry_run": dry_run })))?;
            return answer(context, &shares, |found| table(&found["shares"], &["site", "held", "granted"]));
        }
    };
    let RightsOf { pool, quantity, unit, note } = of;
    let body = json!({ "act": act, "quantity": quantity, "unit": unit, "to": to, "party": party, "note": note });
    let path = format!("/api/v1/stock/rights/{}", percent_encoded(&pool));
    posted(context, &door.json(Ask::post(&path).json(&body))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_are_words_with_equal_signs() {
        assert_eq!(Value::Object(words("item=NAIL  quantity=2").unwrap()), json!({"item": "NAIL", "quantity": "2"}));
        assert_eq!(arrived("line=2 damaged=1").unwrap(), json!({"line": 2, "damaged": "1"}));
        for wrong in ["NAIL", "=2", "item=NAIL two"] {
            assert!(words(wrong).is_err(), "{wrong}");
        }
        assert!(arrived("damaged=1").is_err() && arrived("line=x").is_err());
    }
}
