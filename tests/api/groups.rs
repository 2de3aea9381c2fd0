//! Groups have the figures that adding up every project gives.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::known::{self, minor, text, texts};

/// What a project is known by in a dimension: none, one or several.
fn keys(project: &Value, dimension: &str) -> BTreeSet<String> {
    let one = |path: &str| text(project, path).map(str::to_owned).into_iter().collect();
    let some = |list: &str, path: &str| texts(project, list, path).into_iter().map(str::to_owned).collect();
    let year = |path: &str| text(project, path).map(|day| day[..4].to_owned()).into_iter().collect();
    match dimension {
        "FUNDER" => some("/funders", "/id"),
        "FUNDER_KIND" => some("/funders", "/kind"),
        // Funders without a period make a group of their own.
        "PROGRAMME_PERIOD" => project["funders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["programmePeriod"].as_str().unwrap_or("").to_owned())
            .collect(),
        "OWNER" => one("/owner/legalEntity/id"),
        "OWNER_KIND" => one("/owner/legalEntity/kind"),
        "RESPONSIBLE_UNIT" => some("/responsibleUnits", "/id"),
        "REGION" => one("/region/code"),
        "MUNICIPALITY" => one("/owner/legalEntity/municipality/code"),
        "STATUS" => one("/status"),
        "START_YEAR" => year("/period/start"),
        "END_YEAR" => year("/period/end"),
        "SPECIFIC_OBJECTIVE" => one("/specificObjective"),
        other => panic!("{other}"),
    }
}

/// What an answer says a group is known by.
fn key(key: &Value, dimension: &str) -> String {
    let path = match dimension {
        "FUNDER" => "/funder/id",
        "FUNDER_KIND" => "/funderKind",
        "PROGRAMME_PERIOD" => "/programmePeriod",
        "OWNER" => "/owner/id",
        "OWNER_KIND" => "/ownerKind",
        "RESPONSIBLE_UNIT" => "/responsibleUnit/id",
        "REGION" => "/region/code",
        "MUNICIPALITY" => "/municipality/code",
        "STATUS" => "/status",
        "START_YEAR" => "/startYear",
        "END_YEAR" => "/endYear",
        _ => "/specificObjective",
    };
    match key.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    count: usize,
    organisations: BTreeSet<String>,
    planned: i64,
    with_plan: usize,
    totals: BTreeMap<String, (i64, usize)>,
}

impl Figures {
    fn add(&mut self, project: &Value) {
        self.count += 1;
        let parts = project["partnerships"]["nodes"].as_array().unwrap();
        self.organisations
            .extend(parts.iter().map(|part| part["organisation"]["id"].as_str().unwrap().to_owned()));
        if let Some(planned) = project["plannedParticipants"].as_i64() {
            self.planned += planned;
            self.with_plan += 1;
        }
        let total = &project["financing"]["total"];
        if let Some(amount) = total["amount"].as_str() {
            let sum = self.totals.entry(total["currency"].as_str().unwrap().to_owned()).or_default();
            *sum = (sum.0 + minor(amount), sum.1 + 1);
        }
    }

    fn check(&self, aggregates: &Value, what: &str) {
        assert_eq!(aggregates["count"], json!(self.count), "{what}");
        assert_eq!(aggregates["organisations"], json!(self.organisations.len()), "{what}");
        let planned = &aggregates["plannedParticipants"];
        assert_eq!(planned["sum"], json!(self.planned), "{what}");
        assert_eq!(planned["projects"], json!(self.with_plan), "{what}");
        assert_eq!(planned["without"], json!(self.count - self.with_plan), "{what}");
        let totals: BTreeMap<String, (i64, usize)> = aggregates["amounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|sum| {
                let projects = sum["projects"].as_u64().unwrap();
                assert_eq!(sum["without"].as_u64().unwrap() + projects, self.count as u64, "{what}");
                let text = |field: &str| sum[field].as_str().unwrap().to_owned();
                assert!(
                    minor(&text("min")) <= minor(&text("average"))
                        && minor(&text("average")) <= minor(&text("max"))
                );
                (text("currency"), (minor(&text("sum")), usize::try_from(projects).unwrap()))
            })
            .collect();
        assert_eq!(totals, self.totals, "{what}");
    }
}

