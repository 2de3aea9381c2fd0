//! What can be taken, and its columns.

/// What can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Projects.
    Projects,
    /// Organisations and their units.
    Organisations,
    /// Funders.
    Funders,
    /// Amounts that sources state for projects.
    Awards,
    /// Parts that organisations have in projects.
    Partnerships,
}

impl Table {
    /// The names of its columns.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Projects => &[
                "id",
                "number",
                "name",
                "starts_on",
                "ends_on",
                "period",
                "region_code",
                "specific_objective",
                "decided_on",
                "owner_id",
                "owner_name",
                "owner_number",
                "funders",
                "total_budget",
                "total_budget_currency",
                "granted",
                "granted_currency",
                "planned_participants",
                "partners",
                "conflicts",
                "updated_at",
            ],
            Self::Organisations => &[
                "id",
                "name",
                "name_en",
                "kind",
                "level",
                "number",
                "legal_entity_id",
                "municipality_code",
                "region_code",
                "projects",
                "updated_at",
            ],
            Self::Funders => {
                &["id", "name", "name_en", "kind", "programme_period", "parent_id", "projects", "updated_at"]
            }
            Self::Awards => &[
                "id",
                "project_id",
                "project_number",
                "project_name",
                "kind",
                "amount",
                "currency",
                "uncertainty",
                "funder_id",
                "funder_name",
                "decided_on",
                "source_id",
                "source_title",
                "line",
            ],
            Self::Partnerships => &[
                "id",
                "project_id",
                "project_number",
                "project_name",
                "role",
                "organisation_id",
                "organisation_name",
                "organisation_number",
                "organisation_kind",
                "unit_id",
                "unit_name",
            ],
        }
    }
}
