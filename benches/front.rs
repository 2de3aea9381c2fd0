//! What the front costs: a document of about one kilobyte, seen for the first time and again.
//!
//! `cargo bench --bench front`

use divan::Bencher;
use samverkan::graphql::{Limits, Request, Schema, TrustedDocuments};
use sea_orm::DatabaseConnection;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A dashboard's question, made a kilobyte long by what dashboards ask.
fn document(number: u64) -> String {
    format!(
        "query Dashboard{number}($first: Int = 20, $after: String, $on: Date) {{
  projects(where: {{hasConflicts: true}}, first: $first, after: $after) {{
    totalCount
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      ...Names
      status(asOf: $on)
      period {{ edtf start end }}
      owner {{ name number kind }}
      responsibleUnits {{ name }}
      region {{ code name }}
      partnerships(roles: [PARTNER], first: 10) {{ nodes {{ role organisation {{ name }} unit {{ name }} }} }}
      financing {{
        total {{ ...Sum }}
        granted {{ ...Sum }}
        ownCoFinancing {{ ...Sum }}
        unexplained {{ ...Sum }}
        addsUp
      }}
      conflicts {{ field claims {{ value chosen reason statement {{ line source {{ title publisher {{ name }} }} }} }} }}
      reportedResults {{ measure sex value }}
      plannedParticipants
    }}
  }}
  service {{ version dataVersion updatedAt }}
}}
fragment Names on Project {{ id name number aliases numbers {{ value scheme }} specificObjective decidedOn }}
fragment Sum on Money {{ amount currency }}
"
    )
}

fn schema() -> Schema {
    match Schema::new(DatabaseConnection::default(), Limits::default(), TrustedDocuments::default()) {
        Ok(schema) => schema,
        Err(cause) => panic!("{cause}"),
    }
}

fn request(number: u64) -> Request {
    Request { query: Some(document(number)), ..Request::default() }
}

/// The same document again, as a dashboard sends it.
#[divan::bench]
fn again(bencher: Bencher<'_, '_>) {
    let (schema, request) = (schema(), request(0));
    assert!(schema.prepare(&request).is_ok(), "{:?}", schema.prepare(&request).err());
    bencher.bench_local(|| schema.prepare(&request).is_ok());
}

/// A document that was never seen.
#[divan::bench]
fn first_time(bencher: Bencher<'_, '_>) {
    let schema = schema();
    let mut number = 0;
    let next = || {
        number += 1;
        request(number)
    };
    bencher.with_inputs(next).bench_local_values(|request| schema.prepare(&request).is_ok());
}

/// For comparison: async-graphql's own parser alone, which checks nothing.
#[divan::bench]
fn parse_only() -> bool {
    async_graphql::parser::parse_query(document(0)).is_ok()
}

/// A document of 800 bytes that would unfold to millions of selections, refused.
#[divan::bench]
fn fragment_bomb(bencher: Bencher<'_, '_>) {
    let schema = schema();
    let fragment = |n: usize| format!("fragment F{n} on Query{{...F{next} ...F{next}}}", next = n + 1);
    let fragments: Vec<String> = (0..24).map(fragment).collect();
    let bomb = format!("{{...F0}}{}fragment F24 on Query{{__typename}}", fragments.concat());
    let request = Request { query: Some(bomb), ..Request::default() };
    bencher.bench_local(|| schema.prepare(&request).is_err());
}
