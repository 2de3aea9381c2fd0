-- All that is published of a project's participations in one row, for who reads a page of projects: of each group and of
-- each cell `YEAR SEX CATEGORY VALUE SHOWN`, apart by `;`. Groups have no category, and cells are not shown by others. It
-- is made of the rows of the release when these are (store/releases.rs).
CREATE TABLE project_outcome (
    project_id uuid PRIMARY KEY,
    numbers text NOT NULL
);
INSERT INTO project_outcome (project_id, numbers)
SELECT project_id, string_agg(number, ';' ORDER BY number) FROM (
    SELECT project_id, period || ' ' || sex || '  ' || value || ' ' || CASE WHEN shown THEN '1' ELSE '0' END AS number
    FROM outcome_group
    UNION ALL
    SELECT project_id, period || ' ' || sex || ' ' || category || ' ' || value || ' 0' AS number FROM outcome_cell
) AS published GROUP BY project_id;
