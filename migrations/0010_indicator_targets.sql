-- What projects plan for, by indicator: no persons are behind it, so it is as it was delivered.
CREATE TABLE indicator_target (
    project_id uuid NOT NULL,
    -- 0 for the whole of the project.
    period integer NOT NULL,
    -- Empty where none is said.
    sex text NOT NULL,
    indicator text NOT NULL,
    value integer NOT NULL,
    PRIMARY KEY (project_id, indicator, period, sex)
);
