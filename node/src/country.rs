//! What a country usually means for a site: time zone, currency, locale. Owns defaults only; each can be said otherwise.

/// (ISO 3166-1 alpha-2, IANA time zone of the capital or largest city, ISO 4217, BCP 47), by country.
const DEFAULTS: &[(&str, &str, &str, &str)] = &[
    ("AD", "Europe/Andorra", "EUR", "ca-AD"),
    ("AE", "Asia/Dubai", "AED", "ar-AE"),
    ("AF", "Asia/Kabul", "AFN", "fa-AF"),
    ("AL", "Europe/Tirane", "ALL", "sq-AL"),
    ("AM", "Asia/Yerevan", "AMD", "hy-AM"),
    ("AO", "Africa/Luanda", "AOA", "pt-AO"),
    ("AR", "America/Argentina/Buenos_Aires", "ARS", "es-AR"),
    ("AT", "Europe/Vienna", "EUR", "de-AT"),
    ("AU", "Australia/Sydney", "AUD", "en-AU"),
    ("AZ", "Asia/Baku", "AZN", "az-AZ"),
    ("BA", "Europe/Sarajevo", "BAM", "bs-BA"),
    ("BD", "Asia/Dhaka", "BDT", "bn-BD"),
    ("BE", "Europe/Brussels", "EUR", "fr-BE"),
    ("BF", "Africa/Ouagadougou", "XOF", "fr-BF"),
    ("BG", "Europe/Sofia", "EUR", "bg-BG"),
    ("BH", "Asia/Bahrain", "BHD", "ar-BH"),
    ("BI", "Africa/Bujumbura", "BIF", "fr-BI"),
    ("BJ", "Africa/Porto-Novo", "XOF", "fr-BJ"),
    ("BO", "America/La_Paz", "BOB", "es-BO"),
    ("BR", "America/Sao_Paulo", "BRL", "pt-BR"),
    ("BW", "Africa/Gaborone", "BWP", "en-BW"),
    ("BY", "Europe/Minsk", "BYN", "be-BY"),
    ("CA", "America/Toronto", "CAD", "en-CA"),
    ("CD", "Africa/Kinshasa", "CDF", "fr-CD"),
    ("CF", "Africa/Bangui", "XAF", "fr-CF"),
    ("CG", "Africa/Brazzaville", "XAF", "fr-CG"),
    ("CH", "Europe/Zurich", "CHF", "de-CH"),
    ("CI", "Africa/Abidjan", "XOF", "fr-CI"),
    ("CL", "America/Santiago", "CLP", "es-CL"),
    ("CM", "Africa/Douala", "XAF", "fr-CM"),
    ("CN", "Asia/Shanghai", "CNY", "zh-CN"),
    ("CO", "America/Bogota", "COP", "es-CO"),
    ("CR", "America/Costa_Rica", "CRC", "es-CR"),
    ("CU", "America/Havana", "CUP", "es-CU"),
    ("CV", "Atlantic/Cape_Verde", "CVE", "pt-CV"),
    ("CY", "Asia/Nicosia", "EUR", "el-CY"),
    ("CZ", "Europe/Prague", "CZK", "cs-CZ"),
    ("DE", "Europe/Berlin", "EUR", "de-DE"),
    ("DJ", "Africa/Djibouti", "DJF", "fr-DJ"),
    ("DK", "Europe/Copenhagen", "DKK", "da-DK"),
    ("DO", "America/Santo_Domingo", "DOP", "es-DO"),
    ("DZ", "Africa/Algiers", "DZD", "ar-DZ"),
    ("EC", "America/Guayaquil", "USD", "es-EC"),
    ("EE", "Europe/Tallinn", "EUR", "et-EE"),
    ("EG", "Africa/Cairo", "EGP", "ar-EG"),
    ("ES", "Europe/Madrid", "EUR", "es-ES"),
    ("ET", "Africa/Addis_Ababa", "ETB", "am-ET"),
    ("FI", "Europe/Helsinki", "EUR", "fi-FI"),
    ("FR", "Europe/Paris", "EUR", "fr-FR"),
    ("GA", "Africa/Libreville", "XAF", "fr-GA"),
    ("GB", "Europe/London", "GBP", "en-GB"),
    ("GE", "Asia/Tbilisi", "GEL", "ka-GE"),
    ("GF", "America/Cayenne", "EUR", "fr-GF"),
    ("GH", "Africa/Accra", "GHS", "en-GH"),
    ("GM", "Africa/Banjul", "GMD", "en-GM"),
    ("GN", "Africa/Conakry", "GNF", "fr-GN"),
    ("GP", "America/Guadeloupe", "EUR", "fr-GP"),
    ("GQ", "Africa/Malabo", "XAF", "es-GQ"),
    ("GR", "Europe/Athens", "EUR", "el-GR"),
    ("GT", "America/Guatemala", "GTQ", "es-GT"),
    ("GW", "Africa/Bissau", "XOF", "pt-GW"),
    ("HK", "Asia/Hong_Kong", "HKD", "zh-HK"),
    ("HN", "America/Tegucigalpa", "HNL", "es-HN"),
    ("HR", "Europe/Zagreb", "EUR", "hr-HR"),
    ("HT", "America/Port-au-Prince", "HTG", "fr-HT"),
    ("HU", "Europe/Budapest", "HUF", "hu-HU"),
    ("ID", "Asia/Jakarta", "IDR", "id-ID"),
    ("IE", "Europe/Dublin", "EUR", "en-IE"),
    ("IL", "Asia/Jerusalem", "ILS", "he-IL"),
    ("IN", "Asia/Kolkata", "INR", "en-IN"),
    ("IQ", "Asia/Baghdad", "IQD", "ar-IQ"),
    ("IR", "Asia/Tehran", "IRR", "fa-IR"),
    ("IS", "Atlantic/Reykjavik", "ISK", "is-IS"),
    ("IT", "Europe/Rome", "EUR", "it-IT"),
    ("JM", "America/Jamaica", "JMD", "en-JM"),
    ("JO", "Asia/Amman", "JOD", "ar-JO"),
    ("JP", "Asia/Tokyo", "JPY", "ja-JP"),
    ("KE", "Africa/Nairobi", "KES", "en-KE"),
    ("KG", "Asia/Bishkek", "KGS", "ky-KG"),
    ("KH", "Asia/Phnom_Penh", "KHR", "km-KH"),
    ("KM", "Indian/Comoro", "KMF", "fr-KM"),
    ("KR", "Asia/Seoul", "KRW", "ko-KR"),
    ("KW", "Asia/Kuwait", "KWD", "ar-KW"),
    ("KZ", "Asia/Almaty", "KZT", "kk-KZ"),
    ("LA", "Asia/Vientiane", "LAK", "lo-LA"),
    ("LB", "Asia/Beirut", "LBP", "ar-LB"),
    ("LI", "Europe/Vaduz", "CHF", "de-LI"),
    ("LK", "Asia/Colombo", "LKR", "si-LK"),
    ("LR", "Africa/Monrovia", "LRD", "en-LR"),
    ("LS", "Africa/Maseru", "LSL", "en-LS"),
    ("LT", "Europe/Vilnius", "EUR", "lt-LT"),
    ("LU", "Europe/Luxembourg", "EUR", "fr-LU"),
    ("LV", "Europe/Riga", "EUR", "lv-LV"),
    ("LY", "Africa/Tripoli", "LYD", "ar-LY"),
    ("MA", "Africa/Casablanca", "MAD", "ar-MA"),
    ("MC", "Europe/Monaco", "EUR", "fr-MC"),
    ("MD", "Europe/Chisinau", "MDL", "ro-MD"),
    ("ME", "Europe/Podgorica", "EUR", "sr-ME"),
    ("MG", "Indian/Antananarivo", "MGA", "fr-MG"),
    ("MK", "Europe/Skopje", "MKD", "mk-MK"),
    ("ML", "Africa/Bamako", "XOF", "fr-ML"),
    ("MM", "Asia/Yangon", "MMK", "my-MM"),
    ("MN", "Asia/Ulaanbaatar", "MNT", "mn-MN"),
    ("MQ", "America/Martinique", "EUR", "fr-MQ"),
    ("MR", "Africa/Nouakchott", "MRU", "ar-MR"),
    ("MT", "Europe/Malta", "EUR", "mt-MT"),
    ("MU", "Indian/Mauritius", "MUR", "en-MU"),
    ("MW", "Africa/Blantyre", "MWK", "en-MW"),
    ("MX", "America/Mexico_City", "MXN", "es-MX"),
    ("MY", "Asia/Kuala_Lumpur", "MYR", "ms-MY"),
    ("MZ", "Africa/Maputo", "MZN", "pt-MZ"),
    ("NA", "Africa/Windhoek", "NAD", "en-NA"),
    ("NC", "Pacific/Noumea", "XPF", "fr-NC"),
    ("NE", "Africa/Niamey", "XOF", "fr-NE"),
    ("NG", "Africa/Lagos", "NGN", "en-NG"),
    ("NI", "America/Managua", "NIO", "es-NI"),
    ("NL", "Europe/Amsterdam", "EUR", "nl-NL"),
    ("NO", "Europe/Oslo", "NOK", "nb-NO"),
    ("NP", "Asia/Kathmandu", "NPR", "ne-NP"),
    ("NZ", "Pacific/Auckland", "NZD", "en-NZ"),
    ("OM", "Asia/Muscat", "OMR", "ar-OM"),
    ("PA", "America/Panama", "PAB", "es-PA"),
    ("PE", "America/Lima", "PEN", "es-PE"),
    ("PF", "Pacific/Tahiti", "XPF", "fr-PF"),
    ("PG", "Pacific/Port_Moresby", "PGK", "en-PG"),
    ("PH", "Asia/Manila", "PHP", "en-PH"),
    ("PK", "Asia/Karachi", "PKR", "en-PK"),
    ("PL", "Europe/Warsaw", "PLN", "pl-PL"),
    ("PM", "America/Miquelon", "EUR", "fr-PM"),
    ("PT", "Europe/Lisbon", "EUR", "pt-PT"),
    ("PY", "America/Asuncion", "PYG", "es-PY"),
    ("QA", "Asia/Qatar", "QAR", "ar-QA"),
    ("RE", "Indian/Reunion", "EUR", "fr-RE"),
    ("RO", "Europe/Bucharest", "RON", "ro-RO"),
    ("RS", "Europe/Belgrade", "RSD", "sr-RS"),
    ("RU", "Europe/Moscow", "RUB", "ru-RU"),
    ("RW", "Africa/Kigali", "RWF", "rw-RW"),
    ("SA", "Asia/Riyadh", "SAR", "ar-SA"),
    ("SC", "Indian/Mahe", "SCR", "fr-SC"),
    ("SD", "Africa/Khartoum", "SDG", "ar-SD"),
    ("SE", "Europe/Stockholm", "SEK", "sv-SE"),
    ("SG", "Asia/Singapore", "SGD", "en-SG"),
    ("SI", "Europe/Ljubljana", "EUR", "sl-SI"),
    ("SK", "Europe/Bratislava", "EUR", "sk-SK"),
    ("SL", "Africa/Freetown", "SLE", "en-SL"),
    ("SM", "Europe/San_Marino", "EUR", "it-SM"),
    ("SN", "Africa/Dakar", "XOF", "fr-SN"),
    ("SO", "Africa/Mogadishu", "SOS", "so-SO"),
    ("SR", "America/Paramaribo", "SRD", "nl-SR"),
    ("SV", "America/El_Salvador", "USD", "es-SV"),
    ("SY", "Asia/Damascus", "SYP", "ar-SY"),
    ("SZ", "Africa/Mbabane", "SZL", "en-SZ"),
    ("TD", "Africa/Ndjamena", "XAF", "fr-TD"),
    ("TG", "Africa/Lome", "XOF", "fr-TG"),
    ("TH", "Asia/Bangkok", "THB", "th-TH"),
    ("TJ", "Asia/Dushanbe", "TJS", "tg-TJ"),
    ("TM", "Asia/Ashgabat", "TMT", "tk-TM"),
    ("TN", "Africa/Tunis", "TND", "ar-TN"),
    ("TR", "Europe/Istanbul", "TRY", "tr-TR"),
    ("TT", "America/Port_of_Spain", "TTD", "en-TT"),
    ("TW", "Asia/Taipei", "TWD", "zh-TW"),
    ("TZ", "Africa/Dar_es_Salaam", "TZS", "sw-TZ"),
    ("UA", "Europe/Kyiv", "UAH", "uk-UA"),
    ("UG", "Africa/Kampala", "UGX", "en-UG"),
    ("US", "America/New_York", "USD", "en-US"),
    ("UY", "America/Montevideo", "UYU", "es-UY"),
    ("UZ", "Asia/Tashkent", "UZS", "uz-UZ"),
    ("VA", "Europe/Vatican", "EUR", "it-VA"),
    ("VE", "America/Caracas", "VES", "es-VE"),
    ("VN", "Asia/Ho_Chi_Minh", "VND", "vi-VN"),
    ("VU", "Pacific/Efate", "VUV", "fr-VU"),
    ("WF", "Pacific/Wallis", "XPF", "fr-WF"),
    ("YE", "Asia/Aden", "YER", "ar-YE"),
    ("YT", "Indian/Mayotte", "EUR", "fr-YT"),
    ("ZA", "Africa/Johannesburg", "ZAR", "en-ZA"),
    ("ZM", "Africa/Lusaka", "ZMW", "en-ZM"),
    ("ZW", "Africa/Harare", "USD", "en-ZW"),
];

