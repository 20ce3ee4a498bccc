//! Transfers between sites: a pair, and what becomes of what did not arrive.

use super::*;
use comptoir_backoffice::inbox::Decision;

fn line(line: u32, quantity: &str, damaged: &str) -> ArrivedLine {
    let number = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    ArrivedLine { line, quantity: number(quantity), damaged: number(damaged), ..ArrivedLine::default() }
}

#[test]
fn what_leaves_arrives_with_what_it_cost() {
    let mut sites = traders(3, 220);
    sites[0].receive("NAIL", "100", "50 EUR");
    let sent = sites[0].send("S01", "NAIL", "40");
    assert_eq!(code(sites[1].accept(sent, vec![])), Code::NotCited, "nothing of it is here yet");
    exchange(&sites);
    let at = |site: &Site, code: &str| {
        let found = site.on_hand("NAIL").sites.into_iter().find(|at| at.site == code).unwrap_or_default();
        (found.on_hand, found.incoming, found.outgoing)
    };
    assert_eq!(at(&sites[2], "S00"), ("60".into(), "0".into(), "40".into()));
    assert_eq!(at(&sites[2], "S01"), ("0".into(), "40".into(), "0".into()));
    assert_eq!(code(sites[2].accept(sent, vec![])), Code::NotForThisSite);
    sites[1].accept(sent, vec![]).unwrap();
    assert_eq!(code(sites[1].accept(sent, vec![])), Code::ReceivedAlready);
    settle(&sites);
    assert_eq!(at(&sites[0], "S01"), ("40".into(), "0".into(), "0".into()));
    let mut values = sites[2].value();
    values.sort();
    assert_eq!(values, [("S00".into(), "30.00 EUR".into()), ("S01".into(), "20.00 EUR".into())]);
    assert!(sites[0].findings(ItemKind::Discrepancy).is_empty());
}

#[test]
fn what_comes_short_or_damaged_is_settled_by_who_sent_it() {
    let mut sites = traders(3, 221);
    sites[0].receive("NAIL", "100", "100 EUR");
    let sent = sites[0].send("S01", "NAIL", "40");
    exchange(&sites);
    let more = refused(sites[1].accept(sent, vec![line(1, "41", "")]));
    assert_eq!((more.code, more.params["found"].as_str()), (Code::MoreThanSent, "40"));
    assert_eq!(code(sites[1].accept(sent, vec![line(2, "1", "")])), Code::UnknownLine);
    sites[1].accept(sent, vec![line(1, "30", "4")]).unwrap();
    settle(&sites);
    for site in &sites {
        let [item] = &site.findings(ItemKind::Discrepancy)[..] else { panic!("one") };
        assert!(item.reason.as_deref().unwrap().starts_with("10 pce"), "{item:?}");
        assert_eq!((item.site.as_deref(), item.values.len()), (Some("S00"), 2));
    }
    let item = sites[1].findings(ItemKind::Discrepancy)[0].id.clone();
    let found = Decision { take: Some(2), value: None };
    assert_eq!(sites::code(sites[1].settle(&item, &found)), Code::NotForThisSite);
    sites[0].settle(&item, &found).unwrap();
    assert_eq!(sites[0].there("NAIL", "S00").0, "70", "they never left");
    settle(&sites);
    assert!(sites.iter().all(|site| site.findings(ItemKind::Discrepancy).is_empty()));
    assert_eq!(sites::code(sites[0].settle(&item, &found)), Code::UnknownItem);
    let (desk, rng) = sites[0].desk();
    assert_eq!(code(desk.settle_transfer(sent, 1, false, rng)), Code::MoreThanMissing);
    let second = sites[0].send("S02", "NAIL", "10");
    exchange(&sites);
    sites[2].accept(second, vec![line(1, "0", "")]).unwrap();
    exchange(&sites);
    let (desk, rng) = sites[0].desk();
    desk.settle_transfer(second, 1, false, rng).unwrap();
    settle(&sites);
    let all =
        sites[1].replica.read(|reading| transit::transfers(reading.connection(), &sites[1].names(), None, true, 10));
    let states: Vec<String> = all.unwrap().into_iter().map(|transfer| transfer.state).collect();
    assert_eq!(states, ["received", "received"]);
    assert_eq!(sites[0].there("NAIL", "S00").0, "60");
}

#[test]
fn another_currency_takes_the_cost_that_is_said_or_usual() {
    let mut sites = traders(2, 222);
    sites[1].home.currency = "XOF".into();
    sites[0].receive("NAIL", "10", "10 EUR");
    let (first, second, third) = {
        let site = &mut sites[0];
        (site.send("S01", "NAIL", "2"), site.send("S01", "NAIL", "2"), site.send("S01", "NAIL", "2"))
    };
    exchange(&sites);
    let cost = |text: &str| ArrivedLine { line: 1, cost: Some(text.into()), ..ArrivedLine::default() };
    assert_eq!(code(sites[1].accept(first, vec![cost("2 EUR")])), Code::OtherCurrency);
    sites[1].accept(first, vec![cost("1312 XOF")]).unwrap();
    sites[1].accept(second, vec![]).unwrap();
    assert!(sites[1].value().contains(&("S01".into(), "1312 XOF".into())), "nobody said what the others cost");
    exchange(&sites);
    let (desk, rng) = sites[0].desk();
    let nail = registry::kind("item").unwrap();
    let price = Changes::parse(&[r#"prices+={"kind":"cost","amount":"700 XOF"}"#]).unwrap();
    desk.change(nail, "NAIL", price, rng).unwrap();
    exchange(&sites);
    sites[1].accept(third, vec![]).unwrap();
    assert!(sites[1].value().contains(&("S01".into(), "2712 XOF".into())));
    settle(&sites);
}

#[test]
fn goods_go_to_another_site_only_as_a_transfer() {
    let mut sites = traders(2, 223);
    sites[0].receive("NAIL", "10", "10 EUR");
    let send = |to: &str| vec!["type=send".to_owned(), "from=MAIN".to_owned(), format!("to_site={to}")];
    for (to, expected) in [("S00", Code::SameSite), ("XXX", Code::UnknownSite)] {
        let fields = send(to);
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        assert_eq!(code(sites[0].try_move(&fields, r#"{"item":"NAIL","quantity":"1"}"#)), expected);
    }
    let short = sites[0].try_move(&["type=send", "from=MAIN", "to_site=S01"], r#"{"item":"NAIL","quantity":"11"}"#);
    assert_eq!(code(short), Code::StockShort);
}
