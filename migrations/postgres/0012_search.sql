-- What can be searched: a row for each project, organisation and funder, and an index of its words without accents, as
-- they are written and by their Swedish stems.

CREATE TABLE search_entry (
    id uuid PRIMARY KEY,
    -- PROJECT, ORGANISATION or FUNDER.
    kind text NOT NULL,
    sort_key bytea NOT NULL,
    title text NOT NULL,
    -- Other names and numbers, a line each.
    others text NOT NULL
);

-- A text in lower case, without accents and punctuation.
CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        lower(translate(value, 'åäáàâãöóòôõéèêëíìîïúùûüýÿçñÅÄÁÀÂÃÖÓÒÔÕÉÈÊËÍÌÎÏÚÙÛÜÝŸÇÑ',
            'aaaaaaoooooeeeeiiiiuuuuyycnaaaaaaoooooeeeeiiiiuuuuyycn')),
        '[^[:alnum:]]+', ' ', 'g')
$$;
ALTER TABLE search_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple', search_fold(title)), 'A') ||
    setweight(to_tsvector('pg_catalog.swedish', search_fold(title)), 'A') ||
    setweight(to_tsvector('pg_catalog.simple', search_fold(others)), 'B') ||
    setweight(to_tsvector('pg_catalog.swedish', search_fold(others)), 'B')
) STORED;
CREATE INDEX search_index ON search_entry USING gin (words);

-- The words that names are made of, without accents, to find what a mistyped one may mean. One that is gone stays: it
-- then leads to nothing.
CREATE TABLE search_word (word text COLLATE "C" PRIMARY KEY);
CREATE FUNCTION search_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word
    SELECT DISTINCT word FROM written, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
    WHERE word <> ''
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER search_entry_made AFTER INSERT ON search_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_keep_words();
CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_keep_words();

INSERT INTO search_entry (id, kind, sort_key, title, others)
SELECT id, 'PROJECT', sort_key, name,
    COALESCE((SELECT string_agg(value, chr(10)) FROM project_name n WHERE n.project_id = project.id), '')
    || chr(10) ||
    COALESCE((SELECT string_agg(value, chr(10)) FROM project_number n WHERE n.project_id = project.id), '')
FROM project;
INSERT INTO search_entry (id, kind, sort_key, title, others)
SELECT id, 'ORGANISATION', sort_key, name,
    COALESCE(name_en, '') || chr(10) || COALESCE(substr(number, 1, 6) || '-' || substr(number, 7) || chr(10) || number, '') || chr(10) ||
    COALESCE((SELECT string_agg(value, chr(10)) FROM organisation_name n WHERE n.organisation_id = organisation.id), '')
FROM organisation;
INSERT INTO search_entry (id, kind, sort_key, title, others)
SELECT id, 'FUNDER', sort_key, name, COALESCE(name_en, '') || chr(10) || COALESCE(programme_period, '')
FROM funder;
