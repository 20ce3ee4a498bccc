//! Addresses and telephone numbers in each country's own format. Numbers come from the ranges kept for fiction: ARCEP's in
//! France, 555-01xx in Canada; Senegal has none, so its numbers have the national form only.

use super::draw::Draw;
use super::lists::{CANADA, FRANCE, Lists, SENEGAL};

/// Where a party lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Country {
    France,
    Senegal,
    Canada,
}

/// Street, postcode and town.
pub(super) struct Address {
    pub(super) street: String,
    pub(super) postcode: String,
    pub(super) town: &'static str,
}

impl Country {
    /// Half of the parties are French, three in ten Senegalese, the others Canadian.
    pub(super) fn draw(draw: &mut Draw) -> Self {
        match draw.below(10) {
            0..5 => Country::France,
            5..8 => Country::Senegal,
            _ => Country::Canada,
        }
    }

    /// ISO 3166 alpha-2.
    pub(super) fn code(self) -> &'static str {
        match self {
            Country::France => "FR",
            Country::Senegal => "SN",
            Country::Canada => "CA",
        }
    }

    /// Names, towns and streets.
    pub(super) fn lists(self) -> &'static Lists {
        match self {
            Country::France => &FRANCE,
            Country::Senegal => &SENEGAL,
            Country::Canada => &CANADA,
        }
    }

    /// Abbreviations behind company names.
    pub(super) fn legal_forms(self) -> &'static [&'static str] {
        match self {
            Country::France => &["SARL", "SAS", "SA", "EURL", "SCOP", "SNC"],
            Country::Senegal => &["SARL", "SA", "SUARL", "GIE", "SAS"],
            Country::Canada => &["inc.", "ltée", "s.e.n.c.", "Coop", "Ltd."],
        }
    }

    /// An address of the country.
    pub(super) fn address(self, draw: &mut Draw) -> Address {
        let lists = self.lists();
        let (code, town) = lists.towns[draw.below(lists.towns.len() as u64) as usize];
        let way = draw.pick(&lists.streets);
        let number = 1 + draw.below(240);
        let (street, postcode) = match self {
            Country::France => {
                let repeat = if draw.chance(12) { draw.pick(&[" bis", " ter", " B"]) } else { "" };
                (format!("{number}{repeat}, {way}"), code.to_owned())
            }
            Country::Senegal if draw.chance(25) => {
                (format!("BP {}, {way}", 100 + draw.below(29_900)), format!("{code}{}22", draw.below(10)))
            }
            Country::Senegal => (format!("{number} {way}"), format!("{code}{}00", draw.below(10))),
            Country::Canada => {
                let unit = if draw.chance(30) { format!(", bureau {}", 100 + draw.below(900)) } else { String::new() };
                (format!("{number}{}, {way}{unit}", draw.digits(1)), format!("{code} {}", local_delivery_unit(draw)))
            }
        };
        Address { street, postcode, town }
    }

    /// A telephone number in international form.
    pub(super) fn telephone(self, draw: &mut Draw) -> String {
        match self {
            Country::France => {
                let range = draw.pick(&["1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49", "6 39 98"]);
                format!("+33 {range} {} {}", draw.digits(2), draw.digits(2))
            }
            Country::Senegal => {
                let range = draw.pick(&["33 8", "77 ", "78 ", "76 ", "70 "]);
                let first = draw.digits(if range.ends_with(' ') { 3 } else { 2 });
                format!("+221 {range}{first} {} {}", draw.digits(2), draw.digits(2))
            }
            Country::Canada => {
                let area = draw.pick(&["514", "418", "450", "819", "613", "416", "506"]);
                format!("+1 {area} 555-01{}", draw.digits(2))
            }
        }
    }
}

/// The second half of a Canadian postal code; six letters are never used in it.
fn local_delivery_unit(draw: &mut Draw) -> String {
    const LETTERS: &[u8] = b"ABCEGHJKLMNPRSTVWXYZ";
    let letter = char::from(LETTERS[draw.below(LETTERS.len() as u64) as usize]);
    format!("{}{letter}{}", draw.below(10), draw.below(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        text.chars()
            .map(|character| match character {
                '0'..='9' => '9',
                'A'..='Z' => 'A',
                other => other,
            })
            .collect()
    }

    #[test]
    fn postcodes_and_telephones_have_the_countrys_shape() {
        let mut draw = Draw::seeded(5);
        for _ in 0..2_000 {
            let france = Country::France;
            assert_eq!(shape(&france.address(&mut draw).postcode), "99999");
            assert_eq!(shape(&france.telephone(&mut draw)), "+99 9 99 99 99 99");
            assert_eq!(shape(&Country::Senegal.address(&mut draw).postcode), "99999");
            assert_eq!(shape(&Country::Senegal.telephone(&mut draw)), "+999 99 999 99 99");
            assert_eq!(shape(&Country::Canada.address(&mut draw).postcode), "A9A 9A9");
            assert_eq!(shape(&Country::Canada.telephone(&mut draw)), "+9 999 999-9999");
        }
    }
}
