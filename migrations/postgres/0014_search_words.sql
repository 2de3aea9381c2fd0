-- Words are folded by taking letters and marks apart, which knows every accent and takes half as long as a list of
-- letters; and each text is folded once, not for every way in which it is indexed.

DROP INDEX search_index;
ALTER TABLE search_entry DROP COLUMN words;

-- A text in lower case, without accents and punctuation.
CREATE OR REPLACE FUNCTION search_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        lower(regexp_replace(normalize(value, NFD), '[\u0300-\u036F]+', '', 'g')), '[^[:alnum:]]+', ' ', 'g')
$$;

-- The words of a title and of other names, as they are written and by their Swedish stems. Folded in place: a restored
-- database has no search path yet when it makes them.
CREATE FUNCTION search_words(title text, others text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    marks CONSTANT text := '[\u0300-\u036F]+';
    others_than_letters CONSTANT text := '[^[:alnum:]]+';
    own text := regexp_replace(lower(regexp_replace(normalize(title, NFD), marks, '', 'g')), others_than_letters, ' ', 'g');
    more text := regexp_replace(lower(regexp_replace(normalize(others, NFD), marks, '', 'g')), others_than_letters, ' ', 'g');
BEGIN
    RETURN setweight(to_tsvector('pg_catalog.simple', own) || to_tsvector('pg_catalog.swedish', own), 'A') ||
        setweight(to_tsvector('pg_catalog.simple', more) || to_tsvector('pg_catalog.swedish', more), 'B');
END $$;
ALTER TABLE search_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (search_words(title, others)) STORED;
CREATE INDEX search_index ON search_entry USING gin (words);

TRUNCATE search_word;
INSERT INTO search_word
SELECT DISTINCT word FROM search_entry, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
WHERE word <> '';
