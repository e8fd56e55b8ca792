//! The direct solver: the system's positive definite part as a dense Cholesky factor, n²·8 bytes.

use super::kernels::{Profile, Task};
use super::simplex::MOST_PIVOTS;
use super::sums::COLUMNS;
use super::system::{Row, System};
use crate::linear::dense_cholesky::DenseCholesky;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory, simd};
use crate::{Error, Result};

/// Condition numbers beyond this leave no correct digit in double precision.
const WORST_CONDITION: f64 = 1e16;

/// The factor, and how near to singular it is.
pub(super) struct Direct {
    factor: DenseCholesky,
    pub(super) condition: f64,
}

impl Direct {
    /// Fills and factors the matrix.
    pub(super) fn new(system: &System, progress: &Progress<'_>) -> Result<Self> {
        let size = system.others.len();
        let count = memory::checked_product("the system", size, size)?;
        let mut matrix = memory::try_zeroed("the system", count)?;
        let fill = Fill::new(system);
        let split = Split::new(size, 0, 1);
        parallel::fill_rows(split, &mut matrix, size, &progress.part(0.0, 0.1), |columns, out| {
            for (column, out) in columns.zip(out.chunks_exact_mut(size)) {
                system.kernel.run(FillColumn { fill: &fill, column, out });
            }
        })?;
        let part = progress.part(0.1, 0.95);
        let factor = DenseCholesky::new(matrix, size, &part).map_err(|error| match error {
            Error::InvalidArgument { .. } => singular(f64::INFINITY),
            other => other,
        })?;
        let condition = factor.condition_estimate();
        if condition.is_nan() || condition >= WORST_CONDITION {
            return Err(singular(condition));
        }
        Ok(Self { factor, condition })
    }

    /// Weights of the points that are no pivots.
    pub(super) fn solve(&self, right: &[Row]) -> Vec<Row> {
        let size = right.len();
        let mut columns = vec![0.0; size * COLUMNS];
        for (index, row) in right.iter().enumerate() {
            (0..COLUMNS).for_each(|column| columns[column * size + index] = row[column]);
        }
        self.factor.solve_in_place(&mut columns);
        let row = |index: usize| std::array::from_fn(|column| columns[column * size + index]);
        (0..size).map(row).collect()
    }
}

fn singular(condition: f64) -> Error {
    Error::invalid(
        "points",
        format!(
            "make a system with the condition number {condition:.1e}, expected one below \
             {WORST_CONDITION:.0e}: take a smaller epsilon, a larger merge_distance or some smoothing"
        ),
    )
}

/// What the entries are made of, one array for each coordinate.
struct Fill {
    position: [Vec<f64>; 3],
    l: [Vec<f64>; MOST_PIVOTS],
    b: [Vec<f64>; MOST_PIVOTS],
    diagonal: Vec<f64>,
}

impl Fill {
    fn new(system: &System) -> Self {
        let (l, b) = system.reduction();
        let position = |axis: usize| system.others.iter().map(move |&i| system.points[i][axis]);
        Self {
            position: std::array::from_fn(|axis| position(axis).collect()),
            l: std::array::from_fn(|pivot| l.iter().map(|row| row[pivot]).collect()),
            b: std::array::from_fn(|pivot| b.iter().map(|row| row[pivot]).collect()),
            diagonal: system.others.iter().map(|&index| system.diagonal[index]).collect(),
        }
    }
}

/// One column, from the diagonal down.
struct FillColumn<'a> {
    fill: &'a Fill,
    column: usize,
    out: &'a mut [f64],
}

impl Task for FillColumn<'_> {
    type Output = ();
    fn run(self, profile: impl Profile) {
        let Self { fill, column, out } = self;
        simd::dispatch(FillLoop { profile, fill, column, out });
    }
}

struct FillLoop<'a, P> {
    profile: P,
    fill: &'a Fill,
    column: usize,
    out: &'a mut [f64],
}

impl<P: Profile> simd::Kernel for FillLoop<'_, P> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Self { profile, fill, column: j, out } = self;
        let out = &mut out[j..];
        let count = out.len();
        let [x, y, z] = fill.position.each_ref().map(|axis| &axis[j..][..count]);
        let [l0, l1, l2, l3] = fill.l.each_ref().map(|l| &l[j..][..count]);
        let [b0, b1, b2, b3] = fill.b.each_ref().map(|b| &b[j..][..count]);
        let (l, b) = (fill.l.each_ref().map(|l| l[j]), fill.b.each_ref().map(|b| b[j]));
        let (at_x, at_y, at_z) = (x[0], y[0], z[0]);
        for i in 0..count {
            let (dx, dy, dz) = (x[i] - at_x, y[i] - at_y, z[i] - at_z);
            let value = profile.value(dx * dx + dy * dy + dz * dz);
            let of_l = l0[i] * b[0] + l1[i] * b[1] + l2[i] * b[2] + l3[i] * b[3];
            let of_b = b0[i] * l[0] + b1[i] * l[1] + b2[i] * l[2] + b3[i] * l[3];
            out[i] = value - of_l - of_b;
        }
        out[0] += fill.diagonal[j];
    }
}
