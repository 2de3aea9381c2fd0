-- What can be searched: a row for each project, organisation and funder, and an index of its words without accents.

CREATE TABLE search_entry (
    -- FTS5 knows rows by number.
    number integer PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    -- PROJECT, ORGANISATION or FUNDER.
    kind text NOT NULL,
    sort_key bytea NOT NULL,
    title text NOT NULL,
    -- Other names and numbers, a line each.
    others text NOT NULL
);
CREATE VIRTUAL TABLE search_index USING fts5 (
    title, others,
    content = 'search_entry', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4'
);
CREATE TRIGGER search_entry_made AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_index (rowid, title, others) VALUES (new.number, new.title, new.others);
END;
CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
    INSERT INTO search_index (search_index, rowid, title, others)
    VALUES ('delete', old.number, old.title, old.others);
END;
CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
    INSERT INTO search_index (search_index, rowid, title, others)
    VALUES ('delete', old.number, old.title, old.others);
    INSERT INTO search_index (rowid, title, others) VALUES (new.number, new.title, new.others);
END;

INSERT INTO search_entry (id, kind, sort_key, title, others)
SELECT id, 'PROJECT', sort_key, name,
    COALESCE((SELECT group_concat(value, char(10)) FROM project_name n WHERE n.project_id = project.id), '')
    || char(10) ||
    COALESCE((SELECT group_concat(value, char(10)) FROM project_number n WHERE n.project_id = project.id), '')
FROM project;
INSERT INTO search_entry (id, kind, sort_key, title, others)
SELECT id, 'ORGANISATION', sort_key, name,
    COALESCE(name_en, '') || char(10) || COALESCE(substr(number, 1, 6) || '-' || substr(number, 7) || char(10) || number, '') || char(10) ||
    COALESCE((SELECT group_concat(value, char(10)) FROM organisation_name n WHERE n.organisation_id = organisation.id), '')
FROM organisation;
INSERT INTO search_entry (id, kind, sort_key, title, others)
SELECT id, 'FUNDER', sort_key, name, COALESCE(name_en, '') || char(10) || COALESCE(programme_period, '')
FROM funder;

-- The words that names are made of, without accents, to find what a mistyped one may mean.
CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab (search_index, row);
CREATE VIEW search_word AS SELECT term AS word FROM search_vocabulary;
