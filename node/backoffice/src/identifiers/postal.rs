//! Postal addresses: what an address lacks for its country, its postcode as the country writes it, and the lines for an
//! envelope. Owns the judging and the writing; formats are `postal_table`'s. Streets and towns are not looked up.

use super::limits::MAX_POSTCODE_CHARS;
use super::postal_table::{FORMATS, Row, USUAL};
use crate::country::is_country;
use crate::refusal::{Code, Refusal};

/// The parts of an address, as a record holds them; empty where unknown.
#[derive(Clone, Copy, Default, Debug)]
pub struct Parts<'a> {
    /// Whom it is for: the lines above the street, name first, perhaps several.
    pub recipient: &'a str,
    /// Street, house and what else stands between the recipient and the town; perhaps several lines.
    pub street: &'a str,
    /// Postcode.
    pub postcode: &'a str,
    /// Town.
    pub city: &'a str,
    /// Province, state or county, as the post writes it (`QC`, `CA`, `MI`): an ISO 3166-2 code gives its second half.
    pub region: &'a str,
}

impl Parts<'_> {
    fn part(&self, letter: char) -> (&'static str, &str) {
        match letter {
            'n' => ("recipient", self.recipient),
            's' => ("street", self.street),
            'z' => ("postcode", self.postcode),
            'c' => ("city", self.city),
            _ => ("region", self.region),
        }
    }
}

fn row_of(country: &str) -> Option<&'static Row> {
    FORMATS.iter().find(|row| row.0 == country)
}

/// What is wrong with an address in `country` (ISO 3166-1), each under its part: `street`, `postcode`, `city`, `region`,
/// `country`. For a form to show: an address may be kept with findings. An address of which nothing is known has none.
///
/// [`Code::CountryUnknown`], [`Code::Required`], [`Code::PostcodeShape`].
#[must_use]
pub fn check(parts: &Parts, country: &str) -> Vec<Refusal> {
    if !is_country(country) && row_of(country).is_none() {
        return vec![Refusal::of("country", Code::CountryUnknown).with("value", country)];
    }
    let empty = ['s', 'z', 'c', 'r'].into_iter().all(|letter| parts.part(letter).1.trim().is_empty());
    let needed = if empty { "" } else { row_of(country).map_or("", |row| row.1) };
    let missing = needed.chars().map(|letter| parts.part(letter)).filter(|(_, text)| text.trim().is_empty());
    let mut findings: Vec<Refusal> = missing.map(|(name, _)| Refusal::of(name, Code::Required)).collect();
    if !parts.postcode.trim().is_empty() {
        findings.extend(postcode(country, parts.postcode).err().map(|refusal| refusal.under("postcode")));
    }
    findings
}

/// The postcode as its country writes it: `h3z2y7` becomes `H3Z 2Y7`, `CH-1211` becomes `1211`. Where the country has no
/// postcodes, or none that is known here, the text in capitals.
///
/// # Errors
/// [`Code::TooLong`], [`Code::PostcodeShape`]; no field is named.
pub fn postcode(country: &str, text: &str) -> Result<String, Refusal> {
    let upper = text.trim().to_uppercase();
    // In capitals a text may have more letters than it had: `ß` is two.
    if upper.chars().count() > MAX_POSTCODE_CHARS {
        return Err(Refusal::new(Code::TooLong).with("limit", MAX_POSTCODE_CHARS));
    }
    let Some(row) = row_of(country).filter(|row| !row.2.is_empty()) else { return Ok(upper) };
    let signs: String = upper.chars().filter(|sign| sign.is_alphanumeric()).collect();
    let letters = [country, road_letter(country)];
    let without = letters.into_iter().filter(|letters| !letters.is_empty());
    let candidates = std::iter::once(signs.as_str()).chain(without.filter_map(|letters| signs.strip_prefix(letters)));
    candidates
        .flat_map(|signs| row.2.split('|').map(move |form| (form, signs)))
        .find_map(|(form, signs)| fitted(form, signs))
        .ok_or_else(|| {
            let refusal = Refusal::new(Code::PostcodeShape).with("value", text.trim());
            refusal.with("country", country).with("expected", row.2).with("example", row.3)
        })
}

