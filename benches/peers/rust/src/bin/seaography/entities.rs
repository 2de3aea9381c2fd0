//! The tables that are asked for, as `sea-orm-cli generate entity --seaography` would write them, without columns that no
//! client asks for.

/// Which fields of an entity lead to which other entities.
macro_rules! related {
    ($($field:ident: $entity:literal by $def:literal),+ $(,)?) => {
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
        pub enum RelatedEntity {
            $(#[sea_orm(entity = $entity, def = $def)] $field),+
        }
        impl ActiveModelBehavior for ActiveModel {}
    };
}

pub mod project {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "project")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(column_type = "VarBinary(StringLen::None)")]
        pub sort_key: Vec<u8>,
        pub name: String,
        pub number: Option<String>,
        pub period: Option<String>,
        pub starts_on: Option<Date>,
        pub ends_on: Option<Date>,
        pub region_code: Option<String>,
        pub specific_objective: Option<String>,
        pub decided_on: Option<Date>,
        pub owner_id: Option<Uuid>,
        pub planned_participants: Option<i32>,
        pub conflicts: i32,
        pub created_at: DateTimeWithTimeZone,
        pub updated_at: DateTimeWithTimeZone,
        pub partners: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::organisation::Entity", from = "Column::OwnerId", to = "super::organisation::Column::Id")]
        Owner,
        #[sea_orm(has_many = "super::partnership::Entity")]
        Partnership,
        #[sea_orm(has_many = "super::award::Entity")]
        Award,
        #[sea_orm(has_many = "super::outcome_cell::Entity")]
        OutcomeCell,
    }
    impl Related<super::partnership::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Partnership.def()
        }
    }
    related! {
        Owner: "super::organisation::Entity" by "Relation::Owner.def()",
        Partnership: "super::partnership::Entity" by "Relation::Partnership.def()",
        Award: "super::award::Entity" by "Relation::Award.def()",
        OutcomeCell: "super::outcome_cell::Entity" by "Relation::OutcomeCell.def()",
    }
}

pub mod organisation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(column_type = "VarBinary(StringLen::None)")]
        pub sort_key: Vec<u8>,
        pub name: String,
        pub name_en: Option<String>,
        pub kind: String,
        pub number: Option<String>,
        pub municipality_code: Option<String>,
        pub region_code: Option<String>,
        pub created_at: DateTimeWithTimeZone,
        pub updated_at: DateTimeWithTimeZone,
        pub projects: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::partnership::Entity")]
        Partnership,
    }
    impl Related<super::partnership::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Partnership.def()
        }
    }
    related! { Partnership: "super::partnership::Entity" by "Relation::Partnership.def()" }
}

pub mod partnership {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "partnership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub project_id: Uuid,
        pub role: String,
        pub organisation_id: Uuid,
        pub unit_id: Option<Uuid>,
        pub member_id: Uuid,
        #[sea_orm(column_type = "VarBinary(StringLen::None)")]
        pub sort_key: Vec<u8>,
        #[sea_orm(column_type = "VarBinary(StringLen::None)")]
        pub project_sort_key: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::project::Entity", from = "Column::ProjectId", to = "super::project::Column::Id")]
        Project,
        // The one with an index in the order of projects; of legal entities, as all are here, both are the same.
        #[sea_orm(belongs_to = "super::organisation::Entity", from = "Column::MemberId", to = "super::organisation::Column::Id")]
        Organisation,
    }
    impl Related<super::project::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Project.def()
        }
    }
    impl Related<super::organisation::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organisation.def()
        }
    }
    related! {
        Project: "super::project::Entity" by "Relation::Project.def()",
        Organisation: "super::organisation::Entity" by "Relation::Organisation.def()",
    }
}

pub mod award {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "award")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub project_id: Uuid,
        pub funder_id: Option<Uuid>,
        #[sea_orm(column_type = "VarBinary(StringLen::None)")]
        pub sort_key: Vec<u8>,
        pub kind: String,
        pub amount_minor: i64,
        pub currency: String,
        pub uncertainty_minor: i64,
        pub decided_on: Option<Date>,
        pub line: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::project::Entity", from = "Column::ProjectId", to = "super::project::Column::Id")]
        Project,
        #[sea_orm(belongs_to = "super::funder::Entity", from = "Column::FunderId", to = "super::funder::Column::Id")]
        Funder,
    }
    impl Related<super::project::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Project.def()
        }
    }
    impl Related<super::funder::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Funder.def()
        }
    }
    related! {
        Project: "super::project::Entity" by "Relation::Project.def()",
        Funder: "super::funder::Entity" by "Relation::Funder.def()",
    }
}

pub mod funder {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "funder")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub name_en: Option<String>,
        pub kind: String,
        pub programme_period: Option<String>,
        pub created_at: DateTimeWithTimeZone,
        pub updated_at: DateTimeWithTimeZone,
        pub projects: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::award::Entity")]
        Award,
    }
    impl Related<super::award::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Award.def()
        }
    }
    related! { Award: "super::award::Entity" by "Relation::Award.def()" }
}

pub mod outcome_cell {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "outcome_cell")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub period: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sex: String,
        // The fourth part of its key: cursors go no further than three, and nobody pages here.
        pub category: String,
        pub value: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::project::Entity", from = "Column::ProjectId", to = "super::project::Column::Id")]
        Project,
    }
    impl Related<super::project::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Project.def()
        }
    }
    related! { Project: "super::project::Entity" by "Relation::Project.def()" }
}
