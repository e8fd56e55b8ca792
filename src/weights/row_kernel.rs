//! Kernels that change the weights of one vertex at a time, run over dense and over sparse rows.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory, simd};
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Weights that one thread takes at the least: fewer cost less than a hand-over.
const LEAST_BLOCK: usize = 32_768;

/// What a kernel may do with the weights of a vertex group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// The kernel neither reads nor changes it.
    Ignored,
    /// The kernel counts and changes it.
    Free,
    /// The kernel counts it and leaves it as it is.
    Locked,
}

/// The role of each vertex group.
#[derive(Clone, Debug)]
pub struct GroupRoles(Vec<Role>);

impl GroupRoles {
    /// All `group_count` groups are [`Role::Free`].
    ///
    /// # Errors
    /// More groups than 32 bits can number, or memory for them cannot be had.
    pub fn free(group_count: usize) -> Result<Self> {
        check::numbered_by_u32("group_count", group_count)?;
        memory::try_filled("group roles", Role::Free, group_count).map(Self)
    }

    /// Roles from masks, one byte for each group: groups outside `chosen` are ignored, those of `chosen`
    /// that are in `locked` are locked. `None` chooses all groups, and locks none.
    ///
    /// # Errors
    /// A mask has another length than `group_count`.
    pub fn from_masks(
        group_count: usize,
        chosen: Option<&[u8]>,
        locked: Option<&[u8]>,
    ) -> Result<Self> {
        let mut roles = Self::free(group_count)?;
        if let Some(locked) = locked {
            roles.assign("locked_groups", locked, |byte| byte != 0, Role::Locked)?;
        }
        if let Some(chosen) = chosen {
            roles.assign("group_mask", chosen, |byte| byte == 0, Role::Ignored)?;
        }
        Ok(roles)
    }

    /// Whether any group has this role.
    pub fn contains(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Number of groups.
    pub fn group_count(&self) -> usize {
        self.0.len()
    }

    fn gather(&self, groups: &[u32], roles: &mut Vec<Role>) {
        roles.clear();
        roles.extend(groups.iter().map(|&group| self.0[group as usize]));
    }

    fn assign(
        &mut self,
        argument: &'static str,
        mask: &[u8],
        applies: impl Fn(u8) -> bool,
        role: Role,
    ) -> Result<()> {
        check::length(argument, mask.len(), self.0.len())?;
        let affected = self.0.iter_mut().zip(mask).filter(|(_, byte)| applies(**byte));
        affected.for_each(|(slot, _)| *slot = role);
        Ok(())
    }
}

/// Changes the weights of one vertex.
pub(crate) trait RowKernel: Sync {
    /// Working storage, reused from row to row.
    type Scratch: Default;

