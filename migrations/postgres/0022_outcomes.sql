-- The cells of a project are read from the index alone; and those of a dimension stand together in it, whatever the
-- order of words is in the database's own language.
ALTER TABLE outcome_cell DROP CONSTRAINT outcome_cell_pkey;
ALTER TABLE outcome_cell ALTER COLUMN category TYPE text COLLATE "C";
ALTER TABLE outcome_cell ADD PRIMARY KEY (project_id, category, period, sex) INCLUDE (value);
