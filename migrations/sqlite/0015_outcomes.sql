-- Published outcomes without a key of rows beside their own: half as large, and every question reads one tree.

CREATE TABLE outcome_group_new (
    project_id uuid NOT NULL,
    period integer NOT NULL,
    sex text NOT NULL,
    region_code text NOT NULL,
    value integer NOT NULL CHECK (value >= 0 AND value % 5 = 0),
    shown boolean NOT NULL,
    PRIMARY KEY (project_id, period, sex)
) WITHOUT ROWID;
INSERT INTO outcome_group_new (project_id, period, sex, region_code, value, shown)
SELECT project_id, period, sex, region_code, value, shown FROM outcome_group;
DROP TABLE outcome_group;
ALTER TABLE outcome_group_new RENAME TO outcome_group;

CREATE TABLE outcome_cell_new (
    project_id uuid NOT NULL,
    period integer NOT NULL,
    sex text NOT NULL,
    category text NOT NULL,
    value integer NOT NULL CHECK (value > 0 AND value % 5 = 0),
    PRIMARY KEY (project_id, category, period, sex)
) WITHOUT ROWID;
INSERT INTO outcome_cell_new (project_id, period, sex, category, value)
SELECT project_id, period, sex, category, value FROM outcome_cell;
DROP TABLE outcome_cell;
ALTER TABLE outcome_cell_new RENAME TO outcome_cell;

-- Questions about many projects go through a few categories.
CREATE INDEX outcome_cell_of_category ON outcome_cell (category, project_id, value);
