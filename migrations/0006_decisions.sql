-- What operators decided. Decisions are kept beside the statements: the graph is derived from both.
CREATE TABLE decision (
    id uuid PRIMARY KEY,
    -- The order in which decisions were made, from 1.
    sequence bigint NOT NULL UNIQUE,
    -- MERGE, SPLIT, REJECT or CHOOSE; see ARCHITECTURE.md.
    kind text NOT NULL,
    -- What is chosen: a field of a project, for CHOOSE.
    field text,
    note text,
    decided_at timestamp with time zone NOT NULL,
    -- When it was taken back; it has no effect then.
    undone_at timestamp with time zone
);

-- What a decision is about: statements, or organisations by what identifies them.
CREATE TABLE decision_member (
    decision_id uuid NOT NULL REFERENCES decision (id),
    ordinal integer NOT NULL,
    -- 0 and 1: what is split or rejected stands on two sides.
    side integer NOT NULL,
    -- Not a reference: decisions may arrive before the file that they are about.
    statement_id uuid,
    organisation_id uuid,
    -- For people, and for finding the same statement in a newer edition: where it stands and what it is called.
    document text,
    sha256 text,
    line integer,
    name text,
    number text,
    PRIMARY KEY (decision_id, ordinal)
);
CREATE INDEX decision_member_by_statement ON decision_member (statement_id);
