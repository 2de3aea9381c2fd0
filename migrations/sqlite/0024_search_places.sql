-- The number of what can be searched tells its place: what was put in order goes by its kind and name, and what came or was
-- renamed later has higher numbers. FTS5 finds in the order of numbers, so that the first of what has a word that many have
-- are found without looking at all of them.

CREATE TABLE search_entry_by_place (
    -- Of what is in order: 2^40 for a funder, twice as much for an organisation, three times for a project, and its place
    -- among all of them. Above 2^50: not in order.
    number integer PRIMARY KEY AUTOINCREMENT,
    id uuid NOT NULL,
    -- PROJECT, ORGANISATION or FUNDER.
    kind text NOT NULL,
    sort_key bytea NOT NULL,
    title text NOT NULL,
    -- Other names and numbers, a line each.
    others text NOT NULL
);
INSERT INTO search_entry_by_place (number, id, kind, sort_key, title, others)
SELECT (CASE kind WHEN 'FUNDER' THEN 1 WHEN 'ORGANISATION' THEN 2 ELSE 3 END << 40)
    + ROW_NUMBER() OVER (ORDER BY kind, sort_key, id), id, kind, sort_key, title, others
FROM search_entry ORDER BY kind, sort_key, id;
DROP TABLE search_entry;
ALTER TABLE search_entry_by_place RENAME TO search_entry;
DELETE FROM sqlite_sequence WHERE name = 'search_entry';
INSERT INTO sqlite_sequence (name, seq) VALUES ('search_entry', 1 << 50);
CREATE UNIQUE INDEX search_entry_of ON search_entry (id);
INSERT INTO search_index (search_index) VALUES ('rebuild');
CREATE TRIGGER search_entry_made AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_index (rowid, title, others) VALUES (new.number, new.title, new.others);
END;
CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
    INSERT INTO search_index (search_index, rowid, title, others)
    VALUES ('delete', old.number, old.title, old.others);
END;
CREATE TRIGGER search_entry_changed AFTER UPDATE OF sort_key, title, others ON search_entry
WHEN old.sort_key = new.sort_key OR old.number > 1 << 50 BEGIN
    INSERT INTO search_index (search_index, rowid, title, others)
    VALUES ('delete', old.number, old.title, old.others);
    INSERT INTO search_index (rowid, title, others) VALUES (new.number, new.title, new.others);
END;
-- A new name has another place. The number alone is changed here, which neither trigger of changes minds.
CREATE TRIGGER search_entry_moved AFTER UPDATE OF sort_key, title, others ON search_entry
WHEN old.sort_key <> new.sort_key AND old.number <= 1 << 50 BEGIN
    INSERT INTO search_index (search_index, rowid, title, others)
    VALUES ('delete', old.number, old.title, old.others);
    UPDATE search_entry SET number = MAX(1 << 50, (SELECT MAX(number) FROM search_entry)) + 1 WHERE number = new.number;
    INSERT INTO search_index (rowid, title, others)
    SELECT number, title, others FROM search_entry WHERE id = new.id;
END;
