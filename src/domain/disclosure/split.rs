//! Dividing a published count among categories, every part a multiple of the base.

use super::BASE;

/// How much chance decides where remainders and carried errors do not differ by more.
const JITTER: f64 = 0.5;

/// Divides a published count among categories by their true counts.
///
/// Each part is the multiple of five below or above the true count; multiples of five, and so true zeros, do not move.
/// Which remainders go up is decided by their size, less the errors that were made on the same category before, and a
/// jitter that nobody can foresee. Only where the published count is not that of the sum, as in pools, must a part be
/// further from its true count; then the largest bear it.
///
/// `errors` hold, for each category, published less true counts so far; they are brought up to date. Of sexes, a count
/// above five is not rounded up by four: how many there are of one may be known exactly.
#[must_use]
pub fn split(
    published: u32,
    counts: &[u32],
    errors: &mut [&mut [f64]],
    jitter: impl Fn(usize) -> f64,
    rule: Rule,
) -> Vec<u32> {
    let all: u32 = counts.iter().sum();
    // What each part would be, were it no multiple of five.
    let scale = if rule == Rule::Pools && all > 0 { f64::from(published) / f64::from(all) } else { 1.0 };
    let wanted: Vec<f64> = counts.iter().map(|count| f64::from(*count) * scale).collect();
    let mut parts: Vec<u32> = wanted.iter().map(|wanted| below(*wanted)).collect();
    let sum: u32 = parts.iter().sum();
    let mut left = (i64::from(published) - i64::from(sum)) / i64::from(BASE);
    let remainder = |at: usize| (wanted[at] - f64::from(below(wanted[at]))).max(0.0);
    let weight = f64::from(u32::try_from(errors.len().max(1)).unwrap_or(1));
    let mut ranked: Vec<(f64, usize)> = (0..counts.len())
        .filter(|at| remainder(*at) > 0.0)
        .map(|at| {
            let carried: f64 = errors.iter().map(|errors| errors[at]).sum();
            let mut rank = remainder(at) * weight - carried + JITTER * jitter(at);
            if rule == Rule::Sexes && counts[at] % BASE == 1 && counts[at] > BASE {
                rank -= 1e6;
            }
            (rank, at)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, at) in ranked.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += BASE;
        left -= 1;
    }
    let mut largest: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] > 0).collect();
    largest.sort_by_key(|at| std::cmp::Reverse(counts[*at]));
    for at in largest.iter().cycle() {
        if left <= 0 {
            break;
        }
        parts[*at] += BASE;
        left -= 1;
    }
    while left < 0 {
        // The first of those that are most above their true counts.
        let above = |at: &usize| i64::from(parts[*at]) - i64::from(counts[*at]);
        let Some(at) = (0..parts.len()).rev().filter(|at| parts[*at] >= BASE).max_by_key(above) else {
            break;
        };
        parts[at] -= BASE;
        left += 1;
    }
    for errors in errors {
        note(errors, &parts, counts, rule);
    }
    parts
}

/// The multiple of five below a number, or the number itself where it is one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small and never negative"
)]
fn below(number: f64) -> u32 {
    // A product of a fraction may be a hair below what it stands for.
    (((number + 1e-9) / f64::from(BASE)).floor() as u32) * BASE
}

/// What a published count is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Sexes.
    Sexes,
    /// Categories. What the group itself is off by is borne by all in proportion, so that a rare category does not bear as
    /// much of it as a common one.
    Categories,
    /// Categories, of which each is to bear as much.
    EqualCategories,
    /// Categories of a pool, whose count may be far from the truth: first brought to it in proportion.
    Pools,
}

/// Adds published less true counts to the errors so far.
pub fn note(errors: &mut [f64], parts: &[u32], counts: &[u32], rule: Rule) {
    let (published, all): (u32, u32) = (parts.iter().sum(), counts.iter().sum());
    let in_proportion = matches!(rule, Rule::Categories | Rule::Pools);
    let scale = if in_proportion && all > 0 { f64::from(published) / f64::from(all) } else { 1.0 };
    for ((error, part), count) in errors.iter_mut().zip(parts).zip(counts) {
        *error += f64::from(*part) - f64::from(*count) * scale;
    }
}

