"""Values for scalars that schemathesis does not know."""

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

schemathesis.graphql.scalar("Currency", st.sampled_from(["SEK", "EUR", "XXX"]).map(nodes.String))
schemathesis.graphql.scalar(
    "Decimal", st.decimals(min_value=-(10**12), max_value=10**12, places=2).map(str).map(nodes.String)
)
