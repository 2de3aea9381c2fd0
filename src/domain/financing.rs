//! Whether the stated parts of a budget make up the whole.

/// An amount in minor units, and half the unit it was rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The amount.
    pub minor: i64,
    /// Half the unit it was rounded to.
    pub uncertainty: i64,
}

/// The stated parts of a budget, all in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The whole budget.
    pub total: Option<Stated>,
    /// What the fund grants; what the EU pays where only that is stated.
    pub granted: Option<Stated>,
    /// What the owner and its partners pay themselves.
    pub own: Option<Stated>,
    /// Contributions in kind and compensation paid to participants, together.
    pub other: Option<Stated>,
}

/// How the parts compare with the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What the stated parts leave of the total; negative where they exceed it.
    pub unexplained: Option<i64>,
    /// Whether the parts make up the total within their precision; none where too little is stated.
    pub adds_up: Option<bool>,
}

/// Compares the parts with the whole.
#[must_use]
pub fn balance(parts: Parts) -> Balance {
    let stated: Vec<Stated> = [parts.granted, parts.own, parts.other].into_iter().flatten().collect();
    let Some(total) = parts.total.filter(|_| !stated.is_empty()) else {
        return Balance { unexplained: None, adds_up: None };
    };
    let sum = stated.iter().fold(0_i64, |sum, part| sum.saturating_add(part.minor));
    let tolerance = stated.iter().fold(total.uncertainty, |sum, part| sum.saturating_add(part.uncertainty));
    let unexplained = total.minor.saturating_sub(sum);
    let complete = parts.granted.is_some() && parts.own.is_some();
    let adds_up =
        if unexplained < -tolerance { Some(false) } else { complete.then_some(unexplained <= tolerance) };
    Balance { unexplained: Some(unexplained), adds_up }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "parts are options")]
    fn rounded(minor: i64, uncertainty: i64) -> Option<Stated> {
        Some(Stated { minor, uncertainty })
    }

    #[test]
    fn parts_that_leave_a_rest_do_not_add_up() {
        let parts = Parts {
            total: rounded(3_860_000_000, 5_000_000),
            granted: rounded(1_810_000_000, 5_000_000),
            own: rounded(1_350_000_000, 5_000_000),
            other: None,
        };
        assert_eq!(balance(parts), Balance { unexplained: Some(700_000_000), adds_up: Some(false) });
    }

    #[test]
    fn rounded_parts_add_up_within_their_precision() {
        let parts = Parts {
            total: rounded(6_887_000_400, 0),
            granted: rounded(3_718_980_400, 0),
            own: rounded(3_170_000_000, 5_000_000),
            other: None,
        };
        assert_eq!(balance(parts), Balance { unexplained: Some(-1_980_000), adds_up: Some(true) });
    }

    #[test]
    fn a_missing_part_leaves_it_open_unless_the_others_exceed_the_whole() {
        let parts = |granted| Parts { total: rounded(100, 0), granted, ..Parts::default() };
        assert_eq!(balance(parts(rounded(60, 0))).adds_up, None);
        assert_eq!(balance(parts(rounded(160, 0))).adds_up, Some(false));
        assert_eq!(balance(parts(None)), Balance { unexplained: None, adds_up: None });
    }
}
