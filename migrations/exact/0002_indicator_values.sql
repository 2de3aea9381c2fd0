-- Indicators by project, year and sex, of those who deliver counts and no persons; and what projects plan for.
CREATE TABLE indicator_value (
    -- The project's number as it is compared.
    project_key text NOT NULL,
    -- 0 for the whole of the project, as plans may say.
    period integer NOT NULL,
    sex text NOT NULL,
    indicator text NOT NULL,
    planned boolean NOT NULL,
    value integer NOT NULL,
    PRIMARY KEY (project_key, period, sex, indicator, planned)
);
