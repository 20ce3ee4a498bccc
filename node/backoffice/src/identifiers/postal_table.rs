//! Postal formats, one row a country: which parts an address needs, what a postcode looks like, how the lines run. After the
//! UPU's *Postal addressing systems* and the national norms it names (NF Z 10-011 in France, DIN 5008 in Germany, Canada Post's
//! addressing guidelines, USPS Publication 28). Owns the table; decides nothing.

/// ISO 3166-1; what is needed beside a name (`s` street, `z` postcode, `c` city, `r` region); the postcode's forms; examples;
/// the lines; what the last lines have in capitals.
///
/// In a form `n` is a digit, `p` a digit but zero, `a` a letter, `x` either, `f` and `l` a letter of Canada's first and later
/// places; anything else stands for itself. Forms are separated by `|`, and so are lines, in which `{s}` and so on stand
/// for a part. A line whose parts are all empty is left out.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Britain's postcodes: one or two letters of the area, one or two digits (or digit and letter) of the district, then 0AA. The forces' have numbers.
const BRITISH: &str = "an naa|ann naa|aan naa|aann naa|ana naa|aana naa|GIR 0AA|BFPO n|BFPO nn|BFPO nnn|BFPO nnnn";
/// Recipient, street, postcode and town: how most of the world does it.
pub(super) const USUAL: &str = "{n}|{s}|{z} {c}";
/// Postcode behind the town.
const BEHIND: &str = "{n}|{s}|{c} {z}";
/// Postcode on a line of its own.
const BELOW: &str = "{n}|{s}|{c}|{z}";
/// No postcodes; the region may stand below the town.
const WITHOUT: &str = "{n}|{s}|{c}|{r}";

