-- What is listed of a project, in its own row: a page of projects then has it without looking for it in other tables.
-- Its form is the program's own (store/packed.rs). NULL where there is too much of it, or `samverkan rebuild` has not
-- been run since: then it is looked up.
ALTER TABLE project ADD COLUMN packed_partnerships bytea;
ALTER TABLE project ADD COLUMN packed_awards bytea;
