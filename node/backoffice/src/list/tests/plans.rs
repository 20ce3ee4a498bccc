//! How SQLite goes about lists of very many records: by an index where there is one. Owns the tests that hold the plans; the
//! bench measures what they cost.

use comptoir_replica::record::Scalar;
use rusqlite::Connection;

use super::super::condition::Sql;
use super::super::plan::Plan;
use super::{ListQuery, Tables, id, list};
use crate::limits::WIDE_SET_RECORDS;
use crate::registry::kind;

/// The plan of a query, a line each step.
fn explained(connection: &Connection, sql: &str, bound: &Sql) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let bound: Vec<&dyn rusqlite::ToSql> = bound.bound.iter().map(|value| value as &dyn rusqlite::ToSql).collect();
    let steps = statement.query_map(bound.as_slice(), |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

/// The plans of counting and of reading the first page.
fn plans(tables: &Tables, query: &str) -> (String, String) {
    let kind = kind("party").unwrap();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let query = ListQuery::parse(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))).unwrap();
    list(&tables.context(), kind, &query).unwrap();
    let plan = Plan::of(&tables.context(), kind, &query).unwrap();
    let segment = &plan.order.segments[0];
    let order = segment.order_by(super::super::order::Direction::Forward);
    let paged = format!(
        "SELECT p.scope, p.title FROM {} p WHERE {} AND {} ORDER BY {order} LIMIT 51",
        plan.table, plan.paged.text, segment.condition
    );
    (explained(&tables.connection, &plan.count.text, &plan.count), explained(&tables.connection, &paged, &plan.paged))
}

/// So many parties, all in one country, that a condition on it names many.
fn many() -> Tables {
    let tables = Tables::empty();
    tables.connection.execute_batch("BEGIN").unwrap();
    for n in 0..WIDE_SET_RECORDS as u32 + 2 {
        let city = if n == 7 { "Rare" } else { "Often" };
        tables.put("party", n, &[("name", format!("N{n}").into()), ("addresses/aa/city", city.into())]);
    }
    tables.connection.execute_batch("COMMIT").unwrap();
    tables
}

#[test]
fn the_plain_list_and_its_count_read_one_index_and_sort_nothing() {
    let (counted, paged) = plans(&Tables::empty(), "");
    assert!(counted.contains("INDEX of_party_by_title (archived=?)"), "{counted}");
    assert!(paged.contains("INDEX of_party_by_title (archived=?)"), "{paged}");
    assert!(!paged.contains("TEMP B-TREE"), "{paged}");
    let (_, paged) = plans(&Tables::empty(), "sort=-name");
    assert!(paged.contains("INDEX of_party_by_title"), "{paged}");
    assert!(paged.contains("TEMP B-TREE FOR LAST TERM") || !paged.contains("TEMP B-TREE"), "{paged}");
}

#[test]
fn an_indexed_field_is_looked_up_and_sorts_by_its_index() {
    for query in ["email=a@b.example", "email[in]=a@b.example|c@d.example", "reference=C-1"] {
        let (counted, paged) = plans(&Tables::empty(), query);
        let field = query.split(['=', '[']).next().unwrap();
        for plan in [counted, paged] {
            assert!(plan.contains(&format!("INDEX of_party_by_f_{field} (f_{field}=?")), "{query}: {plan}");
        }
    }
    let (_, paged) = plans(&Tables::empty(), "sort=email");
    assert!(paged.contains("INDEX of_party_by_f_email"), "{paged}");
    assert!(!paged.contains("TEMP B-TREE FOR ORDER BY"), "{paged}");
}

#[test]
fn the_beginning_of_a_name_is_looked_up() {
    for plan in <[String; 2]>::from(plans(&Tables::empty(), "name[starts]=du")) {
        assert!(plan.contains("INDEX of_party_by_title (archived=? AND title_folded>? AND title_folded<?)"), "{plan}");
    }
}

#[test]
fn a_condition_that_names_few_is_looked_up_and_one_that_names_many_walks_the_titles() {
    let tables = many();
    for (narrow, wide) in [("search=rare", "search=often"), ("addresses.city=Rare", "addresses.city=Often")] {
        let (counted, paged) = plans(&tables, narrow);
        assert!(paged.contains("SEARCH p USING INTEGER PRIMARY KEY (rowid=?)"), "{narrow}: {paged}");
        if narrow.starts_with("search") {
            assert!(counted.contains("SEARCH p USING INTEGER PRIMARY KEY (rowid=?)"), "{narrow}: {counted}");
        }
        let (_, paged) = plans(&tables, wide);
        assert!(paged.contains("INDEX of_party_by_title") && !paged.contains("TEMP B-TREE"), "{wide}: {paged}");
    }
}

#[test]
fn a_set_is_counted_by_its_index_less_what_a_list_leaves_out() {
    let tables = many();
    let (counted, _) = plans(&tables, "addresses.city=Often");
    assert!(!counted.contains("p USING INTEGER PRIMARY KEY"), "no row is looked at: {counted}");
    assert!(counted.contains("of_party_by_title (archived=?)") && counted.contains("of_party_aliases"), "{counted}");
    let total = |query: &str| tables.page(&format!("limit=1&{query}")).total;
    let all = WIDE_SET_RECORDS as u32 + 2;
    assert_eq!((total("addresses.city=Often"), total("addresses.city=Rare")), (all - 1, 1));
    // Twice in the city, archived, merged, merged into one that is not here, and a circle of two.
    let put = |n: u32, more: &[(&str, Scalar)]| {
        let own = [("name", format!("N{n}").into()), ("addresses/aa/city", "Often".into())];
        tables.put("party", n, &own.iter().chain(more).cloned().collect::<Vec<_>>());
    };
    let alias_of = |n: u32| ("alias_of", Scalar::from(id(n).to_string()));
    put(0, &[("addresses/bb/city", "Often".into())]);
    put(1, &[("archived", true.into())]);
    put(2, &[alias_of(3)]);
    put(4, &[alias_of(900_000)]);
    put(5, &[alias_of(6)]);
    put(6, &[alias_of(5)]);
    put(8, &[alias_of(9), ("archived", true.into())]);
    let (found, by_rows) = (total("addresses.city=Often"), total("addresses.city=Often&conflicts=false"));
    assert_eq!([found, by_rows], [all - 1 - 4; 2], "one archived, one merged, one of a circle, one both");
    assert_eq!(total("addresses.city=Often&archived=true"), 1, "and no alias");
}
