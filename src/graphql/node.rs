//! Global ids, and the objects behind them.

use async_graphql::{Context, ID, Interface};
use uuid::Uuid;

use super::access_entry::Access;
use super::change::Change;
use super::context::Ask;
use super::failure::Answer;
use super::funder::Funder;
use super::money::Award;
use super::organisation::Organisation;
use super::partnership::Partnership;
use super::project::Project;
use super::release::Release;
use super::source::Source;
use super::statement::Statement;
use crate::domain::ids;
use crate::entities::{
    award, change, funder, organisation, partnership, project, release, source, statement,
};

/// An object with a global id, by which it can be fetched again.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "A global id."))]
pub enum Node {
    /// A project.
    Project(Project),
    /// An organisation.
    Organisation(Organisation),
    /// A funder.
    Funder(Funder),
    /// A partnership.
    Partnership(Partnership),
    /// A source.
    Source(Source),
    /// A statement.
    Statement(Statement),
    /// A stated amount.
    Award(Award),
    /// Something that happened to a project.
    Change(Change),
    /// A release of participant outcomes.
    Release(Release),
    /// Exact figures that somebody was shown.
    Access(Access),
}

/// Which type an id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A project.
    Project = b'P',
    /// An organisation.
    Organisation = b'O',
    /// A funder.
    Funder = b'F',
    /// A partnership.
    Partnership = b'R',
    /// A source.
    Source = b'S',
    /// A statement.
    Statement = b'T',
    /// A stated amount.
    Award = b'A',
    /// Something that happened to a project.
    Change = b'C',
    /// A release of participant outcomes.
    Release = b'L',
    /// Exact figures that somebody was shown.
    Access = b'E',
}

impl Kind {
    /// The global id of a row: this letter and the row's id, so that it says of itself what it is.
    pub fn id(self, id: Uuid) -> ID {
        ids::global(self as u8, id).into()
    }

    /// What it is, in words.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Project => "a project",
            Self::Organisation => "an organisation",
            Self::Funder => "a funder",
            Self::Partnership => "a partnership",
            Self::Source => "a source",
            Self::Statement => "a statement",
            Self::Award => "an award",
            Self::Change => "a change",
            Self::Release => "a release",
            Self::Access => "an access",
        }
    }

    /// The row's id in a global id of this type; none for any other text.
    pub fn read(self, id: &str) -> Option<Uuid> {
        ids::read_global(self as u8, id)
    }
}

/// The object behind a global id.
pub(super) async fn node(ctx: &Context<'_>, id: &str) -> Answer<Option<Node>> {
    macro_rules! try_kinds {
        ($($kind:ident: $table:ident),*) => {$(
            if let Some(id) = Kind::$kind.read(id) {
                return Ok(ctx.find::<$table::Entity>(id).await?.map(|row| Node::$kind($kind(row))));
            }
        )*};
    }
    try_kinds!(
        Project: project,
        Organisation: organisation,
        Funder: funder,
        Partnership: partnership,
        Source: source,
        Statement: statement,
        Award: award,
        Change: change,
        Release: release
    );
    match Kind::Access.read(id) {
        Some(id) => Ok(Access::find(ctx, id).await?.map(Node::Access)),
        None => Ok(None),
    }
}
