-- What projects are grouped by and what is summed, in the order of ids, in which funders stand beside their projects
-- too: groups of all projects read both from beginning to end, rather than a row here and a row there.
CREATE INDEX project_figures ON project (
    id, region_code, starts_on, ends_on, specific_objective, owner_id, planned_participants, conflicts,
    total_budget_currency, total_budget_minor, granted_currency, granted_minor
);
