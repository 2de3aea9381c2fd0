//! Names of organisations: comparing them, and splitting a list of them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// A name without case, punctuation and repeated blanks, so that two spellings compare equal. Å, ä and ö are kept.
#[must_use]
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut ended = false;
    let mut add = |small: char| {
        if !small.is_alphanumeric() {
            ended = true;
            return;
        }
        if std::mem::take(&mut ended) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push(small);
    };
    // Small letters first: some capitals become a letter and a mark.
    if name.contains('Σ') {
        // The only one that becomes another letter at the end of a word.
        name.to_lowercase().chars().for_each(add);
    } else {
        for c in name.chars() {
            match c {
                '\0'..='\x7f' => add(c.to_ascii_lowercase()),
                'å' | 'ä' | 'ö' => add(c),
                _ => c.to_lowercase().for_each(&mut add),
            }
        }
    }
    folded
}

/// The words that tell one organisation from another: `Stockholms stad`, `Stockholm` and `STOCKHOLMS KOMMUN` agree.
#[must_use]
pub fn core(name: &str) -> BTreeSet<String> {
    const GENERAL: [&str; 10] =
        ["kommun", "kommuns", "kommunen", "stad", "stads", "ab", "the", "genom", "i", "och"];
    let folded = fold(name);
    let words = folded.split(' ').filter(|word| !GENERAL.contains(word) && !word.is_empty());
    let bare = |word: &str| {
        let cut = if word.chars().count() > 3 { word.strip_suffix('s').unwrap_or(word) } else { word };
        definite(cut).to_owned()
    };
    words.map(bare).collect()
}

/// `socialförvaltningen` and `socialförvaltning` are one.
fn definite(word: &str) -> &str {
    let noun = word.strip_suffix("en").unwrap_or(word);
    if ["förvaltning", "avdelning", "nämnd"].iter().any(|end| noun.ends_with(end)) { noun } else { word }
}

/// Whether two names mean one organisation, as far as names alone can tell.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (core(one), core(other));
    !one.is_empty() && one == other
}

/// A name without the genitive ending: `Karlstads kommuns` → `Karlstads kommun`, `RAR:s` → `RAR`.
#[must_use]
pub fn without_genitive(name: &str) -> &str {
    let trimmed = name.trim();
    [":s", "’s", "'s", "s"].iter().find_map(|end| trimmed.strip_suffix(end)).unwrap_or(trimmed)
}

/// The municipality of a place: `Nynäshamn` → `Nynäshamns kommun`, `Tyresö` → `Tyresö kommun`.
#[must_use]
pub fn municipality(place: &str) -> String {
    let place = place.trim().trim_end_matches('-');
    let bare = place.ends_with(|c: char| "aeiouyåäösxzAEIOUYÅÄÖSXZ".contains(c));
    format!("{place}{} kommun", if bare { "" } else { "s" })
}

static OPEN_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[\s,]*(?:och |samt )?(?:\bmed flera\b|\bm\.?\s?fl\b\.?|\betc\b\.?|\bmed mera\b|\bm\.?\s?m\b\.?)",
    )
});
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[-–•*·\s:]+|bland annat\b|bl\.\s?a\.|intern(?:t)? (?:samverkan|samarbete) med\b|(?:i )?(?:samverkan|samarbete|partnerskap)\s+med\b|tillsammans med\b|dessutom\b|även\b|med\b|samt\b|och\b)*\s*",
    )
});
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*[;\n•]\s*|,\s+(?:och\s+|samt\s+)?|\.\s+(?:dessutom\s+)?(?:med\s+)?|\s+(?:samt|och|&|respektive|tillsammans med|i samarbete med|i samverkan med)\s+",
    )
});
static SHARED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:de |följande )?(?:\w+ )?(\w*kommunerna|kommuner|stadsdelsförvaltningarna|stadsdelarna|stadsdelsnämnderna|samordningsförbunden|regionerna|länsstyrelserna)(?: [a-zåäö]+)? *[:;]? +(\p{Lu}.*)$",
    )
});
static PLURAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(.+?) (kommuner|stadsdelsförvaltningar)$"));

