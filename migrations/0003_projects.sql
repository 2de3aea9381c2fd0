-- The graph: projects as resolved from statements. Money is in minor units (öre, cents).

CREATE TABLE project (
    id uuid PRIMARY KEY,
    sort_key bytea NOT NULL,
    name text NOT NULL,
    number text,
    -- EDTF; starts_on and ends_on are its first and last day.
    period text,
    starts_on date,
    ends_on date,
    region_code text,
    specific_objective text,
    decided_on date,
    -- The owner as named: a legal entity or a unit of one.
    owner_id uuid REFERENCES organisation (id),
    planned_participants integer,
    -- Fields on which sources disagree beyond their precision.
    conflicts integer NOT NULL,
    -- Digest of everything derived, so that updated_at moves only when content does.
    content text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE INDEX project_order ON project (sort_key, id);
CREATE INDEX project_in_conflict ON project (sort_key, id) WHERE conflicts > 0;
CREATE INDEX project_of_owner ON project (owner_id);
CREATE INDEX project_of_region ON project (region_code, sort_key, id);

CREATE TABLE project_name (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    value text NOT NULL
);
CREATE INDEX project_name_of_project ON project_name (project_id, value);

CREATE TABLE project_number (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    value text NOT NULL,
    scheme text NOT NULL,
    number_key text NOT NULL,
    source_id uuid NOT NULL REFERENCES source (id)
);
CREATE INDEX project_number_of_project ON project_number (project_id, value);
CREATE INDEX project_number_by_key ON project_number (number_key);

CREATE TABLE project_funder (
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    funder_id uuid NOT NULL REFERENCES funder (id),
    project_sort_key bytea NOT NULL,
    PRIMARY KEY (project_id, funder_id)
);
CREATE INDEX project_funder_of_funder ON project_funder (funder_id, project_sort_key, project_id);

-- The chosen amount of each kind and currency; what sums are made of, so that no project counts twice.
CREATE TABLE project_amount (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    kind text NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    uncertainty_minor bigint NOT NULL,
    statement_id uuid NOT NULL REFERENCES statement (id)
);
CREATE INDEX project_amount_of_project ON project_amount (project_id, kind);

-- Every amount that a source states.
CREATE TABLE award (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    statement_id uuid NOT NULL REFERENCES statement (id),
    funder_id uuid REFERENCES funder (id),
    sort_key bytea NOT NULL,
    kind text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    uncertainty_minor bigint NOT NULL,
    decided_on date,
    line integer NOT NULL
);
CREATE INDEX award_of_project ON award (project_id, sort_key, id);
CREATE INDEX award_of_statement ON award (statement_id, sort_key, id);
CREATE INDEX award_of_funder ON award (funder_id, sort_key, id);

CREATE TABLE partnership (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    role text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisation (id),
    unit_id uuid REFERENCES organisation (id),
    -- The unit, or the legal entity where no unit is named.
    member_id uuid NOT NULL REFERENCES organisation (id),
    -- Role and name: the order of a project's partnerships.
    sort_key bytea NOT NULL,
    -- The project's: the order of an organisation's projects.
    project_sort_key bytea NOT NULL
);
CREATE INDEX partnership_of_project ON partnership (project_id, sort_key, id);
CREATE INDEX partnership_of_member ON partnership (member_id, project_sort_key, project_id);
CREATE INDEX partnership_of_organisation ON partnership (organisation_id, project_id);

CREATE TABLE partnership_statement (
    partnership_id uuid NOT NULL REFERENCES partnership (id) ON DELETE CASCADE,
    statement_id uuid NOT NULL REFERENCES statement (id),
    PRIMARY KEY (partnership_id, statement_id)
);

CREATE TABLE reported_result (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    statement_id uuid NOT NULL REFERENCES statement (id),
    sort_key bytea NOT NULL,
    measure text NOT NULL,
    sex text,
    value integer NOT NULL
);
CREATE INDEX reported_result_of_project ON reported_result (project_id, sort_key, id);
