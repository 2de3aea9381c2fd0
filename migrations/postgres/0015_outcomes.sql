-- Questions about many projects go through a few categories.
CREATE INDEX outcome_cell_of_category ON outcome_cell (category, project_id, period, sex, value);
