//! Recognises the names of organisations at the start of running text, one or a list of them.

use std::sync::LazyLock;

use regex::Regex;

use super::names::SharedHead;
use super::organisation_words::{ends_name, generic, in_group, is_first_name, is_organisation_name, is_unit};
use super::pattern;

/// The longest list that is read; none is longer than the 290 municipalities.
const LONGEST_LIST: usize = 300;

/// What was read from the start of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The names, each whole.
    pub names: Vec<String>,
    /// How many bytes of the text they take, separators included.
    pub used: usize,
    /// Whether organisations were counted or described and not named, as in `fem samordningsförbund`.
    pub unnamed: bool,
}

static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[\s:•*”“]|-\s|–\s|bland (?:annat|andra)\b|bl\.\s?a\.|t\.ex\.|både\b|dels\b|även\b|också\b|främst\b|med\b|den\b|det\b|de\b|övriga\b|deras\b|dess\b|sina\b|våra\b|ett\b|en\b)+",
    )
});
static SHARED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:de|dess|deras|länets|följande|samtliga|alla|ytterligare|av|\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv)\s+){0,4}((?:\w+)?(?:kommunerna|kommuner)|stadsdelsförvaltningarna|stadsdelsförvaltningar|stadsdelarna|samordningsförbunden|samordningsförbund|regionerna|regioner|länsstyrelserna|landstingen|(?:\w+)?organisationerna|(?:\w+)?organisationer|folkhögskolor|aktörer|partners?|parter)\b(?P<rest>(?:\s+(?:i|på|inom|från)\s+[\p{L} ]{1,40}?)?\s*[:;–,-]\s*|\s+)?",
    )
});
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\s*[,;]\s*(?:(?:och|samt)\s+)?|\s+\(?(?:och|samt|&|respektive|tillsammans med|i samarbete med|i samverkan med)\s+)(?:med\s+|även\s+)?",
    )
});
/// `LO från alla tre län, …`
static FROM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^( (?:från|i) (?:alla|samtliga|hela|båda)(?: \p{Ll}+){1,2})(?:,| och )"));
static CATEGORY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\p{Ll}[\p{Ll}-]*(?: \p{Ll}[\p{Ll}-]*){0,3}"));
static WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\p{L}\d](?:[\p{L}\d-]|[/’:][\p{L}\d]|\.[\p{Ll}\d])*"));

/// Reads a list of organisations from the start of a text: `Arbetsförmedlingen, Flens kommun och …`.
#[must_use]
pub fn take_list(text: &str) -> Taken {
    let mut taken = Taken::default();
    let mut head = None;
    let mut end = 0;
    let mut at = 0;
    for _ in 0..LONGEST_LIST {
        at += LEAD.find(&text[at..]).map_or(0, |lead| lead.end());
        if let Some((shared, length, names_follow)) = shared_head(&text[at..]) {
            head = shared;
            at += length;
            taken.unnamed |= !names_follow;
            if !names_follow {
                end = at;
            }
        }
        if let Some((name, length)) = take_name(&text[at..]) {
            let bare = !name.starts_with(char::is_lowercase);
            head = head.filter(|_| bare);
            taken.names.push(head.map_or_else(|| name.clone(), |head| head.name(&name)));
            at += length;
            end = at;
            if let Some((noun, length)) = plural_after(&text[at..]) {
                taken.share(noun);
                at += length;
                end = at;
            }
            at += FROM.captures(&text[at..]).and_then(|found| found.get(1)).map_or(0, |from| from.end());
        } else if let Some(length) = category(&text[at..]) {
            at += length;
        }
        let Some(separator) = SEPARATOR.find(&text[at..]) else {
            break;
        };
        at += separator.end();
    }
    taken.used = end;
    taken
}

/// `Flens, Trosa och Gnesta kommuner`: the noun after a list, with its length.
fn plural_after(text: &str) -> Option<(SharedHead, usize)> {
    let noun = [" kommuner", " stadsdelsförvaltningar"].into_iter().find(|noun| text.starts_with(noun))?;
    let whole = !text[noun.len()..].starts_with(char::is_alphabetic);
    SharedHead::of(noun.trim()).filter(|_| whole).map(|head| (head, noun.len()))
}

