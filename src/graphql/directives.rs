//! `@listSize` and `@cost`: how long lists can be and what fields weigh, said in the schema. The cost of a request is
//! counted by them.

use std::borrow::Cow;

use async_graphql::registry::location_traits::Directive_At_FIELD_DEFINITION;
use async_graphql::registry::{MetaDirectiveInvocation, Registry};
use async_graphql::{TypeDirective, Value};

use super::connection::DEFAULT_PAGE;

/// The names of the directives, without the sign.
pub(super) const LIST_SIZE: &str = "listSize";
pub(super) const COST: &str = "cost";

/// Their definitions; async-graphql would leave out what the arguments mean.
pub(super) const DEFINITIONS: &str = r#"
"""
What a field counts for in the cost of a request. Without it a list counts ten, for it is looked up, and any other
field one; each for every item of the lists that it is in.
"""
directive @cost(
  "How much."
  weight: Int!
) on FIELD_DEFINITION

"""
How long a list is taken to be when the cost of a request is counted.
"""
directive @listSize(
  "How long where no argument says."
  assumedSize: Int
  "The arguments that say how long, the first that is given: a number, or a list by its length."
  slicingArguments: [String!]
  "The fields below that are the list, where it is not the field itself."
  sizedFields: [String!]
) on FIELD_DEFINITION
"#;

/// A list that is never paged.
pub(super) struct Items;

impl Items {
    /// A list that mostly has no more than so many items.
    pub fn apply(items: i32) -> MetaDirectiveInvocation {
        invocation([("assumedSize", items.into())])
    }
}

/// A list that has an item for each of an argument.
pub(super) struct ItemsOf;

impl ItemsOf {
    /// As many items as the argument has.
    pub fn apply(argument: &str) -> MetaDirectiveInvocation {
        invocation([("slicingArguments", Value::List(vec![argument.into()]))])
    }
}

/// A list that an argument limits.
pub(super) struct ItemsUpTo;

/// The argument that limits a list, and the most that it may say anywhere.
pub(super) const LIMIT: &str = "limit";
pub(super) const LARGEST_LIMIT: u64 = 1_000;

impl ItemsUpTo {
    /// As many items as `limit` says, or so many where it is not given; of the lists below the field, where some are
    /// named.
    pub fn apply(items: i32, lists: &[&str]) -> MetaDirectiveInvocation {
        let lists: Vec<Value> = lists.iter().map(|list| (*list).into()).collect();
        let mut arguments =
            vec![("assumedSize", items.into()), ("slicingArguments", Value::List(vec![LIMIT.into()]))];
        if !lists.is_empty() {
            arguments.push(("sizedFields", Value::List(lists)));
        }
        invocation_of(LIST_SIZE, arguments)
    }
}

/// A page of a connection.
pub(super) struct PageSize;

impl PageSize {
    /// As many items as `first` or `last` says.
    pub fn apply() -> MetaDirectiveInvocation {
        invocation([
            ("assumedSize", DEFAULT_PAGE.into()),
            ("slicingArguments", Value::List(vec!["first".into(), "last".into()])),
            ("sizedFields", Value::List(vec!["edges".into(), "nodes".into()])),
        ])
    }
}

/// A field that the database must count or sum for each parent.
pub(super) struct Lookup;

impl Lookup {
    /// As much as a list.
    pub fn apply() -> MetaDirectiveInvocation {
        invocation_of(COST, [("weight", LOOKUP.into())])
    }
}

/// What a lookup counts for.
pub(super) const LOOKUP: u64 = 10;

fn invocation<const N: usize>(arguments: [(&str, Value); N]) -> MetaDirectiveInvocation {
    invocation_of(LIST_SIZE, arguments)
}

fn invocation_of<'a>(
    name: &str,
    arguments: impl IntoIterator<Item = (&'a str, Value)>,
) -> MetaDirectiveInvocation {
    let args = arguments.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    MetaDirectiveInvocation { name: name.to_owned(), args }
}

macro_rules! is_directive {
    ($($name:ident),*) => {$(
        impl TypeDirective for $name {
            fn name(&self) -> Cow<'static, str> {
                LIST_SIZE.into()
            }

            // The definitions stand above.
            fn register(&self, _: &mut Registry) {}
        }

        impl Directive_At_FIELD_DEFINITION for $name {}
    )*};
}
is_directive!(Items, ItemsOf, ItemsUpTo, PageSize, Lookup);
