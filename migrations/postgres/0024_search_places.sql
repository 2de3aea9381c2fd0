-- What can be searched, in the order of names: what has a word that many have is found by going through it.

CREATE INDEX search_by_name ON search_entry (kind, sort_key, id);

-- In about how many names and numbers each word is: counted here and after a large first import, not kept up.
ALTER TABLE search_word ADD COLUMN entries integer NOT NULL DEFAULT 1;
UPDATE search_word SET entries = counted.entries
FROM (
    SELECT word, COUNT(*) AS entries
    FROM search_entry, unnest(string_to_array(search_fold(title || ' ' || others), ' ')) word
    GROUP BY word
) counted
WHERE counted.word = search_word.word AND counted.entries > 1;
