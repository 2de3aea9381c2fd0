-- The words of a row are made by a trigger when it is written, and no longer by the column itself: so a large first import
-- can make them all at its end, by several processes at a time.

ALTER TABLE search_entry ALTER COLUMN words DROP EXPRESSION;
CREATE FUNCTION search_make_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := search_words(NEW.title, NEW.others);
    RETURN NEW;
END $$;
CREATE TRIGGER search_entry_written BEFORE INSERT OR UPDATE ON search_entry
    FOR EACH ROW EXECUTE FUNCTION search_make_words();
