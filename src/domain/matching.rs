//! Which statements speak of the same project.
//!
//! Rules, strongest first: the same project number; else the same name together with a compatible owner
//! (and periods that do not exclude each other) or an overlapping period (and owners that do not).
//! Two different numbers are two projects, whatever their names. What an operator ruled goes before all of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::names::fold;
use super::number::{self, Scheme};
use super::rulings::Rulings;

/// What of a statement tells which project it is about.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// The name, folded for comparing.
    pub name: Option<String>,
    /// The project number, normalised.
    pub number: Option<String>,
    /// The owner's legal entity.
    pub owner: Option<Owner>,
    /// The partners' legal entities.
    pub partners: Vec<Uuid>,
    /// The register it is a row of, where it is: a register has one row for each project.
    pub register: Option<Uuid>,
    /// First and last day of the period, as far as they are stated.
    pub period: (Option<NaiveDate>, Option<NaiveDate>),
}

/// An owner's legal entity, and whether more than its name tells which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its id.
    pub id: Uuid,
    /// Whether a number or the catalogue tells which it is.
    pub certain: bool,
}

/// Why a statement belongs to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// It is the first one of the project.
    New,
    /// The same project number.
    Number,
    /// The same name and a compatible owner.
    NameAndOwner,
    /// The same name and an overlapping period.
    NameAndPeriod,
    /// An operator ruled so.
    Decision,
}

/// A project number as it is compared, and the name of its series.
#[must_use]
pub fn number_key(text: &str) -> (String, &'static str) {
    match number::normalise(text) {
        Some(number) => {
            let scheme = match number.scheme {
                Scheme::YearSerial => "ESF",
                Scheme::CallSerial => "ESF+",
            };
            (number.key, scheme)
        }
        None => (fold(text), "other"),
    }
}

/// A project as the statements about it, by their places in the list, each with the rule that joined it.
pub type Cluster = Vec<(usize, Rule)>;

/// Sorts statements, given in the order they were recorded, into projects.
#[must_use]
pub fn cluster(statements: &[Traits], rulings: &Rulings) -> Vec<Cluster> {
    let mut clusters = by_number(statements, rulings);
    bring_together(&mut clusters, rulings);
    let placed: HashSet<usize> = clusters.iter().flatten().map(|(at, _)| *at).collect();
    // Only clusters in which the name occurs can be joined by name.
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (cluster, members) in clusters.iter().enumerate() {
        for name in members.iter().filter_map(|(at, _)| statements[*at].name.as_deref()) {
            let known = named.entry(name).or_default();
            if known.last() != Some(&cluster) {
                known.push(cluster);
            }
        }
    }
    for at in by_evidence(statements, &placed) {
        let statement = &statements[at];
        let name = statement.name.as_deref();
        let near = name.and_then(|name| named.get(name)).map_or(&[][..], Vec::as_slice);
        let near: Vec<usize> =
            near.iter().copied().filter(|&cluster| !rulings.keep_out(at, &clusters[cluster])).collect();
        if let Some((cluster, rule)) = home(statement, &near, &clusters, statements) {
            clusters[cluster].push((at, rule));
        } else {
            if let Some(name) = name {
                named.entry(name).or_default().push(clusters.len());
            }
            clusters.push(vec![(at, Rule::New)]);
        }
    }
    for cluster in &mut clusters {
        in_order_of_record(cluster);
    }
    clusters
}

/// The statements with a number, by their numbers.
fn by_number(statements: &[Traits], rulings: &Rulings) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    // More than one cluster only where an operator set statements apart.
    let mut numbered: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, statement) in statements.iter().enumerate() {
        let Some(number) = statement.number.as_deref() else {
            continue;
        };
        let known = numbered.entry(number).or_default();
        if let Some(&cluster) = known.iter().find(|&&cluster| !rulings.keep_out(at, &clusters[cluster])) {
            clusters[cluster].push((at, Rule::Number));
        } else {
            known.push(clusters.len());
            clusters.push(vec![(at, Rule::New)]);
        }
    }
    clusters
}

