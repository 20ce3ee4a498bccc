//! Names: of people, of companies, and of the mail box that goes with them. It knows lists and customs of naming, no
//! formats of numbers.

use super::draw::Draw;
use super::lists::Lists;

/// A person: given name, family name, now and then a second of either.
pub(super) fn person(draw: &mut Draw, lists: &Lists) -> String {
    let given = draw.pick(&lists.given_names);
    let family = draw.pick(&lists.family_names);
    match draw.below(20) {
        0 => format!("{given} {family}-{}", draw.pick(&lists.family_names)),
        1 => format!("{given} {} {family}", draw.pick(&lists.given_names)),
        2 => format!("{given} « {} » {family}", draw.pick(&lists.given_names)),
        _ => format!("{given} {family}"),
    }
}

/// A company, named as shops, workshops, cooperatives and holdings are.
pub(super) fn company(draw: &mut Draw, lists: &Lists, legal_forms: &[&str]) -> String {
    let family = draw.pick(&lists.family_names);
    let form = draw.pick(legal_forms);
    let trade = draw.pick(&TRADES);
    let town = lists.towns[draw.below(lists.towns.len() as u64) as usize].1;
    match draw.below(12) {
        0 => format!("{trade} {family} & Fils, {form}"),
        1 => format!("Établissements {family} {form}"),
        2 => format!("{trade} « {} »", draw.pick(&SIGNS)),
        3 => format!("{form} \"{}\"", draw.pick(&SIGNS)),
        4 => format!("{family}, {} et Associés", draw.pick(&lists.family_names)),
        5 => format!("Coopérative agricole {}", of(town)),
        6 => format!("{trade} {} ({form})", of(town)),
        7 => format!("Groupe {family}-{}", draw.pick(&lists.family_names)),
        8 => format!(
            "Comptoir {} {town}",
            draw.pick(&["naval", "général", "d'outre-mer", "colonial & moderne", "du textile"])
        ),
        9 => format!("{family} Œuvres & Matériaux {form}"),
        10 => format!("L'Atelier d'{} {form}", draw.pick(&["Élise", "Aïssatou", "Ève", "Émile", "Oumar", "Ïsmaël"])),
        _ => format!("{trade} {family} {form}"),
    }
}

/// `de` before a town, elided before a vowel.
fn of(town: &str) -> String {
    let first = town.chars().flat_map(char::to_lowercase).next();
    let vowel = first
        .is_some_and(|letter| "aeiouyh".contains(letter) || "aeiou".contains(fold(letter)) && !fold(letter).is_empty());
    if vowel { format!("d'{town}") } else { format!("de {town}") }
}

const TRADES: [&str; 24] = [
    "Menuiserie",
    "Quincaillerie",
    "Boulangerie",
    "Transports",
    "Imprimerie",
    "Pharmacie",
    "Garage",
    "Électricité",
    "Plomberie",
    "Maçonnerie",
    "Librairie",
    "Épicerie",
    "Hôtel",
    "Pêcherie",
    "Conserverie",
    "Scierie",
    "Érablière",
    "Cimenterie",
    "Froid & Climatisation",
    "Bureautique",
    "Tissage",
    "Horticulture",
    "Pièces détachées",
    "Import-Export",
];

const SIGNS: [&str; 14] = [
    "Le Palmier d'Or",
    "Au Bon Marché",
    "L'Étoile du Sud",
    "Chez Ndèye Coumba",
    "Le Baobab",
    "La Belle Époque",
    "Téranga",
    "Aux Trois Érables",
    "L'Œil-de-Bœuf",
    "Le Cèdre bleu",
    "Jàmm ak Salaam",
    "La Pointe-à-Callière",
    "Nord-Est, Sud-Ouest",
    "100 % Bois",
];

/// The local part of a mail address for `name`: lower case, accents dropped, words joined by dots.
pub(super) fn mail_box(name: &str) -> String {
    let mut folded = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        match fold(character) {
            "" if character.is_ascii_alphanumeric() => folded.push(character),
            "" if !folded.is_empty() && !folded.ends_with('.') => folded.push('.'),
            letters => folded.push_str(letters),
        }
    }
    folded.truncate(30);
    folded.trim_matches('.').to_owned()
}

/// The plain letters for an accented one of the lists' languages; empty for every other character.
fn fold(character: char) -> &'static str {
    match character {
        'à' | 'â' | 'ä' | 'á' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'î' | 'ï' | 'í' => "i",
        'ñ' => "n",
        'ô' | 'ö' | 'ó' => "o",
        'ù' | 'û' | 'ü' | 'ú' => "u",
        'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn de_is_elided_before_a_vowel() {
        assert_eq!(of("Évreux"), "d'Évreux");
        assert_eq!(of("Antibes"), "d'Antibes");
        assert_eq!(of("Lyon"), "de Lyon");
    }

    #[test]
    fn a_mail_box_is_plain_letters_digits_and_dots() {
        assert_eq!(mail_box("Aïssatou N'Diaye"), "aissatou.n.diaye");
        assert_eq!(mail_box("L'Œil-de-Bœuf, SARL"), "l.oeil.de.boeuf.sarl");
        assert_eq!(mail_box("« 100 % Bois »"), "100.bois");
    }
}
