//! In which order records come, and that pages join up in both directions, whatever is put between. Owns these tests.

use comptoir_replica::record::Scalar;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Tables, id, tables};
use crate::refusal::Code;

#[test]
fn every_field_sorts_and_what_is_empty_comes_last() {
    let tables = tables();
    for (sort, names) in [
        ("name", "dupont Évreux Zola"),
        ("-name", "Zola Évreux dupont"),
        ("reference", "dupont Évreux Zola"),
        ("-reference", "Évreux dupont Zola"),
        ("customer,name", "dupont Évreux Zola"),
        ("-customer,-name", "Zola Évreux dupont"),
        ("city", "Évreux dupont Zola"),
        ("-city", "dupont Évreux Zola"),
        ("custom.weight", "dupont Évreux Zola"),
        ("-custom.weight", "Zola Évreux dupont"),
        ("custom.credit", "Zola Évreux dupont"),
        ("-custom.since", "Zola Évreux dupont"),
        ("custom.since", "Évreux Zola dupont"),
        ("-kind,email,-name", "dupont Évreux Zola"),
        ("email,-name", "Évreux Zola dupont"),
        ("custom.owner,name", "dupont Zola Évreux"),
    ] {
        assert_eq!(tables.names(&format!("sort={sort}")), names, "{sort}");
    }
}

/// All names, walked page by page forward, then backward from the end.
fn walked(tables: &Tables, query: &str) -> (Vec<String>, Vec<String>) {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    let mut page = tables.page(query);
    assert_eq!(page.previous, None);
    let most = page.total;
    while forward.len() <= most as usize {
        forward.extend(page.records.iter().map(|record| record.id.clone()));
        let Some(next) = &page.next else { break };
        page = tables.page(&format!("{query}&after={next}"));
    }
    while backward.len() <= most as usize {
        backward.splice(0..0, page.records.iter().map(|record| record.id.clone()));
        let Some(previous) = &page.previous else { break };
        page = tables.page(&format!("{query}&before={previous}"));
    }
    (forward, backward)
}

#[test]
fn a_far_page_is_reached_in_one_step_across_what_is_empty() {
    let tables = Tables::empty();
    for n in 1..=12 {
        let city = if n % 3 == 0 { String::new() } else { format!("City {n:02}") };
        tables.put("party", n, &[("name", format!("P{n:02}").into()), ("city", city.into())]);
    }
    for sort in ["name", "-name", "city", "-city,name"] {
        let (all, _) = walked(&tables, &format!("sort={sort}&limit=5"));
        for skip in 0..=13 {
            let page = tables.page(&format!("sort={sort}&limit=2&skip={skip}"));
            let ids: Vec<&str> = page.records.iter().map(|record| record.id.as_str()).collect();
            let there: Vec<&str> = all.iter().skip(skip).take(2).map(String::as_str).collect();
            assert_eq!(ids, there, "{sort} {skip}");
            if let Some(next) = page.next {
                let further = tables.page(&format!("sort={sort}&limit=2&skip=1&after={next}"));
                let ids: Vec<&str> = further.records.iter().map(|record| record.id.as_str()).collect();
                let there: Vec<&str> = all.iter().skip(skip + 3).take(2).map(String::as_str).collect();
                assert_eq!(ids, there, "{sort} {skip} and one further");
            }
        }
    }
}

#[test]
fn a_new_record_moves_no_page_and_is_met_once() {
    let tables = Tables::empty();
    let named = |n: u32, name: &str| tables.put("party", n, &[("name", name.into())]);
    ["a", "c", "e", "g", "i"].iter().zip(1..).for_each(|(name, n)| named(n, name));
    let first = tables.page("limit=2");
    named(20, "b");
    named(21, "d");
    let second = tables.page(&format!("limit=2&after={}", first.next.unwrap()));
    let titles = |page: &super::ListPage| page.records.iter().map(|record| record.title.clone()).collect::<String>();
    assert_eq!(titles(&second), "de");
    let back = tables.page(&format!("limit=2&before={}", second.previous.unwrap()));
    assert_eq!(titles(&back), "bc");
}

