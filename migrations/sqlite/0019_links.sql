-- What tells of a partnership is nothing but its key: one tree instead of two.
CREATE TABLE partnership_statement_new (
    partnership_id uuid NOT NULL REFERENCES partnership (id) ON DELETE CASCADE,
    statement_id uuid NOT NULL REFERENCES statement (id),
    PRIMARY KEY (partnership_id, statement_id)
) WITHOUT ROWID;
INSERT INTO partnership_statement_new (partnership_id, statement_id)
SELECT partnership_id, statement_id FROM partnership_statement;
DROP TABLE partnership_statement;
ALTER TABLE partnership_statement_new RENAME TO partnership_statement;
