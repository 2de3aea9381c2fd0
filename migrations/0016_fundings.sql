-- Sums of published outcomes by who pays, for questions about funders. Who pays is of today, what came of it is of the
-- release: these are made anew whenever either changes. A funding is a set of funders that pay for the same projects.

-- The funding of each project of which something is published; nil is that of those without any funder.
CREATE TABLE project_funding (
    project_id uuid PRIMARY KEY,
    funding_id uuid NOT NULL
);

-- Who is in a funding.
CREATE TABLE funding_funder (
    funding_id uuid NOT NULL,
    funder_id uuid NOT NULL,
    PRIMARY KEY (funding_id, funder_id)
);
CREATE INDEX funding_funder_of_funder ON funding_funder (funder_id, funding_id);

-- Participations in the projects of a funding, without what is only published of several projects together.
CREATE TABLE outcome_funding (
    -- Table and code; empty for how many there are.
    category text NOT NULL,
    funding_id uuid NOT NULL,
    period integer NOT NULL,
    region_code text NOT NULL,
    sex text NOT NULL,
    value integer NOT NULL CHECK (value >= 0 AND value % 5 = 0),
    -- How many groups it is the sum of, and how many of them are shown by categories; 0 where it is of a category.
    groups integer NOT NULL,
    shown integer NOT NULL,
    PRIMARY KEY (category, funding_id, period, region_code, sex)
);
