//! What the demo data are. Owns their wording, in French and English; names nobody who exists, and no address that could be
//! written to (RFC 2606).

use std::collections::BTreeMap;

use comptoir_replica::record::RecordId;
use serde_json::{Value, json};

use crate::changes::Changes;
use crate::editions::minor_digits;
use crate::registry::Home;

/// One record: what others of the demo call it, its kind, and what it holds. Text that begins with `@` names another record.
pub(super) struct Made {
    pub handle: &'static str,
    pub kind: &'static str,
    holds: Value,
}

impl Made {
    /// What it holds, with the ids of the records that it names.
    pub fn changes(&self, ids: &BTreeMap<&str, RecordId>) -> Changes {
        let mut changes = Changes::default();
        for (name, value) in self.holds.as_object().into_iter().flatten() {
            match value {
                Value::Array(lines) => {
                    let line = |line: &Value| {
                        let fields = line.as_object().into_iter().flatten();
                        fields.map(|(name, value)| (name.clone(), named(value, ids))).collect()
                    };
                    changes.add.insert(name.clone(), lines.iter().map(line).collect());
                }
                value => drop(changes.set.insert(name.clone(), named(value, ids))),
            }
        }
        changes
    }
}

fn named(value: &Value, ids: &BTreeMap<&str, RecordId>) -> Value {
    let id = value.as_str().and_then(|text| text.strip_prefix('@')).and_then(|handle| ids.get(handle));
    id.map_or_else(|| value.clone(), |id| id.to_string().into())
}

/// The records, in parts that are written one after the other: each names records of parts before it alone, and all of a part
/// live in one scope.
pub(super) fn pages(home: &Home) -> Vec<Vec<Made>> {
    let words = Words { french: home.locale.starts_with("fr") };
    vec![categories(), parties(&words), items(&words, home), vec![location(&words)], vec![delivery(&words, home)]]
}

struct Words {
    french: bool,
}

impl Words {
    fn of(&self, french: &'static str, english: &'static str) -> &'static str {
        if self.french { french } else { english }
    }
}

/// An amount in the site's currency that looks like a price there: currencies without decimals count in small units.
fn amount(home: &Home, units: u32) -> String {
    let factor = if minor_digits(&home.currency) == Some(0) { 600 } else { 1 };
    format!("{} {}", units * factor, home.currency)
}

fn categories() -> Vec<Made> {
    let category = |handle, code: &str, name_fr: &str, name_en: &str| Made {
        handle,
        kind: "item-category",
        holds: json!({ "code": code, "name_fr": name_fr, "name_en": name_en }),
    };
    vec![
        category("grocery", "DEMO-GROCERY", "Épicerie", "Groceries"),
        category("office", "DEMO-OFFICE", "Fournitures de bureau", "Office supplies"),
        category("tools", "DEMO-TOOLS", "Outillage", "Tools"),
    ]
}

/// Reference, name, role, town, postcode, country.
type Firm = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const FIRMS: &[Firm] = &[
    ("DEMO-01", "Atelier Diop", "customer", "Thiès", "", "SN"),
    ("DEMO-02", "Boulangerie Marchand", "customer", "Lyon", "69003", "FR"),
    ("DEMO-03", "Quincaillerie du Port", "customer", "Dakar", "", "SN"),
    ("DEMO-04", "Épicerie de la Corniche", "customer", "Dakar", "", "SN"),
    ("DEMO-05", "Maison Tremblay", "customer", "Montréal", "H2X 1Y4", "CA"),
    ("DEMO-06", "Librairie des Quais", "customer", "Bordeaux", "33000", "FR"),
    ("DEMO-07", "Coopérative du Fleuve", "supplier", "Saint-Louis", "", "SN"),
    ("DEMO-08", "Moulins de l’Estuaire", "supplier", "Nantes", "44000", "FR"),
    ("DEMO-09", "Papeterie Lavoie", "supplier", "Québec", "G1R 4P5", "CA"),
    ("DEMO-10", "Thorne & Daughters", "prospect", "Leeds", "LS1 4DY", "GB"),
];

const HANDLES: &[&str] = &["p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09", "p10"];

