//! Moves within a site, into it and out of it: what lies where, what it is worth, what is refused.

use super::*;

#[test]
fn goods_come_in_move_and_leave_and_every_site_knows() {
    let mut sites = traders(2, 200);
    sites[1].make("location", &["code=SHOP", "name=Shop", "parent=MAIN"]);
    sites[1].make("location", &["code=HOLD", "name=On hold", "kind=quarantine"]);
    sites[1].receive("NAIL", "100", "50 EUR");
    sites[1].post(&["type=receive", "to=MAIN"], r#"{"item":"NAIL","quantity":"2","unit":"box","cost":"15 EUR"}"#);
    assert_eq!(sites[1].there("NAIL", "S01"), ("124".into(), "124".into()));
    sites[1].post(&["type=transfer", "from=MAIN", "to=SHOP"], r#"{"item":"NAIL","quantity":"24"}"#);
    sites[1].post(&["type=transfer", "from=MAIN", "to=HOLD"], r#"{"item":"NAIL","quantity":"10"}"#);
    sites[1].issue("NAIL", "40").unwrap();
    sites[1].post(&["type=adjust", "from=MAIN"], r#"{"item":"NAIL","quantity":"-3"}"#);
    sites[1].post(&["type=adjust", "to=SHOP"], r#"{"item":"NAIL","quantity":"1"}"#);
    sites[1].post(&["type=scrap", "from=HOLD"], r#"{"item":"NAIL","quantity":"4"}"#);
    sites[1].post(&["type=return", "to=MAIN"], r#"{"item":"NAIL","quantity":"2"}"#);
    settle(&sites);
    for site in &sites {
        assert_eq!(site.there("NAIL", "S01"), ("80".into(), "74".into()), "six are on hold");
        let places: Vec<(String, String)> =
            site.on_hand("NAIL").places.into_iter().map(|place| (place.location, place.quantity)).collect();
        let expected = [("HOLD", "6"), ("MAIN", "49"), ("SHOP", "25")];
        assert_eq!(places, expected.map(|(place, quantity)| (place.to_owned(), quantity.to_owned())));
    }
}

#[test]
fn value_follows_quantity_by_the_average_and_to_the_last_cent() {
    let mut sites = traders(1, 201);
    sites[0].receive("NAIL", "3", "1 EUR");
    sites[0].issue("NAIL", "1").unwrap();
    assert_eq!(sites[0].value(), [("S00".into(), "0.67 EUR".into())]);
    sites[0].receive("NAIL", "2", "2 EUR");
    sites[0].issue("NAIL", "3").unwrap();
    assert_eq!(sites[0].value(), [("S00".into(), "0.67 EUR".into())], "two euros leave of 2.67");
    sites[0].issue("NAIL", "1").unwrap();
    assert_eq!(sites[0].value(), [("S00".into(), "0.00 EUR".into())], "the last takes all");
    settle(&sites);
}

#[test]
fn first_in_first_out_takes_the_oldest_cost_and_late_cost_is_a_posting() {
    let mut sites = traders(1, 202);
    sites[0].make("item", &["sku=WINE", "name=Wine", "valuation=fifo"]);
    sites[0].receive("WINE", "10", "100 EUR");
    sites[0].now_ms += 1;
    let second = sites[0].receive("WINE", "10", "200 EUR");
    sites[0].now_ms += 1;
    let out = sites[0].issue("WINE", "12").unwrap().posting;
    assert_eq!(sites[0].value(), [("S00".into(), "160.00 EUR".into())]);
    let (desk, rng) = sites[0].desk();
    let amount = comptoir_replica::record::Money::new(800, "EUR").unwrap();
    desk.revalue("WINE", amount, "freight", rng).unwrap();
    assert_eq!(sites[0].value(), [("S00".into(), "168.00 EUR".into())]);
    let (desk, rng) = sites[0].desk();
    assert_eq!(code(desk.reverse_move(second, rng)), Code::ReversalUnfit, "two of it have left");
    let (desk, rng) = sites[0].desk();
    desk.reverse_move(out, rng).unwrap();
    assert_eq!(sites[0].value(), [("S00".into(), "308.00 EUR".into())]);
    let (desk, rng) = sites[0].desk();
    assert_eq!(code(desk.reverse_move(out, rng)), Code::ReversedAlready);
    sites[0].issue("WINE", "20").unwrap();
    assert_eq!(sites[0].value(), [("S00".into(), "0.00 EUR".into())]);
    settle(&sites);
}

#[test]
fn a_move_is_taken_back_by_its_own_site_once_and_whole() {
    let mut sites = traders(2, 203);
    let first = sites[0].receive("NAIL", "10", "10 EUR");
    sites[0].issue("NAIL", "4").unwrap();
    let (desk, rng) = sites[0].desk();
    let short = refused(desk.reverse_move(first, rng));
    assert_eq!((short.code, short.params["found"].as_str()), (Code::StockShort, "6"));
    sites[0].receive("NAIL", "4", "4 EUR");
    let (desk, rng) = sites[0].desk();
    let back = desk.reverse_move(first, rng).unwrap().posting;
    assert_eq!(sites[0].there("NAIL", "S00").0, "0");
    exchange(&sites);
    let (desk, rng) = sites[1].desk();
    assert_eq!(code(desk.reverse_move(first, rng)), Code::ReversalUnfit, "another site's");
    let (desk, rng) = sites[0].desk();
    assert_eq!(code(desk.reverse_move(back, rng)), Code::ReversalUnfit, "of a reversal there is none");
    settle(&sites);
    let shown = sites[1].replica.read(|reading| postings::posting(reading.connection(), &sites[1].names(), first));
    let shown = shown.unwrap().unwrap();
    assert_eq!(
        (shown.number.as_str(), shown.what.as_str(), shown.reversed_by),
        ("S00-1", "receive", Some(back.to_string()))
    );
    assert_eq!((shown.lines[0].quantity.as_str(), shown.lines[0].value.as_str()), ("10", "10.00 EUR"));
}

#[test]
fn what_cannot_be_is_refused_with_the_line_and_nothing_is_half_posted() {
    let mut sites = traders(2, 204);
    sites[0].receive("NAIL", "10", "5 EUR");
    let main = |line: &str| (["type=issue", "from=MAIN"], line.to_owned());
    let cases = [
        (r#"{"item":"NAIL","quantity":"11"}"#, Code::StockShort, "lines.1"),
        (r#"{"item":"NAIL","quantity":"1","unit":"crate"}"#, Code::UnknownUnit, "lines.1"),
        (r#"{"item":"NAIL","quantity":"0.5"}"#, Code::TooManyDecimals, "lines.1"),
        (r#"{"item":"NAIL","quantity":"1","lot":"L1"}"#, Code::NotTracked, "lines.1.lot"),
    ];
    for (line, expected, field) in cases {
        let (fields, line) = main(line);
        let refusal = refused(sites[0].try_move(&fields, &line));
        assert_eq!((refusal.code, refusal.field.as_deref()), (expected, Some(field)), "{refusal}");
    }
    let short = refused(sites[0].issue("NAIL", "11"));
    assert!(short.to_string().contains("NAIL Nails") && short.to_string().contains("MAIN"), "{short}");
    for quantity in ["-1", "0"] {
        let line = format!(r#"{{"item":"NAIL","quantity":"{quantity}"}}"#);
        assert_eq!(code(sites[0].try_move(&["type=issue", "from=MAIN"], &line)), Code::QuantityNotPositive);
    }
    assert_eq!(code(sites[0].try_move(&["type=issue"], r#"{"item":"NAIL","quantity":"1"}"#)), Code::LocationMissing);
    let unfit =
        refused(sites[0].try_move(&["type=issue", "from=MAIN", "to=MAIN"], r#"{"item":"NAIL","quantity":"1"}"#));
    assert_eq!(unfit.code, Code::PlacesUnfit);
    let other = sites[1].make("location", &["code=THERE", "name=There"]).to_string();
    exchange(&sites);
    let there = format!("from={other}");
    assert_eq!(
        code(sites[0].try_move(&["type=issue", &there], r#"{"item":"NAIL","quantity":"1"}"#)),
        Code::ForeignLocation
    );
    assert_eq!(sites[0].there("NAIL", "S00").0, "10");
    // One line that cannot be keeps all others from being posted.
    let draft = sites[0].make(
        "move",
        &[
            "type=issue",
            "from=MAIN",
            r#"lines+={"item":"NAIL","quantity":"9"}"#,
            r#"lines+={"item":"NAIL","quantity":"2"}"#,
        ],
    );
    let (desk, rng) = sites[0].desk();
    let refusal = refused(desk.post_draft(&draft.to_string(), rng));
    assert_eq!((refusal.field.as_deref(), refusal.params["found"].as_str()), (Some("lines.2"), "1"));
    assert_eq!(sites[0].there("NAIL", "S00").0, "10");
    settle(&sites);
}

#[test]
fn a_draft_is_posted_once_and_then_stays_as_it_is() {
    let mut sites = traders(1, 205);
    let draft = sites[0].make("move", &["type=receive", "to=MAIN", r#"lines+={"item":"NAIL","quantity":"5"}"#]);
    let (desk, rng) = sites[0].desk();
    desk.post_draft(&draft.to_string(), rng).unwrap();
    let (desk, rng) = sites[0].desk();
    assert_eq!(code(desk.post_draft(&draft.to_string(), rng)), Code::PostedAlready);
    let (desk, rng) = sites[0].desk();
    let kind = registry::kind("move").unwrap();
    let changed = desk.change(kind, &draft.to_string(), Changes::parse(&["note=later"]).unwrap(), rng);
    assert_eq!(sites::code(changed), Code::PostedAlready);
    let forged = sites[0].try_make("move", &["type=receive", "posted=x"]);
    assert_eq!(sites::code(forged), Code::NotWritable);
    assert_eq!(sites[0].there("NAIL", "S00").0, "5");
    assert_eq!(sites[0].findings(ItemKind::Uncosted).len(), 1, "nobody said what they cost");
}

#[test]
fn lots_and_pieces_are_followed() {
    let mut sites = traders(2, 206);
    sites[0].make("item", &["sku=MILK", "name=Milk", "tracking=lot", "expires=yes"]);
    sites[0].make("item", &["sku=PUMP", "name=Pump", "tracking=serial"]);
    exchange(&sites);
    let receive = ["type=receive", "to=MAIN"];
    let issue = ["type=issue", "from=MAIN"];
    assert_eq!(code(sites[0].try_move(&receive, r#"{"item":"MILK","quantity":"5"}"#)), Code::LotMissing);
    assert_eq!(code(sites[0].try_move(&receive, r#"{"item":"MILK","quantity":"5","lot":"A"}"#)), Code::ExpiryMissing);
    sites[0].post(&receive, r#"{"item":"MILK","quantity":"5","lot":"A","expiry":"2026-06-10"}"#);
    sites[0].post(&receive, r#"{"item":"MILK","quantity":"5","lot":"B","expiry":"2026-01-01"}"#);
    sites[0].post(&receive, r#"{"item":"MILK","quantity":"5","lot":"C","expiry":"2027-01-01"}"#);
    assert_eq!(code(sites[0].try_move(&issue, r#"{"item":"MILK","quantity":"1","lot":"B"}"#)), Code::LotExpired);
    sites[0].post(&issue, r#"{"item":"MILK","quantity":"1","lot":"A"}"#);
    assert_eq!(code(sites[0].try_move(&issue, r#"{"item":"MILK","quantity":"5","lot":"A"}"#)), Code::StockShort);
    let expiring: Vec<String> =
        sites[0].findings(ItemKind::ExpiringLot).into_iter().filter_map(|item| item.reason).collect();
    assert!(expiring.len() == 2 && expiring[0].contains("lot B") && expiring[1].contains("lot A"), "{expiring:?}");
    sites[0].post(&["type=scrap", "from=MAIN"], r#"{"item":"MILK","quantity":"5","lot":"B"}"#);
    assert_eq!(sites[0].findings(ItemKind::ExpiringLot).len(), 1);
    assert_eq!(code(sites[0].try_move(&receive, r#"{"item":"PUMP","quantity":"1"}"#)), Code::SerialMissing);
    assert_eq!(
        code(sites[0].try_move(&receive, r#"{"item":"PUMP","quantity":"2","serial":"P1"}"#)),
        Code::SerialQuantity
    );
    sites[0].post(&receive, r#"{"item":"PUMP","quantity":"1","serial":"P1"}"#);
    exchange(&sites);
    for site in &mut sites {
        let again = site.try_move(&receive, r#"{"item":"PUMP","quantity":"1","serial":"P1"}"#);
        assert_eq!(code(again), Code::SerialElsewhere);
    }
    sites[0].post(&issue, r#"{"item":"PUMP","quantity":"1","serial":"P1"}"#);
    sites[0].post(&["type=return", "to=MAIN"], r#"{"item":"PUMP","quantity":"1","serial":"P1"}"#);
    settle(&sites);
}

#[test]
fn what_a_draft_sets_aside_is_not_available() {
    let mut sites = traders(2, 207);
    sites[0].receive("NAIL", "30", "3 EUR");
    let draft = sites[0].make(
        "move",
        &["type=issue", "from=MAIN", "reserve=yes", r#"lines+={"item":"NAIL","quantity":"1","unit":"box"}"#],
    );
    exchange(&sites);
    for site in &sites {
        assert_eq!(site.there("NAIL", "S00"), ("30".into(), "18".into()));
    }
    let (desk, rng) = sites[0].desk();
    desk.post_draft(&draft.to_string(), rng).unwrap();
    assert_eq!(sites[0].there("NAIL", "S00"), ("18".into(), "18".into()));
}

#[test]
fn items_and_locations_say_what_they_cannot_be() {
    let mut sites = traders(2, 208);
    let item = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
    let cases = [
        (item(&["sku=A", "name=A", "gtin=4006381333930"]), Code::CheckDigit),
        (item(&["sku=A", "name=A", "decimals=7"]), Code::TooHigh),
        (item(&["sku=A", "name=A", r#"units+={"code":"pce","factor":"2"}"#]), Code::ValueTwice),
        (item(&["sku=A", "name=A", r#"units+={"code":"box","factor":"0"}"#]), Code::TooLow),
        (item(&["sku=A", "name=A", r#"prices+={"kind":"sale","amount":"-1 EUR"}"#]), Code::TooLow),
    ];
    for (fields, expected) in cases {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        assert_eq!(sites::code(sites[0].try_make("item", &fields)), expected, "{fields:?}");
    }
    assert_eq!(sites::code(sites[1].try_make("item", &["sku=A", "name=A"])), Code::HeadquartersOnly);
    let nail = registry::kind("item").unwrap();
    let (desk, rng) = sites[0].desk();
    let changed = desk.change(nail, "NAIL", Changes::parse(&["decimals=2"]).unwrap(), rng);
    assert_eq!(sites::code(changed), Code::Fixed, "the default was written down");
    let location = registry::kind("location").unwrap();
    let shelf = sites[0].make("location", &["code=A1", "name=Shelf"]).to_string();
    let inner = sites[0].make("location", &["code=A2", "name=Inner", &format!("parent={shelf}")]).to_string();
    let (desk, rng) = sites[0].desk();
    let circle = desk.change(location, &shelf, Changes::parse(&[&format!("parent={inner}")]).unwrap(), rng);
    assert_eq!(sites::code(circle), Code::MergeCircle);
    exchange(&sites);
    let foreign = sites[1].try_make("location", &["code=A3", "name=x", &format!("parent={shelf}")]);
    assert_eq!(sites::code(foreign), Code::ForeignLocation);
    let (desk, rng) = sites[1].desk();
    let changed = desk.change(location, &shelf, Changes::parse(&["name=Mine"]).unwrap(), rng);
    assert_eq!(sites::code(changed), Code::OwnerOnly);
}
