-- Who took part in a project before a change of it and does so no more, with all that they are units of: for those who
-- keep a copy of their own projects.
CREATE TABLE change_departure (
    organisation_id uuid NOT NULL,
    change_id uuid NOT NULL REFERENCES change (id),
    PRIMARY KEY (organisation_id, change_id)
);
CREATE INDEX change_of_project ON change (project_id, sort_key, id);
