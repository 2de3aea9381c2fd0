//! Words in the names of organisations: what is a department, what only describes, what tells the kind.

use crate::domain::names::fold;

/// Endings of the names of departments, definite form first.
const UNIT_ENDINGS: [(&str, &str); 9] = [
    ("förvaltningen", "förvaltning"),
    ("nämnden", "nämnd"),
    ("avdelningen", "avdelning"),
    ("enheten", "enhet"),
    ("staben", "stab"),
    ("kontoret", "kontor"),
    ("verksamheten", "verksamhet"),
    ("styrelsen", "styrelse"),
    ("centret", "center"),
];

/// `arbetsmarknadsförvaltningen` and `arbetsmarknadsförvaltning` are one department.
pub(super) fn indefinite(name: &str) -> String {
    UNIT_ENDINGS
        .iter()
        .find_map(|(definite, plain)| name.strip_suffix(definite).map(|stem| format!("{stem}{plain}")))
        .unwrap_or_else(|| name.to_owned())
}

/// One spelling for all: `Utbildningsförvaltning` is shown as `Utbildningsförvaltningen`.
pub(super) fn definite(name: &str) -> String {
    let one_word = !name.contains(' ');
    UNIT_ENDINGS
        .iter()
        .filter(|_| one_word)
        .find_map(|(definite, plain)| name.strip_suffix(plain).map(|stem| format!("{stem}{definite}")))
        .unwrap_or_else(|| name.to_owned())
}

pub(super) fn is_unit_name(name: &str) -> bool {
    let name = fold(name);
    let last = name.split(' ').next_back().unwrap_or_default();
    UNIT_ENDINGS.iter().any(|(definite, plain)| last.ends_with(definite) || last.ends_with(plain))
        || name.starts_with("enheten för ")
        || name.starts_with("avdelningen för ")
}

/// Words for kinds of organisations; with no name beside them they describe, they do not name.
const DESCRIPTIONS: [&str; 22] = [
    "företag",
    "arbetsgivare",
    "förvaltningar",
    "stadsdelsförvaltningar",
    "kommuner",
    "organisationer",
    "föreningar",
    "gymnasier",
    "yrkesgymnasier",
    "skolor",
    "aktörer",
    "parter",
    "myndigheter",
    "samordningsförbund",
    "samordningsförbunden",
    "kommunerna",
    "näringslivet",
    "civilsamhället",
    "idéburna",
    "partners",
    "fackförbund",
    "församlingar",
];

pub(super) fn is_description(name: &str) -> bool {
    let Some(first) = name.chars().next() else {
        return true;
    };
    if !first.is_uppercase() {
        return true;
    }
    if is_indefinite(name) {
        return true;
    }
    let words: Vec<String> = fold(name).split(' ').map(str::to_owned).collect();
    // `Förvaltningar inom …`, `Lokala, privata företag`: the first or the last word is the kind, the rest adjectives.
    let describes = |word: &String| DESCRIPTIONS.contains(&word.as_str());
    let capitals = name.split_whitespace().skip(1).filter(|w| w.starts_with(char::is_uppercase)).count();
    words.first().is_some_and(describes) || (words.last().is_some_and(describes) && capitals == 0)
}

/// Several, or some, of something: `berörda stadsdelsförvaltningar`.
pub(super) fn is_indefinite(unit: &str) -> bool {
    let folded = fold(unit);
    let first = folded.split(' ').next().unwrap_or_default();
    matches!(first, "berörda" | "berörd" | "flera" | "olika" | "övriga" | "andra" | "alla" | "samtliga")
        || folded.ends_with("förvaltningar")
}

pub(super) fn kind_by_name(name: &str) -> &'static str {
    let folded = fold(name);
    let has = |word: &str| folded.split(' ').any(|w| w == word);
    let holds = |part: &str| folded.contains(part);
    if holds("samordningsförbund") {
        "COORDINATION_ASSOCIATION"
    } else if holds("kommunalförbund") {
        "MUNICIPAL_ASSOCIATION"
    } else if has("ab") || has("aktiebolag") {
        "COMPANY"
    } else if holds("universitet") || (holds("högskola") && !holds("folkhögskola")) {
        "UNIVERSITY"
    } else if has("stiftelsen") || has("stiftelse") {
        "FOUNDATION"
    } else if has("församling") || has("stift") || has("pastorat") {
        "FAITH_COMMUNITY"
    } else if holds("länsstyrelsen") {
        "STATE_AGENCY"
    } else {
        "UNKNOWN"
    }
}
