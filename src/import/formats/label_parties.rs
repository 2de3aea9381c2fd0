//! Takes the values after labels of owners, roles, partners and funders into a statement.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Draft, canonical_funder};
use super::financing_parts;
use super::prose::amounts;
use crate::domain::orgnr::{InvalidNumber, OrganisationNumber};
use crate::domain::statement::{AmountKind, Party, WarningCode};
use crate::domain::{money, names, organisation_words, party, pattern};

static AREA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[^.;]*\bomfattar kommunerna\b[^.]*(?:\.\s*|$)|[^.;]*?\bägs (?:dessutom |även )?av\s+")
});
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:(?:ca|cirka) )?(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv)\s+\p{L}+")
});
static OWNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:projektägare|ägare|äger|huvudman|sökande|stödmottagare|koordinator|huvudsökande|projektansvarig)\b",
    )
});
static TAKES_PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:en av \p{L}+ )?(?:projekt|samverkans|samarbets|del)?(?:part|partner|parter|medsökande|medfinansiär|medaktör|delprojektägare|deltar|deltagande|medverkar|medverkande)\b",
    )
});
/// `Europeiska socialfonden, mål 2.1`
static OBJECTIVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[\s,(]+(?:specifikt )?mål (?P<code>\d\.\d|[A-F]\d[A-Z]\d?)\)?"));
static OTHER_OWNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:projektägare|ägare|huvudman|sökande|koordinator)(?: är|:| \()\s*|\b(?:ägs|drivs|leds) av\s+",
    )
});
/// Words of the organisations that have units.
const WHOLES: [&str; 6] = ["kommun", "kommuns", "stad", "stads", "landsting", "region"];

/// A list of partners in bytes; what is longer is running text.
const LONGEST_LIST: usize = 8_000;

impl Draft {
    /// `Flens kommun, Socialförvaltningen tillsammans med Region Gotland`
    pub(super) fn owner(&mut self, value: &str) {
        let together = [" tillsammans med ", " i samverkan med ", " i samarbete med "];
        let (owner, others) = together
            .iter()
            .find_map(|words| value.split_once(words))
            .map_or((value, None), |(owner, others)| (owner, Some(others)));
        if is_person(owner) {
            return;
        }
        self.statement.owner = self.statement.owner.take().or_else(|| party::read(owner));
        if let Some(others) = others {
            self.add_partners(&names::split_list(others));
        }
    }

    /// The owner's organisationsnummer, where its check digit is right.
    pub(super) fn owner_number(&mut self, value: &str, line: u32) {
        match OrganisationNumber::parse(value) {
            Ok(number) => {
                self.owner_number.get_or_insert_with(|| number.digits().to_owned());
            }
            Err(InvalidNumber::CheckDigit) => {
                self.warn(WarningCode::InvalidOrganisationNumber, line, None);
            }
            Err(InvalidNumber::Form | InvalidNumber::Personal) => {}
        }
    }

    /// `Gotlands roll i projektet: Projektägare genom socialförvaltningen`
    pub(super) fn role(&mut self, label: &str, value: &str) {
        let whose = self.whose(label);
        if OWNS.is_match(value) && !OTHER_OWNER.is_match(value) {
            let unit = value.split_once(" genom ").map(|(_, unit)| unit);
            let unit = unit.map(|unit| unit.trim().trim_end_matches('.').to_owned());
            let owner = whose.map(|whose| Party { unit: unit.or(whose.unit), ..whose });
            self.statement.owner = self.statement.owner.take().or(owner);
            return;
        }
        if let Some(cue) = OTHER_OWNER.find(value) {
            let named = value[cue.end()..].split(['.', ';', ')']).next().unwrap_or_default();
            self.statement.owner = self.statement.owner.take().or_else(|| party::read(named));
        }
        if let Some(own) = whose.filter(|_| TAKES_PART.is_match(value)) {
            self.add_partner(own);
        }
    }

    /// Whose role a label speaks of; `kommunens` is the document's own.
    fn whose(&self, label: &str) -> Option<Party> {
        let whose = label.split(" roll").next().filter(|whose| *whose != label).unwrap_or_default();
        if whose.is_empty() || whose.to_lowercase().ends_with("ens") || whose.eq_ignore_ascii_case("vår") {
            return self.own.clone();
        }
        let name = if whose.contains(' ') {
            names::without_genitive(whose).to_owned()
        } else {
            format!("{whose} kommun")
        };
        Some(Party { name, unit: None, number: None })
    }

    /// The organisations of a list.
    pub(super) fn partners(&mut self, value: &str, line: u32) {
        if value.len() > LONGEST_LIST {
            return;
        }
        let named = AREA.replace_all(value, "");
        if named.len() < value.len() {
            self.warn(WarningCode::UnnamedPartners, line, None);
        }
        let several = named.contains("; ");
        let (whole, rest): (Vec<&str>, Vec<&str>) =
            named.split("; ").partition(|part| is_one_party(part, several));
        let (counted, listed): (Vec<String>, Vec<String>) =
            names::split_list(&rest.join("; ")).into_iter().partition(|name| COUNTED.is_match(name));
        if !counted.is_empty() {
            self.warn(WarningCode::UnnamedPartners, line, counted.first().cloned());
        }
        self.partners_labelled |= !listed.is_empty() || !whole.is_empty();
        for partner in whole.into_iter().filter_map(party::read) {
            self.add_partner(partner);
        }
        self.add_partners(&listed);
    }

