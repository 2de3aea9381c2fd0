//! Lines that belong to a web page and not to its text: menus, paths and questions about cookies.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::labels;
use crate::domain::{organisation_words, pattern};

const VOCABULARY: &str = include_str!("../../../catalogue/phrases/page.txt");

struct Menu {
    exact: BTreeSet<&'static str>,
    beginnings: Vec<&'static str>,
    home: BTreeSet<&'static str>,
    parts: BTreeSet<&'static str>,
}

static MENU: LazyLock<Menu> = LazyLock::new(|| {
    let groups = organisation_words::groups(VOCABULARY);
    let all = || groups.get("menu").into_iter().flatten();
    Menu {
        exact: all().filter(|phrase| !phrase.ends_with('*')).copied().collect(),
        beginnings: all().filter_map(|phrase| phrase.strip_suffix('*')).collect(),
        home: groups.get("home").into_iter().flatten().copied().collect(),
        parts: groups.get("part").into_iter().flatten().copied().collect(),
    }
});
static CELLS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s{2,}|\t|\s+[|»›>•·]\s+"));
static STEPS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+[/»›>]\s+"));

/// How many lines from the top a menu without known words can stand.
const TOP: u32 = 8;

/// Whether a line belongs to the page.
pub(super) fn is_furniture(line: &str, number: u32) -> bool {
    if line.is_empty() || line.len() > 200 {
        return false;
    }
    let small = line.to_lowercase();
    if is_menu(&small) || is_about_cookies(&small) {
        return true;
    }
    if !small.contains("  ") && !small.contains(['\t', '|', '»', '›', '>', '•', '·', '/']) {
        return false;
    }
    let cells: Vec<&str> = CELLS.split(&small).map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let menu = cells.len() > 1 && cells.iter().all(|cell| is_menu(cell));
    menu || number <= TOP && (is_path(&small) || is_row(&cells))
}

/// Whether a heading is that of a part of a site or of a page, and names no project.
pub(super) fn is_part(heading: &str) -> bool {
    MENU.parts.contains(heading.trim_end_matches(':').to_lowercase().as_str())
}

fn is_about_cookies(line: &str) -> bool {
    ["cookie", "kakor", "uppläsning"].iter().any(|word| line.contains(word))
}

/// Whether a line or a cell, in lower case, is of a menu.
fn is_menu(cell: &str) -> bool {
    let bare = cell.trim_end_matches(['.', '?', '!']);
    MENU.exact.contains(bare) || MENU.beginnings.iter().any(|start| cell.starts_with(start))
}

/// `Start / Arbete / Projekt`: where on a site the page is.
fn is_path(line: &str) -> bool {
    let steps: Vec<&str> = STEPS.split(line).collect();
    let short = steps.iter().all(|step| step.split(' ').count() <= 6);
    let home = steps.first().is_some_and(|first| MENU.home.contains(*first));
    short && (steps.len() > 2 || home && steps.len() == 2)
}

/// `Forskning   Utbildning   Samverkan`: a row of short headings that are no labels of a table.
fn is_row(cells: &[&str]) -> bool {
    let word = |cell: &&str| {
        cell.split(' ').count() <= 3 && !cell.contains(|c: char| c.is_ascii_digit() || c == ':')
    };
    let known = cells.iter().filter(|cell| labels::field(cell).is_some()).count();
    cells.len() > 2 && known < 2 && cells.iter().all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_page_are_told_from_its_text() {
        for line in [
            "Meny",
            "Hoppa till innehåll Hoppa till meny",
            "Godkänn alla kakor   Endast nödvändiga",
            "Dela   Skriv ut   Senast uppdaterad 2019-05-06",
            "Skriv ut | Tipsa en vän",
            "Start > Nyheter > 2023",
            "Jobb & näringsliv  »  Projekt  »  Nystart",
            "Forskning   Utbildning   Biblioteket",
            "Den här webbplatsen använder cookies.",
        ] {
            assert!(is_furniture(line, 1), "{line}");
        }
        for line in [
            "Nystart",
            "Projekt | Sökande | Belopp",
            "Starta eget i Flen",
            "Flens kommun / Socialförvaltningen",
            "EU-stöd till Gotland | Region Gotland",
            "Nystart   Flens kommun   5 mkr",
        ] {
            assert!(!is_furniture(line, 1), "{line}");
        }
        assert!(!is_furniture("Forskning   Utbildning   Biblioteket", 30));
    }
}
