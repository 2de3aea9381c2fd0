//! What is true of the made-up projects.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use fastrand::Rng;

use crate::domain::orgnr::luhn;

const FIRST: [&str; 32] = [
    "Vägen",
    "Bron",
    "Steget",
    "Kraften",
    "Porten",
    "Starten",
    "Länken",
    "Rummet",
    "Språnget",
    "Navet",
    "Stegen",
    "Lyftet",
    "Kompassen",
    "Ankaret",
    "Motorn",
    "Nyckeln",
    "Mötet",
    "Kedjan",
    "Spåret",
    "Fönstret",
    "Dörren",
    "Plattformen",
    "Rösten",
    "Handen",
    "Trappan",
    "Källan",
    "Fyren",
    "Seglet",
    "Rodret",
    "Torget",
    "Gnistan",
    "Stigen",
];
const SECOND: [&str; 16] = [
    "till arbete",
    "till studier",
    "för unga",
    "för nyanlända",
    "mot jobb",
    "in i arbetslivet",
    "för kvinnor",
    "till språket",
    "i samverkan",
    "för hållbar etablering",
    "till egen försörjning",
    "med stöd",
    "för alla",
    "på arbetsplatsen",
    "mot utanförskap",
    "för rehabilitering",
];
const PLACE_STARTS: [&str; 24] = [
    "Ny", "Gamle", "Stor", "Lill", "Söder", "Norr", "Öster", "Väster", "Björk", "Gran", "Ek", "Al", "Sten",
    "Sand", "Å", "Sjö", "Berg", "Dal", "Hög", "Lund", "Ljung", "Hav", "Kvarn", "Älv",
];
const PLACE_ENDS: [&str; 20] = [
    "by", "köping", "stad", "torp", "sund", "hamn", "vik", "holm", "fors", "ås", "näs", "mark", "ryd",
    "tuna", "boda", "arp", "hult", "rum", "vad", "lösa",
];
const KINDS: [&str; 6] =
    ["utbildning AB", "kooperativ", "folkhögskola", "omsorg AB", "företagarförening", "studieförbund"];

/// An organisation that does not exist.
pub(super) struct Organisation {
    pub name: String,
    pub number: String,
}

/// A project that does not exist.
pub(super) struct Project {
    pub id: u32,
    pub name: String,
    pub owner: usize,
    pub partners: Vec<usize>,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// In whole kronor.
    pub budget: u32,
}

fn place(random: &mut Rng) -> String {
    let start = PLACE_STARTS[random.usize(..PLACE_STARTS.len())];
    format!("{start}{}", PLACE_ENDS[random.usize(..PLACE_ENDS.len())])
}

/// One for every twenty projects, at least ten.
pub(super) fn organisations(projects: u32, random: &mut Rng) -> Vec<Organisation> {
    let wanted = usize::try_from(projects / 20).unwrap_or(usize::MAX).clamp(10, 50_000);
    let mut names = HashSet::new();
    let mut serial = 0_u32;
    let mut all = Vec::with_capacity(wanted);
    while all.len() < wanted {
        let kind = KINDS[random.usize(..KINDS.len())];
        let (first, second) = (place(random), place(random));
        let name = format!("{first} {second} {kind}");
        if names.insert(name.clone()) {
            serial += 1;
            all.push(Organisation { name, number: number(serial) });
        }
    }
    all
}

/// A number whose check digit is right, of a series that is not given out.
fn number(serial: u32) -> String {
    let body = format!("99{:07}", 2_000_000 + serial);
    let whole = |digit: u32| format!("{body}{digit}");
    (0..10).map(whole).find(|digits| luhn(digits)).unwrap_or(body)
}

impl Project {
    /// Makes one up.
    pub fn new(id: u32, organisations: &[Organisation], random: &mut Rng) -> Self {
        let any = |random: &mut Rng| random.usize(..organisations.len());
        let first = FIRST[random.usize(..FIRST.len())];
        let second = SECOND[random.usize(..SECOND.len())];
        let name = format!("{first} {second} {} {}", place(random), place(random));
        let start = NaiveDate::from_ymd_opt(2014, 1, 1)
            .and_then(|day| day.checked_add_days(Days::new(random.u64(0..3_650))))
            .unwrap_or_default();
        let end = start.checked_add_days(Days::new(random.u64(180..1_200))).unwrap_or(start);
        let owner = any(random);
        let partners = (0..random.usize(0..=2)).map(|_| any(random)).filter(|at| *at != owner).collect();
        let budget = random.u32(200..60_000) * 1_000 + random.u32(0..1_000);
        Self { id, name, owner, partners, start, end, budget }
    }

    /// Its number in the fund's first series: a year and five digits.
    pub fn number(&self) -> String {
        format!("{}/{:05}", 2001 + self.id / 99_999 % 99, self.id % 99_999 + 1)
    }
}
