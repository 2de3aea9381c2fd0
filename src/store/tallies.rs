//! How many projects organisations and funders have: kept beside them, so that lists can be ordered by it.

use sea_orm::ConnectionTrait;

use crate::error::Result;

/// Counts anew, and writes what differs.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn refresh(db: &impl ConnectionTrait) -> Result<()> {
    // Counted, and looked for alone where there may be none any more.
    let of_organisations = "SELECT tree.ancestor_id AS id, CAST(COUNT(DISTINCT part.project_id) AS integer) AS projects \
         FROM partnership part JOIN organisation_tree tree ON tree.descendant_id = part.member_id \
         GROUP BY tree.ancestor_id";
    let of_funders = "SELECT funder_id AS id, CAST(COUNT(*) AS integer) AS projects FROM project_funder GROUP BY funder_id";
    let has_organisation = "SELECT 1 FROM organisation_tree tree \
         JOIN partnership part ON part.member_id = tree.descendant_id WHERE tree.ancestor_id = organisation.id";
    let has_funder = "SELECT 1 FROM project_funder paid WHERE paid.funder_id = funder.id";
    for (table, counted, one) in
        [("organisation", of_organisations, has_organisation), ("funder", of_funders, has_funder)]
    {
        let differing = format!(
            "WITH counted AS ({counted}) UPDATE {table} SET projects = counted.projects FROM counted \
             WHERE counted.id = {table}.id AND {table}.projects <> counted.projects"
        );
        db.execute_unprepared(&differing).await?;
        let without = format!("UPDATE {table} SET projects = 0 WHERE projects <> 0 AND NOT EXISTS ({one})");
        db.execute_unprepared(&without).await?;
    }
    Ok(())
}
