-- In about how many names and numbers each word is, is kept up now: who looks for words that few have asks their index at
-- once, which of words that many have would take long. A row that is written again counts again.

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
UPDATE search_word SET entries = counted.entries
FROM (
    SELECT word, COUNT(*) AS entries
    FROM search_entry, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
    GROUP BY word
) counted
WHERE counted.word = search_word.word AND counted.entries <> search_word.entries;