/// What one word at the head (or the end) of a list says of each name in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedHead {
    /// `kommunerna A, B`
    Municipality,
    /// `stadsdelsförvaltningarna A; B`
    DistrictAdministration,
    /// `samordningsförbunden A och B`
    CoordinationAssociation,
    /// `regionerna A och B`
    Region,
    /// `länsstyrelserna A och B`
    CountyBoard,
}

impl SharedHead {
    /// The head that a plural noun stands for.
    #[must_use]
    pub fn of(noun: &str) -> Option<Self> {
        let noun = noun.to_lowercase();
        [
            ("kommun", Self::Municipality),
            ("stadsdel", Self::DistrictAdministration),
            ("samordningsförbund", Self::CoordinationAssociation),
            ("region", Self::Region),
            ("länsstyrelse", Self::CountyBoard),
        ]
        .into_iter()
        .find_map(|(stem, head)| noun.contains(stem).then_some(head))
    }

    /// The whole name of one in the list; a name that says what it is stays as it is.
    #[must_use]
    pub fn name(self, item: &str) -> String {
        let item = item.trim();
        let last = item.rsplit(' ').next().unwrap_or(item).to_lowercase();
        let own = [
            "kommun",
            "stad",
            "region",
            "förvaltning",
            "enhet",
            "förbund",
            "landsting",
            "myndighet",
            "förmedling",
            "kassan",
        ];
        if own.iter().any(|noun| last.contains(noun) || item.to_lowercase().starts_with(noun)) {
            return item.to_owned();
        }
        // `Flen, Trosa och Gnesta på Södra Slätten` says where they are.
        let item = [" på ", " i ", " inom "]
            .iter()
            .find_map(|word| item.split_once(word))
            .map_or(item, |(name, _)| name);
        match self {
            Self::Municipality => municipality(item),
            Self::DistrictAdministration => format!("{item} stadsdelsförvaltning"),
            Self::CoordinationAssociation => format!("Samordningsförbundet {item}"),
            Self::Region => format!("Region {item}"),
            Self::CountyBoard => format!("Länsstyrelsen {item}"),
        }
    }
}

/// The organisations of a list that stands after a label, each as written.
#[must_use]
pub fn split_list(value: &str) -> Vec<String> {
    let closed = OPEN_END.replace_all(value, "");
    let mut parts: Vec<String> = Vec::new();
    let mut joins = false;
    for (part, separator) in pieces(&closed) {
        match parts.last_mut() {
            Some(last) if joins => {
                last.push_str(if last.ends_with(|c: char| c.is_whitespace()) { "" } else { " " });
                last.push_str(part.trim());
            }
            _ => parts.push(part.trim().to_owned()),
        }
        joins = continues(parts.last_mut(), separator);
    }
    name_all(&parts)
}

/// Whether the name goes on after the separator; the separator is then put back.
fn continues(last: Option<&mut String>, separator: &str) -> bool {
    const ADJECTIVES: [&str; 9] =
        ["lokala", "privata", "offentliga", "ideella", "regionala", "små", "stora", "kommunala", "statliga"];
    const FIRST_HALVES: [&str; 10] = [
        "hälso",
        "barn",
        "kultur",
        "mark",
        "vård",
        "film",
        "arbetsmarknads",
        "social",
        "utbildnings",
        "miljö",
    ];
    let Some(last) = last else { return false };
    let word = last.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let sep = separator.trim();
    let half = word.trim_end_matches('-');
    if sep == "och" && (word.ends_with('-') || FIRST_HALVES.contains(&half)) {
        last.push_str(" och ");
        return true;
    }
    if sep == "," && ADJECTIVES.contains(&word.as_str()) {
        last.push_str(", ");
        return true;
    }
    sep == "," && ["stads", "kommuns", "läns"].contains(&word.as_str())
}

/// The parts between separators outside parentheses, each with the separator after it.
fn pieces(value: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    let (mut start, mut depth, mut seen) = (0, 0i32, 0);
    for found in SEPARATOR.find_iter(value) {
        for character in value[seen..found.start()].chars() {
            depth += i32::from(character == '(') - i32::from(character == ')');
        }
        seen = found.start();
        let abbreviation = found.as_str().starts_with('.') && value[..found.start()].ends_with("St");
        if depth <= 0 && !abbreviation {
            all.push((&value[start..found.start()], found.as_str()));
            start = found.end();
        }
    }
    all.push((&value[start..], ""));
    all
}