impl Taken {
    /// The noun after a list says what the names before it are, back to one that says it itself.
    fn share(&mut self, head: SharedHead) {
        let bare = |name: &&mut String| {
            let small = name.to_lowercase();
            !in_group("agency", &small) && !is_organisation_name(name)
        };
        for name in self.names.iter_mut().rev().take_while(bare) {
            *name = head.name(name);
        }
    }
}

/// The plural noun before a list, its length, and whether names follow it.
fn shared_head(text: &str) -> Option<(Option<SharedHead>, usize, bool)> {
    let found = SHARED.captures(text)?;
    let whole = found.get(0)?.end();
    let named = |at: usize| text[at..].starts_with(|c: char| c.is_uppercase());
    let head = SharedHead::of(&found[1]);
    if named(whole) {
        return Some((head, whole, true));
    }
    let noun = found.get(1)?.end();
    Some((None, noun, false))
}

/// A word or a few that name no organisation, such as `näringslivet`, up to the next separator.
fn category(text: &str) -> Option<usize> {
    const STOPS: [&str; 26] = [
        "ska", "skall", "är", "har", "som", "där", "vilket", "vilka", "för", "att", "kommer", "vill", "får",
        "kan", "i", "på", "inom", "under", "utan", "men", "när", "syftar", "arbetar", "ingår", "driver",
        "genom",
    ];
    let found = CATEGORY.find(text)?;
    let first = found.as_str().split(' ').next().unwrap_or_default();
    let ends = SEPARATOR.is_match(&text[found.end()..]);
    let shorter = || {
        let words = found.as_str();
        let ended = || [" och", " samt"].iter().find_map(|end| words.strip_suffix(end)).map(str::len);
        words.find(" och ").or_else(|| words.find(" samt ")).or_else(ended)
    };
    if STOPS.contains(&first) {
        return None;
    }
    shorter().or_else(|| ends.then_some(found.end()))
}

/// Reads one organisation's name from the start of a text; its length in bytes stands beside it.
#[must_use]
pub fn take_name(text: &str) -> Option<(String, usize)> {
    let start = opening(text)?;
    let mut end = start;
    while let Some(next) = continuation(text, end) {
        end = next;
    }
    end = parenthesis(text, end).unwrap_or(end);
    let name = text[..end].trim_end_matches(['.', ':', '/', '-']);
    (is_organisation(name, &text[end..])).then(|| (name.to_owned(), end))
}

/// The first word, with an adjective or a descriptor before it.
fn opening(text: &str) -> Option<usize> {
    let first = WORD.find(text)?.as_str();
    let small = first.to_lowercase();
    let after = |from: usize| text[from..].strip_prefix(' ').map(|_| from + 1);
    if first.starts_with(char::is_uppercase) {
        return (!generic(&small)).then_some(first.len());
    }
    if in_group("descriptor", &small) {
        let named = after(first.len()).filter(|at| text[*at..].starts_with(char::is_uppercase));
        if let Some(at) = named {
            return WORD.find(&text[at..]).map(|word| at + word.end());
        }
    }
    if in_group("agency", &small) || small.len() > 9 && is_unit(&small) && !small.ends_with("verksamheten") {
        return Some(first.len());
    }
    // `den personalstrategiska avdelningen`
    let at = after(first.len()).filter(|_| small.ends_with('a'))?;
    let noun = WORD.find(&text[at..])?;
    let definite = noun.as_str().ends_with("avdelningen") || noun.as_str().ends_with("förvaltningen");
    definite.then_some(at + noun.end())
}

/// Where the name ends when the next word belongs to it.
fn continuation(text: &str, end: usize) -> Option<usize> {
    let from = text[end..].strip_prefix(' ').map(|_| end + 1)?;
    let word = WORD.find(&text[from..])?;
    let stop = from + word.end();
    let last = text[..end].rsplit(' ').next().unwrap_or_default();
    let small = word.as_str();
    if small.starts_with(char::is_uppercase) || in_group("noun", small) {
        return Some(stop);
    }
    let genitive = last.ends_with('s');
    if genitive && (is_unit(small) || ends_name(small)) {
        return Some(stop);
    }
    let next_capital =
        text[stop..].strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let next_unit = || {
        text[stop..]
            .strip_prefix(' ')
            .and_then(|rest| WORD.find(rest))
            .is_some_and(|word| is_unit(word.as_str()))
    };
    // `Luleå tekniska universitet`
    let next_noun = || {
        text[stop..]
            .strip_prefix(' ')
            .and_then(|rest| WORD.find(rest))
            .is_some_and(|word| in_group("noun", word.as_str()))
    };
    let joins = matches!(small, "i" | "för" | "på" | "av" | "in" | "till") && next_capital
        || small == "på" && next_unit()
        || small == "och" && last.ends_with('-')
        || small.ends_with('a') && next_noun();
    joins.then(|| text[stop..].strip_prefix(' ').and_then(WORD_END)).flatten().map(|length| stop + 1 + length)
}

