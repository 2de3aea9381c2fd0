//! Partners keep a copy of their own projects by following what happened to them.

use std::collections::BTreeMap;

use fastrand::Rng;
use samverkan::decide::{self, Ruling};
use samverkan::domain::scope::Scope;
use samverkan::domain::statement::{Party, Statement as Stated};
use samverkan::entities::project;
use samverkan::import::{rebuild, sources};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::app::{App, noon};
use crate::packed::are_called_alike;
use crate::partners::{FORBUND, STAD, ask, json_of, key, party};

/// What a copy keeps of a project.
const PROJECT: &str = "id name number period { edtf } specificObjective plannedParticipants
    partnerships(first: 50) { nodes { role organisation { name } unit { name } } }
    awards { kind amount { amount } }";

/// A copy, by id, and how far it has come.
#[derive(Default)]
struct Copy {
    projects: BTreeMap<String, Value>,
    cursor: Option<String>,
}

impl Copy {
    /// Follows what happened since.
    async fn follow(&mut self, app: &App, key: &str) {
        loop {
            let after = self.cursor.as_ref().map_or("null".to_owned(), |cursor| format!("\"{cursor}\""));
            let query = format!(
                "{{ viewer {{ changes(first: 7, after: {after}) {{ pageInfo {{ hasNextPage endCursor }}
                    edges {{ node {{ nodeId }} project {{ {PROJECT} }} }} }} }} }}"
            );
            let answer = json_of(ask(app, &app.for_partners(), Some(key), &query).await).await;
            let changes = &answer["data"]["viewer"]["changes"];
            for edge in changes["edges"].as_array().unwrap_or_else(|| panic!("{answer}")) {
                let id = edge["node"]["nodeId"].as_str().unwrap().to_owned();
                match &edge["project"] {
                    Value::Null => self.projects.remove(&id),
                    project => self.projects.insert(id, project.clone()),
                };
            }
            if let Some(cursor) = changes["pageInfo"]["endCursor"].as_str() {
                self.cursor = Some(cursor.to_owned());
            }
            if changes["pageInfo"]["hasNextPage"] == false {
                return;
            }
        }
    }
}

/// Everything that is a partner's own, page by page.
async fn everything(app: &App, key: &str) -> BTreeMap<String, Value> {
    let (mut all, mut after) = (BTreeMap::new(), "null".to_owned());
    loop {
        let query = format!(
            "{{ viewer {{ projects(first: 10, after: {after}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {PROJECT} }} }} }} }}"
        );
        let answer = json_of(ask(app, &app.for_partners(), Some(key), &query).await).await;
        let page = &answer["data"]["viewer"]["projects"];
        for project in page["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")) {
            all.insert(project["id"].as_str().unwrap().to_owned(), project.clone());
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = format!("\"{}\"", page["pageInfo"]["endCursor"].as_str().unwrap());
    }
}

/// A statement about one of a few projects, in which one of a few organisations take part.
fn statement(random: &mut Rng, line: u32) -> String {
    let organisations = [
        party(STAD, None),
        party(STAD, Some("Arbetsmarknadsnämnden")),
        party(STAD, Some("Socialnämnden")),
        party(FORBUND, None),
        party("Påhittade stiftelsen", None),
    ];
    let some = |random: &mut Rng| -> Party { organisations[random.usize(0..organisations.len())].clone() };
    let at = random.u32(0..9);
    let statement = Stated {
        document: "x.jsonl".to_owned(),
        line,
        name: Some(format!("Påhittat projekt {}", if random.u8(0..8) == 0 { at + 1 } else { at })),
        project_number: (random.u8(0..3) > 0).then(|| format!("P-{at}")),
        owner: (random.u8(0..4) > 0).then(|| some(random)),
        partners: (0..random.usize(0..3)).map(|_| some(random)).collect(),
        period: Some(format!("20{}-01/20{}-12", 18 + at, 20 + at)),
        planned_participants: (random.bool()).then(|| random.u32(10..90)),
        ..Stated::default()
    };
    serde_json::to_string(&statement).unwrap()
}

/// Something that happens to the sources: an import, an edition, a withdrawal, a decision.
async fn something(app: &App, random: &mut Rng, round: usize) {
    let file = |random: &mut Rng| {
        (1..=random.u32(1..7)).map(|line| statement(random, line)).collect::<Vec<_>>().join("\n")
    };
    match random.u8(0..8) {
        0 => {
            let name = format!("fil-{}.jsonl", random.usize(0..round.max(1)));
            let undo = random.bool();
            let _not_there = sources::withdraw(&app.db, &name, undo, noon()).await;
        }
        1 => {
            let numbers = [random.u32(0..9), random.u32(0..9)].map(|at| format!("P-{at}"));
            let [one, other] = numbers;
            let _refused = decide::decide(&app.db, &Ruling::Merge(one, other), None, noon()).await;
        }
        2 => {
            // The same name again is an edition, if it has enough in common.
            let name = format!("fil-{}.jsonl", random.usize(0..round.max(1)));
            app.import(&name, &file(random)).await;
        }
        _ => {
            app.import(&format!("fil-{round}.jsonl"), &file(random)).await;
        }
    }
}

#[tokio::test]
async fn who_follows_changes_has_what_who_fetches_everything_has() {
    let worlds = std::env::var("RANDOM_WORLDS").ok().and_then(|many| many.parse().ok()).unwrap_or(3);
    for seed in 0..worlds {
        let mut random = Rng::with_seed(seed);
        let app = App::new().await;
        let first = [
            json!({"document": "a", "line": 1, "name": "Ett annat", "owner": {"name": STAD, "unit": null, "number": null}}),
            json!({"document": "a", "line": 2, "name": "Ännu ett", "owner": {"name": FORBUND, "unit": null, "number": null}}),
        ];
        let first = first.map(|of| {
            let mut whole = serde_json::to_value(Stated::default()).unwrap();
            whole.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
            whole.to_string()
        });
        let report = app.import("first.jsonl", &first.join("\n")).await;
        assert!(!report.has_failures(), "{}", report.table());
        let keys = [key(&app, STAD, &[Scope::ReadOwn]).await, key(&app, FORBUND, &[Scope::ReadOwn]).await];
        // One who was there from the start, and one who comes later and now and then.
        let mut copies = [Copy::default(), Copy::default(), Copy::default()];
        for round in 0..12 {
            something(&app, &mut random, round).await;
            copies[0].follow(&app, &keys[0]).await;
            copies[1].follow(&app, &keys[1]).await;
            if random.u8(0..4) == 0 {
                copies[2].follow(&app, &keys[0]).await;
            }
        }
        copies[2].follow(&app, &keys[0]).await;
        for (copy, key) in copies.iter().zip([&keys[0], &keys[1], &keys[0]]) {
            assert_eq!(copy.projects, everything(&app, key).await, "seed {seed}");
        }
        assert!(!copies[0].projects.is_empty());
        // Whatever came of it, everybody is called the same wherever their name stands, and by whoever told it first.
        assert!(are_called_alike(&app).await > 0);
        let rows =
            async || project::Entity::find().order_by_asc(project::Column::Id).all(&app.db).await.unwrap();
        let before = rows().await;
        rebuild(&app.db, noon()).await.unwrap();
        assert_eq!(rows().await, before, "seed {seed}");
    }
}