/// Ascending by country.
#[rustfmt::skip]
pub(super) const FORMATS: &[Row] = &[
    ("AD", "c", "ADnnn", "AD500", USUAL, ""),
    ("AE", "", "", "", WITHOUT, ""),
    ("AO", "c", "", "", WITHOUT, ""),
    ("AR", "szc", "nnnn|annnn|annnnaaa", "C1070AAM", "{n}|{s}|{z} {c}|{r}", "c"),
    ("AT", "szc", "nnnn", "1010", USUAL, ""),
    ("AU", "szcr", "nnnn", "2060", "{n}|{s}|{c} {r} {z}", "cr"),
    ("BE", "szc", "pnnn", "1000", USUAL, ""),
    ("BF", "c", "", "", WITHOUT, ""),
    ("BG", "szc", "nnnn", "1000", USUAL, ""),
    ("BI", "c", "", "", WITHOUT, ""),
    ("BJ", "c", "", "", WITHOUT, "c"),
    ("BR", "szcr", "nnnnn-nnn", "40301-110", "{n}|{s}|{c}-{r}|{z}", "cr"),
    ("CA", "szcr", "fnl nln", "H3Z 2Y7", "{n}|{s}|{c} {r}  {z}", "scr"),
    ("CD", "c", "", "", WITHOUT, ""),
    ("CF", "c", "", "", WITHOUT, ""),
    ("CG", "c", "", "", WITHOUT, ""),
    ("CH", "szc", "pnnn", "1211", USUAL, ""),
    ("CI", "c", "", "", WITHOUT, "c"),
    ("CM", "c", "", "", WITHOUT, ""),
    ("CN", "szc", "nnnnnn", "266033", "{n}|{s}|{c}|{r} {z}", "r"),
    ("CV", "c", "nnnn", "7600", "{n}|{s}|{z} {c}|{r}", ""),
    ("CY", "szc", "nnnn", "2008", USUAL, ""),
    ("CZ", "szc", "nnn nn", "100 00", USUAL, ""),
    ("DE", "szc", "nnnnn", "26133", USUAL, ""),
    ("DJ", "c", "", "", WITHOUT, ""),
    ("DK", "szc", "nnnn", "8660", USUAL, ""),
    ("DZ", "c", "nnnnn", "16027", USUAL, ""),
    ("EE", "szc", "nnnnn", "69501", "{n}|{s}|{z} {c}|{r}", ""),
    ("EG", "c", "nnnnn|nnnnnnn", "12411", "{n}|{s}|{c}|{r}|{z}", ""),
    ("ES", "szc", "nnnnn", "28039", "{n}|{s}|{z} {c}|{r}", "c"),
    ("FI", "szc", "nnnnn", "00550", USUAL, "c"),
    ("FR", "szc", "nnnnn", "33380", USUAL, "c"),
    ("GA", "c", "", "", WITHOUT, ""),
    ("GB", "szc", BRITISH, "EC1Y 8SY", BELOW, "c"),
    ("GF", "szc", "973nn", "97300", USUAL, "c"),
    ("GG", "szc", "GYn naa|GYnn naa", "GY1 1AA", BELOW, "c"),
    ("GH", "c", "ax-nnn-nnnn|ax-nnnn-nnnn", "GA-183-8164", "{n}|{s}|{z}|{c}|{r}", ""),
    ("GI", "s", "GX11 1AA", "GX11 1AA", BELOW, "c"),
    ("GM", "c", "", "", WITHOUT, ""),
    ("GN", "c", "nnn", "001", USUAL, ""),
    ("GP", "szc", "971nn", "97100", USUAL, "c"),
    ("GR", "szc", "nnn nn", "151 24", USUAL, "c"),
    ("GW", "c", "nnnn", "1000", USUAL, ""),
    ("HR", "szc", "nnnnn", "10000", USUAL, ""),
    ("HT", "c", "HTnnnn", "HT6120", USUAL, ""),
    ("HU", "szc", "nnnn", "1037", "{n}|{c}|{s}|{z}", "c"),
    ("IE", "sc", "ann xxxx|D6W xxxx", "A65 F4E2", "{n}|{s}|{c}|{r}|{z}", "c"),
    ("IL", "c", "nnnnnnn|nnnnn", "9614303", BEHIND, ""),
    ("IM", "szc", "IMn naa|IMnn naa", "IM2 1AA", BELOW, "c"),
    ("IN", "szcr", "nnnnnn", "110034", "{n}|{s}|{c} {z}|{r}", ""),
    ("IS", "c", "nnn", "320", USUAL, ""),
    ("IT", "szc", "nnnnn", "00144", "{n}|{s}|{z} {c} {r}", "cr"),
    ("JE", "szc", "JEn naa|JEnn naa", "JE1 1AA", BELOW, "c"),
    ("JP", "szcr", "nnn-nnnn", "154-0023", "{n}|{s}|{c}|{r} {z}", "r"),
    ("KE", "c", "nnnnn", "20100", "{n}|{s}|{c}|{z}", ""),
    ("KM", "c", "", "", WITHOUT, ""),
    ("KR", "szc", "nnnnn", "03051", "{n}|{s}|{c}|{r} {z}", ""),
    ("LB", "c", "nnnn nnnn|nnnn", "2038 3054", BEHIND, ""),
    ("LI", "szc", "94nn", "9496", USUAL, ""),
    ("LT", "szc", "LT-nnnnn", "LT-04340", USUAL, ""),
    ("LU", "szc", "L-nnnn", "L-4750", USUAL, ""),
    ("LV", "szc", "LV-nnnn", "LV-1073", "{n}|{s}|{r}|{c}, {z}", ""),
    ("LY", "c", "", "", WITHOUT, ""),
    ("MA", "c", "nnnnn", "53000", USUAL, ""),
    ("MC", "szc", "980nn", "98000", USUAL, "c"),
    ("MG", "c", "nnn", "501", USUAL, ""),
    ("ML", "c", "", "", WITHOUT, "c"),
    ("MQ", "szc", "972nn", "97220", USUAL, "c"),
    ("MR", "c", "", "", WITHOUT, ""),
    ("MT", "c", "aaa nnnn|aaa nn", "VLT 1117", BEHIND, "c"),
    ("MU", "c", "nnnnn|nnnaannn", "42602", "{n}|{s}|{z}|{c}", "c"),
    ("MX", "szcr", "nnnnn", "02860", "{n}|{s}|{z} {c}, {r}", "cr"),
    ("NC", "szc", "988nn", "98814", USUAL, "c"),
    ("NE", "c", "nnnn", "8001", USUAL, ""),
    ("NG", "c", "nnnnnn", "930283", "{n}|{s}|{c} {z}|{r}", "c"),
    ("NL", "szc", "pnnn aa", "1234 AB", "{n}|{s}|{z}  {c}", "c"),
    ("NO", "szc", "nnnn", "0025", USUAL, "c"),
    ("NZ", "szc", "nnnn", "6001", BEHIND, ""),
    ("PF", "szc", "987nn", "98709", "{n}|{s}|{z} {c}|{r}", "c"),
    ("PL", "szc", "nn-nnn", "00-950", USUAL, ""),
    ("PM", "szc", "97500", "97500", USUAL, "c"),
    ("PT", "szc", "nnnn-nnn", "2725-079", USUAL, "c"),
    ("RE", "szc", "974nn|977nn|978nn", "97400", USUAL, "c"),
    ("RO", "szc", "nnnnnn", "060274", "{n}|{s}|{z} {c}|{r}", "c"),
    ("RS", "szc", "nnnnn|nnnnnn", "11000", USUAL, ""),
    ("RU", "szc", "nnnnnn", "247112", "{n}|{s}|{c}|{r}|{z}", "c"),
    ("RW", "c", "", "", WITHOUT, ""),
    ("SA", "c", "nnnnn|nnnnn-nnnn", "11564", BEHIND, ""),
    ("SC", "c", "", "", WITHOUT, ""),
    ("SE", "szc", "nnn nn", "114 55", "{n}|{s}|{z}  {c}", "c"),
    ("SG", "sz", "nnnnnn", "546080", BEHIND, "c"),
    ("SI", "szc", "nnnn", "4000", USUAL, ""),
    ("SK", "szc", "nnn nn", "010 01", USUAL, ""),
    ("SL", "c", "", "", WITHOUT, ""),
    ("SM", "szc", "4789n", "47890", USUAL, ""),
    ("SN", "c", "nnnnn", "12500", USUAL, ""),
    ("ST", "c", "", "", WITHOUT, ""),
    ("TD", "c", "", "", WITHOUT, ""),
    ("TG", "c", "", "", WITHOUT, ""),
    ("TN", "c", "nnnn", "1002", USUAL, ""),
    ("TR", "szc", "nnnnn", "01960", "{n}|{s}|{z} {c}/{r}", "c"),
    ("UA", "szc", "nnnnn", "15432", "{n}|{s}|{c}|{r}|{z}", ""),
    ("UG", "c", "", "", WITHOUT, ""),
    ("US", "szcr", "nnnnn|nnnnn-nnnn", "95014", "{n}|{s}|{c}, {r} {z}", "cr"),
    ("VA", "c", "00120", "00120", USUAL, ""),
    ("VN", "c", "nnnnn|nnnnnn", "70010", "{n}|{s}|{c}|{r} {z}", ""),
    ("WF", "szc", "986nn", "98600", USUAL, "c"),
    ("XK", "c", "nnnnn", "10000", USUAL, ""),
    ("YT", "szc", "976nn", "97600", USUAL, "c"),
    ("ZA", "szc", "nnnn", "0083", "{n}|{s}|{c}|{z}", ""),
    ("ZW", "c", "", "", WITHOUT, ""),
];