    /// Changes `weights`, finite and not negative, whose groups have these `roles`.
    ///
    /// Returns whether the vertex belongs in the count that the caller is told.
    fn apply(&self, weights: &mut [f32], roles: &[Role], scratch: &mut Self::Scratch) -> bool;
}

/// Partial sums that run side by side: a vector register's worth, the same on every machine.
const LANES: usize = 8;

/// The sum of a row's weights in groups with the role `wanted`, in f64.
#[inline(always)]
pub(crate) fn sum(weights: &[f32], roles: &[Role], wanted: Role) -> f64 {
    let value = |weight: f32, role: Role| f64::from(if role == wanted { weight } else { 0.0 });
    let (weight_blocks, weight_rest) = weights.as_chunks::<LANES>();
    let (role_blocks, role_rest) = roles.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (weights, roles) in weight_blocks.iter().zip(role_blocks) {
        for lane in 0..LANES {
            sums[lane] += value(weights[lane], roles[lane]);
        }
    }
    for (lane, (weight, role)) in weight_rest.iter().zip(role_rest).enumerate() {
        sums[lane] += value(*weight, *role);
    }
    sums.iter().sum()
}

/// The largest free weight, 0 where there is none.
#[inline(always)]
pub(crate) fn largest(weights: &[f32], roles: &[Role]) -> f32 {
    let larger = |most: f32, weight: f32| if weight > most { weight } else { most };
    let free = |weight: f32, role: Role| if role == Role::Free { weight } else { 0.0 };
    let (weight_blocks, weight_rest) = weights.as_chunks::<LANES>();
    let (role_blocks, role_rest) = roles.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (weights, roles) in weight_blocks.iter().zip(role_blocks) {
        for lane in 0..LANES {
            lanes[lane] = larger(lanes[lane], free(weights[lane], roles[lane]));
        }
    }
    let rest = weight_rest.iter().zip(role_rest).map(|(weight, role)| free(*weight, *role));
    lanes.into_iter().chain(rest).fold(0.0, larger)
}

/// Number of free weights above 0.
#[inline(always)]
pub(crate) fn count_influences(weights: &[f32], roles: &[Role]) -> usize {
    let counts = weights.iter().zip(roles);
    let counts = counts.map(|(weight, role)| u32::from(*role == Role::Free && *weight > 0.0));
    counts.sum::<u32>() as usize
}

/// Multiplies the free weights by `factor`, in f64: the factor of a tiny sum exceeds f32.
#[inline(always)]
pub(crate) fn scale(weights: &mut [f32], roles: &[Role], factor: f64) {
    for (weight, role) in weights.iter_mut().zip(roles) {
        let scaled = (f64::from(*weight) * factor) as f32;
        *weight = if *role == Role::Free { scaled } else { *weight };
    }
}

/// Runs `kernel` on dense rows in place; returns the number of vertices that it counts.
///
/// - `weights`: `#V by #G`, vertex-major, finite, not negative.
///
/// # Errors
/// A wrong length or a bad weight; `weights` is untouched then.
pub(crate) fn apply_dense<K: RowKernel>(
    kernel: &K,
    weights: &mut [f32],
    vertex_count: usize,
    roles: &GroupRoles,
) -> Result<usize> {
    let group_count = roles.group_count();
    let expected = memory::checked_product("weights", vertex_count, group_count)?;
    check::length("weights", weights.len(), expected)?;
    check_weights(weights, |element| (element / group_count, element % group_count))?;
    if group_count == 0 {
        let counts = kernel.apply(&mut [], &[], &mut K::Scratch::default());
        return Ok(if counts { vertex_count } else { 0 });
    }
    let counted = AtomicUsize::new(0);
    let split = Split::new(vertex_count, 0, LEAST_BLOCK.div_ceil(group_count));
    parallel::fill_rows(split, weights, group_count, &Progress::none(), |_, rows| {
        let mut scratch = K::Scratch::default();
        let in_block = simd::dispatch(
            #[inline(always)]
            || {
                let rows = rows.chunks_exact_mut(group_count);
                rows.filter_map(|row| kernel.apply(row, &roles.0, &mut scratch).then_some(()))
                    .count()
            },
        );
        counted.fetch_add(in_block, Ordering::Relaxed);
    })?;
    Ok(counted.into_inner())
}

/// Runs `kernel` on sparse rows, every entry kept in its place.
///
/// Returns the entries' new weights, and the number of vertices that the kernel counts.
///
/// # Errors
/// A negative weight, another number of groups than `roles` has, or memory that cannot be had.
pub(crate) fn apply_sparse_keeping_entries<K: RowKernel>(
    kernel: &K,
    sparse: SparseView<'_>,
    roles: &GroupRoles,
) -> Result<(Vec<f32>, usize)> {
    check_sparse(sparse, roles)?;
    let blocks = parallel::map_blocks(sparse_split(sparse), &Progress::none(), |vertices| {
        let (first, end) = (sparse.offsets()[vertices.start], sparse.offsets()[vertices.end]);
        let entries = first as usize..end as usize;
        let mut weights = memory::try_with_capacity("weights", entries.len())?;
        weights.extend_from_slice(&sparse.weights()[entries]);
        let mut rest = weights.as_mut_slice();
        let (mut roles_of_row, mut scratch, mut counted) = (Vec::new(), K::Scratch::default(), 0);
        for vertex in vertices {
            let groups = sparse.row(vertex).0;
            roles.gather(groups, &mut roles_of_row);
            let row = rest.split_off_mut(..groups.len()).expect("as long as the block's rows");
            counted += usize::from(kernel.apply(row, &roles_of_row, &mut scratch));
        }
        Ok((weights, counted))
    })?;
    let mut weights = memory::try_with_capacity("weights", sparse.weights().len())?;
    let mut counted = 0;
    for block in blocks {
        let (of_block, in_block) = block?;
        weights.extend(of_block);
        counted += in_block;
    }
    Ok((weights, counted))
}

/// Runs `kernel` on sparse rows and leaves out the entries of groups that are not ignored and whose
/// weights are 0 afterwards.
///
/// Returns the new rows, groups ascending, and the number of vertices that the kernel counts.
///
/// # Errors
/// As [`apply_sparse_keeping_entries`].
pub(crate) fn apply_sparse_dropping_zeros<K: RowKernel>(
    kernel: &K,
    sparse: SparseView<'_>,
    roles: &GroupRoles,
) -> Result<(SparseWeights, usize)> {
    check_sparse(sparse, roles)?;
    let counted = AtomicUsize::new(0);
    let split = sparse_split(sparse);
    let rows = build_rows(split, roles.group_count(), &Progress::none(), |vertices, block| {
        let (first, end) = (sparse.offsets()[vertices.start], sparse.offsets()[vertices.end]);
        block.reserve((end - first) as usize)?;
        let (mut row, mut scratch, mut in_block) = (Row::default(), K::Scratch::default(), 0);
        for vertex in vertices {
            row.gather(sparse.row(vertex), roles);
            in_block += usize::from(kernel.apply(&mut row.weights, &row.roles, &mut scratch));
            for ((&group, &weight), &role) in row.groups.iter().zip(&row.weights).zip(&row.roles) {
                if role == Role::Ignored || weight != 0.0 {
                    block.push(group, weight);
                }
            }
            block.end_row();
        }
        counted.fetch_add(in_block, Ordering::Relaxed);
        Ok(())
    })?;
    Ok((rows, counted.into_inner()))
}

/// A sparse row with ascending groups, and their roles.
#[derive(Default)]
struct Row {
    groups: Vec<u32>,
    weights: Vec<f32>,
    roles: Vec<Role>,
    unsorted: Vec<(u32, f32)>,
}

impl Row {
    fn gather(&mut self, (groups, weights): (&[u32], &[f32]), roles: &GroupRoles) {
        self.groups.clear();
        self.weights.clear();
        if groups.is_sorted() {
            self.groups.extend_from_slice(groups);
            self.weights.extend_from_slice(weights);
        } else {
            self.unsorted.clear();
            self.unsorted.extend(groups.iter().copied().zip(weights.iter().copied()));
            self.unsorted.sort_unstable_by_key(|(group, _)| *group);
            self.groups.extend(self.unsorted.iter().map(|(group, _)| *group));
            self.weights.extend(self.unsorted.iter().map(|(_, weight)| *weight));
        }
        roles.gather(&self.groups, &mut self.roles);
    }
}

fn sparse_split(sparse: SparseView<'_>) -> Split {
    // Rows are short: this many hold about LEAST_BLOCK weights.
    Split::new(sparse.vertex_count(), 0, LEAST_BLOCK / 8)
}

fn check_sparse(sparse: SparseView<'_>, roles: &GroupRoles) -> Result<()> {
    check::length("group_mask", roles.group_count(), sparse.group_count())?;
    check_not_negative(sparse)
}

/// All weights of the rows are not negative; the first that is, is named by vertex and group.
pub(crate) fn check_not_negative(sparse: SparseView<'_>) -> Result<()> {
    check_weights(sparse.weights(), |element| {
        let vertex = sparse.offsets().partition_point(|&offset| offset as usize <= element) - 1;
        (vertex, sparse.groups()[element] as usize)
    })
}

/// All weights are finite and not negative; the first that is not is named, with the vertex and the
/// group that `place` finds for it.
fn check_weights(weights: &[f32], place: impl Fn(usize) -> (usize, usize)) -> Result<()> {
    let good = |weight: &f32| (0.0..=f32::MAX).contains(weight);
    let split = Split::new(weights.len(), 0, LEAST_BLOCK);
    let bad = parallel::map_blocks(split, &Progress::none(), |range| {
        let block = &weights[range.clone()];
        let all_good = simd::dispatch(
            #[inline(always)]
            || block.iter().fold(true, |all, weight| all & good(weight)),
        );
        let bad = if all_good { None } else { block.iter().position(|weight| !good(weight)) };
        bad.map(|position| range.start + position)
    })?;
    let Some(element) = bad.into_iter().flatten().next() else { return Ok(()) };
    check::finite_element("weights", element, weights[element])?;
    let (vertex, group) = place(element);
    Err(Error::invalid(
        "weights",
        format!(
            "of vertex {vertex} in group {group} is {}, expected a number not below 0",
            weights[element]
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Doubles free weights; counts vertices that have none.
    struct Double;

    impl RowKernel for Double {
        type Scratch = ();

        fn apply(&self, weights: &mut [f32], roles: &[Role], _: &mut ()) -> bool {
            for (weight, role) in weights.iter_mut().zip(roles) {
                *weight *= if *role == Role::Free { 2.0 } else { 1.0 };
            }
            !roles.contains(&Role::Free)
        }
    }

    fn roles() -> GroupRoles {
        GroupRoles::from_masks(4, Some(&[1, 0, 7, 1]), Some(&[0, 1, 0, 1])).unwrap()
    }

    #[test]
    fn masks_become_roles() {
        assert_eq!(roles().0, [Role::Free, Role::Ignored, Role::Free, Role::Locked]);
        let error = GroupRoles::from_masks(4, None, Some(&[0; 3])).unwrap_err();
        assert!(error.to_string().contains("`locked_groups` holds 3 elements, expected 4"));
    }

    #[test]
    fn dense_and_sparse_rows_meet_the_same_kernel() {
        let mut dense = [1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 5.0, 0.0];
        assert_eq!(apply_dense(&Double, &mut dense, 2, &roles()), Ok(0));
        assert_eq!(dense, [2.0, 2.0, 6.0, 4.0, 0.0, 0.0, 10.0, 0.0]);

        let (offsets, groups) = ([0, 3, 4, 5], [3, 0, 2, 1, 0]);
        let weights = [4.0, 1.0, 3.0, 0.0, 0.0];
        let sparse = SparseView::new(&offsets, &groups, &weights, 4).unwrap();
        let (kept, counted) = apply_sparse_keeping_entries(&Double, sparse, &roles()).unwrap();
        assert_eq!((kept.as_slice(), counted), ([4.0, 2.0, 6.0, 0.0, 0.0].as_slice(), 1));
        let (rows, counted) = apply_sparse_dropping_zeros(&Double, sparse, &roles()).unwrap();
        assert_eq!((rows.offsets.as_slice(), counted), ([0, 3, 4, 4].as_slice(), 1));
        assert_eq!(rows.groups, [0, 2, 3, 1]);
        assert_eq!(rows.weights, [2.0, 6.0, 4.0, 0.0]);
    }

    #[test]
    fn bad_weights_are_named_and_nothing_is_written() {
        let mut dense = [0.5, 0.5, 0.5, -0.25, 1.0, 1.0, 1.0, 1.0];
        let text = apply_dense(&Double, &mut dense, 2, &roles()).unwrap_err().to_string();
        assert_eq!(
            text,
            "`weights` of vertex 0 in group 3 is -0.25, expected a number not below 0"
        );
        assert_eq!(dense[0], 0.5);
        dense[3] = f32::INFINITY;
        let text = apply_dense(&Double, &mut dense, 2, &roles()).unwrap_err().to_string();
        assert_eq!(text, "`weights`[3] is inf, expected a finite number");

        let sparse = SparseView::new(&[0, 0, 1, 3], &[0, 1, 2], &[1.0, 1.0, -1.0], 4).unwrap();
        let error = apply_sparse_keeping_entries(&Double, sparse, &roles()).unwrap_err();
        assert!(error.to_string().contains("of vertex 2 in group 2 is -1"), "{error}");
    }

    #[test]
    fn vertices_without_groups_are_counted_too() {
        let none = GroupRoles::free(0).unwrap();
        assert_eq!(apply_dense(&Double, &mut [], 7, &none), Ok(7));
    }
}