fn parties(words: &Words) -> Vec<Made> {
    let notes = words.of("Donnée de démonstration, inventée.", "Demo data, made up.");
    let firm = |(firm, handle): (&Firm, &&'static str)| {
        let &(reference, name, role, city, postcode, country) = firm;
        let email = format!("{}@example.com", reference.to_lowercase());
        let mut holds = json!({
            "reference": reference, "kind": "organisation", "name": name, "email": email, "notes": notes,
            "addresses": [{ "city": city, "postcode": postcode, "country": country }],
        });
        holds[role] = true.into();
        Made { handle, kind: "party", holds }
    };
    let person = |handle, reference: &str, given: &str, family: &str, city: &str, country: &str| Made {
        handle,
        kind: "party",
        holds: json!({
            "reference": reference, "kind": "person", "name": format!("{given} {family}"), "given_name": given,
            "family_name": family, "customer": true, "notes": notes, "addresses": [{ "city": city, "country": country }],
        }),
    };
    let mut all: Vec<Made> = FIRMS.iter().zip(HANDLES).map(firm).collect();
    all.push(person("p11", "DEMO-11", "Awa", "Sarr", "Saint-Louis", "SN"));
    all.push(person("p12", "DEMO-12", "Julien", "Moreau", "Lille", "FR"));
    all
}

fn items(words: &Words, home: &Home) -> Vec<Made> {
    let item = |handle, sku: &str, name: &str, category: &str, supplier: &str, (cost, sale): (u32, u32)| Made {
        handle,
        kind: "item",
        holds: json!({
            "sku": sku, "name": name, "category": category, "supplier": supplier,
            "prices": [
                { "kind": "cost", "amount": amount(home, cost) },
                { "kind": "sale", "amount": amount(home, sale) },
            ],
        }),
    };
    let with = |mut made: Made, more: Value| {
        if let (Some(holds), Value::Object(more)) = (made.holds.as_object_mut(), more) {
            holds.extend(more);
        }
        made
    };
    let of = |french, english| words.of(french, english);
    vec![
        item(
            "rice",
            "DEMO-RICE",
            of("Riz long, sac de 25 kg", "Long-grain rice, 25 kg sack"),
            "@grocery",
            "@p07",
            (21, 28),
        ),
        item(
            "oil",
            "DEMO-OIL",
            of("Huile d’arachide, bidon de 5 l", "Groundnut oil, 5 l can"),
            "@grocery",
            "@p07",
            (9, 13),
        ),
        with(
            item("milk", "DEMO-MILK", of("Lait en poudre, 400 g", "Milk powder, 400 g"), "@grocery", "@p08", (4, 6)),
            json!({ "tracking": "lot", "expires": true, "units": [{ "code": "box", "factor": "12" }] }),
        ),
        item(
            "flour",
            "DEMO-FLOUR",
            of("Farine de blé, sac de 10 kg", "Wheat flour, 10 kg sack"),
            "@grocery",
            "@p08",
            (8, 11),
        ),
        with(
            item("paper", "DEMO-PAPER", of("Papier A4, ramette", "A4 paper, ream"), "@office", "@p09", (3, 5)),
            json!({ "units": [{ "code": "box", "factor": "5" }] }),
        ),
        item("folder", "DEMO-FOLDER", of("Classeur à levier", "Lever arch file"), "@office", "@p09", (2, 4)),
        item("pen", "DEMO-PEN", of("Stylos bleus, boîte de 50", "Blue pens, box of 50"), "@office", "@p09", (7, 12)),
        with(
            item("drill", "DEMO-DRILL", of("Perceuse sans fil", "Cordless drill"), "@tools", "@p08", (65, 99)),
            json!({ "tracking": "serial" }),
        ),
        item(
            "screw",
            "DEMO-SCREW",
            of("Vis 4 × 40, boîte de 200", "Screws 4 × 40, box of 200"),
            "@tools",
            "@p08",
            (5, 8),
        ),
        item("glove", "DEMO-GLOVE", of("Gants de travail, la paire", "Work gloves, pair"), "@tools", "@p08", (3, 6)),
    ]
}

fn location(words: &Words) -> Made {
    let name = words.of("Réserve de démonstration", "Demo store");
    Made { handle: "store", kind: "location", holds: json!({ "code": "DEMO", "name": name, "kind": "internal" }) }
}

/// A delivery that is about to come: posting it brings stock in, and is whoever tries it's to do.
fn delivery(words: &Words, home: &Home) -> Made {
    let line =
        |item: &str, quantity: &str, cost| json!({ "item": item, "quantity": quantity, "cost": amount(home, cost) });
    Made {
        handle: "delivery",
        kind: "move",
        holds: json!({
            "type": "receive", "reference": "DEMO-BL-1", "party": "@p08", "to": "@store",
            "note": words.of("Livraison de démonstration.", "Demo delivery."),
            "lines": [line("@flour", "40", 320), line("@screw", "30", 150), line("@glove", "60", 180)],
        }),
    }
}
