//! Which rows of an array changed since an earlier copy of it.

use bytemuck::NoUninit;

/// Whether two values differ in any bit: −0 differs from 0, a NaN equals itself.
#[inline(always)]
pub fn differ<T: NoUninit>(before: &T, after: &T) -> bool {
    bytemuck::bytes_of(before) != bytemuck::bytes_of(after)
}

/// Marks the rows that differ in any bit by 1, the others by 0; returns how many do.
///
/// - `before`, `after`: `#R` rows of `row_bytes` bytes, at least 1;
/// - `changed`: `#R`.
///
/// # Panics
/// The lengths do not belong to the same number of rows.
pub fn mark_changed(before: &[u8], after: &[u8], row_bytes: usize, changed: &mut [u8]) -> usize {
    let (before, after) = (before.chunks_exact(row_bytes), after.chunks_exact(row_bytes));
    assert!(before.len() == after.len() && after.len() == changed.len(), "as many rows each");
    let mut count = 0;
    for ((mark, before), after) in changed.iter_mut().zip(before).zip(after) {
        *mark = u8::from(before != after);
        count += usize::from(*mark);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_decide() {
        let before = [[0.0_f32, 1.0], [f32::NAN, 2.0], [3.0, 4.0]];
        let after = [[-0.0_f32, 1.0], [f32::NAN, 2.0], [3.0, 4.5]];
        let (before, after) = (bytemuck::bytes_of(&before), bytemuck::bytes_of(&after));
        let mut changed = [9; 3];
        assert_eq!(mark_changed(before, after, 8, &mut changed), 2);
        assert_eq!(changed, [1, 0, 1]);
        assert!(differ(&-0.0_f32, &0.0) && !differ(&f32::NAN, &f32::NAN));
    }
}
