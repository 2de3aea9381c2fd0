-- What can be searched, in the order of names: what has a word that many have is found by going through it.

CREATE INDEX search_by_name ON search_entry (kind, sort_key, id);
