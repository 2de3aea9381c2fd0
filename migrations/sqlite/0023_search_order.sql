-- What can be searched stands in the order of names, where there was nothing before or from here on: so that what begins
-- alike stands together. Its key is an index that can be made after the rows.

DROP TRIGGER search_entry_made;
DROP TRIGGER search_entry_gone;
DROP TRIGGER search_entry_changed;
CREATE TABLE search_entry_in_order (
    -- FTS5 knows rows by number.
    number integer PRIMARY KEY,
    id uuid NOT NULL,
    -- PROJECT, ORGANISATION or FUNDER.
    kind text NOT NULL,
    sort_key bytea NOT NULL,
    title text NOT NULL,
    -- Other names and numbers, a line each.
    others text NOT NULL
);
INSERT INTO search_entry_in_order (id, kind, sort_key, title, others)
SELECT id, kind, sort_key, title, others FROM search_entry ORDER BY kind, sort_key, id;
DROP TABLE search_entry;
ALTER TABLE search_entry_in_order RENAME TO search_entry;
CREATE UNIQUE INDEX search_entry_of ON search_entry (id);
INSERT INTO search_index (search_index) VALUES ('rebuild');
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

-- Every place of a word, in the order of words: whether one begins so is told by the first, without counting.
CREATE VIRTUAL TABLE search_place USING fts5vocab (search_index, instance);
CREATE VIEW search_occurrence AS SELECT term AS word FROM search_place;