fn name_all(parts: &[String]) -> Vec<String> {
    let mut head = None;
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let mut part = LEAD.replace(part, "").into_owned();
        if let Some(found) = SHARED.captures(&part).map(|found| (found[1].to_owned(), found[2].to_owned())) {
            head = SharedHead::of(&found.0);
            part = found.1;
        } else if !part.starts_with(char::is_uppercase) {
            head = None;
        }
        let plural = PLURAL.captures(&part).filter(|found| found[1].starts_with(char::is_uppercase));
        if let Some(found) = plural.map(|found| (found[1].to_owned(), found[2].to_owned())) {
            head = SharedHead::of(&found.1);
            part = found.0;
            for name in names.iter_mut().filter(|name| !name.contains(' ')) {
                *name = head.map_or_else(|| name.clone(), |head| head.name(name));
            }
        }
        let name = part.trim_matches(|c: char| c.is_whitespace() || ".,;:–-*".contains(c));
        if !name.is_empty() {
            names.push(head.map_or_else(|| name.to_owned(), |head| head.name(name)));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_are_the_same() {
        assert!(same("Stockholms stad", "STOCKHOLMS KOMMUN"));
        assert!(same("Stockholm", "Stockholms stad"));
        assert!(!same("Region Stockholm", "Stockholms stad"));
        assert!(!same("Uppsala universitet", "Uppsala kommun"));
        assert_eq!(fold("Hälso- och  SJUKVÅRD"), "hälso och sjukvård");
    }

    #[test]
    fn places_become_municipalities() {
        assert_eq!(municipality("Flen"), "Flens kommun");
        assert_eq!(municipality("Tyresö"), "Tyresö kommun");
        assert_eq!(municipality("Borås"), "Borås kommun");
        assert_eq!(without_genitive("Karlstads kommuns"), "Karlstads kommun");
        assert_eq!(without_genitive("RAR:s"), "RAR");
    }

    #[test]
    fn lists_are_split_into_names() {
        for (list, names) in [
            ("Arbetsförmedlingen, Region Gotland och LO", vec!["Arbetsförmedlingen", "Region Gotland", "LO"]),
            ("A & B samt C med flera", vec!["A", "B", "C"]),
            (
                "Gnesta kommun. Dessutom med Röda Korset, Coompanion m.fl.",
                vec!["Gnesta kommun", "Röda Korset", "Coompanion"],
            ),
            ("kommunerna Flen, Trosa och Gnesta", vec!["Flens kommun", "Trosa kommun", "Gnesta kommun"]),
            (
                "stadsdelsförvaltningarna Norra; Södra; äldreförvaltningen",
                vec!["Norra stadsdelsförvaltning", "Södra stadsdelsförvaltning", "äldreförvaltningen"],
            ),
            (
                "Hälso- och sjukvårdsnämnden, Kultur och fritid",
                vec!["Hälso- och sjukvårdsnämnden", "Kultur och fritid"],
            ),
            (
                "Förbundet (delarna A, B och C), Fören/Klubben",
                vec!["Förbundet (delarna A, B och C)", "Fören/Klubben"],
            ),
            ("kommunerna Flen och Gnesta på Södra Slätten", vec!["Flens kommun", "Gnesta kommun"]),
            (
                "Flens kommuns vuxenskola samt berörda stadsdelsförvaltningar",
                vec!["Flens kommuns vuxenskola", "berörda stadsdelsförvaltningar"],
            ),
            ("Lokala, privata företag", vec!["Lokala, privata företag"]),
            ("Flen, Gnesta och Trosa kommuner", vec!["Flens kommun", "Gnesta kommun", "Trosa kommun"]),
            ("Nynäshamn- och Flens kommun", vec!["Nynäshamn- och Flens kommun"]),
        ] {
            assert_eq!(split_list(list), names, "{list}");
        }
    }

    proptest! {
        #[test]
        fn a_folded_name_is_words_of_small_letters(name in "[a-zA-ZåäöÅÄÖÉİΣσςß0-9 .,()–-]{0,20}") {
            let small = name.to_lowercase();
            let words: Vec<&str> = small.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            prop_assert_eq!(fold(&name), words.join(" "));
        }

        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,30}") {
            let once = fold(&name);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = (split_list(&text), core(&text), municipality(&text));
        }
    }
}
