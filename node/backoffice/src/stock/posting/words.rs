//! Closed sets that stand as numbers in bodies and as words on screens and in tables. Owns the declaring of such a set.

/// Declares an enum of which each variant has a number, which is for ever, and a word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $number:literal $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, minicbor::Encode, minicbor::Decode)]
        #[cbor(index_only)]
        pub enum $name {
            $($(#[$about])* #[n($number)] $variant,)+
        }

        impl $name {
            /// Its word.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one of this word.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::super::{MoveType, PlaceKind, RightsAct};

    #[test]
    fn words_lead_back() {
        assert_eq!(PlaceKind::of_word(PlaceKind::Quarantine.word()), Some(PlaceKind::Quarantine));
        assert_eq!(MoveType::of_word("scrap"), Some(MoveType::Scrap));
        assert_eq!(RightsAct::of_word("share"), None);
    }
}
