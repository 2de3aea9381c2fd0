//! Projects, organisations, funders, amounts and partnerships, a line each.

use std::collections::HashMap;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::Stream;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::lines::{Funded, Line, Stated, TakingPart};
use super::names::Names;
use super::table::Table;
use super::{Form, Rows, Untaken};
use crate::error::{Error, Result};
use crate::store::filter::Filter;
use crate::store::listing::{self, Award, Funder, Listed, Organisation, Partnership, Project};
use crate::store::patience::unhurried;
use crate::store::transaction;

/// Rows that are fetched at once.
const AT_ONCE: u64 = 1_000;

/// Streams a table, as it is now. The condition is on projects for amounts and partnerships too. What is given as turn
/// is given back when nothing more is read.
pub fn stream<T: Send + 'static>(
    db: DatabaseConnection,
    table: Table,
    filter: Filter,
    form: Form,
    turn: T,
) -> impl Stream<Item = io::Result<Vec<u8>>> + use<T> {
    let (rows, stream) = Rows::new(form, table.columns());
    tokio::spawn(unhurried(async move {
        let _turn = turn;
        match table {
            Table::Projects => copy::<Projects>(&db, &filter, rows).await,
            Table::Organisations => copy::<Plain<Organisation>>(&db, &filter, rows).await,
            Table::Funders => copy::<Plain<Funder>>(&db, &filter, rows).await,
            Table::Awards => copy::<Awards>(&db, &filter, rows).await,
            Table::Partnerships => copy::<Partnerships>(&db, &filter, rows).await,
        }
    }));
    stream
}

/// What fetches lines.
trait Fetch: Sized + Send {
    type Line: Line;

    /// Looks up what all of them need.
    fn begin(tx: &DatabaseTransaction) -> impl Future<Output = Result<Self>> + Send;

    /// Some lines after an id.
    fn some(
        &mut self,
        tx: &DatabaseTransaction,
        filter: &Filter,
        after: Uuid,
    ) -> impl Future<Output = Result<Vec<Self::Line>>> + Send;
}

/// What was fetched.
enum Fetched<L> {
    Some(Vec<L>),
    /// There is no more.
    All,
    Failed(Error),
}

/// Fetches all lines, as they are now, while another task writes those before.
async fn copy<F: Fetch>(db: &DatabaseConnection, filter: &Filter, rows: Rows) {
    let (to, from) = mpsc::channel(1);
    let writing = tokio::spawn(write(rows, from));
    let end = match fetch_all::<F>(db, filter, &to).await {
        Ok(()) => Fetched::All,
        Err(cause) => Fetched::Failed(cause),
    };
    // Where nobody takes it, whoever writes has told why.
    let _untaken = to.send(end).await;
    if let Err(cause) = writing.await {
        tracing::error!(error.cause = ?cause, "writing an export failed");
    }
}

/// Fetches some lines after others until there are none, or nobody takes them.
async fn fetch_all<F: Fetch>(
    db: &DatabaseConnection,
    filter: &Filter,
    to: &mpsc::Sender<Fetched<F::Line>>,
) -> Result<()> {
    let tx = transaction::snapshot(db).await?;
    let mut fetch = F::begin(&tx).await?;
    let mut after = Some(Uuid::nil());
    while let Some(last) = after {
        let some = tokio::select! {
            some = fetch.some(&tx, filter, last) => some?,
            () = to.closed() => break,
        };
        after = some.last().filter(|_| some.len() as u64 >= AT_ONCE).map(Line::id);
        if to.send(Fetched::Some(some)).await.is_err() {
            break;
        }
    }
    drop(fetch);
    transaction::end_snapshot(tx).await
}

/// Writes what is fetched. Where that stops before its end, so does the stream.
async fn write<L: Line>(mut rows: Rows, mut from: mpsc::Receiver<Fetched<L>>) {
    let done = loop {
        match from.recv().await {
            Some(Fetched::Some(lines)) => {
                if let Err(untaken) = put(&mut rows, lines).await {
                    break Err(untaken.into());
                }
            }
            Some(Fetched::All) => break Ok(()),
            Some(Fetched::Failed(cause)) => break Err(cause.into()),
            None => return,
        }
    };
    rows.end(done).await;
}

async fn put<L: Line>(rows: &mut Rows, lines: Vec<L>) -> std::result::Result<(), Untaken> {
    for line in lines {
        line.put(rows);
        rows.send_if_full().await?;
    }
    Ok(())
}