/// Joins what operators ruled to be one project, unless another ruling keeps some of it apart.
fn bring_together(clusters: &mut Vec<Cluster>, rulings: &Rulings) {
    for &(one, other) in &rulings.together {
        let mut place = |statement: usize| {
            let holds = |cluster: &Cluster| cluster.iter().any(|(at, _)| *at == statement);
            clusters.iter().position(holds).unwrap_or_else(|| {
                clusters.push(vec![(statement, Rule::New)]);
                clusters.len() - 1
            })
        };
        let (to, from) = (place(one), place(other));
        if to == from || clusters[from].iter().any(|(at, _)| rulings.keep_out(*at, &clusters[to])) {
            continue;
        }
        let moved = std::mem::take(&mut clusters[from]);
        clusters[to].extend(moved.into_iter().map(|(at, rule)| match rule {
            Rule::New => (at, Rule::Decision),
            rule => (at, rule),
        }));
    }
    clusters.retain(|cluster| !cluster.is_empty());
}

/// The statements that are nowhere yet, those that tell most of themselves first, so that the order of record does not
/// decide what joins; among equals it does.
fn by_evidence(statements: &[Traits], placed: &HashSet<usize>) -> Vec<usize> {
    let weight = |s: &Traits| {
        let period = u8::from(s.period.0.is_some()) + u8::from(s.period.1.is_some());
        (u8::from(s.owner.is_some_and(|owner| owner.certain)), u8::from(s.owner.is_some()), period)
    };
    let mut order: Vec<usize> = (0..statements.len()).filter(|at| !placed.contains(at)).collect();
    order.sort_by_key(|at| (Reverse(weight(&statements[*at])), *at));
    order
}

/// The one cluster that a statement belongs to; none where two are equally near, for that is no proof.
fn home(statement: &Traits, near: &[usize], clusters: &[Cluster], all: &[Traits]) -> Option<(usize, Rule)> {
    let mut found: Vec<(Rule, usize)> =
        near.iter().filter_map(|&at| Some((joins(statement, &clusters[at], all)?, at))).collect();
    found.sort_unstable();
    match found.as_slice() {
        [] => None,
        [(rule, at)] => Some((*at, *rule)),
        [(first, at), (second, _), ..] => (first < second).then_some((*at, *first)),
    }
}

/// The strongest rule that joins a statement to some statement of a cluster, if none speaks against it.
fn joins(statement: &Traits, cluster: &Cluster, all: &[Traits]) -> Option<Rule> {
    let named = |at: &usize| all[*at].name.is_some() && all[*at].name == statement.name;
    let members = || cluster.iter().map(|(at, _)| at).filter(|at| named(at)).map(|at| &all[*at]);
    if members().any(|member| excludes(statement, member)) {
        return None;
    }
    members().filter_map(|member| same_project(statement, member)).min()
}

/// The rule by which two statements of one name are about one project.
#[must_use]
pub fn same_project(a: &Traits, b: &Traits) -> Option<Rule> {
    let owners = owners(a, b);
    let periods = periods(a.period, b.period);
    match (owners, periods) {
        (Relation::Alike, Relation::Alike | Relation::Unknown) => Some(Rule::NameAndOwner),
        (Relation::Unknown, Relation::Alike) => Some(Rule::NameAndPeriod),
        _ => None,
    }
}

/// Whether two statements of one name cannot be about one project: two rows of one register, other owners for certain,
/// or periods apart.
#[must_use]
pub fn excludes(a: &Traits, b: &Traits) -> bool {
    (a.register.is_some() && a.register == b.register)
        || owners(a, b) == Relation::Apart
        || periods(a.period, b.period) == Relation::Apart
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Alike,
    Unknown,
    Apart,
}