const FIGURES: &str = "count organisations plannedParticipants { sum projects without }
    amounts(kinds: [TOTAL_BUDGET]) { currency sum average min max projects without }";

fn question(by: &str, more: &str) -> String {
    format!(
        "{{ projectGroups(by: [{by}], asOf: \"2023-06-30\", limit: 200 {more}) {{ overlapping truncated all {{ {FIGURES} }}
            groups {{ key {{ funder {{ id }} funderKind owner {{ id }} ownerKind responsibleUnit {{ id }} region {{ code }}
                municipality {{ code }} status startYear endYear programmePeriod specificObjective }}
                aggregates {{ {FIGURES} }} }} }} }}"
    )
}

pub const DIMENSIONS: [&str; 12] = [
    "FUNDER",
    "FUNDER_KIND",
    "OWNER",
    "OWNER_KIND",
    "RESPONSIBLE_UNIT",
    "REGION",
    "MUNICIPALITY",
    "STATUS",
    "START_YEAR",
    "END_YEAR",
    "PROGRAMME_PERIOD",
    "SPECIFIC_OBJECTIVE",
];

#[tokio::test]
async fn groups_by_each_dimension_and_by_two_are_what_adding_up_gives() {
    let app = known::app().await;
    are_what_adding_up_gives(&app).await;
    crate::group_figures::forget(&app).await;
    are_what_adding_up_gives(&app).await;
}

async fn are_what_adding_up_gives(app: &crate::app::App) {
    let all = known::projects(app).await;
    let pairs = [
        ("OWNER", "START_YEAR"),
        ("FUNDER", "RESPONSIBLE_UNIT"),
        ("STATUS", "REGION"),
        ("FUNDER_KIND", "END_YEAR"),
    ];
    let single = DIMENSIONS.iter().map(|dimension| vec![*dimension]);
    for by in single.chain(pairs.iter().map(|(one, other)| vec![*one, *other])) {
        let mut expected: BTreeMap<Vec<String>, Figures> = BTreeMap::new();
        let mut once = Figures::default();
        let mut overlaps = false;
        for project in &all {
            once.add(project);
            let mut own = vec![Vec::new()];
            for dimension in &by {
                let mut keys = keys(project, dimension);
                overlaps |= keys.len() > 1;
                if keys.is_empty() {
                    keys.insert(String::new());
                }
                own = own
                    .iter()
                    .flat_map(|before| {
                        keys.iter().map(move |key| [before.clone(), vec![key.clone()]].concat())
                    })
                    .collect();
            }
            for group in own {
                expected.entry(group).or_default().add(project);
            }
        }
        let what = by.join(" ");
        let answer = app.ask(&question(&by.join(", "), "")).await;
        let found = &answer["projectGroups"];
        once.check(&found["all"], &what);
        assert!(found["overlapping"] == true || !overlaps, "{what}");
        assert_eq!(found["truncated"], false);
        let groups = found["groups"].as_array().unwrap();
        assert_eq!(groups.len(), expected.len(), "{what}");
        for group in groups {
            let own: Vec<String> = by.iter().map(|dimension| key(&group["key"], dimension)).collect();
            expected
                .get(&own)
                .unwrap_or_else(|| panic!("{what}: {own:?}"))
                .check(&group["aggregates"], &format!("{what}: {own:?}"));
        }
    }
}

