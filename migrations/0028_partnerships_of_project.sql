-- Partnerships are listed from the row of their project (migration 26). Those of one project are found by it, and the few
-- that are looked up are sorted then: this was the largest index of all.
DROP INDEX partnership_of_project;
CREATE INDEX partnership_of_project ON partnership (project_id);
