//! What the sources lack or have wrong, each with the reason. A source that mends it makes its line here superfluous.

/// Names of subdivisions, in English and French: what stands here goes before the sources.
pub(super) const SUBDIVISION_NAMES: &[(&str, &str, &str)] = &[
    // Left out of the English file.
    ("CN-HK", "Hong Kong", "Hong Kong"),
    ("CN-MO", "Macao", "Macao"),
    ("CN-NM", "Inner Mongolia", "Mongolie-Intérieure"),
    ("CN-TW", "Taiwan", "Taïwan"),
    // French, or of another language, or ill spelt in the English file.
    ("FR-20R", "Corsica", "Corse"),
    ("FR-973", "French Guiana", "Guyane"),
    ("FR-974", "Réunion", "La Réunion"),
    ("IN-CG", "Chhattisgarh", "Chhattisgarh"),
    ("IN-TS", "Telangana", "Telangana"),
    ("IN-UK", "Uttarakhand", "Uttarakhand"),
    ("MA-TAF", "Tarfaya", "Tarfaya"),
    ("NO-54", "Troms and Finnmark", "Troms et Finnmark"),
    ("UG-331", "Omoro", "Omoro"),
    ("US-DC", "District of Columbia", "District de Columbia"),
    // Not in the French file, or another's there.
    ("CD-KC", "Kasaï Central", "Kasaï-Central"),
    ("CD-LO", "Lomami", "Lomami"),
    ("ES-CN", "Canary Islands", "Canaries"),
    ("ES-O", "Asturias Province", "Province des Asturies"),
    ("KZ-79", "Shymkent", "Chymkent"),
    ("MC-SR", "Saint Roman", "Saint-Roman"),
    // Renamed since the names were collected.
    ("AZ-XA", "Khankendi", "Khankendi"),
    ("CD-BC", "Kongo Central", "Kongo-Central"),
    ("NP-P1", "Koshi", "Koshi"),
    ("NP-P2", "Madhesh", "Madhesh"),
    ("NP-P3", "Bagmati", "Bagmati"),
    ("NP-P5", "Lumbini", "Lumbini"),
    ("NP-P7", "Sudurpashchim", "Sudurpashchim"),
    ("PH-COM", "Davao de Oro", "Davao de Oro"),
    ("VE-X", "La Guaira", "État de La Guaira"),
    // The regions of 2015, which were given the codes of other regions.
    ("MA-01", "Tanger-Tétouan-Al Hoceïma", "Tanger-Tétouan-Al Hoceïma"),
    ("MA-02", "L’Oriental", "L’Oriental"),
    ("MA-03", "Fès-Meknès", "Fès-Meknès"),
    ("MA-04", "Rabat-Salé-Kénitra", "Rabat-Salé-Kénitra"),
    ("MA-05", "Béni Mellal-Khénifra", "Béni Mellal-Khénifra"),
    ("MA-06", "Casablanca-Settat", "Casablanca-Settat"),
    ("MA-07", "Marrakech-Safi", "Marrakech-Safi"),
    ("MA-08", "Drâa-Tafilalet", "Drâa-Tafilalet"),
    ("MA-09", "Souss-Massa", "Souss-Massa"),
    ("MA-10", "Guelmim-Oued Noun", "Guelmim-Oued Noun"),
    ("MA-11", "Laâyoune-Sakia El Hamra", "Laâyoune-Sakia El Hamra"),
    ("MA-12", "Dakhla-Oued Ed-Dahab", "Dakhla-Oued Ed-Dahab"),
];

/// Subdivisions that were given other codes, with the code, as the CLDR writes it, under which the sources name them.
pub(super) const RENUMBERED: &[(&str, &str)] = &[
    ("IR-00", "ir22"),
    ("IR-01", "ir19"),
    ("IR-02", "ir21"),
    ("IR-03", "ir01"),
    ("IR-04", "ir02"),
    ("IR-05", "ir17"),
    ("IR-06", "ir10"),
    ("IR-07", "ir14"),
    ("IR-08", "ir15"),
    ("IR-09", "ir30"),
    ("IR-10", "ir04"),
    ("IR-11", "ir13"),
    ("IR-12", "ir16"),
    ("IR-13", "ir24"),
    ("IR-14", "ir08"),
    ("IR-15", "ir20"),
    ("IR-16", "ir05"),
    ("IR-17", "ir18"),
    ("IR-18", "ir06"),
    ("IR-19", "ir11"),
    ("IR-20", "ir12"),
    ("IR-21", "ir25"),
    ("IR-22", "ir23"),
    ("IR-23", "ir07"),
    ("IR-24", "ir03"),
    ("IR-25", "ir26"),
    ("IR-26", "ir28"),
    ("IR-28", "ir31"),
    ("IR-30", "ir32"),
    ("KZ-11", "kzakm"),
    ("KZ-15", "kzakt"),
    ("KZ-19", "kzalm"),
    ("KZ-23", "kzaty"),
    ("KZ-27", "kzzap"),
    ("KZ-31", "kzzha"),
    ("KZ-35", "kzkar"),
    ("KZ-39", "kzkus"),
    ("KZ-43", "kzkzy"),
    ("KZ-47", "kzman"),
    ("KZ-55", "kzpav"),
    ("KZ-59", "kzsev"),
    ("KZ-63", "kzvos"),
    ("KZ-71", "kzast"),
    ("KZ-75", "kzala"),
];

/// Districts whose French names stand beside the wrong codes: what their codes begin with. They are called alike in English.
pub(super) const FRENCH_AS_ENGLISH: &[&str] = &["UG-1", "UG-2", "UG-3", "UG-4"];

/// Names of currencies, in English and French: what stands here goes before the sources. The French file lacks them.
pub(super) const CURRENCY_NAMES: &[(&str, &str, &str)] = &[
    ("UYW", "Uruguayan Nominal Wage Index Unit", "unité uruguayenne d’indice des salaires nominaux"),
    ("VED", "Digital Bolívar", "bolivar numérique"),
    ("XSU", "Sucre", "sucre (SUCRE)"),
    ("XUA", "ADB Unit of Account", "unité de compte de la BAD"),
];

/// Currencies that ISO 4217 took up after its list among the sources was published: code, number, minor digits.
pub(super) const CURRENCIES_SINCE: &[(&str, &str, u8)] = &[("XCG", "532", 2)];

/// The names that stand for `code` in one of the lists above.
pub(super) fn names(list: &[(&str, &'static str, &'static str)], code: &str) -> Option<(&'static str, &'static str)> {
    list.iter().find(|(known, ..)| *known == code).map(|(_, english, french)| (*english, *french))
}
