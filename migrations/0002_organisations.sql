-- Legal entities and their units, with every name a source has used, and those who pay.

CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    sort_key bytea NOT NULL,
    name text NOT NULL,
    name_en text,
    kind text NOT NULL,
    -- Organisationsnummer, ten digits; a unit has none of its own.
    number text UNIQUE,
    parent_id uuid REFERENCES organisation (id),
    -- Itself, or for a unit the legal entity it belongs to.
    legal_entity_id uuid NOT NULL REFERENCES organisation (id),
    municipality_code text,
    region_code text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE INDEX organisation_order ON organisation (sort_key, id);
CREATE INDEX organisation_of_parent ON organisation (parent_id, sort_key, id);
CREATE INDEX organisation_of_legal_entity ON organisation (legal_entity_id);

CREATE TABLE organisation_name (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisation (id),
    value text NOT NULL,
    kind text NOT NULL,
    source_id uuid REFERENCES source (id)
);
CREATE INDEX organisation_name_of_organisation ON organisation_name (organisation_id, value);

-- Each organisation with itself and with every unit below it.
CREATE TABLE organisation_tree (
    ancestor_id uuid NOT NULL REFERENCES organisation (id),
    descendant_id uuid NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX organisation_tree_upwards ON organisation_tree (descendant_id, ancestor_id);

CREATE TABLE funder (
    id uuid PRIMARY KEY,
    sort_key bytea NOT NULL,
    name text NOT NULL,
    name_en text,
    kind text NOT NULL,
    programme_period text,
    administered_by_id uuid REFERENCES organisation (id),
    parent_id uuid REFERENCES funder (id),
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE INDEX funder_order ON funder (sort_key, id);
