//! Radial basis functions.

use super::buffers::{
    destroy_handle, give_handle, handle, input, input_points, output, output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use crate::deform::rbf::{self, Interpolator, Kernel, POLYNOMIAL_TERMS, SolverChoice};
use crate::runtime::check;
use crate::runtime::memory::{checked_product, try_filled};
use crate::{Error, Result};

/// Kernel: -sqrt(r^2 + epsilon^2). The default.
pub const HEM_RBF_MULTIQUADRIC: u32 = 0;
/// Kernel: -r.
pub const HEM_RBF_BIHARMONIC: u32 = 1;
/// Kernel: r^3.
pub const HEM_RBF_TRIHARMONIC: u32 = 2;
/// Kernel: exp(-(r / epsilon)^2).
pub const HEM_RBF_GAUSSIAN: u32 = 3;
/// Kernel: r^2 log(r).
pub const HEM_RBF_THIN_PLATE: u32 = 4;
/// Kernel: (1 - r / epsilon)^4 (4 r / epsilon + 1) up to epsilon, 0 beyond.
pub const HEM_RBF_WENDLAND_C2: u32 = 5;

/// Solver: iterative where that is known to converge and to be faster, else direct. The default.
pub const HEM_RBF_SOLVER_AUTO: u32 = 0;
/// Solver: a dense factor; n^3 / 3 operations and 8 n^2 bytes.
pub const HEM_RBF_SOLVER_DIRECT: u32 = 1;
/// Solver: preconditioned conjugate gradients, some n log(n) operations and n memory, for -r and
/// multiquadrics of a small width. Fits with other kernels may fail.
pub const HEM_RBF_SOLVER_ITERATIVE: u32 = 2;

/// Control points with their factored system. Immutable: many threads may use it at once.
pub struct HemRbf(pub(crate) Interpolator);

/// How an interpolant is made.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemRbfOptions {
    /// Set by hem_rbf_options_init.
    pub struct_size: u32,
    /// HEM_RBF_MULTIQUADRIC (default) or another HEM_RBF_... constant.
    pub kernel: u32,
    /// Metres, the kernel's width where it has one: above 0 for the Gaussian and Wendland's kernel, not
    /// negative for the multiquadric. Default 0.00001.
    pub epsilon: f32,
    /// Not negative. 0 (the default) meets the values, more makes the interpolant smoother.
    pub smoothing: f32,
    /// Metres, not negative: a control point as near to an earlier one is merged with it, and the mean
    /// of their values counts. Default 0.00001.
    pub merge_distance: f32,
    /// HEM_RBF_SOLVER_AUTO (default) or another HEM_RBF_SOLVER_... constant.
    pub solver: u32,
}

impl Default for HemRbfOptions {
    fn default() -> Self {
        let rbf::Options { smoothing, merge_distance, .. } = rbf::Options::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            kernel: HEM_RBF_MULTIQUADRIC,
            epsilon: DEFAULT_EPSILON,
            smoothing,
            merge_distance,
            solver: HEM_RBF_SOLVER_AUTO,
        }
    }
}

impl Options for HemRbfOptions {}

/// The multiquadric's width that makes it a smooth -r.
pub(super) const DEFAULT_EPSILON: f32 = 1e-5;

/// What a system is like.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemRbfInfo {
    /// Set it to sizeof(HemRbfInfo) before the call.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Control points that are left after merging.
    pub distinct_point_count: u64,
    /// An estimate of the system's condition number; 0 where the iterative solver is used, which has no
    /// factor to ask.
    pub condition: f64,
}

/// Fills the options with their defaults.
///
/// out_options must hold one HemRbfOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_rbf_options_init(out_options: *mut HemRbfOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Prepares interpolation of values at control points by radial basis functions and a linear
/// polynomial: merges coinciding points and factors the system, once for all values. Points in a plane,
/// on a line or in one place are fine. A system that is singular within double precision is refused
/// (HEM_INVALID_ARGUMENT, with its condition number).
///
/// points must hold point_count * 3 floats, finite; one point at least.
/// options may be NULL, for the defaults.
/// out_rbf must hold one pointer; release it by hem_rbf_destroy.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_rbf_create(
    points: *const f32,
    point_count: usize,
    options: *const HemRbfOptions,
    out_rbf: *mut *mut HemRbf,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_rbf", out_rbf)?;
        let points = input_points("points", points, point_count)?;
        let HemRbfOptions { kernel, epsilon, smoothing, merge_distance, solver, .. } =
            options::read(options)?;
        let options = rbf::Options {
            kernel: kernel_of(kernel, epsilon)?,
            smoothing,
            merge_distance,
            solver: solver_of(solver)?,
        };
        with_progress(progress, |progress| {
            give_handle("out_rbf", out_rbf, HemRbf(Interpolator::new(points, &options, progress)?))
        })
    })
}

