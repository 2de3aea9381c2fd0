//! How other sources write the same thing.

use fastrand::Rng;

/// A project's name in other letters, with other marks, or, rarely, with a word left out.
pub(super) fn name(name: &str, random: &mut Rng) -> String {
    match random.u8(0..100) {
        0..40 => name.to_owned(),
        40..55 => name.to_uppercase(),
        55..70 => name.to_lowercase(),
        70..80 => format!("”{name}”"),
        80..90 => name.replacen(' ', "  ", 2),
        90..98 => format!("{name}."),
        _ => name.rsplit_once(' ').map_or(name, |(before, _)| before).to_owned(),
    }
}

/// An organisation's name in other letters.
pub(super) fn owner(name: &str, random: &mut Rng) -> String {
    match random.u8(0..10) {
        0..7 => name.to_owned(),
        7 => name.to_uppercase(),
        8 => name.to_lowercase(),
        _ => format!(" {name} "),
    }
}

/// An amount with blanks between the thousands and a decimal comma.
pub(super) fn amount(whole: u32) -> String {
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text + ",00"
}
