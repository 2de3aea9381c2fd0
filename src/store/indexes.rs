//! Indexes, and checks of references, that are set aside while much is written into tables that were empty: done once
//! for all rows they take a fraction of the time.

use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Statement};

use super::search::LAST_IN_ORDER;
use crate::error::Result;

/// What was set aside: what takes it away, and what makes it again.
#[derive(Debug, FromQueryResult)]
struct Part {
    dropping: String,
    making: String,
}

/// Indexes and checks that are not there for the time being, and the tables that they are of.
#[derive(Debug, Default)]
pub struct SetAside {
    parts: Vec<Part>,
    tables: Vec<String>,
}

/// Sets the indexes of some tables aside, but for some by name; and on PostgreSQL their keys and the checks of their
/// references too. (SQLite keeps its keys, and its checks are a setting of the connection.)
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn set_aside(db: &impl ConnectionTrait, tables: &[&str], but: &[&str]) -> Result<SetAside> {
    let grown = tables.iter().map(|table| (*table).to_owned()).collect();
    let list = |names: &[&str]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let (tables, but) = (list(tables), list(but));
    let backend = db.get_database_backend();
    let sql = match backend {
        // In the order in which they are made again: references need keys.
        DatabaseBackend::Postgres => format!(
            "SELECT format('DROP INDEX %I', indexname) AS dropping, indexdef AS making, false AS is_reference FROM pg_indexes \
             WHERE schemaname = current_schema() AND tablename IN ({tables}) AND indexname NOT IN ({but}) \
             AND indexdef LIKE 'CREATE INDEX%' \
             UNION ALL \
             SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), \
             format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)), \
             contype = 'f' \
             FROM pg_constraint WHERE contype IN ('p', 'f') AND connamespace = current_schema()::regnamespace \
             AND conrelid::regclass::text IN ({tables}) AND conname NOT IN ({but}) \
             ORDER BY is_reference, making"
        ),
        _ => format!(
            "SELECT 'DROP INDEX \"' || name || '\"' AS dropping, sql AS making FROM sqlite_master \
             WHERE type = 'index' AND tbl_name IN ({tables}) AND name NOT IN ({but}) \
             AND sql LIKE 'CREATE INDEX%' ORDER BY name"
        ),
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    let parts: Vec<Part> =
        rows.iter().map(|row| Part::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?;
    for part in parts.iter().rev() {
        db.execute_unprepared(&part.dropping).await?;
    }
    Ok(SetAside { parts, tables: grown })
}

/// Sets aside what keeps the index of words up to date with every row: it is made of all rows that there are at once, and
/// these stand in the order of their names then, so that those of one beginning, which are often asked for together, stand
/// together.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn set_words_aside(db: &impl ConnectionTrait) -> Result<SetAside> {
    let backend = db.get_database_backend();
    let tables = Vec::new();
    if backend == DatabaseBackend::Postgres {
        let dropping = "ALTER TABLE search_entry DISABLE TRIGGER USER; DROP INDEX search_by_name";
        db.execute_unprepared(dropping).await?;
        let parts = vec![Part { dropping: String::new(), making: WORDS.to_owned() }];
        return Ok(SetAside { parts, tables });
    }
    let triggers = "SELECT 'DROP TRIGGER \"' || name || '\"' AS dropping, sql AS making FROM sqlite_master \
        WHERE type = 'trigger' AND tbl_name = 'search_entry' ORDER BY name";
    let mut parts = vec![Part { dropping: String::new(), making: IN_ORDER.to_owned() }];
    for row in db.query_all_raw(Statement::from_string(backend, triggers)).await? {
        let part = Part::from_query_result(&row, "")?;
        db.execute_unprepared(&part.dropping).await?;
        parts.push(part);
    }
    let making = "INSERT INTO search_index (search_index) VALUES ('rebuild')".to_owned();
    parts.push(Part { dropping: String::new(), making });
    Ok(SetAside { parts, tables })
}

/// Writes what can be searched again, in the order of names and with its words, and how many names each word is in.
/// PostgreSQL has several processes find what it writes into a table of its own, and only that. (What is deleted is not
/// truncated: a reader who began before would find nothing instead of what was there.)
const WORDS: &str = "CREATE TEMPORARY TABLE found AS \
     SELECT id, kind, sort_key, title, others, search_words(title, others) AS words FROM search_entry \
     ORDER BY kind, sort_key, id; \
     CREATE TEMPORARY TABLE found_word AS SELECT word, COUNT(*) AS entries FROM search_entry, \
     unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word WHERE word <> '' GROUP BY word; \
     DELETE FROM search_entry; ALTER TABLE search_entry DROP CONSTRAINT search_entry_pkey; \
     INSERT INTO search_entry (id, kind, sort_key, title, others, words) \
     SELECT id, kind, sort_key, title, others, words FROM found; DROP TABLE found; \
     ALTER TABLE search_entry ADD CONSTRAINT search_entry_pkey PRIMARY KEY (id); \
     CREATE INDEX search_by_name ON search_entry (kind, sort_key, id); \
     INSERT INTO search_word (word, entries) SELECT word, entries FROM found_word \
     ON CONFLICT (word) DO UPDATE SET entries = excluded.entries; DROP TABLE found_word; \
     ALTER TABLE search_entry ENABLE TRIGGER USER";

/// Writes what can be searched again, in the order of names, with the numbers of what is in order. Its index is made after
/// that, for in this order it is written all over.
const IN_ORDER: &str = "CREATE TEMPORARY TABLE ordered AS \
     SELECT id, kind, sort_key, title, others FROM search_entry ORDER BY kind, sort_key, id; \
     DROP INDEX search_entry_of; DELETE FROM search_entry; \
     INSERT INTO search_entry (number, id, kind, sort_key, title, others) \
     SELECT (CASE kind WHEN 'FUNDER' THEN 1 WHEN 'ORGANISATION' THEN 2 ELSE 3 END << 40) + ordered.rowid, \
     id, kind, sort_key, title, others FROM ordered ORDER BY ordered.rowid; \
     CREATE UNIQUE INDEX search_entry_of ON search_entry (id); DROP TABLE ordered";

/// Has SQLite put what can be searched in order again, if much of it is not: if it is more than a tenth, and not little.
/// (PostgreSQL goes through its index of names, which is always in order.)
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn keep_words_in_order(db: &impl ConnectionTrait) -> Result<()> {
    const LITTLE: i64 = 20_000;
    let backend = db.get_database_backend();
    if backend == DatabaseBackend::Postgres {
        return Ok(());
    }
    let late = format!("SELECT COUNT(*) FROM search_entry WHERE number > {LAST_IN_ORDER}");
    let late = count(db, &late).await?;
    if late > LITTLE && late > count(db, "SELECT COUNT(*) FROM search_entry").await? / 10 {
        set_words_aside(db).await?.restore(db).await?;
    }
    Ok(())
}

async fn count(db: &impl ConnectionTrait, sql: &str) -> Result<i64> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

impl SetAside {
    /// Makes them again.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails, or a reference leads nowhere.
    pub async fn restore(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let Self { parts, tables } = std::mem::take(self);
        if parts.is_empty() {
            return Ok(());
        }
        let cache = sorting(db).await?;
        for part in parts {
            db.execute_unprepared(&part.making).await?;
        }
        if let Some(cache) = cache {
            db.execute_unprepared(&format!("PRAGMA threads = 0; PRAGMA cache_size = {cache}")).await?;
        }
        look(db, &tables).await
    }

    /// Has the database look at what is in the tables, though their indexes are still set aside.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn look(&self, db: &impl ConnectionTrait) -> Result<()> {
        look(db, &self.tables).await
    }
}

/// PostgreSQL still believes tables that were filled to be empty, and would go through them row by row. Only these: a table
/// that is looked at is locked until the end.
async fn look(db: &impl ConnectionTrait, tables: &[String]) -> Result<()> {
    if db.get_database_backend() == DatabaseBackend::Postgres && !tables.is_empty() {
        db.execute_unprepared(&format!("ANALYZE {}", tables.join(", "))).await?;
    }
    Ok(())
}

/// Makes a connection to SQLite ready to sort, and returns the size that its cache had. SQLite sorts as much at a time
/// as its cache may be large: what fits into the processor's own is sorted in two thirds of the time and in a fraction
/// of the memory; and while one part is sorted, another thread can read the next.
async fn sorting(db: &impl ConnectionTrait) -> Result<Option<i64>> {
    let backend = db.get_database_backend();
    if backend != DatabaseBackend::Sqlite {
        return Ok(None);
    }
    let row = db.query_one_raw(Statement::from_string(backend, "PRAGMA cache_size")).await?;
    let cache = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
    db.execute_unprepared("PRAGMA cache_size = -8192; PRAGMA threads = 1").await?;
    Ok(cache)
}