const WORD_END: fn(&str) -> Option<usize> = |rest| WORD.find(rest).map(|word| word.end());

fn parenthesis(text: &str, end: usize) -> Option<usize> {
    let inside = text[end..].strip_prefix(" (")?;
    let close = inside.char_indices().take(80).find(|(_, c)| *c == ')').map(|(at, _)| at)?;
    let another = inside.starts_with("och ") || inside.starts_with("samt ");
    (inside.starts_with(char::is_alphabetic) && !another).then_some(end + 2 + close + 1)
}

fn is_organisation(name: &str, after: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let first = words.first().map(|word| word.to_lowercase()).unwrap_or_default();
    let person = words.len() == 2 && is_first_name(&first) && words[1].starts_with(char::is_uppercase);
    let last = words.last().copied().unwrap_or_default().to_lowercase();
    // `Arbetsförmedlingens insatser` speaks of something that the agency has.
    let possessive = last
        .strip_suffix('s')
        .is_some_and(|agency| in_group("agency", agency) || agency == "kommun" || agency == "stad")
        && after.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_lowercase))
        && SEPARATOR.find(after).is_none();
    !person && !possessive && name.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Vec<String> {
        take_list(text).names
    }

    #[test]
    fn lists_end_where_the_names_end() {
        for (text, names) in [
            (
                "Arbetsförmedlingen och kommunerna Flen, Trosa och Gnesta. Målet är",
                vec!["Arbetsförmedlingen", "Flens kommun", "Trosa kommun", "Gnesta kommun"],
            ),
            (
                "kommunerna på Norra Öland; Borgholm och Mörbylånga medfinansieras",
                vec!["Borgholms kommun", "Mörbylånga kommun"],
            ),
            (
                "tre kommuner i länet – Sala, Arboga och Köping.",
                vec!["Sala kommun", "Arboga kommun", "Köpings kommun"],
            ),
            ("arbetsförmedlingen, näringslivet, kommunerna och vården", vec!["arbetsförmedlingen"]),
            (
                "studieförbundet Bilda, Växjö stift och Visby stift och stiftens församlingar",
                vec!["studieförbundet Bilda", "Växjö stift", "Visby stift"],
            ),
            (
                "Socialförvaltningen (genom Intro), Region Gotland särskilt",
                vec!["Socialförvaltningen (genom Intro)", "Region Gotland"],
            ),
            (
                "den personalstrategiska avdelningen på stadsledningskontoret.",
                vec!["personalstrategiska avdelningen på stadsledningskontoret"],
            ),
            ("Norra Hamnens företagarförening och LO.", vec!["Norra Hamnens företagarförening", "LO"]),
            ("Luleå tekniska universitet och LO", vec!["Luleå tekniska universitet", "LO"]),
            ("näringslivet och den ideella sektorn i bygden", vec![]),
            ("Anna Karlsson och Gnesta kommun", vec![]),
        ] {
            assert_eq!(list(text), names, "{text}");
        }
    }

    #[test]
    fn a_count_without_names_is_noticed() {
        assert!(take_list("fem samordningsförbund och Region Gotland").unnamed);
        assert!(take_list("11 samverkanspartner").names.is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            prop_assert!(text.get(..take_list(&text).used).is_some());
        }

        #[test]
        fn names_are_cut_from_the_text(names in proptest::collection::vec("[A-ZÅÄÖ][a-zåäö]{3,8} kommun", 1..6)) {
            let text = format!("{}.", names.join(", "));
            prop_assert_eq!(list(&text), names);
        }
    }
}