/// Lines that need nothing else.
struct Plain<T>(PhantomData<T>);

impl<T: Listed + Line> Fetch for Plain<T> {
    type Line = T;

    async fn begin(_: &DatabaseTransaction) -> Result<Self> {
        Ok(Self(PhantomData))
    }

    async fn some(&mut self, tx: &DatabaseTransaction, filter: &Filter, after: Uuid) -> Result<Vec<T>> {
        listing::some(tx, filter, after, AT_ONCE).await
    }
}

async fn funder_names(tx: &DatabaseTransaction) -> Result<HashMap<Uuid, Arc<str>>> {
    let names = listing::funder_names(tx).await?;
    Ok(names.into_iter().map(|(id, name)| (id, name.into())).collect())
}

/// Amounts, with the names of all funders and the titles of all sources.
struct Awards {
    funders: HashMap<Uuid, Arc<str>>,
    sources: HashMap<Vec<u8>, Arc<(Uuid, String)>>,
}

impl Fetch for Awards {
    type Line = Stated;

    async fn begin(tx: &DatabaseTransaction) -> Result<Self> {
        let sources = listing::source_titles(tx).await?;
        let sources = sources.into_iter().map(|(key, id, title)| (key, Arc::new((id, title)))).collect();
        Ok(Self { funders: funder_names(tx).await?, sources })
    }

    async fn some(&mut self, tx: &DatabaseTransaction, filter: &Filter, after: Uuid) -> Result<Vec<Stated>> {
        let stated = |award: Award| {
            let source = self.sources.get(award.source_key()).map(Arc::clone);
            let source = source.ok_or(Error::Inconsistent { table: "award", id: award.id })?;
            let funder = award.funder_id.and_then(|id| self.funders.get(&id)).map(Arc::clone);
            Ok(Stated { award, source, funder })
        };
        listing::some(tx, filter, after, AT_ONCE).await?.into_iter().map(stated).collect()
    }
}

/// Parts in projects, with the names of who takes them.
struct Partnerships(Names);

impl Fetch for Partnerships {
    type Line = TakingPart;

    async fn begin(_: &DatabaseTransaction) -> Result<Self> {
        Ok(Self(Names::default()))
    }

    async fn some(
        &mut self,
        tx: &DatabaseTransaction,
        filter: &Filter,
        after: Uuid,
    ) -> Result<Vec<TakingPart>> {
        let some: Vec<Partnership> = listing::some(tx, filter, after, AT_ONCE).await?;
        let ids = some.iter().flat_map(|row| std::iter::once(row.organisation_id).chain(row.unit_id));
        self.0.learn(tx, ids).await?;
        let taking = |part: Partnership| {
            let whole = self.0.of(Some(part.organisation_id));
            let whole = whole.ok_or(Error::Inconsistent { table: "partnership", id: part.id })?;
            Ok(TakingPart { whole, unit: self.0.of(part.unit_id), part })
        };
        some.into_iter().map(taking).collect()
    }
}

/// Projects, with the names of all funders and of their owners.
struct Projects {
    funders: HashMap<Uuid, Arc<str>>,
    owners: Names,
}

impl Fetch for Projects {
    type Line = Funded;

    async fn begin(tx: &DatabaseTransaction) -> Result<Self> {
        Ok(Self { funders: funder_names(tx).await?, owners: Names::default() })
    }

    async fn some(&mut self, tx: &DatabaseTransaction, filter: &Filter, after: Uuid) -> Result<Vec<Funded>> {
        let some: Vec<Project> = listing::some(tx, filter, after, AT_ONCE).await?;
        self.owners.learn(tx, some.iter().filter_map(|project| project.owner_id)).await?;
        // Who pays for them, up to the last of them.
        let last = some.last().map_or(after, |last| last.id);
        let mut paid = listing::paid(tx, after, last).await?.into_iter().peekable();
        let with_funders = |project: Project| {
            // In between stand those of projects that the filter leaves out.
            while paid.next_if(|(own, _)| *own < project.id).is_some() {}
            let of_it = std::iter::from_fn(|| paid.next_if(|(own, _)| *own == project.id));
            let mut own: Vec<&str> = of_it.filter_map(|(_, id)| Some(&**self.funders.get(&id)?)).collect();
            own.sort_unstable();
            Funded { funders: own.join("; "), owner: self.owners.of(project.owner_id), project }
        };
        Ok(some.into_iter().map(with_funders).collect())
    }
}
