-- What was read, and what each source says. Everything in the later files is derived from these rows.

CREATE TABLE source (
    id uuid PRIMARY KEY,
    -- The order in which sources were recorded, from 1; sort_key is the same as eight bytes.
    sequence bigint NOT NULL UNIQUE,
    sort_key bytea NOT NULL,
    sha256 text NOT NULL UNIQUE,
    file_name text NOT NULL,
    title text NOT NULL,
    format text NOT NULL,
    publisher_id uuid,
    url text,
    published_on date,
    obtained_on date NOT NULL,
    licence text,
    lines integer NOT NULL,
    statements integer NOT NULL,
    personal_details integer NOT NULL
);
CREATE INDEX source_order ON source (sort_key, id);

CREATE TABLE statement (
    id uuid PRIMARY KEY,
    source_id uuid NOT NULL REFERENCES source (id),
    -- Source sequence and ordinal as twelve bytes: the order in which statements were recorded.
    sort_key bytea NOT NULL,
    line integer NOT NULL,
    name_key text,
    number_key text,
    -- The statement itself, in the exchange format (JSON).
    body text NOT NULL,
    project_id uuid,
    matched_by text NOT NULL
);
CREATE INDEX statement_of_source ON statement (source_id, sort_key);
CREATE INDEX statement_of_project ON statement (project_id, sort_key);
CREATE INDEX statement_by_name ON statement (name_key);
CREATE INDEX statement_by_number ON statement (number_key);

CREATE TABLE source_warning (
    id uuid PRIMARY KEY,
    source_id uuid NOT NULL REFERENCES source (id),
    code text NOT NULL,
    line integer,
    text text
);
CREATE INDEX source_warning_of_source ON source_warning (source_id, code);

CREATE TABLE source_refusal (
    id uuid PRIMARY KEY,
    source_id uuid NOT NULL REFERENCES source (id),
    line integer,
    reason text NOT NULL
);
CREATE INDEX source_refusal_of_source ON source_refusal (source_id, line);

-- One row: grows with every change of the data, so that answers can be cached by it.
CREATE TABLE data_version (
    id integer PRIMARY KEY,
    version bigint NOT NULL,
    updated_at timestamp with time zone
);
INSERT INTO data_version (id, version) VALUES (1, 0);