/// Tells what the system is like.
///
/// rbf must be a handle.
/// out_info must hold one HemRbfInfo whose struct_size is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_rbf_info(rbf: *const HemRbf, out_info: *mut HemRbfInfo) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let info = handle("rbf", rbf)?.0.info();
        let info = HemRbfInfo {
            struct_size: size_of::<HemRbfInfo>() as u32,
            reserved: 0,
            distinct_point_count: info.distinct_points as u64,
            condition: info.condition.unwrap_or(0.0),
        };
        options::write("out_info", out_info, info)
    })
}

/// Solves the system for values at the control points, column by column, in double precision with
/// refinement. HEM_INVALID_ARGUMENT where the values cannot be met within a millionth of the largest.
///
/// rbf must be a handle of point_count control points.
/// values must hold point_count * column_count floats, finite, the columns of a point together.
/// out_coefficients must hold (point_count + 4) * column_count doubles: weights of the control points (0
/// for merged ones), then those of 1, x, y and z.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_rbf_fit(
    rbf: *const HemRbf,
    values: *const f32,
    point_count: usize,
    column_count: usize,
    out_coefficients: *mut f64,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let rbf = &handle("rbf", rbf)?.0;
        let count = checked_product("values", point_count, column_count)?;
        let values = input("values", values, count)?;
        let count = coefficient_count("out_coefficients", point_count, column_count)?;
        let out = output("out_coefficients", out_coefficients, count)?;
        check::length("values", point_count, rbf.point_count())?;
        with_progress(progress, |progress| {
            out.copy_from_slice(&rbf.fit(values, column_count, progress)?);
            Ok(())
        })
    })
}

/// Evaluates interpolants at targets, in double precision, within 0.000002 of the largest value of a
/// brute-force sum. Many targets at once take about n log(n) operations (for Wendland's kernel, n m).
///
/// rbf must be a handle of point_count control points.
/// coefficients must hold (point_count + 4) * column_count doubles of hem_rbf_fit, finite.
/// targets must hold target_count * 3 floats, finite.
/// out_values must hold target_count * column_count floats.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_rbf_evaluate(
    rbf: *const HemRbf,
    coefficients: *const f64,
    point_count: usize,
    column_count: usize,
    targets: *const f32,
    target_count: usize,
    out_values: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let rbf = &handle("rbf", rbf)?.0;
        let count = coefficient_count("coefficients", point_count, column_count)?;
        let coefficients = input("coefficients", coefficients, count)?;
        check::length("coefficients", point_count, rbf.point_count())?;
        let targets = input_points("targets", targets, target_count)?;
        let count = checked_product("out_values", target_count, column_count)?;
        let out = output("out_values", out_values, count)?;
        let mut values = try_filled("values", 0.0, count)?;
        with_progress(progress, |progress| {
            rbf.evaluate(coefficients, column_count, targets, &mut values, progress)
        })?;
        out.copy_from_slice(&values);
        Ok(())
    })
}

/// Releases an interpolator. NULL does nothing.
///
/// rbf must be a handle or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_rbf_destroy(rbf: *mut HemRbf) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(rbf) }
}

fn coefficient_count(argument: &'static str, points: usize, columns: usize) -> Result<usize> {
    checked_product(argument, points.saturating_add(POLYNOMIAL_TERMS), columns)
}

/// The solver of a `HEM_RBF_SOLVER_…` constant.
fn solver_of(constant: u32) -> Result<SolverChoice> {
    match constant {
        HEM_RBF_SOLVER_AUTO => Ok(SolverChoice::Auto),
        HEM_RBF_SOLVER_DIRECT => Ok(SolverChoice::Direct),
        HEM_RBF_SOLVER_ITERATIVE => Ok(SolverChoice::Iterative),
        other => {
            let problem = format!("is {other}, expected a HEM_RBF_SOLVER_... constant");
            Err(Error::invalid("solver", problem))
        }
    }
}

/// The kernel of a `HEM_RBF_…` constant.
pub(super) fn kernel_of(constant: u32, epsilon: f32) -> Result<Kernel> {
    let width = f64::from(epsilon);
    Ok(match constant {
        HEM_RBF_MULTIQUADRIC => Kernel::Multiquadric(width),
        HEM_RBF_BIHARMONIC => Kernel::Biharmonic,
        HEM_RBF_TRIHARMONIC => Kernel::Triharmonic,
        HEM_RBF_GAUSSIAN => Kernel::Gaussian(width),
        HEM_RBF_THIN_PLATE => Kernel::ThinPlate,
        HEM_RBF_WENDLAND_C2 => Kernel::WendlandC2(width),
        other => {
            let problem = format!("is {other}, expected a HEM_RBF_... constant");
            return Err(Error::invalid("kernel", problem));
        }
    })
}
