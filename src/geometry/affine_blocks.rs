//! Affine transforms of f32 points, eight points at a time.
//!
//! Eight points are 24 numbers, three octets. Each octet of results needs x, y, and z of the points that
//! its eight numbers belong to: one load and one permutation each, where turning rows into columns and
//! back takes twice as many.

use super::affine::{Rows, transform};
use crate::runtime::octets::{OctetKernel, Octets};

/// Points in a block: three octets of numbers.
const BLOCK: usize = 8;

/// `out = rows · points`.
pub(super) struct Transform<'a> {
    pub rows: &'a Rows<f32>,
    pub points: &'a [[f32; 3]],
    pub out: &'a mut [[f32; 3]],
}

impl OctetKernel for Transform<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { rows, points, out } = self;
        let columns = columns(octets, rows);
        let (blocks, rest) = points.as_chunks::<BLOCK>();
        let (out_blocks, out_rest) = out.as_chunks_mut::<BLOCK>();
        for (block, out) in blocks.iter().zip(out_blocks) {
            *out = transform_block(octets, &columns, block);
        }
        for (point, out) in rest.iter().zip(out_rest) {
            *out = transform(rows, *point);
        }
    }
}

/// `points = rows · points`.
pub(super) struct TransformInPlace<'a> {
    pub rows: &'a Rows<f32>,
    pub points: &'a mut [[f32; 3]],
}

impl OctetKernel for TransformInPlace<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let columns = columns(octets, self.rows);
        let (blocks, rest) = self.points.as_chunks_mut::<BLOCK>();
        for block in blocks {
            *block = transform_block(octets, &columns, block);
        }
        for point in rest {
            *point = transform(self.rows, *point);
        }
    }
}

/// For each of the three octets of a block: a, b, c, and t of the row that each number belongs to.
#[inline(always)]
fn columns<O: Octets>(octets: O, rows: &Rows<f32>) -> [[O::Octet; 4]; 3] {
    let mut columns = [[octets.splat(0.0); 4]; 3];
    for (octet, columns) in columns.iter_mut().enumerate() {
        for (column, values) in columns.iter_mut().enumerate() {
            let mut lanes = [0.0; 8];
            for (lane, value) in lanes.iter_mut().enumerate() {
                *value = rows[(8 * octet + lane) % 3][column];
            }
            *values = octets.load(&lanes);
        }
    }
    columns
}

#[inline(always)]
fn transform_block<O: Octets>(
    octets: O,
    columns: &[[O::Octet; 4]; 3],
    block: &[[f32; 3]; BLOCK],
) -> [[f32; 3]; BLOCK] {
    let numbers: &[f32; 24] = bytemuck::cast_ref(block);
    let [x, y, z] = [
        spread::<0, _>(octets, numbers),
        spread::<1, _>(octets, numbers),
        spread::<2, _>(octets, numbers),
    ];
    let mut moved = [[0.0; 8]; 3];
    for (octet, moved) in moved.iter_mut().enumerate() {
        let [a, b, c, t] = columns[octet];
        let sum = octets.multiply(a, x[octet]);
        let sum = octets.add_product(sum, b, y[octet]);
        let sum = octets.add_product(sum, c, z[octet]);
        *moved = octets.store(octets.add(sum, t));
    }
    bytemuck::cast(moved)
}

/// For each number of a block: the coordinate along `AXIS` of the point that it belongs to.
#[inline(always)]
fn spread<const AXIS: usize, O: Octets>(octets: O, numbers: &[f32; 24]) -> [O::Octet; 3] {
    let middle = octets.with_last(load(octets, numbers, 6 + AXIS), load(octets, numbers, 8 + AXIS));
    [
        octets.permute(load(octets, numbers, AXIS), &[0, 0, 0, 3, 3, 3, 6, 6]),
        octets.permute(middle, &[0, 3, 3, 3, 6, 6, 6, 7]),
        octets.permute(load(octets, numbers, 14 + AXIS), &[1, 1, 4, 4, 4, 7, 7, 7]),
    ]
}

#[inline(always)]
fn load<O: Octets>(octets: O, numbers: &[f32; 24], first: usize) -> O::Octet {
    octets.load(numbers[first..].first_chunk().expect("an octet of the block"))
}