#[tokio::test]
async fn groups_are_narrowed_ordered_and_cut() {
    let app = known::app().await;
    let whole = app
        .ask(&question("FUNDER", ", where: {funderKind: [EU]}, orderBy: [{by: KEY, direction: ASC}]"))
        .await;
    let groups = whole["projectGroups"]["groups"].as_array().unwrap();
    assert!(groups.len() >= 4);
    let sums = |groups: &Value| -> Vec<i64> {
        let sek = |group: &Value| {
            let amounts = group["aggregates"]["amounts"].as_array().unwrap();
            amounts
                .iter()
                .find(|sum| sum["currency"] == "SEK")
                .map_or(-1, |sum| minor(sum["sum"].as_str().unwrap()))
        };
        groups.as_array().unwrap().iter().map(sek).collect()
    };
    let by_sum = "orderBy: [{by: SUM, kind: TOTAL_BUDGET, currency: \"SEK\", direction: DESC}]";
    let ordered = app.ask(&question("FUNDER", &format!(", {by_sum}"))).await;
    let ordered = sums(&ordered["projectGroups"]["groups"]);
    let mut sorted = ordered.clone();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(ordered, sorted);
    let cut = question("FUNDER", &format!(", {by_sum}")).replace("limit: 200", "limit: 3");
    let cut = app.ask(&cut).await;
    assert_eq!(cut["projectGroups"]["truncated"], true);
    assert_eq!(sums(&cut["projectGroups"]["groups"]), ordered[..3]);
    let having = app
        .ask(&question(
            "FUNDER",
            ", having: {count: {from: 3}, sum: {kind: TOTAL_BUDGET, currency: \"SEK\", from: \"30000000\"}}",
        ))
        .await;
    let having = &having["projectGroups"]["groups"];
    assert!(!having.as_array().unwrap().is_empty());
    assert!(sums(having).iter().all(|sum| *sum >= 3_000_000_000));
    assert!(
        having.as_array().unwrap().iter().all(|group| group["aggregates"]["count"].as_i64().unwrap() >= 3)
    );
    let years = app.ask(&question("START_YEAR", ", orderBy: [{by: KEY, direction: DESC}]")).await;
    let years: Vec<Option<i64>> = years["projectGroups"]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["key"]["startYear"].as_i64())
        .collect();
    let mut sorted = years.clone();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(years, sorted, "those without come last");
}

#[tokio::test]
async fn groups_that_cannot_be_meant_are_refused_by_name() {
    let app = crate::app::App::with_demo().await;
    for (arguments, place) in [
        ("by: []", "by:"),
        ("by: [FUNDER, FUNDER]", "by[1]:"),
        ("by: [FUNDER, OWNER, REGION, STATUS, END_YEAR]", "by:"),
        ("by: [FUNDER], limit: 0", "limit:"),
        ("by: [FUNDER], limit: 1001", "limit:"),
        ("by: [FUNDER], orderBy: [{by: SUM, direction: ASC}]", "orderBy[0]:"),
        ("by: [FUNDER], orderBy: [{by: COUNT, currency: \"SEK\", direction: ASC}]", "orderBy[0]:"),
        ("by: [FUNDER], having: {count: {from: 3, to: 2}}", "having.count:"),
        ("by: [FUNDER], where: {funder: []}", "where.funder:"),
    ] {
        let (code, message) = app.refusal(&format!("{{ projectGroups({arguments}) {{ truncated }} }}")).await;
        assert_eq!(code, "BAD_USER_INPUT");
        assert!(message.starts_with(place), "{arguments}: {message}");
    }
}

#[tokio::test]
async fn sums_are_of_every_currency_wherever_an_amount_stands() {
    let all = ["EUR", "NOK", "SEK"].as_slice();
    sums_are_what_adding_up_gives([all; 3]).await;
}

#[tokio::test]
async fn sums_of_one_currency_are_told_with_the_groups() {
    let (one, none) = (["SEK"].as_slice(), [].as_slice());
    sums_are_what_adding_up_gives([one; 3]).await;
    sums_are_what_adding_up_gives([one, &["EUR", "SEK"], none]).await;
    sums_are_what_adding_up_gives([none, one, &["NOK"]]).await;
}

pub const KINDS: [&str; 3] = ["TOTAL_BUDGET", "GRANTED", "CO_FINANCING"];
/// Of a county, a kind and a currency.
pub type Amounts = BTreeMap<(Option<String>, &'static str, &'static str), Vec<i64>>;

/// Projects of one owner, with amounts of each kind in some of its currencies.
pub fn with_amounts(currencies: [&'static [&'static str]; 3]) -> (String, Amounts) {
    use samverkan::domain::statement::{Amount, AmountKind, Party, Statement};
    let mut random = fastrand::Rng::with_seed(4);
    let counties = [Some("Stockholms län"), Some("Uppsala län"), None];
    let mut lines = String::new();
    let mut all = Amounts::new();
    for at in 0..60 {
        let county = counties[random.usize(0..3)].map(ToOwned::to_owned);
        let mut amounts = Vec::new();
        let own = [AmountKind::TotalBudget, AmountKind::Granted, AmountKind::CoFinancing];
        for ((kind, own), currencies) in KINDS.iter().zip(own).zip(currencies) {
            let some = random.clone().usize(0..3);
            for currency in random.choose_multiple(currencies, some) {
                let minor = random.i64(1..1_000_000);
                amounts.push(Amount {
                    kind: own,
                    value: rust_decimal::Decimal::new(minor, 2).to_string(),
                    currency: (*currency).to_owned(),
                    precision: "0.01".to_owned(),
                    text: String::new(),
                    line: 1,
                });
                all.entry((county.clone(), kind, currency)).or_default().push(minor);
            }
        }
        let statement = Statement {
            document: "f.jsonl".to_owned(),
            line: 1,
            name: Some(format!("Påhittat projekt {at}")),
            project_number: Some(format!("F-{at}")),
            region: county,
            owner: Some(Party { name: "Örebro kommun".to_owned(), ..Party::default() }),
            amounts,
            ..Statement::default()
        };
        lines.push_str(&serde_json::to_string(&statement).unwrap());
        lines.push('\n');
    }
    (lines, all)
}

