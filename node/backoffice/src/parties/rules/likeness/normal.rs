//! Names, streets and places brought into the form in which they are compared: without case, accents, legal forms, titles and
//! little words, which people write now so, now so. Owns the lists of these words. Nothing of it is shown or stored in a record.

use crate::text::fold;

/// Legal forms, their beginnings and titles, folded, as they are written in the countries where we know our users.
const SAYS_NOTHING: &[&str] = &[
    "ab",
    "ag",
    "asbl",
    "association",
    "bv",
    "cie",
    "co",
    "compagnie",
    "company",
    "corp",
    "corporation",
    "dr",
    "ei",
    "eirl",
    "enr",
    "entreprise",
    "etablissement",
    "etablissements",
    "ets",
    "eurl",
    "gie",
    "gmbh",
    "group",
    "groupe",
    "inc",
    "incorporated",
    "kg",
    "limited",
    "limitee",
    "llc",
    "llp",
    "ltd",
    "ltee",
    "madame",
    "maison",
    "me",
    "mlle",
    "mme",
    "monsieur",
    "mr",
    "mrs",
    "ms",
    "nv",
    "oy",
    "plc",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "sca",
    "sci",
    "scop",
    "scs",
    "selarl",
    "senc",
    "snc",
    "societe",
    "spa",
    "srl",
    "ste",
    "suarl",
];
/// Little words of names and streets.
const LITTLE: &[&str] = &[
    "a", "al", "an", "and", "au", "aux", "d", "da", "de", "del", "der", "des", "di", "du", "el", "en", "et", "l", "la",
    "le", "les", "of", "the", "und", "van", "von", "y",
];
/// Short forms of words of streets.
const STREET_WORDS: &[(&str, &str)] = &[
    ("all", "allee"),
    ("av", "avenue"),
    ("ave", "avenue"),
    ("bd", "boulevard"),
    ("bld", "boulevard"),
    ("blvd", "boulevard"),
    ("boul", "boulevard"),
    ("ch", "chemin"),
    ("che", "chemin"),
    ("crs", "cours"),
    ("dr", "docteur"),
    ("fg", "faubourg"),
    ("gal", "general"),
    ("imp", "impasse"),
    ("mal", "marechal"),
    ("pl", "place"),
    ("qu", "quai"),
    ("r", "rue"),
    ("rd", "road"),
    ("rte", "route"),
    ("sq", "square"),
    ("st", "saint"),
    ("ste", "sainte"),
];

/// The words of a name that tell it from others, ascending, each once.
pub(super) fn name_words(name: &str) -> Vec<String> {
    let all = words(name);
    let telling = |word: &String| SAYS_NOTHING.binary_search(&&**word).is_err() && !is_little(word);
    let mut told: Vec<String> = all.iter().filter(|word| telling(word) && word.len() > 1).cloned().collect();
    if told.is_empty() {
        told = all;
    }
    told.sort_unstable();
    told.dedup();
    told
}

/// House number, if there is one, and the street's words in order.
pub(super) fn street(street: &str) -> (String, String) {
    let mut number = String::new();
    let mut told = Vec::new();
    for word in words(street) {
        if number.is_empty() && word.starts_with(|character: char| character.is_ascii_digit()) {
            number = word;
        } else if !is_little(&word) {
            let long = STREET_WORDS.binary_search_by_key(&&*word, |(short, _)| *short);
            told.push(long.map_or(word, |place| STREET_WORDS[place].1.to_owned()));
        }
    }
    (number, told.join(" "))
}

fn is_little(word: &str) -> bool {
    LITTLE.binary_search(&word).is_ok()
}

/// A town: `St-Étienne cedex 2` and `Saint Etienne` are one.
pub(super) fn town(town: &str) -> String {
    let town = street(town).1;
    town.split(' ').take_while(|word| *word != "cedex").collect::<Vec<_>>().join(" ")
}

/// Letters and digits alone, folded.
pub(super) fn code(text: &str) -> String {
    fold(text).chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Folded words; letters with points between them are one: `S.A.R.L.`.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    for part in folded.split(|character: char| !character.is_alphanumeric() && character != '.') {
        let pieces: Vec<&str> = part.split('.').filter(|piece| !piece.is_empty()).collect();
        if pieces.len() > 1 && pieces.iter().all(|piece| piece.chars().count() == 1) {
            words.push(pieces.concat());
        } else {
            words.extend(pieces.into_iter().map(str::to_owned));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_order_and_accents_do_not_matter() {
        assert_eq!(name_words("S.A.R.L. Dupont & Fils"), ["dupont", "fils"]);
        assert_eq!(name_words("FILS et DUPONT, Sarl"), ["dupont", "fils"]);
        assert_eq!(name_words("Établissements Évreux Ltée"), ["evreux"]);
        assert_eq!(name_words("La Société"), ["la", "societe"], "nothing else is there");
        assert!(name_words("–").is_empty());
    }

    #[test]
    fn lists_are_in_order() {
        assert!(SAYS_NOTHING.is_sorted() && LITTLE.is_sorted() && STREET_WORDS.is_sorted());
    }

    #[test]
    fn streets_and_towns_are_written_out() {
        assert_eq!(street("12 bis, av. de la République"), ("12".into(), "bis avenue republique".into()));
        assert_eq!(street("Place du Marché"), (String::new(), "place marche".into()));
        assert_eq!(town("St-Étienne CEDEX 2"), town("Saint Etienne"));
        assert_eq!(code("H2X 1Y4"), "h2x1y4");
    }
}
