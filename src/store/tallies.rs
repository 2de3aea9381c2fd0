//! How many projects organisations and funders have: kept beside them, so that lists can be ordered by it.

use sea_orm::ConnectionTrait;

use crate::error::Result;

/// Counts anew, and writes what differs.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn refresh(db: &impl ConnectionTrait) -> Result<()> {
    let of_organisations = "SELECT tree.ancestor_id AS id, CAST(COUNT(DISTINCT part.project_id) AS integer) AS projects \
         FROM partnership part JOIN organisation_tree tree ON tree.descendant_id = part.member_id \
         GROUP BY tree.ancestor_id";
    let of_funders = "SELECT funder_id AS id, CAST(COUNT(*) AS integer) AS projects FROM project_funder GROUP BY funder_id";
    for (table, counted) in [("organisation", of_organisations), ("funder", of_funders)] {
        let differing = format!(
            "WITH counted AS ({counted}) UPDATE {table} SET projects = counted.projects FROM counted \
             WHERE counted.id = {table}.id AND {table}.projects <> counted.projects"
        );
        db.execute_unprepared(&differing).await?;
        let without = format!(
            "UPDATE {table} SET projects = 0 WHERE projects <> 0 AND id NOT IN (SELECT id FROM ({counted}) counted)"
        );
        db.execute_unprepared(&without).await?;
    }
    Ok(())
}
