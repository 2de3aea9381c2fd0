-- Who may see more than everybody, and what they were shown. They stand apart from what is public: in a file of their
-- own on SQLite, in a schema of their own on PostgreSQL.

CREATE TABLE access_key (
    -- The part of a key that names it; the rest is known by its digest alone.
    id text PRIMARY KEY,
    -- `live` or `test`.
    environment text NOT NULL,
    -- An organisation of the public database, and what it was called when the key was made.
    organisation_id uuid NOT NULL,
    organisation_name text NOT NULL,
    label text NOT NULL,
    digest bytea NOT NULL,
    -- Words with spaces between them, as in OAuth.
    scopes text NOT NULL,
    -- Networks from which it is taken, with commas between them; from everywhere where none is given.
    networks text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_on date,
    revoked_at timestamp with time zone
);
CREATE INDEX access_key_of_organisation ON access_key (organisation_id);

-- Of which projects an organisation may see exact figures: of one by its number, or of all in which it has a role.
CREATE TABLE access_grant (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    organisation_name text NOT NULL,
    -- The project's number as it is compared.
    project_key text,
    role text,
    created_at timestamp with time zone NOT NULL,
    CHECK ((project_key IS NULL) <> (role IS NULL))
);
CREATE INDEX access_grant_of_organisation ON access_grant (organisation_id);