/// What many write before a postcode, besides the country's code of ISO 3166: the letter that its vehicles bear abroad.
fn road_letter(country: &str) -> &'static str {
    match country {
        "AT" => "A",
        "BE" => "B",
        "DE" => "D",
        "ES" => "E",
        "FR" => "F",
        "IT" => "I",
        "PT" => "P",
        "SE" => "S",
        _ => "",
    }
}

/// The letters and digits put into a form, or `None` if they do not fit.
fn fitted(form: &str, signs: &str) -> Option<String> {
    // The country's letters, with which some forms begin, may be missing.
    let letters = form.split(|sign: char| !sign.is_ascii_uppercase()).next().unwrap_or("");
    let bare = letters.len() <= 2 && signs.chars().all(|sign| sign.is_ascii_digit());
    let whole = if bare { format!("{letters}{signs}") } else { signs.to_owned() };
    let mut rest = whole.chars();
    let mut written = String::with_capacity(form.len());
    for wanted in form.chars() {
        if matches!(wanted, ' ' | '-') {
            written.push(wanted);
            continue;
        }
        let sign = rest.next()?;
        let fits = match wanted {
            'n' => sign.is_ascii_digit(),
            'p' => ('1'..='9').contains(&sign),
            'a' => sign.is_ascii_uppercase(),
            'x' => sign.is_ascii_uppercase() || sign.is_ascii_digit(),
            'f' => "ABCEGHJKLMNPRSTVXY".contains(sign),
            'l' => "ABCEGHJKLMNPRSTVWXYZ".contains(sign),
            literal => sign == literal,
        };
        if !fits {
            return None;
        }
        written.push(sign);
    }
    rest.next().is_none().then_some(written)
}

/// The lines for an envelope in `country` (ISO 3166-1), posted in `from_country`. Abroad, `country_name` (in the sender's
/// language, as UPU recommends) stands in capitals below. Parts that are empty leave no gap. In France and its territories
/// (NF Z 10-011) the lines below the name bear no punctuation and the last one capitals; elsewhere capitals where the post asks
/// for them.
#[must_use]
pub fn format(parts: &Parts, country: &str, from_country: &str, country_name: &str) -> Vec<String> {
    let row = row_of(country);
    let (template, capitals) = row.map_or(("{n}|{s}|{z} {c}|{r}", ""), |row| (row.4, row.5));
    let french = template == USUAL && french_post(country);
    let mut lines: Vec<String> = Vec::new();
    for line in template.split('|') {
        let written = line_of(line, |letter| {
            let text = parts.part(letter).1.trim();
            let text = match letter {
                'z' => postcode(country, text).unwrap_or_else(|_| text.to_owned()),
                'r' => second_half(text, country).to_owned(),
                's' | 'c' if french => text.replace([',', ';'], " "),
                _ => text.to_owned(),
            };
            if capitals.contains(letter) { text.to_uppercase() } else { text }
        });
        // The double space that some posts ask for before the postcode stays: only blanks of our own making go.
        lines.extend(written.lines().map(|line| tidied(line, french)).filter(|line| !line.is_empty()));
    }
    if country != from_country && !country_name.trim().is_empty() {
        lines.push(country_name.trim().to_uppercase());
    }
    lines
}

fn french_post(country: &str) -> bool {
    matches!(country, "FR" | "GF" | "GP" | "MC" | "MQ" | "NC" | "PM" | "RE" | "WF" | "YT")
}

/// One line of a template; a part that is empty takes the literal text before it away.
fn line_of(template: &str, part: impl Fn(char) -> String) -> String {
    let mut line = String::new();
    let mut between = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        between.push_str(&rest[..open]);
        let letter = rest[open + 1..].chars().next().unwrap_or('n');
        let text = part(letter);
        if !text.is_empty() {
            if !line.is_empty() {
                line.push_str(&between);
            }
            line.push_str(&text);
        }
        between.clear();
        rest = &rest[open + 3..];
    }
    line
}

fn tidied(line: &str, french: bool) -> String {
    if french { line.split_whitespace().collect::<Vec<_>>().join(" ") } else { line.trim().to_owned() }
}

/// `QC` of `CA-QC`.
fn second_half<'a>(region: &'a str, country: &str) -> &'a str {
    region.strip_prefix(country).and_then(|rest| rest.strip_prefix('-')).unwrap_or(region)
}

#[cfg(test)]
mod tests;
