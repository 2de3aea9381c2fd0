-- Figures of all projects in groups by one dimension each, for questions about everything. They are made anew after the
-- graph has changed, and count while they are of the graph as it is.

-- The version of the data with which the graph last changed, and that of which the figures are.
ALTER TABLE data_version ADD COLUMN graph_version bigint NOT NULL DEFAULT 0;
ALTER TABLE data_version ADD COLUMN figures_version bigint NOT NULL DEFAULT -1;

CREATE TABLE group_figure (
    dimension text NOT NULL,
    -- An id, a code, a name or a year; empty for projects that have none, and for all projects together.
    key text NOT NULL,
    -- Its place by name: the name in Swedish order, of whom has one, or the key; the last of all for no key.
    name_key bytea NOT NULL,
    projects bigint NOT NULL,
    -- Legal entities that take part, each once.
    organisations bigint NOT NULL,
    -- Participants that are planned for, and how many projects say so.
    planned bigint NOT NULL,
    planned_min integer,
    planned_max integer,
    planned_projects bigint NOT NULL,
    PRIMARY KEY (dimension, key)
);
CREATE INDEX group_figure_by_projects ON group_figure (dimension, projects DESC, name_key, key);

-- Sums of the chosen amounts of one kind and currency, in minor units.
CREATE TABLE group_amount (
    dimension text NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    currency text NOT NULL,
    sum bigint NOT NULL,
    min bigint NOT NULL,
    max bigint NOT NULL,
    projects bigint NOT NULL,
    PRIMARY KEY (dimension, key, kind, currency)
);
