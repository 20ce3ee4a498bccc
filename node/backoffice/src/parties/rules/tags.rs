//! Tags: words that a party is filed under. Owns the keys of their lines, which are made from the words, and the way from a set of
//! words (`tags=vip|export`) to lines. Two sites that add one word so meet in one line; taking a word away archives its line.

use comptoir_replica::record::LineKey;

use super::super::record::Party;
use crate::changes::ARCHIVED;
use crate::refusal::{Code, Refusal};
use crate::registry::Put;
use crate::text::{clean_line, fold};

/// The list, and the path that stands for its words. A put under that path alone is no cell: settling makes lines of it, for
/// only there it is known which there are.
pub(super) const LIST: &str = "tags";
/// Characters of a word.
const MAX_TAG_CHARS: usize = 64;
/// Domain of the hash that names a tag's line.
const LINE_KEY_CONTEXT: &str = "Comptoir 2026-01 tag line of a party v1";

/// The key of a word's line: the same for every spelling that folds alike.
fn key_of(word: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key(LINE_KEY_CONTEXT);
    hasher.update(fold(word).as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

fn cell(key: &str, field: &str) -> String {
    format!("{LIST}/{key}/{field}")
}

/// One word as it is stored.
///
/// # Errors
/// [`Code::Required`], [`Code::WrongType`] for one with a bar, which stands between words.
pub(super) fn word(text: &str) -> Result<String, Refusal> {
    let word = clean_line(text, MAX_TAG_CHARS)?;
    if word.is_empty() {
        return Err(Refusal::new(Code::Required));
    }
    if word.contains('|') {
        return Err(Refusal::new(Code::WrongType).with("expected", "one tag, without a bar"));
    }
    Ok(word)
}

/// What a set of words puts until it is settled.
pub(super) fn expand(words: &str) -> Result<Vec<Put>, Refusal> {
    let given = words.split('|').filter(|text| !text.trim().is_empty());
    let words = given.map(word).collect::<Result<Vec<_>, _>>()?;
    Ok(vec![(LIST.to_owned(), words.join("|").into())])
}

/// The words in use, as [`expand`] reads them, in alphabetical order.
pub(super) fn compound(party: &Party) -> String {
    let mut words: Vec<&str> =
        party.tags.in_use().map(|(_, tag)| tag.word.as_str()).filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| (fold(word), *word));
    words.join("|")
}

/// Makes lines of a set of words, and gives lines that were added the key of their word.
pub(super) fn settle(after: &Party, puts: &mut Vec<Put>) -> Result<(), Refusal> {
    let set = puts.iter().position(|(path, _)| path == LIST).map(|at| puts.remove(at).1);
    let added: Vec<(String, String)> = puts
        .iter()
        .filter_map(|(path, value)| {
            let key = path.strip_prefix(LIST)?.strip_prefix('/')?.strip_suffix("/word")?;
            Some((key.to_owned(), value.as_str()?.to_owned()))
        })
        .collect();
    for (key, word) in &added {
        if *key != key_of(word) {
            // A position would be another at each site.
            puts.retain(|(path, _)| !path.starts_with(&cell(key, "")));
            add(after, word, puts);
        }
    }
    let Some(set) = set else { return Ok(()) };
    let words: Vec<&str> = set.as_str().unwrap_or_default().split('|').filter(|word| !word.is_empty()).collect();
    let kept: Vec<String> =
        words.iter().copied().chain(added.iter().map(|(_, word)| word.as_str())).map(key_of).collect();
    words.iter().for_each(|word| add(after, word, puts));
    let fresh = |key: &str| added.iter().any(|(added, _)| added == key);
    for (key, _) in after.tags.in_use().filter(|(key, _)| !kept.contains(&key.to_string()) && !fresh(key.as_str())) {
        puts.push((cell(key.as_str(), ARCHIVED), true.into()));
    }
    Ok(())
}

/// Puts a word among the tags unless it is there.
fn add(after: &Party, word: &str, puts: &mut Vec<Put>) {
    let key = key_of(word);
    let line = key.parse::<LineKey>().ok().and_then(|key| after.tags.get(&key));
    let put = match line {
        Some(line) if line.archived => (cell(&key, ARCHIVED), false.into()),
        Some(line) if !line.word.is_empty() => return,
        _ => (cell(&key, "word"), word.into()),
    };
    if !puts.iter().any(|(path, _)| *path == put.0) {
        puts.push(put);
    }
}
