//! Availability page by page: whatever the size of a page and whatever is passed over, each item is met once.

use super::*;
use comptoir_backoffice::stock::query::availability::{Availability, AvailabilityQuery, availability};

fn page(site: &Site, query: AvailabilityQuery) -> Result<Availability, CommandError> {
    site.reader().look(|reading| availability(reading, &site.names(), &query))
}

#[test]
fn every_item_is_met_once_and_a_far_one_is_reached_in_one_step() {
    let mut sites = traders(1, 31);
    for code in ["HAMMER", "RULE", "SAW|2"] {
        sites[0].make("item", &[&format!("sku={code}"), "name=Tool"]);
    }
    let whole = page(&sites[0], AvailabilityQuery::default()).unwrap().items;
    let codes: Vec<&str> = whole.iter().map(|item| item.sku.as_str()).collect();
    assert_eq!(codes, ["HAMMER", "NAIL", "RULE", "SAW|2"]);
    let (mut met, mut after) = (Vec::new(), None);
    loop {
        let next =
            page(&sites[0], AvailabilityQuery { after, limit: Some(1), ..AvailabilityQuery::default() }).unwrap();
        met.extend(next.items);
        after = next.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(met, whole);
    let far = AvailabilityQuery { skip: Some(2), ..AvailabilityQuery::default() };
    assert_eq!(page(&sites[0], far).unwrap().items, whole[2..]);
    let last = AvailabilityQuery { after: Some("SAW|2|x".into()), ..AvailabilityQuery::default() };
    assert_eq!(sites::refusal(page(&sites[0], last)).code, Code::BadPageKey);
    let bad = AvailabilityQuery { after: Some("HAMMER".into()), ..AvailabilityQuery::default() };
    assert_eq!(sites::refusal(page(&sites[0], bad)).code, Code::BadPageKey);
}
