//! A participation as it is kept, and as the field knows it.

use uuid::Uuid;

use crate::domain::outcomes::codes::{Field, UNKNOWN};
use crate::domain::outcomes::participation::{Participation, Record};
use crate::entities::participation;

/// A participation as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: Uuid,
    /// The project's number as it is compared.
    pub project_key: String,
    /// What is known.
    pub participation: Participation,
}

impl From<participation::Model> for Kept {
    fn from(row: participation::Model) -> Self {
        let code =
            |field: Field, value: &Option<String>| value.as_deref().and_then(|value| field.code(value));
        let record = row.enrolled_on.zip(row.consent_on).map(|(enrolled_on, consent_on)| Record {
            birth_year: row.birth_year,
            age_band: code(Field::Age, &row.age_band),
            education: code(Field::Education, &row.education),
            entry_status: code(Field::EntryStatus, &row.entry_status),
            enrolled_on,
            last_enrolled_on: row.last_enrolled_on.unwrap_or(enrolled_on),
            consent_on,
            target_group: code(Field::TargetGroup, &row.target_group),
            steps: [row.step_1_on, row.step_2_on, row.step_3_on, row.step_4_on, row.step_5_on, row.step_6_on],
            exit_on: row.exit_on,
            exit_status: code(Field::ExitStatus, &row.exit_status),
            exit_status_on: row.exit_status_on,
            after_six_months: code(Field::AfterSixMonths, &row.after_six_months),
            municipality_code: row.municipality_code,
            referred_by: row.referred_by,
        });
        let sex = Field::Sex.code(&row.sex).unwrap_or(UNKNOWN);
        let participation = Participation { sex, start_year: row.start_year, record };
        Self { id: row.id, project_key: row.project_key, participation }
    }
}

impl From<Kept> for participation::Model {
    fn from(Kept { id, project_key, participation }: Kept) -> Self {
        let Participation { sex, start_year, record } = participation;
        let text = |code: Option<&'static str>| code.map(str::to_owned);
        // Nothing else of those who have not consented, or no longer do.
        let record =
            record.map(|record| (record.consent_on, record.enrolled_on, record.last_enrolled_on, record));
        let (consent_on, enrolled_on, last_enrolled_on, record) = match record {
            Some((consent, enrolled, last, record)) => (Some(consent), Some(enrolled), Some(last), record),
            None => (None, None, None, Record::default()),
        };
        let [step_1_on, step_2_on, step_3_on, step_4_on, step_5_on, step_6_on] = record.steps;
        Self {
            id,
            project_key,
            start_year,
            sex: sex.to_owned(),
            consent_on,
            birth_year: record.birth_year,
            age_band: text(record.age_band),
            municipality_code: record.municipality_code,
            education: text(record.education),
            entry_status: text(record.entry_status),
            referred_by: record.referred_by,
            enrolled_on,
            last_enrolled_on,
            target_group: text(record.target_group),
            step_1_on,
            step_2_on,
            step_3_on,
            step_4_on,
            step_5_on,
            step_6_on,
            exit_on: record.exit_on,
            exit_status: text(record.exit_status),
            exit_status_on: record.exit_status_on,
            after_six_months: text(record.after_six_months),
        }
    }
}
