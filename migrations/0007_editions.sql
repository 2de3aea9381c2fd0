-- The newer edition of a source, which speaks in its place while it is in force itself.
ALTER TABLE source ADD COLUMN superseded_by_id uuid REFERENCES source (id);
CREATE INDEX source_superseded_by ON source (superseded_by_id);

-- How many rows of it were read, how many name an owner by organisationsnummer, and how often each field is filled in.
ALTER TABLE source ADD COLUMN with_organisation_number integer NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN row_count integer NOT NULL DEFAULT 0;
CREATE TABLE source_field (
    source_id uuid NOT NULL REFERENCES source (id),
    field text NOT NULL,
    filled integer NOT NULL,
    PRIMARY KEY (source_id, field)
);
