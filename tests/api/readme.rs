//! The README's question has the README's answer.

use samverkan::domain::scope::Scope;
use serde_json::Value;

use crate::app::App;
use crate::partners::{asked, key};

#[tokio::test]
async fn the_first_question_of_the_readme_has_the_answer_it_shows() {
    let readme = include_str!("../../README.md");
    let body = readme.split("-d '").nth(1).unwrap().split("'\n").next().unwrap();
    let shown = readme.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let question: Value = serde_json::from_str(body).unwrap();
    let app = App::with_demo().await;
    let answer = app.answer(question["query"].as_str().unwrap(), Value::Null).await;
    assert_eq!(answer, serde_json::from_str::<Value>(shown).unwrap(), "now it is\n{answer:#}");
}

#[tokio::test]
async fn every_question_of_the_readme_finds_something() {
    let readme = include_str!("../../README.md");
    let questions: Vec<&str> =
        readme.split("```graphql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!questions.is_empty());
    let app = App::with_demo().await;
    let own = key(&app, "Stockholms stad", &[Scope::ReadOwn]).await;
    for question in questions {
        let found = asked(&app, &own, question).await;
        assert!(found.get("errors").is_none(), "{found:#}");
        let data = &found["data"];
        let lists = [&data["projects"]["nodes"], &data["viewer"]["changes"]["edges"]];
        assert!(lists.iter().any(|list| list.as_array().is_some_and(|list| !list.is_empty())), "{found:#}");
    }
}
