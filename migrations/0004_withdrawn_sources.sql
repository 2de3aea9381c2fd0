-- A source that an operator took back: it stays on record and has no effect.
ALTER TABLE source ADD COLUMN withdrawn_at timestamp with time zone;
