//! Which records each operator finds, and what is refused by name. Owns the tests of filters, columns, totals and views.

use serde_json::json;

use super::{id, tables};
use crate::refusal::Code;

#[test]
fn operators_find_what_they_say() {
    let tables = tables();
    for (query, names) in [
        ("", "dupont Évreux Zola"),
        ("archived=true", "Archivé"),
        ("name=dupont", "dupont"),
        ("name=Dupont", ""),
        ("name[ne]=dupont", "Évreux Zola"),
        ("name[starts]=EV", "Évreux"),
        ("name[contains]=ol", "Zola"),
        ("name[in]=Zola|dupont|Nobody", "dupont Zola"),
        ("email=a@b.example", "Évreux"),
        ("email=", "dupont Zola"),
        ("email[empty]=false", "Évreux"),
        ("email[ne]=", "Évreux"),
        ("reference[starts]=c-", "dupont Évreux"),
        ("kind=person", "dupont"),
        ("kind[ne]=person", "Évreux Zola"),
        ("customer=true", "Évreux Zola"),
        ("customer=false", "dupont"),
        ("addresses.country=SN", "dupont Évreux"),
        ("addresses.country=sn", "dupont Évreux"),
        ("addresses.country[ne]=SN", "Zola"),
        ("addresses.country[in]=FR|CA", "Évreux"),
        ("addresses.city[starts]=ev", "Évreux"),
        ("addresses.city[empty]=true", "Zola"),
        ("country=SN", "dupont"),
        ("country[ne]=SN", "Évreux Zola"),
        ("city[contains]=IES", "dupont"),
        ("city[empty]=true", "Zola"),
        ("custom.size=S", "Évreux"),
        ("custom.size[in]=s|m", "dupont Évreux"),
        ("custom.size[empty]=true", "Zola"),
        ("custom.weight=12,50", "Évreux"),
        ("custom.weight[gte]=12.5", "Évreux Zola"),
        ("custom.weight[lt]=0", "dupont"),
        ("custom.weight[between]=-10|20", "dupont Évreux"),
        ("custom.weight[ne]=100", "dupont Évreux"),
        ("custom.weight[gt]=0&custom.weight[lt]=50", "Évreux"),
        ("custom.credit[gte]=2.5 EUR", "Évreux Zola"),
        ("custom.credit[gte]=3", "Évreux"),
        ("custom.credit[lt]=1000 XOF", "dupont"),
        ("custom.credit[between]=EUR 1|EUR 5", "Zola"),
        ("custom.credit[ne]=2,50 EUR", "dupont Évreux"),
        ("custom.since[lte]=2024-12-31", "Évreux"),
        ("custom.since[empty]=true", "dupont"),
        ("custom.vip=true", "Évreux"),
        ("custom.vip=false", "dupont Zola"),
        ("search=dakar", "Évreux"),
        ("search=ebroicum", "Évreux"),
        ("search=ev&customer=true", "Évreux"),
        ("search=lyon", ""),
        ("search=-", ""),
        ("conflicts=true", ""),
        ("conflicts=false&kind=person", "dupont"),
    ] {
        assert_eq!(tables.names(query), names, "{query}");
    }
}

#[test]
fn a_reference_is_found_through_aliases_and_shown_with_what_it_means() {
    let tables = tables();
    for owner in [id(1).to_string(), id(9).to_string(), "C-2".to_owned()] {
        assert_eq!(tables.names(&format!("custom.owner={owner}")), "dupont Zola", "{owner}");
    }
    assert_eq!(tables.names(&format!("custom.owner[in]={}|C-2", id(2))), "dupont Zola");
    assert_eq!(tables.names("custom.owner[empty]=true"), "Évreux");
    let page = tables.page("columns=custom.owner&sort=-name&limit=1");
    assert_eq!(page.records[0].fields["custom.owner"], json!(id(9).to_string()));
    assert_eq!(page.records[0].titles["custom.owner"], "Évreux");
    assert_eq!(tables.refused("custom.owner=C-404").code, Code::NotFound);
}

