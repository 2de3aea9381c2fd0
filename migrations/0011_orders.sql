-- What lists are ordered and narrowed by, kept ready so that a first page needs no sorting.

-- How many legal entities take part as partners.
ALTER TABLE project ADD COLUMN partners integer NOT NULL DEFAULT 0;
-- The chosen total budget and grant, as in project_amount; where several currencies are stated, the first by its code.
ALTER TABLE project ADD COLUMN total_budget_currency text;
ALTER TABLE project ADD COLUMN total_budget_minor bigint;
ALTER TABLE project ADD COLUMN granted_currency text;
ALTER TABLE project ADD COLUMN granted_minor bigint;
UPDATE project SET
    partners = (SELECT COUNT(DISTINCT part.organisation_id) FROM partnership part
                WHERE part.project_id = project.id AND part.role = 'PARTNER'),
    total_budget_currency = (SELECT MIN(a.currency) FROM project_amount a
                             WHERE a.project_id = project.id AND a.kind = 'TOTAL_BUDGET'),
    granted_currency = (SELECT MIN(a.currency) FROM project_amount a
                        WHERE a.project_id = project.id AND a.kind = 'GRANTED');
UPDATE project SET
    total_budget_minor = (SELECT MIN(a.amount_minor) FROM project_amount a
                          WHERE a.project_id = project.id AND a.kind = 'TOTAL_BUDGET'
                          AND a.currency = project.total_budget_currency),
    granted_minor = (SELECT MIN(a.amount_minor) FROM project_amount a
                     WHERE a.project_id = project.id AND a.kind = 'GRANTED'
                     AND a.currency = project.granted_currency);
CREATE INDEX project_by_start ON project (starts_on, id);
CREATE INDEX project_by_end ON project (ends_on, id);
CREATE INDEX project_by_total_budget ON project (total_budget_currency, total_budget_minor, id);
CREATE INDEX project_by_granted ON project (granted_currency, granted_minor, id);
CREATE INDEX project_by_planned_participants ON project (planned_participants, id);
CREATE INDEX project_by_partners ON project (partners, id);
CREATE INDEX project_by_update ON project (updated_at, id);
CREATE INDEX project_of_objective ON project (specific_objective, sort_key, id);
CREATE INDEX project_amount_by_size ON project_amount (kind, currency, amount_minor, project_id);

-- How many projects an organisation or a unit of it takes part in, and a funder pays for.
ALTER TABLE organisation ADD COLUMN projects integer NOT NULL DEFAULT 0;
UPDATE organisation SET projects = (
    SELECT COUNT(DISTINCT part.project_id) FROM organisation_tree tree
    JOIN partnership part ON part.member_id = tree.descendant_id
    WHERE tree.ancestor_id = organisation.id);
CREATE INDEX organisation_by_projects ON organisation (projects, id);
CREATE INDEX organisation_by_update ON organisation (updated_at, id);
CREATE INDEX organisation_of_kind ON organisation (kind, sort_key, id);
CREATE INDEX organisation_of_region ON organisation (region_code, sort_key, id);
CREATE INDEX organisation_of_municipality ON organisation (municipality_code, sort_key, id);

ALTER TABLE funder ADD COLUMN projects integer NOT NULL DEFAULT 0;
UPDATE funder SET projects = (SELECT COUNT(*) FROM project_funder paid WHERE paid.funder_id = funder.id);
CREATE INDEX funder_by_projects ON funder (projects, id);
