-- What projects are narrowed by stands in the index that lists are read in the order of, so that a project that is passed
-- over is not looked up: rows in the order of names are all over the table. (But for `conflicts`, by which groups say
-- that they want the other index, in the order of ids.)
DROP INDEX project_order;
CREATE INDEX project_order ON project (
    sort_key, id, starts_on, ends_on, region_code, specific_objective, owner_id, planned_participants,
    total_budget_currency, total_budget_minor, granted_currency, granted_minor
);
