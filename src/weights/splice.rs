//! Some rows of sparse weights taken out, or replaced by others.

use crate::Result;
use crate::weights::{SparseView, SparseWeights};

/// The rows `chosen` of `rows`, in that order.
pub(crate) fn gather(rows: SparseView<'_>, chosen: &[u32]) -> Result<SparseWeights> {
    let entry_count = chosen.iter().map(|&row| rows.row(row as usize).0.len()).sum();
    let mut gathered = SparseWeights::with_capacity(chosen.len(), entry_count, rows.group_count())?;
    for &row in chosen {
        let (groups, weights) = rows.row(row as usize);
        gathered.groups.extend_from_slice(groups);
        gathered.weights.extend_from_slice(weights);
        gathered.offsets.push(gathered.groups.len() as u32);
    }
    Ok(gathered)
}

/// `rows` with the rows `chosen`, ascending, replaced by those of `replacements`, in that order.
///
/// # Errors
/// More entries than 32-bit offsets can count, or memory that cannot be had.
pub(crate) fn replace(
    rows: SparseView<'_>,
    chosen: &[u32],
    replacements: SparseView<'_>,
) -> Result<SparseWeights> {
    let leaving: usize = chosen.iter().map(|&row| rows.row(row as usize).0.len()).sum();
    let entry_count = rows.groups().len() - leaving + replacements.groups().len();
    let mut spliced =
        SparseWeights::with_capacity(rows.vertex_count(), entry_count, rows.group_count())?;
    let mut next = 0;
    for (position, &row) in chosen.iter().enumerate() {
        keep(rows, next..row as usize, &mut spliced);
        let (groups, weights) = replacements.row(position);
        spliced.groups.extend_from_slice(groups);
        spliced.weights.extend_from_slice(weights);
        spliced.offsets.push(spliced.groups.len() as u32);
        next = row as usize + 1;
    }
    keep(rows, next..rows.vertex_count(), &mut spliced);
    Ok(spliced)
}

/// Appends consecutive rows.
fn keep(rows: SparseView<'_>, range: std::ops::Range<usize>, out: &mut SparseWeights) {
    let first = rows.offsets()[range.start];
    let entries = first as usize..rows.offsets()[range.end] as usize;
    let begin = out.groups.len() as u32;
    let ends = &rows.offsets()[range.start + 1..=range.end];
    out.offsets.extend(ends.iter().map(|&end| end - first + begin));
    out.groups.extend_from_slice(&rows.groups()[entries.clone()]);
    out.weights.extend_from_slice(&rows.weights()[entries]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::convert;

    proptest! {
        #[test]
        fn replaced_rows_are_those_of_dense_weights(
            (rows, others, chosen) in (0_usize..12).prop_flat_map(|vertices| {
                let weight = || prop_oneof![Just(0.0_f32), 0.0_f32..1.0];
                let rows = || prop::collection::vec(weight(), vertices * 3);
                (rows(), rows(), prop::collection::vec(any::<bool>(), vertices))
            }),
        ) {
            let vertices = chosen.len();
            let numbers: Vec<u32> =
                (0..vertices as u32).filter(|&vertex| chosen[vertex as usize]).collect();
            let sparse = convert::from_dense(&rows, vertices, 3).unwrap();
            let others_sparse = convert::from_dense(&others, vertices, 3).unwrap();
            let replacements = gather(others_sparse.view(), &numbers).unwrap();
            let found = replace(sparse.view(), &numbers, replacements.view()).unwrap();
            let expected: Vec<f32> = (0..vertices * 3)
                .map(|element| if chosen[element / 3] { others[element] } else { rows[element] })
                .collect();
            prop_assert_eq!(found, convert::from_dense(&expected, vertices, 3).unwrap());
        }
    }
}