/// What a country usually means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountryDefaults {
    /// IANA name.
    pub time_zone: &'static str,
    /// ISO 4217.
    pub currency: &'static str,
    /// BCP 47.
    pub locale: &'static str,
}

/// Every country of which something is known here, with what it usually means.
pub fn all() -> impl Iterator<Item = (&'static str, CountryDefaults)> {
    DEFAULTS.iter().map(|&(code, time_zone, currency, locale)| (code, CountryDefaults { time_zone, currency, locale }))
}

/// The defaults of a country; `None` when none are kept here, and everything has to be said.
pub fn defaults(country: &str) -> Option<CountryDefaults> {
    let place = DEFAULTS.binary_search_by_key(&country, |(code, ..)| code).ok()?;
    let (_, time_zone, currency, locale) = DEFAULTS[place];
    Some(CountryDefaults { time_zone, currency, locale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_their_time_zones_exist() {
        assert!(DEFAULTS.is_sorted_by_key(|(code, ..)| *code));
        for (code, time_zone, currency, locale) in DEFAULTS {
            assert!(jiff::tz::TimeZone::get(time_zone).is_ok(), "{code}: {time_zone}");
            assert!(currency.len() == 3 && locale.ends_with(code), "{code}");
        }
    }

    #[test]
    fn the_demo_countries_are_there() {
        assert_eq!(defaults("SN").map(|d| (d.time_zone, d.currency, d.locale)), Some(("Africa/Dakar", "XOF", "fr-SN")));
        assert_eq!(defaults("FR").map(|d| d.currency), Some("EUR"));
        assert_eq!(defaults("CA").map(|d| d.locale), Some("en-CA"));
        assert_eq!(defaults("XX"), None);
    }
}
