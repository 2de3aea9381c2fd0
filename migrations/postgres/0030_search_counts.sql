-- In about how many names and numbers each word is, is kept up now: who looks for words that few have asks their index at
-- once, which of words that many have would take long. A word that is in none any more stays, and is in none.

CREATE OR REPLACE FUNCTION search_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word (word, entries)
    SELECT word, COUNT(*)
    FROM written, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
    WHERE word <> ''
    GROUP BY word
    ON CONFLICT (word) DO UPDATE SET entries = search_word.entries + excluded.entries;
    RETURN NULL;
END $$;
CREATE FUNCTION search_forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_word SET entries = GREATEST(search_word.entries - gone.entries, 0)
    FROM (
        SELECT word, COUNT(*) AS entries
        FROM forgotten, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
        WHERE word <> ''
        GROUP BY word
    ) gone
    WHERE gone.word = search_word.word;
    RETURN NULL;
END $$;
CREATE TRIGGER search_entry_was_changed AFTER UPDATE ON search_entry
    REFERENCING OLD TABLE AS forgotten FOR EACH STATEMENT EXECUTE FUNCTION search_forget_words();
CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry
    REFERENCING OLD TABLE AS forgotten FOR EACH STATEMENT EXECUTE FUNCTION search_forget_words();
UPDATE search_word SET entries = COALESCE(counted.entries, 0)
FROM search_word known LEFT JOIN (
    SELECT word, COUNT(*) AS entries
    FROM search_entry, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
    GROUP BY word
) counted ON counted.word = known.word
WHERE known.word = search_word.word AND search_word.entries <> COALESCE(counted.entries, 0);