#[test]
fn a_key_of_another_order_or_a_forged_one_is_refused() {
    let tables = tables();
    let key = tables.page("limit=1").next.unwrap();
    assert_eq!(tables.names(&format!("limit=1&after={key}")), "Évreux");
    assert_eq!(tables.refused(&format!("sort=-name&after={key}")).code, Code::BadPageKey);
    assert_eq!(tables.refused(&format!("after={key}&before={key}")).code, Code::BadPageKey);
    assert_eq!(tables.refused("after=0102").code, Code::BadPageKey);
    let forged = super::super::key::PageKey { segment: 7, values: vec![], id: id(1) };
    let fingerprint = super::super::key::fingerprint(crate::registry::kind("party").unwrap(), &[]);
    assert_eq!(tables.refused(&format!("after={}", forged.encode(&fingerprint))).code, Code::BadPageKey);
}

#[test]
fn a_record_leads_to_those_beside_it_whether_it_is_listed_or_not() {
    let tables = tables();
    for sort in ["name", "-name", "reference", "-customer,-name", "city", "custom.since", "email,-name"] {
        let query = format!("sort={sort}");
        let whole: Vec<String> = tables.page(&query).records.into_iter().map(|record| record.id).collect();
        let beside = |way: &str, id: &str| {
            let page = tables.page(&format!("{query}&limit=1&{way}={id}"));
            page.records.first().map(|record| record.id.clone())
        };
        for (at, id) in whole.iter().enumerate() {
            assert_eq!(beside("after", id), whole.get(at + 1).cloned(), "after {at} by {sort}");
            assert_eq!(beside("before", id), at.checked_sub(1).map(|at| whole[at].clone()), "before {at} by {sort}");
        }
    }
    let dupont = tables.page("search=dupont").records[0].id.clone();
    assert_eq!(tables.names(&format!("customer=true&limit=1&after={dupont}")), "Évreux");
    assert_eq!(tables.refused(&format!("after={}", id(999))).code, Code::BadPageKey);
}

#[test]
fn a_value_too_long_for_a_key_is_looked_up() {
    let tables = Tables::empty();
    let long = "é".repeat(4_000);
    for n in 1..6 {
        tables.put("party", n, &[("name", format!("{long}{n}").into())]);
    }
    let (forward, backward) = walked(&tables, "limit=2");
    assert_eq!((forward.len(), &forward), (5, &backward));
}

/// Pages of any length join up to the whole list, in both directions, in every order.
#[test]
fn pages_join_up() {
    const FIELDS: [&str; 7] = ["name", "reference", "city", "customer", "custom.weight", "credit_limit", "email"];
    for seed in 0..6 {
        println!("seed {seed}");
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut below = |most: u32| rng.next_u32() % most;
        let tables = Tables::empty();
        tables.define(901, "weight", "number", &[]);
        let count = 1 + below(24);
        for n in 0..count {
            let mut one_of = |values: &[&'static str]| values[below(values.len() as u32) as usize];
            let mut words = || one_of(&["", "a", "É", "e", "b b", "Z"]);
            let (name, reference, city) = (words(), words(), words());
            let (weight, credit) = (one_of(&["", "1", "-1", "2.5"]), one_of(&["EUR 1", "EUR 2", "XOF 1", ""]));
            let mut puts: Vec<(&str, Scalar)> = vec![
                ("name", name.into()),
                ("reference", reference.into()),
                ("addresses/aa/city", city.into()),
                ("customer", (weight == "1").into()),
                ("custom/weight", weight.into()),
            ];
            if !credit.is_empty() {
                puts.push(("credit_limit", credit.into()));
            }
            tables.put("party", n, &puts);
        }
        for _ in 0..30 {
            let fields = (0..below(4)).map(|_| {
                let sign = if below(2) == 0 { "-" } else { "" };
                format!("{sign}{}", FIELDS[below(FIELDS.len() as u32) as usize])
            });
            let query = format!("sort={}", fields.collect::<Vec<_>>().join(","));
            let whole: Vec<String> = tables.page(&query).records.into_iter().map(|record| record.id).collect();
            assert_eq!(whole.len(), count as usize);
            let (forward, backward) = walked(&tables, &format!("{query}&limit={}", 1 + below(6)));
            assert_eq!(forward, whole, "{query}");
            assert_eq!(backward, whole, "{query}");
        }
    }
}
