-- What is public of participant outcomes: multiples of five that add up, made by the release job. Nothing here is exact.

CREATE TABLE release (
    id uuid PRIMARY KEY,
    -- Its number, as eight bytes.
    sort_key bytea NOT NULL,
    number integer NOT NULL UNIQUE,
    -- The day as of which participations were counted.
    as_of date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    -- Whether what is public is of this release.
    active boolean NOT NULL,
    participations integer NOT NULL CHECK (participations >= 0 AND participations % 5 = 0),
    -- SHA-256 of all rows.
    digest text NOT NULL,
    -- Tells secrets apart without telling them.
    secret text NOT NULL,
    -- What the audit found, as a sentence.
    audit text NOT NULL
);

-- Participations of one sex in one project and year.
CREATE TABLE outcome_group (
    -- Not a reference: projects come and go with their sources, releases stay.
    project_id uuid NOT NULL,
    period integer NOT NULL,
    sex text NOT NULL,
    -- The project's county when it was rounded; empty where none is known.
    region_code text NOT NULL,
    value integer NOT NULL CHECK (value >= 0 AND value % 5 = 0),
    -- Whether it is shown by categories; if not, it is in a pool.
    shown boolean NOT NULL,
    PRIMARY KEY (project_id, period, sex)
);

-- Those of one category; a category without a row is 0.
CREATE TABLE outcome_cell (
    project_id uuid NOT NULL,
    period integer NOT NULL,
    sex text NOT NULL,
    -- Table and code, such as `EXIT_STATUS:WORK`.
    category text NOT NULL,
    value integer NOT NULL CHECK (value > 0 AND value % 5 = 0),
    PRIMARY KEY (project_id, category, period, sex)
);

-- Groups that are too small to be shown by categories, together by year and county.
CREATE TABLE outcome_pool (
    period integer NOT NULL,
    region_code text NOT NULL,
    -- A sex, or `*` for those that are together.
    sex text NOT NULL,
    -- As above, or empty for how many there are.
    category text NOT NULL,
    value integer NOT NULL CHECK (value > 0 AND value % 5 = 0),
    PRIMARY KEY (period, region_code, sex, category)
);

-- Sums of all of these by year and county, for questions about everything. An empty category is how many there are.
CREATE TABLE outcome_sum (
    category text NOT NULL,
    period integer NOT NULL,
    region_code text NOT NULL,
    sex text NOT NULL,
    value integer NOT NULL CHECK (value > 0 AND value % 5 = 0),
    PRIMARY KEY (category, period, region_code, sex)
);