#[test]
fn columns_are_typed_and_chosen() {
    let tables = tables();
    let page = tables.page("name[starts]=ev");
    let fields = &page.records[0].fields;
    assert_eq!((&fields["customer"], &fields["supplier"]), (&json!(true), &json!(false)));
    assert_eq!((&fields["city"], &fields["custom.weight"]), (&json!("Évry"), &json!("12.5")));
    assert!(page.columns.contains(&"custom.weight".to_owned()) && !page.columns.contains(&"custom.vip".to_owned()));
    let page = tables.page("columns=custom.vip,custom.credit,addresses.city,country&name[starts]=ev");
    assert_eq!(page.columns, ["custom.vip", "custom.credit", "addresses.city", "country"]);
    assert_eq!(
        json!(page.records[0].fields),
        json!({"custom.vip": true, "custom.credit": "100.00 EUR", "addresses.city": ["Évry", "Dakar"], "country": "FR"})
    );
    let zola = &tables.page("columns=city,addresses.city,custom.vip,email&name=Zola").records[0];
    assert_eq!(json!(zola.fields), json!({"city": "", "addresses.city": [], "custom.vip": null, "email": ""}));
}

#[test]
fn sums_are_exact_and_by_currency() {
    let tables = tables();
    let page = tables.page("totals=custom.weight,custom.credit&limit=1");
    assert_eq!(page.totals["custom.weight"], ["109.5"]);
    assert_eq!(page.totals["custom.credit"], ["102.50 EUR", "500 XOF"]);
    assert_eq!(tables.page("totals=custom.weight&customer=true").totals["custom.weight"], ["112.5"]);
    for n in 20..30 {
        let most = format!("EUR {}", i64::MAX);
        tables.put("party", n, &[("name", "Rich".into()), ("custom/credit", most.into())]);
    }
    let sums = &tables.page("totals=custom.credit&name=Rich").totals["custom.credit"];
    assert_eq!(*sums, [format!("EUR {}", i128::from(i64::MAX) * 10)], "beyond 64 bits");
}

#[test]
fn a_saved_view_is_a_query_under_a_name() {
    let tables = tables();
    let query = "?customer=true&sort=-name&columns=name,custom.size";
    tables.put("view", 50, &[("name", "Clients".into()), ("kind", "party".into()), ("query", query.into())]);
    assert_eq!(tables.names("view=Clients"), "Zola Évreux");
    assert_eq!(tables.names(&format!("view={}&sort=name", id(50))), "Évreux Zola");
    assert_eq!(tables.names("view=Clients&customer[eq]=false"), "dupont");
    assert_eq!(tables.page("view=Clients").columns, ["name", "custom.size"]);
    assert_eq!(tables.refused("view=Fournisseurs").code, Code::NotFound);
    tables.put("view", 51, &[("name", "Broken".into()), ("kind", "party".into()), ("query", "wings=2".into())]);
    assert_eq!(tables.refused("view=Broken").code, Code::UnknownField);
}

#[test]
fn what_cannot_be_asked_is_refused_by_field() {
    let tables = tables();
    for (query, field, code) in [
        ("wings=2", "wings", Code::UnknownField),
        ("addresses.wings=2", "addresses.wings", Code::UnknownField),
        ("custom.wings=2", "custom.wings", Code::UnknownField),
        ("custom.x'%27--=2", "custom.x''--", Code::UnknownField),
        ("sort=wings", "wings", Code::UnknownField),
        ("columns=name,wings", "wings", Code::UnknownField),
        ("totals=name", "name", Code::WrongType),
        ("name[gte]=x", "name", Code::UnknownOperator),
        ("customer[in]=true", "customer", Code::UnknownOperator),
        ("customer=yes", "customer", Code::WrongType),
        ("kind=robot", "kind", Code::NotInList),
        ("custom.size=xl", "custom.size", Code::NotInList),
        ("custom.weight=heavy", "custom.weight", Code::WrongType),
        ("custom.weight[between]=1", "custom.weight", Code::WrongType),
        ("custom.weight[between]=1|2|3", "custom.weight", Code::WrongType),
        ("custom.since[gt]=yesterday", "custom.since", Code::WrongType),
        ("custom.credit[gt]=12 ZZZ", "custom.credit", Code::CurrencyUnknown),
        ("custom.credit[between]=1 EUR|2 XOF", "custom.credit", Code::WrongType),
        ("email[empty]=perhaps", "email", Code::WrongType),
    ] {
        let refusal = tables.refused(query);
        assert_eq!((refusal.field.as_deref(), refusal.code), (Some(field), code), "{query}");
    }
    let known = &tables.refused("wings=2").params["known"];
    for name in ["name", "city", "addresses.country", "custom.size"] {
        assert!(known.split(", ").any(|known| known == name), "{name}: {known}");
    }
    let many = vec!["x"; crate::limits::MAX_FILTER_VALUES + 1].join("|");
    assert_eq!(tables.refused(&format!("name[in]={many}")).code, Code::TooMany);
}
