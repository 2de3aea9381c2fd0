//! What the parts of a day's work cost by themselves: reading a document of each kind, answering a question about many
//! objects directly and by the executor, and the keys that names are sorted by.
//!
//! `cargo bench --bench parts`; `cargo bench --bench front` for what comes before an answer.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

use std::path::{Path, PathBuf};

use divan::{Bencher, black_box};
use samverkan::domain::collation::sort_key;
use samverkan::graphql::{Limits, Prepared, Request, Schema, TrustedDocuments};
use samverkan::import::{self, Options};
use samverkan::store::database::{self, Pool};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const DOCUMENTS: [&str; 5] = [
    "beslutslista.txt",
    "faktasida-hallbar-etablering.txt",
    "pressmeddelande-etablering-stockholm.txt",
    "projektbank-2017-00162.txt",
    "projektbilaga.txt",
];

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo")
}

/// A document that is found, recognised and read.
#[divan::bench(args = DOCUMENTS)]
fn read(name: &str) -> usize {
    let opened = import::open(&demo().join(name), &Options::default()).expect("a document of the demo");
    opened.format.read(&opened.file.document).items.count()
}

/// The key that a name is sorted by, in Swedish order.
#[divan::bench]
fn key_of_a_name() -> Vec<u8> {
    sort_key(black_box("Samordningsförbundet Östra Södertörn – Hållbar etablering 2.0"))
}

/// The demo on SQLite, and a page of all its projects with what belongs to them.
struct Asked {
    runtime: Runtime,
    schema: Schema,
    question: Prepared,
    _folder: tempfile::TempDir,
}

impl Asked {
    fn new(is_direct: bool) -> Self {
        let (runtime, folder) = (Runtime::new().expect("a runtime"), tempfile::tempdir().expect("a folder"));
        let url = format!("sqlite://{}", folder.path().join("bench.db").display());
        let schema = runtime.block_on(async {
            let db = database::open_to_serve(&url, &Pool::default()).await.expect("a database");
            import::run(&db, &[demo()], &Options::default(), chrono::Utc::now(), |_| {})
                .await
                .expect("the demo");
            Schema::new(db, Limits::default(), TrustedDocuments::default()).expect("a schema")
        });
        let schema = if is_direct { schema } else { schema.by_executor_alone() };
        let query = "{ projects(first: 50) { nodes { id name period { start end } region { name } owner { name kind }
            partnerships { nodes { role organisation { name } unit { name } } } awards { kind amount { amount currency } }
            funders { name kind } } } }";
        let request = Request { query: Some(query.to_owned()), ..Request::default() };
        let question = schema.prepare(&request).expect("a question");
        Self { runtime, schema, question, _folder: folder }
    }

    fn bench(&self, bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| {
            let reply = self.runtime.block_on(self.schema.execute(&self.question, "bench", None));
            assert!(reply.errors.is_empty(), "{:?}", reply.errors);
            reply.to_json().map(|json| json.len())
        });
    }
}

/// A page, level by level.
#[divan::bench]
fn page_directly(bencher: Bencher<'_, '_>) {
    Asked::new(true).bench(bencher);
}

/// The same page by the executor and its loaders.
#[divan::bench]
fn page_by_the_executor(bencher: Bencher<'_, '_>) {
    Asked::new(false).bench(bencher);
}
