//! Who passes what, so that every count comes out exactly: how many of each department pass
//! everything, and then which requirements each student misses.

use super::DemoError;
use super::chance::Chance;

/// How many of each department pass all requirements, `total` together. A department of `n` whose
/// counts are `passed` can have from `sum - (k-1)·n` (whoever misses, misses only one) to the
/// smallest of the counts; the total is spread evenly between these.
pub fn all_passed(departments: &[(usize, Vec<usize>)], total: usize) -> Result<Vec<usize>, DemoError> {
    let bounds: Vec<(usize, usize)> = departments
        .iter()
        .map(|(students, passed)| {
            let sum: usize = passed.iter().sum();
            let low = sum.saturating_sub(passed.len().saturating_sub(1) * students);
            (low, passed.iter().copied().min().unwrap_or(0))
        })
        .collect();
    let low: usize = bounds.iter().map(|bound| bound.0).sum();
    let room: usize = bounds.iter().map(|bound| bound.1 - bound.0).sum();
    if total < low || total > low + room {
        return Err(DemoError(format!("{total} cannot pass everything: between {low} and {} can", low + room)));
    }
    let wanted = total - low;
    let mut shares: Vec<usize> = bounds.iter().map(|(low, high)| low + (high - low) * wanted / room.max(1)).collect();
    // What rounding down left over goes, one each, to where there is room.
    let mut left = total - shares.iter().sum::<usize>();
    while left > 0 {
        for (share, bound) in shares.iter_mut().zip(&bounds) {
            if left > 0 && *share < bound.1 {
                *share += 1;
                left -= 1;
            }
        }
    }
    Ok(shares)
}

/// For each of `students`, which requirements are passed: exactly `passed[r]` pass requirement `r`
/// and exactly `all` pass every one.
pub fn verdicts(students: usize, passed: &[usize], all: usize, chance: &mut Chance) -> Vec<Vec<bool>> {
    let mut verdicts = vec![vec![true; passed.len()]; students];
    let missing = students - all;
    let mut misses: Vec<usize> = passed.iter().map(|passed| students - passed).collect();
    // The first `missing` students miss something: each gets one miss, so that none of them
    // passes everything, taken from the requirements in proportion to how many miss them.
    let total: usize = misses.iter().sum();
    let mut first: Vec<usize> = misses.iter().map(|count| count * missing / total.max(1)).collect();
    let mut left = missing - first.iter().sum::<usize>();
    for (given, available) in first.iter_mut().zip(&misses) {
        let more = left.min(available - *given);
        *given += more;
        left -= more;
    }
    let mut student = 0;
    for (requirement, count) in first.iter().enumerate() {
        for _ in 0..*count {
            verdicts[student][requirement] = false;
            student += 1;
        }
        misses[requirement] -= count;
    }
    // The other misses fall on whoever of them does not yet miss that requirement.
    for (requirement, count) in misses.iter().enumerate() {
        let mut open: Vec<usize> = (0..missing).filter(|student| verdicts[*student][requirement]).collect();
        chance.shuffle(&mut open);
        for student in open.into_iter().take(*count) {
            verdicts[student][requirement] = false;
        }
    }
    chance.shuffle(&mut verdicts);
    verdicts
}
