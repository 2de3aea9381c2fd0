-- Which exact figures were shown to whom. Rows are added and never changed; each holds the digest of itself and of the
-- one before. They go when five years are over.

CREATE TABLE access_entry (
    id uuid PRIMARY KEY,
    -- Eight bytes: the number of the entry, counted from one.
    sort_key bytea NOT NULL UNIQUE,
    at timestamp with time zone NOT NULL,
    request text NOT NULL,
    -- Who was shown them: an organisation, and by which key or token.
    organisation_id uuid NOT NULL,
    actor text NOT NULL,
    purpose text,
    -- The operation by name, the digest of its document, and its variables as JSON; of a file its name.
    operation text,
    document text NOT NULL,
    variables text NOT NULL,
    -- How many projects and how many participations the figures were made of.
    projects integer NOT NULL,
    participations integer NOT NULL,
    -- The digest of the entry before; empty of the first.
    previous bytea NOT NULL,
    digest bytea NOT NULL
);

-- Whose projects they were: each with every organisation that took part in it at that time.
CREATE TABLE access_entry_project (
    entry_id uuid NOT NULL REFERENCES access_entry (id),
    organisation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    PRIMARY KEY (entry_id, organisation_id, project_id)
);
CREATE INDEX access_entry_project_of_organisation ON access_entry_project (organisation_id, entry_id);

CREATE FUNCTION refuse_access_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'the access log is never changed';
    END IF;
    IF OLD.at > now() - INTERVAL '5 years' THEN
        RAISE EXCEPTION 'the access log is kept for five years';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION refuse_access_entry_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'the access log is never changed';
    END IF;
    IF (SELECT at FROM access_entry WHERE id = OLD.entry_id) > now() - INTERVAL '5 years' THEN
        RAISE EXCEPTION 'the access log is kept for five years';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER access_entry_stays BEFORE UPDATE OR DELETE ON access_entry
FOR EACH ROW EXECUTE FUNCTION refuse_access_entry();
CREATE TRIGGER access_entry_is_whole BEFORE TRUNCATE ON access_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_access_entry();
CREATE TRIGGER access_entry_project_stays BEFORE UPDATE OR DELETE ON access_entry_project
FOR EACH ROW EXECUTE FUNCTION refuse_access_entry_project();
CREATE TRIGGER access_entry_project_is_whole BEFORE TRUNCATE ON access_entry_project
FOR EACH STATEMENT EXECUTE FUNCTION refuse_access_entry_project();
