-- Groups of the projects of some years are counted and summed up from this index alone: rows of projects are long, and
-- those of a year are all over the table.
DROP INDEX project_by_start;
CREATE INDEX project_by_start ON project (starts_on, id)
    INCLUDE (conflicts, planned_participants, granted_currency, granted_minor, total_budget_currency, total_budget_minor);
