//! Country codes of ISO 3166-1 alpha-2, as assigned in 2024. Owns the list alone; names of countries are the screens'.

/// All codes, two letters each, ascending.
const CODES: &str = "\
    ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ\
    DEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISIT\
    JEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNI\
    NLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTK\
    TLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

/// Whether `code` is an assigned code, in capitals.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2
        && CODES.as_bytes().as_chunks::<2>().0.binary_search_by(|known| known[..].cmp(code.as_bytes())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_in_order() {
        let (codes, rest) = CODES.as_bytes().as_chunks::<2>();
        assert!(rest.is_empty() && codes.is_sorted());
        assert_eq!(codes.len(), 249);
        assert!(["FR", "SN", "CA", "AD", "ZW"].iter().all(|code| is_country(code)));
        assert!(["fr", "XX", "UK", "FRA", "", "É"].iter().all(|code| !is_country(code)));
    }
}