/// Rounds the count of a whole unit: a remainder of one goes down, of four up, and of two or three where it brings the
/// error of all nearer to nothing. So it is never further than three from the truth.
///
/// It goes down where it could only go up by rounding up, by four, a sex of more than five: who knows how many there are
/// of it would know that they are all in what is shown.
#[must_use]
pub fn total(sexes: &[u32], error: &mut f64) -> u32 {
    let count: u32 = sexes.iter().sum();
    let (below, remainder) = (count - count % BASE, count % BASE);
    let floors: u32 = sexes.iter().map(|sex| sex - sex % BASE).sum();
    let can = sexes.iter().filter(|sex| **sex % BASE > 1 || **sex == 1).count();
    let may_go_up = u32::try_from(can).unwrap_or(u32::MAX) * BASE >= below + BASE - floors;
    let up = may_go_up
        && match remainder {
            0 | 1 => false,
            2 | 3 => (f64::from(remainder) - *error) * 2.0 > f64::from(BASE),
            _ => true,
        };
    let published = if up { below + BASE } else { below };
    *error += f64::from(published) - f64::from(count);
    published
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn jitter(at: usize) -> f64 {
        [0.3, 0.9, 0.1, 0.7][at % 4]
    }

    proptest! {
        #[test]
        fn parts_of_a_rounded_sum_add_up_and_stay_beside_their_counts(
            counts in prop::collection::vec(0_u32..40, 1..12),
            up: bool,
            carried in prop::collection::vec(-20.0..20.0, 12),
            rule in prop::sample::select(&[Rule::Sexes, Rule::Categories, Rule::EqualCategories]),
        ) {
            let sum: u32 = counts.iter().sum();
            let published = if up { sum.next_multiple_of(BASE) } else { sum - sum % BASE };
            let mut errors = carried[..counts.len()].to_vec();
            let parts = split(published, &counts, &mut [&mut errors], jitter, rule);
            prop_assert_eq!(parts.iter().sum::<u32>(), published);
            for (at, (part, count)) in parts.iter().zip(&counts).enumerate() {
                prop_assert_eq!(part % BASE, 0);
                prop_assert!(part.abs_diff(*count) < BASE, "{} became {}", count, part);
                let noted = errors[at] - carried[at] - (f64::from(*part) - f64::from(*count));
                prop_assert!(rule == Rule::Categories || noted.abs() < 1e-9);
            }
            let again = split(published, &counts, &mut [&mut carried[..counts.len()].to_vec()], jitter, rule);
            prop_assert_eq!(parts, again);
        }

        #[test]
        fn parts_of_any_sum_add_up_where_there_is_anybody(
            counts in prop::collection::vec(0_u32..40, 1..12),
            published in 0_u32..60,
            rule in prop::sample::select(&[Rule::Categories, Rule::EqualCategories, Rule::Pools]),
        ) {
            let published = published * BASE;
            let parts = split(published, &counts, &mut [], jitter, rule);
            if counts.iter().any(|count| *count > 0) {
                prop_assert_eq!(parts.iter().sum::<u32>(), published);
            }
            let none_from_nothing = parts.iter().zip(&counts).all(|(part, count)| *count > 0 || *part == 0);
            prop_assert!(none_from_nothing);
        }

        #[test]
        fn a_total_is_never_more_than_three_from_the_truth(
            sexes in prop::collection::vec(0_u32..10_000, 1..4), error in -50.0..50.0_f64,
        ) {
            let (mut after, count) = (error, sexes.iter().sum::<u32>());
            let published = total(&sexes, &mut after);
            prop_assert_eq!(published % BASE, 0);
            prop_assert!(published.abs_diff(count) <= 3);
            prop_assert!((after - error - f64::from(published) + f64::from(count)).abs() < 1e-9);
        }
    }

    #[test]
    fn a_sex_whose_count_may_be_known_is_not_rounded_up_by_four() {
        // Of 6 and 4, only the 4 may become a multiple above; of 1 and 4 either.
        assert_eq!(split(10, &[6, 4], &mut [], |_| 0.5, Rule::Sexes), [5, 5]);
        assert_eq!(split(15, &[11, 4], &mut [&mut [-100.0, 0.0]], |_| 0.5, Rule::Sexes), [10, 5]);
    }
}
