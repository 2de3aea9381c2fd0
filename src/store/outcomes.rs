//! Questions about published outcomes: sums of rows, and of nothing else.