fn owners(a: &Traits, b: &Traits) -> Relation {
    match (a.owner, b.owner) {
        (Some(one), Some(other)) if one.id == other.id => Relation::Alike,
        (Some(one), Some(other)) if one.certain && other.certain => Relation::Apart,
        // Where one source names no owner, its list of partners may hold the other's.
        (Some(owner), None) if b.partners.contains(&owner.id) => Relation::Alike,
        (None, Some(owner)) if a.partners.contains(&owner.id) => Relation::Alike,
        _ => Relation::Unknown,
    }
}

fn periods(a: (Option<NaiveDate>, Option<NaiveDate>), b: (Option<NaiveDate>, Option<NaiveDate>)) -> Relation {
    let before = |end: Option<NaiveDate>, start: Option<NaiveDate>| {
        end.zip(start).is_some_and(|(end, start)| end < start)
    };
    if before(a.1, b.0) || before(b.1, a.0) {
        return Relation::Apart;
    }
    let whole = |p: (Option<NaiveDate>, Option<NaiveDate>)| p.0.is_some() && p.1.is_some();
    let known = |p: (Option<NaiveDate>, Option<NaiveDate>)| p.0.is_some() || p.1.is_some();
    let inside = (whole(a) && known(b)) || (whole(b) && known(a));
    if inside { Relation::Alike } else { Relation::Unknown }
}

