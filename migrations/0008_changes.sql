-- What happened to projects, in order: for those who keep a copy.
CREATE TABLE change (
    id uuid PRIMARY KEY,
    -- The data version that brought it and the order within, as sixteen bytes.
    sort_key bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    type text NOT NULL,
    -- Not a reference: it may be gone.
    project_id uuid NOT NULL,
    -- Names of fields with commas between them.
    fields text NOT NULL,
    merged_into_id uuid
);
CREATE INDEX change_order ON change (sort_key, id);
