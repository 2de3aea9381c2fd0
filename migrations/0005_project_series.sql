-- By what names a project, and those that it continues, can be known; from these its predecessors and successors follow.
CREATE TABLE project_series (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    -- A folded name: its own, or one that a project before it would have.
    name_key text NOT NULL,
    is_before boolean NOT NULL
);
CREATE INDEX project_series_of_project ON project_series (project_id, is_before, name_key);
CREATE INDEX project_series_by_name ON project_series (name_key, is_before, project_id);
