//! Counts by indicator, of those who deliver no persons, and what projects plan for.

use serde_json::{Value, json};

use crate::app::App;
use crate::outcomes::{HEADER, projects, rows};

const COUNTS: &str = "Projektnummer;Indikator;Kön;År;Antal;Typ\n";

/// Indicators of women and men in a project and year.
fn counts(project: &str, women: [u32; 4], men: [u32; 4]) -> String {
    let mut text = COUNTS.to_owned();
    for (sex, values) in [("kvinna", women), ("man", men)] {
        for (indicator, value) in ["EECO01", "EECO02", "EECO05", "EECR04"].iter().zip(values) {
            text.extend([project, ";", indicator, ";", sex, ";2024;", &value.to_string(), ";utfall\n"]);
        }
    }
    text
}

const BY_ENTRY: &str =
    "{ participantOutcomes(by: [SEX], dimension: ENTRY_STATUS) { total { value } notShown { value }
    rows { key { sex code } participants { value } } } }";

fn value(answer: &Value, sex: &str, code: &str) -> Option<i64> {
    let rows = answer["participantOutcomes"]["rows"].as_array().unwrap();
    let own = rows.iter().find(|row| row["key"]["sex"] == sex && row["key"]["code"] == code)?;
    own["participants"]["value"].as_i64()
}

#[tokio::test]
async fn counts_are_protected_like_persons() {
    let app = App::new().await;
    projects(&app, 2).await;
    let report = app.deliver("antal.csv", &counts("E-1", [33, 21, 4, 9], [18, 12, 3, 7])).await;
    assert_eq!((report.rows, report.new, report.refused.len()), (8, 8, 0), "{}", report.text());
    let release = app.release().await;
    assert_eq!((release.counted, release.number), (51, 1));
    let answer = app.ask(BY_ENTRY).await;
    assert_eq!(answer["participantOutcomes"]["total"]["value"], 50);
    assert!([20, 25].contains(&value(&answer, "WOMEN", "UNEMPLOYED").unwrap()), "{answer}");
    assert_eq!(value(&answer, "WOMEN", "LONG_TERM_UNEMPLOYED"), Some(0));
    let published = answer["participantOutcomes"]["rows"].as_array().unwrap();
    assert!(published.iter().all(|row| row["participants"]["value"].as_i64().unwrap() % 5 == 0));
    // Four more change nothing that is public; as many as nine do.
    let before = app.text(BY_ENTRY).await;
    app.deliver("b.csv", &counts("E-1", [37, 25, 4, 9], [18, 12, 3, 7])).await;
    assert_eq!(app.release().await.unchanged_since, Some(1));
    assert_eq!(app.text(BY_ENTRY).await, before);
    app.deliver("c.csv", &counts("E-1", [42, 30, 4, 9], [18, 12, 3, 7])).await;
    assert_eq!(app.release().await.number, 2);
    // Where persons come too, they count.
    app.deliver("d.csv", &format!("{HEADER}{}", rows("E-1", 12, 14, |_| "annat"))).await;
    app.release().await;
    assert_eq!(app.ask(BY_ENTRY).await["participantOutcomes"]["total"]["value"], 25);
}

#[tokio::test]
async fn counts_that_break_a_rule_are_refused_together_and_the_report_adds_up() {
    let app = App::new().await;
    projects(&app, 2).await;
    let text = format!(
        "{}E-2;EECO01;kvinna;2024;20;utfall\nE-1;EECO99;man;2024;1;\nE-1;EECO12;man;2024;1;\nE-9;EECO01;man;2024;1;\nE-2;EECO01;man;2024;många;\nE-2;EECO01;man;;3;\n",
        counts("E-1", [10, 12, 3, 2], [18, 12, 3, 7])
    );
    let report = app.deliver("antal.csv", &text).await;
    assert_eq!((report.rows, report.new, report.refused.len()), (14, 5, 9), "{}", report.text());
    let told = report.text();
    for reason in [
        "line 2: EECO02 + EECO04 + EECO05 is more than all participants",
        "line 11: indicator is no common indicator",
        "line 12: EECO12 is not counted here",
        "line 13: project_number is the number of no project",
        "line 14: value is no whole number",
        "line 15: year is empty",
    ] {
        assert!(told.contains(reason), "{reason}\n{told}");
    }
}

#[tokio::test]
async fn what_is_planned_stands_beside_as_it_was_delivered() {
    let app = App::new().await;
    projects(&app, 2).await;
    let text = format!(
        "{COUNTS}E-1;EECO01;;;83;planerat\nE-1;EECO02;kvinna;2024;41;planerat\nE-1;EECO12;man;2024;7;plan\n"
    );
    let report = app.deliver("plan.csv", &text).await;
    assert_eq!((report.new, report.refused.len()), (3, 0), "{}", report.text());
    app.release().await;
    let answer = app
        .ask("{ project(by: {number: \"E-1\"}) { plannedParticipants targets { indicator { code label(lang: EN) } period sex value } participantOutcomes { total { value } } } }")
        .await;
    let expected = json!({"plannedParticipants": 40, "participantOutcomes": null, "targets": [
        {"indicator": {"code": "EECO01", "label": "total number of participants"}, "period": null, "sex": null, "value": 83},
        {"indicator": {"code": "EECO02", "label": "unemployed, including long-term unemployed"}, "period": 2024, "sex": "WOMEN", "value": 41},
        {"indicator": {"code": "EECO12", "label": "with disabilities"}, "period": 2024, "sex": "MEN", "value": 7}]});
    assert_eq!(answer["project"], expected);
}