/// Puts the statement that was recorded first in front; it is what the project is known by.
fn in_order_of_record(cluster: &mut Cluster) {
    cluster.sort_unstable_by_key(|(at, _)| *at);
    let joined = cluster.iter().map(|(_, rule)| *rule).filter(|rule| *rule != Rule::New).min();
    for (place, (_, rule)) in cluster.iter_mut().enumerate() {
        if place == 0 {
            *rule = Rule::New;
        } else if *rule == Rule::New {
            *rule = joined.unwrap_or(Rule::Number);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statement(number: Option<&str>, owner: Option<u8>, years: Option<(i32, i32)>) -> Traits {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
        Traits {
            name: Some("min framtid".to_owned()),
            number: number.map(str::to_owned),
            owner: owner.map(|n| Owner { id: Uuid::from_u128(n.into()), certain: true }),
            partners: Vec::new(),
            register: None,
            period: years.map_or((None, None), |(a, b)| (day(a, 1, 1), day(b, 12, 31))),
        }
    }

    fn sizes(statements: &[Traits]) -> Vec<usize> {
        let mut sizes: Vec<usize> = cluster(statements, &Rulings::default()).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn a_number_joins_whatever_else_differs() {
        let one = statement(Some("2018/00089"), Some(1), Some((2018, 2019)));
        let other = Traits { name: None, ..statement(Some("2018/00089"), Some(2), Some((2021, 2022))) };
        assert_eq!(sizes(&[one, other]), [2]);
    }

    #[test]
    fn two_rows_of_a_register_are_two_projects_and_a_row_of_another_joins() {
        let row = |register: u128, owner| {
            let register = Some(Uuid::from_u128(register));
            Traits { register, ..statement(None, Some(owner), Some((2018, 2022))) }
        };
        assert_eq!(sizes(&[row(1, 1), row(1, 1)]), [1, 1]);
        assert_eq!(sizes(&[row(1, 1), row(2, 1)]), [2]);
    }

    #[test]
    fn two_numbers_are_two_projects() {
        let one = statement(Some("2018/00089"), Some(1), Some((2018, 2022)));
        let other = statement(Some("2018/00090"), Some(1), Some((2018, 2022)));
        assert_eq!(sizes(&[one, other]), [1, 1]);
    }

    #[test]
    fn a_name_and_an_owner_join_unless_the_periods_exclude_each_other() {
        let one = statement(None, Some(1), Some((2018, 2022)));
        assert_eq!(sizes(&[one.clone(), statement(None, Some(1), None)]), [2]);
        assert_eq!(sizes(&[one, statement(None, Some(1), Some((2023, 2026)))]), [1, 1]);
    }

    #[test]
    fn a_name_and_a_period_join_unless_the_owners_are_known_to_differ() {
        let one = statement(None, Some(1), Some((2018, 2022)));
        assert_eq!(sizes(&[one.clone(), statement(None, None, Some((2019, 2019)))]), [2]);
        assert_eq!(sizes(&[one, statement(None, Some(2), Some((2019, 2019)))]), [1, 1]);
    }

    #[test]
    fn a_name_alone_joins_nothing() {
        assert_eq!(sizes(&[statement(None, None, None), statement(None, None, None)]), [1, 1]);
    }

    #[test]
    fn an_owner_among_the_partners_of_a_source_without_owner_is_compatible() {
        let owned = statement(None, Some(1), Some((2021, 2023)));
        let listed = Traits { partners: vec![Uuid::from_u128(1)], ..statement(None, None, None) };
        assert_eq!(sizes(&[owned, listed]), [2]);
    }

    #[test]
    fn a_statement_between_two_numbered_projects_joins_neither() {
        let one = statement(Some("2018/00089"), Some(1), None);
        let other = statement(Some("2018/00090"), Some(1), None);
        assert_eq!(sizes(&[one, other, statement(None, Some(1), None)]), [1, 1, 1]);
    }

    #[test]
    fn a_statement_in_between_does_not_join_what_excludes_each_other() {
        let one = statement(None, Some(1), Some((2018, 2020)));
        let between = statement(None, None, Some((2019, 2023)));
        let other = statement(None, Some(2), Some((2021, 2023)));
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let all = [one.clone(), between.clone(), other.clone()];
            let shuffled: Vec<Traits> = order.iter().map(|at| all[*at].clone()).collect();
            assert!(cluster(&shuffled, &Rulings::default()).len() >= 2);
        }
    }

    proptest! {
        #[test]
        fn the_order_of_record_does_not_change_how_many_projects_there_are(
            kinds in prop::collection::vec((0_u8..3, 0_u8..3), 1..7),
            seed in 0_usize..5040,
        ) {
            let all: Vec<Traits> = kinds.iter().map(|(owner, years)| {
                let period = [None, Some((2018, 2020)), Some((2022, 2024))][usize::from(*years)];
                statement(None, (*owner > 0).then_some(*owner), period)
            }).collect();
            let mut shuffled = all.clone();
            for at in (1..shuffled.len()).rev() {
                shuffled.swap(at, seed % (at + 1));
            }
            prop_assert_eq!(sizes(&all), sizes(&shuffled));
        }
    }

    #[test]
    fn a_ruling_goes_before_names_and_numbers() {
        let one = statement(Some("2018/00089"), Some(1), None);
        let other = statement(Some("2018/00090"), Some(1), None);
        let plain = statement(None, Some(1), None);
        let together = Rulings { together: vec![(0, 1)], ..Rulings::default() };
        assert_eq!(cluster(&[one.clone(), other], &together), [[(0, Rule::New), (1, Rule::Decision)]]);
        let mut apart = Rulings::default();
        apart.set_apart(2, 0);
        apart.set_apart(3, 0);
        let all = [one.clone(), one.clone(), one, plain];
        let clusters = cluster(&all, &apart);
        assert_eq!(clusters.len(), 2, "{clusters:?}");
        assert_eq!(clusters[0], [(0, Rule::New), (1, Rule::Number)]);
        assert_eq!(clusters[1], [(2, Rule::New), (3, Rule::NameAndOwner)]);
    }

    #[test]
    fn the_first_statement_on_record_is_the_new_one() {
        let plain = statement(None, Some(1), None);
        let numbered = statement(Some("2018/00089"), Some(1), None);
        assert_eq!(
            cluster(&[plain, numbered], &Rulings::default()),
            [[(0, Rule::New), (1, Rule::NameAndOwner)]]
        );
    }
}
