//! Which of a document's projects its running text speaks of.

use super::prose::Sentence;
use crate::domain::names;

/// How many projects and sentences are compared: more have no document of ours.
const MOST_PROJECTS: usize = 120;
const MOST_SENTENCES: usize = 400;

/// The sentences about each project: those that name it, and those that follow up to the next name or paragraph.
pub(super) fn of_projects(names: &[Vec<String>], text: &[Sentence]) -> Vec<Vec<Sentence>> {
    let names: Vec<Vec<String>> = names
        .iter()
        .take(MOST_PROJECTS)
        .map(|names| names.iter().map(|name| loose(name)).filter(|name| name.len() > 3).collect())
        .collect();
    let mut all: Vec<Vec<Sentence>> = vec![Vec::new(); names.len()];
    let mut current: Option<(usize, u32)> = None;
    for sentence in text.iter().take(MOST_SENTENCES) {
        let folded = format!(" {} ", loose(&sentence.text));
        let places =
            names.iter().enumerate().flat_map(|(at, names)| names.iter().map(move |name| (at, name)));
        let found = places.filter_map(|(at, name)| {
            let place = folded.rfind(&format!(" {name} ")).or_else(|| folded.rfind(&format!(" {name}s ")))?;
            Some((place + name.len(), name.len(), at))
        });
        current = match found.max() {
            Some((_, _, at)) => Some((at, sentence.line)),
            None => current.filter(|(_, line)| sentence.line <= line + 1),
        };
        if let Some((at, line)) = &mut current {
            *line = sentence.line;
            all[*at].push(sentence.clone());
        }
    }
    all
}

/// A name without its small words: `i` and `inom` are often exchanged.
fn loose(text: &str) -> String {
    let folded = names::fold(text);
    let words = folded.split(' ').filter(|word| !matches!(*word, "i" | "inom" | "för" | "på" | "av"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_go_with_the_project_they_name() {
        let sentence = |line: u32, text: &str| Sentence { line, text: text.to_owned() };
        let names = [vec!["Nystart i Flen".to_owned()], vec!["Vidare".to_owned(), "projekt 2".to_owned()]];
        let text = [
            sentence(1, "Pengar finns."),
            sentence(2, "Nystart inom Flen växer."),
            sentence(2, "Det når många."),
            sentence(5, "Något annat."),
            sentence(6, "Projekt 2 är nytt."),
        ];
        let found: Vec<usize> = of_projects(&names, &text).iter().map(Vec::len).collect();
        assert_eq!(found, [2, 1]);
    }
}
