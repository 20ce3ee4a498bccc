//! Languages as BCP 47 tags them: `fr`, `fr-SN`, `zh-Hant-TW`. Owns the reading of a tag. Languages of two letters are those of
//! ISO 639-1; of the thousands of three letters (ISO 639-3) the form alone is judged. No variants, no extensions: nobody
//! writes letters in them.

use crate::editions::is_country;
use crate::refusal::{Code, Refusal};

/// ISO 639-1, ascending.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// A tag in its canonical form: language in small letters, script with a capital, country in capitals.
///
/// # Errors
/// [`Code::LanguageUnknown`].
pub fn language(text: &str) -> Result<String, Refusal> {
    tag(text.trim()).ok_or_else(|| Refusal::new(Code::LanguageUnknown).with("value", text.trim()))
}

fn tag(text: &str) -> Option<String> {
    let mut parts = text.split(['-', '_']).peekable();
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut tag = parts.next()?.to_ascii_lowercase();
    match tag.len() {
        2 if TWO_LETTERS.split_whitespace().any(|known| known == tag) => {}
        3 if letters(&tag) => {}
        _ => return None,
    }
    if let Some(script) = parts.next_if(|part| part.len() == 4 && letters(part)) {
        tag = format!("{tag}-{}{}", script[..1].to_ascii_uppercase(), script[1..].to_ascii_lowercase());
    }
    if let Some(region) = parts.next() {
        let region = region.to_ascii_uppercase();
        let area = region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_digit());
        if !area && !is_country(&region) {
            return None;
        }
        tag = format!("{tag}-{region}");
    }
    parts.next().is_none().then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_known_and_written_one_way() {
        for (typed, stored) in [
            ("FR", "fr"),
            (" fr_sn ", "fr-SN"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("wo", "wo"),
            ("srr", "srr"),
            ("es-419", "es-419"),
        ] {
            assert_eq!(language(typed).as_deref(), Ok(stored));
            assert_eq!(language(stored).as_deref(), Ok(stored));
        }
        for wrong in ["", "xx", "french", "fr-", "fr-XX", "fr-FR-x", "f", "é", "fr-12", "-fr", "fré", "fr-Latné"] {
            assert_eq!(language(wrong).map_err(|refusal| refusal.code), Err(Code::LanguageUnknown), "{wrong}");
        }
    }
}