    /// The one funder of a label with what it gives: `Forte, 2021–2024: 4 890 000 kr`.
    fn only_funder(&mut self, value: &str, line: u32) -> bool {
        let found = money::find_all(value);
        let [only] = found.as_slice() else {
            return false;
        };
        let who = value[..only.range.start].split([',', ':', '(', '–']).next().unwrap_or_default().trim();
        let Ok(money) = &only.amount else {
            return false;
        };
        let text = &value[only.range.clone()];
        self.add_amount(amounts::stated(AmountKind::Granted, money, text, line));
        self.add_funder(&canonical_funder(who));
        true
    }

    /// The names of who pays, or how much each of them does.
    pub(super) fn funder(&mut self, value: &str, line: u32) {
        if value.len() > 600 {
            return;
        }
        if !money::find_all(value).is_empty() {
            if !self.only_funder(value, line) {
                self.financing(value, line);
            }
            return;
        }
        if let Some(found) = OBJECTIVE.captures(value) {
            self.statement.specific_objective.get_or_insert_with(|| found["code"].to_owned());
        }
        let funds = OBJECTIVE.replace(value, "");
        for part in funds.split([';', ',']).flat_map(|part| part.split(" och ")) {
            self.add_funder(&canonical_funder(part));
        }
    }

    /// A label that some use for who pays and others for how much.
    pub(super) fn financing(&mut self, value: &str, line: u32) {
        let parts = financing_parts::read(value);
        if parts.is_empty() && value.len() <= 200 && money::find_all(value).is_empty() {
            self.funder(value, line);
        }
        for part in parts {
            if part.kind == AmountKind::Granted && !part.who.is_empty() {
                self.add_funder(&canonical_funder(&part.who));
            }
            self.add_amount(amounts::stated(part.kind, &part.money, &part.text, line));
        }
    }
}

/// Some labels of owners are followed by who leads the project.
fn is_person(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let named = words.iter().all(|word| word.starts_with(char::is_uppercase));
    named && words.len() == 2 && organisation_words::is_first_name(&words[0].to_lowercase())
}

/// `Socialförvaltningen, Flens kommun`: units before their whole. In a list of lines also the whole before its unit.
fn is_one_party(part: &str, of_several: bool) -> bool {
    let sides: Vec<&str> = part.split(", ").collect();
    let [first, .., last] = sides.as_slice() else {
        return false;
    };
    let is_whole = |side: &str| {
        let folded = names::fold(side);
        folded.split(' ').count() <= 4 && folded.split(' ').any(|word| WHOLES.contains(&word))
    };
    let unit = |side: &&str| {
        let word = side.rsplit(' ').next().unwrap_or_default().trim_end_matches('.');
        !is_whole(side) && organisation_words::is_unit(word)
    };
    let before = sides[..sides.len() - 1].iter().all(unit) && is_whole(last);
    before || of_several && sides.len() == 2 && is_whole(first) && unit(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partners(value: &str) -> Vec<(String, Option<String>)> {
        let mut draft = Draft::default();
        draft.partners(value, 1);
        draft.statement.partners.into_iter().map(|partner| (partner.name, partner.unit)).collect()
    }

    #[test]
    fn a_unit_beside_its_whole_is_one_partner() {
        let unit = |name: &str, unit: &str| (name.to_owned(), Some(unit.to_owned()));
        assert_eq!(
            partners("Flens kommun, Socialförvaltningen; ABF"),
            [unit("Flens kommun", "Socialförvaltningen"), ("ABF".to_owned(), None)]
        );
        assert_eq!(
            partners("Vuxenenheten, Socialförvaltningen, Flens kommun"),
            [unit("Flens kommun", "Vuxenenheten, Socialförvaltningen")]
        );
        assert_eq!(partners("Flens kommun, Arbetsförmedlingen, ABF").len(), 3);
    }

    #[test]
    fn roles_name_owners_and_partners() {
        let own = Party { name: "Flens kommun".to_owned(), ..Party::default() };
        for (value, owner, partner) in [
            ("projektägare", Some("Flens kommun"), None),
            ("part. Projektägare är Region Gotland.", Some("Region Gotland"), Some("Flens kommun")),
            ("samverkanspart", None, Some("Flens kommun")),
        ] {
            let mut draft = Draft { own: Some(own.clone()), ..Draft::default() };
            draft.role("Kommunens roll", value);
            let name = |party: &Party| party.name.clone();
            assert_eq!(draft.statement.owner.as_ref().map(name).as_deref(), owner, "{value}");
            assert_eq!(draft.statement.partners.first().map(name).as_deref(), partner, "{value}");
        }
    }

    #[test]
    fn funders_with_amounts_say_how_much() {
        let mut draft = Draft::default();
        draft.funder("ESF, 2 mkr; Flens kommun, 1 mkr", 4);
        draft.funder("Europeiska socialfonden, mål 2.1", 5);
        assert_eq!(draft.statement.funders, ["Europeiska socialfonden"]);
        assert_eq!(draft.statement.amounts.len(), 2);
        assert_eq!(draft.statement.specific_objective.as_deref(), Some("2.1"));
    }
}
