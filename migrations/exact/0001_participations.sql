-- Participations, person by person. They stand apart from everything public: in a file of their own on SQLite, in a
-- schema of their own on PostgreSQL, which the service that answers the public cannot read.

CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    sha256 text NOT NULL UNIQUE,
    name text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    rows integer NOT NULL,
    refused integer NOT NULL,
    -- Tells secrets apart without telling them.
    secret text NOT NULL
);

CREATE TABLE participation (
    -- Keyed digest of the project's number and the key that was delivered.
    id uuid PRIMARY KEY,
    -- The project's number as it is compared.
    project_key text NOT NULL,
    start_year integer NOT NULL,
    sex text NOT NULL,
    -- What follows is empty without consent, after it was withdrawn, and where identity is protected.
    consent_on date,
    birth_year integer,
    age_band text,
    municipality_code text,
    education text,
    entry_status text,
    referred_by text,
    enrolled_on date,
    last_enrolled_on date,
    target_group text,
    step_1_on date,
    step_2_on date,
    step_3_on date,
    step_4_on date,
    step_5_on date,
    step_6_on date,
    exit_on date,
    exit_status text,
    exit_status_on date,
    after_six_months text
);
CREATE INDEX participation_of_project ON participation (project_key, start_year);

-- Of whom a published part was made: keyed digests, to count how many have changed since.
CREATE TABLE rounded (
    -- `UNIT` or `POOL`.
    kind text NOT NULL,
    -- The project's number as it is compared, or the region and sex of a pool.
    name text NOT NULL,
    period integer NOT NULL,
    -- The number of the release that rounded it.
    release integer NOT NULL,
    -- The project's id in that release; ids of projects may change when sources do.
    project_id uuid,
    -- Sixteen bytes for each participation: whose, and what.
    participations bytea NOT NULL,
    -- Four bytes for each count that what is published was made of, by sex; nothing of a pool.
    counts bytea NOT NULL,
    PRIMARY KEY (kind, name, period, release)
);

-- Projects and years whose participations were deleted because their time was up.
CREATE TABLE retired (
    project_key text NOT NULL,
    start_year integer NOT NULL,
    retired_on date NOT NULL,
    participations integer NOT NULL,
    PRIMARY KEY (project_key, start_year)
);