async fn sums_are_what_adding_up_gives(currencies: [&'static [&'static str]; 3]) {
    let app = crate::app::App::new().await;
    let (lines, all) = with_amounts(currencies);
    let report = app.import("f.jsonl", &lines).await;
    assert!(!report.has_failures(), "{}", report.table());
    let sums = async |of: &str, which: &str| {
        let answer = app
            .ask(&format!(
                "{{ projectGroups({of} by: [REGION]) {{ groups {{ key {{ region {{ name }} }} aggregates {{
                    amounts{which} {{ kind currency sum min max projects }} }} }} }} }}"
            ))
            .await;
        let mut found = BTreeMap::new();
        for group in answer["projectGroups"]["groups"].as_array().unwrap() {
            let amounts = group["aggregates"]["amounts"].as_array().unwrap();
            let order: Vec<(&str, &str)> = amounts
                .iter()
                .map(|sum| (sum["kind"].as_str().unwrap(), sum["currency"].as_str().unwrap()))
                .collect();
            assert!(order.is_sorted(), "{order:?}");
            for sum in amounts {
                let text = |field: &str| sum[field].as_str().unwrap();
                let county = group["key"]["region"]["name"].as_str();
                let key =
                    (county.map(ToOwned::to_owned), text("kind").to_owned(), text("currency").to_owned());
                let figures = (["sum", "min", "max"].map(|own| minor(text(own))), sum["projects"].as_u64());
                found.insert(key, figures);
            }
        }
        found
    };
    let expected = |kinds: &[&str]| -> BTreeMap<_, _> {
        let own = all.iter().filter(|((_, kind, _), _)| kinds.contains(kind));
        let figures = |minors: &[i64]| {
            let (least, most) = (minors.iter().min().unwrap(), minors.iter().max().unwrap());
            ([minors.iter().sum(), *least, *most], Some(minors.len() as u64))
        };
        own.map(|((county, kind, currency), minors)| {
            ((county.clone(), (*kind).to_owned(), (*currency).to_owned()), figures(minors))
        })
        .collect()
    };
    // Once from figures that are kept, and once counted.
    for of in ["", "where: {text: \"Påhittat\"},"] {
        assert_eq!(sums(of, "").await, expected(&KINDS));
        for some in [&KINDS[..1], &KINDS[1..2], &KINDS[2..], &KINDS[1..], &KINDS[..2]] {
            assert_eq!(sums(of, &format!("(kinds: [{}])", some.join(", "))).await, expected(some));
        }
    }
    for (kind, currencies) in KINDS.iter().zip(currencies) {
        for currency in currencies {
            let order = format!("{{by: SUM, kind: {kind}, currency: \"{currency}\", direction: DESC}}");
            let answer = app
                .ask(&format!(
                    "{{ projectGroups(by: [REGION], orderBy: [{order}]) {{ groups {{ key {{ region {{ name }} }} }} }} }}"
                ))
                .await;
            let groups = answer["projectGroups"]["groups"].as_array().unwrap();
            let sum = |group: &Value| {
                let county = group["key"]["region"]["name"].as_str().map(ToOwned::to_owned);
                all.get(&(county, kind, currency)).map_or(0, |minors| minors.iter().sum::<i64>())
            };
            let found: Vec<i64> = groups.iter().map(sum).collect();
            assert!(found.len() == 3 && found.iter().rev().is_sorted(), "{kind} {currency}: {found:?}");
        }
    }
}
