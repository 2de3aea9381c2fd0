//! `@listSize`: how long lists can be, said in the schema. The cost of a request is counted by it.

use std::borrow::Cow;

use async_graphql::registry::location_traits::Directive_At_FIELD_DEFINITION;
use async_graphql::registry::{MetaDirectiveInvocation, Registry};
use async_graphql::{TypeDirective, Value};

use super::connection::DEFAULT_PAGE;

/// Its name, without the sign.
pub(super) const NAME: &str = "listSize";

/// Its definition; async-graphql would leave out what its arguments mean.
pub(super) const DEFINITION: &str = r#"
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

fn invocation<const N: usize>(arguments: [(&str, Value); N]) -> MetaDirectiveInvocation {
    let args = arguments.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    MetaDirectiveInvocation { name: NAME.to_owned(), args }
}

macro_rules! is_list_size {
    ($($name:ident),*) => {$(
        impl TypeDirective for $name {
            fn name(&self) -> Cow<'static, str> {
                NAME.into()
            }

            // The definition stands above.
            fn register(&self, _: &mut Registry) {}
        }

        impl Directive_At_FIELD_DEFINITION for $name {}
    )*};
}
is_list_size!(Items, ItemsOf, PageSize);
