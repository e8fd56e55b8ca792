//! Rows for `src/ffi/rbf.rs` and `src/ffi/field_creation.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::field_creation::*;
use hemline::ffi::rbf::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

const POINTS: [f32; 6] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
const BROKEN: [f32; 6] = [0.0, 0.0, 0.0, 1.0, f32::NAN, 0.0];

/// Makes good options bad.
type Change<T> = fn(&mut T);

pub fn cases() -> Vec<Case> {
    [create_cases(), use_cases(), fit_cases(), evaluate_cases(), field_cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// An interpolator of two points.
fn rbf() -> *const HemRbf {
    let mut rbf = null_mut();
    // SAFETY: two points and a slot. Each row leaks its handle: a kilobyte.
    let status = unsafe { hem_rbf_create(POINTS.as_ptr(), 2, null(), &raw mut rbf, null()) };
    assert_eq!(status, HEM_OK);
    rbf
}

fn create_cases() -> Vec<Case> {
    let case = |fault, argument, expected, points: Option<[f32; 6]>, count, there| {
        Case::new("hem_rbf_create", fault, argument, expected, move |scratch| {
            let points = points.as_ref().map_or(null(), |points| points.as_ptr());
            let out = if there { scratch.handle() } else { null_mut() };
            // SAFETY: what is not NULL holds what the contract asks for wherever it is read.
            unsafe { hem_rbf_create(points, count, null(), out, null()) }
        })
    };
    let mut cases = vec![
        case(Fault::Null, "points", HEM_NULL_POINTER, None, 2, true),
        case(Fault::Null, "out_rbf", HEM_NULL_POINTER, Some(POINTS), 2, false),
        case(Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Some(POINTS), ABSURD, true),
        case(Fault::NotFinite, "points", HEM_NOT_FINITE, Some(BROKEN), 2, true),
        case(Fault::Value, "points", HEM_INVALID_ARGUMENT, None, 0, true),
    ];
    let values: [(&str, Change<HemRbfOptions>); 6] = [
        ("options", |options| options.struct_size = 3),
        ("kernel", |options| options.kernel = 6),
        ("solver", |options| options.solver = 3),
        ("epsilon", |options| options.epsilon = -1.0),
        ("smoothing", |options| options.smoothing = -1.0),
        ("merge_distance", |options| options.merge_distance = -1.0),
    ];
    cases.extend(values.map(|(argument, change)| {
        Case::new("hem_rbf_create", Fault::Value, argument, HEM_INVALID_ARGUMENT, move |scratch| {
            let mut options = HemRbfOptions::default();
            change(&mut options);
            // SAFETY: all arrays hold what the contract asks for.
            unsafe { hem_rbf_create(POINTS.as_ptr(), 2, &options, scratch.handle(), null()) }
        })
    }));
    cases
}

fn use_cases() -> Vec<Case> {
    // SAFETY: NULL is what these calls must refuse; the other arguments are good.
    unsafe {
        vec![
            Case::new("hem_rbf_options_init", Fault::Null, "out_options", HEM_NULL_POINTER, |_| {
                hem_rbf_options_init(null_mut())
            }),
            Case::new(
                "hem_field_creation_options_init",
                Fault::Null,
                "out_options",
                HEM_NULL_POINTER,
                |_| hem_field_creation_options_init(null_mut()),
            ),
            Case::new("hem_rbf_info", Fault::Null, "rbf", HEM_NULL_POINTER, |scratch| {
                hem_rbf_info(null(), scratch.output::<HemRbfInfo>(1))
            }),
            Case::new("hem_rbf_info", Fault::Null, "out_info", HEM_NULL_POINTER, |_| {
                hem_rbf_info(rbf(), null_mut())
            }),
            Case::new("hem_rbf_info", Fault::Value, "out_info", HEM_INVALID_ARGUMENT, |scratch| {
                hem_rbf_info(rbf(), scratch.output::<HemRbfInfo>(1))
            }),
        ]
    }
}

fn fit_cases() -> Vec<Case> {
    let case = |fault, argument, expected, there: bool, values: Option<[f32; 6]>, counts, out| {
        Case::new("hem_rbf_fit", fault, argument, expected, move |scratch| {
            let [points, columns]: [usize; 2] = counts;
            let values = values.as_ref().map_or(null(), |values| values.as_ptr());
            let rbf = if there { rbf() } else { null() };
            let out = if out { scratch.output(18) } else { null_mut() };
            // SAFETY: as above.
            unsafe { hem_rbf_fit(rbf, values, points, columns, out, null()) }
        })
    };
    vec![
        case(Fault::Null, "rbf", HEM_NULL_POINTER, false, Some(POINTS), [2, 3], true),
        case(Fault::Null, "values", HEM_NULL_POINTER, true, None, [2, 3], true),
        case(Fault::Null, "out_coefficients", HEM_NULL_POINTER, true, Some(POINTS), [2, 3], false),
        case(Fault::Overflow, "values", HEM_SIZE_OVERFLOW, true, Some(POINTS), [2, ABSURD], true),
        case(Fault::NotFinite, "values", HEM_NOT_FINITE, true, Some(BROKEN), [2, 3], true),
        case(Fault::Value, "values", HEM_LENGTH_MISMATCH, true, Some(POINTS), [1, 3], true),
    ]
}

fn evaluate_cases() -> Vec<Case> {
    #[derive(Clone)]
    struct Call {
        rbf: bool,
        coefficients: Option<[f64; 6]>,
        counts: [usize; 3],
        targets: Option<[f32; 6]>,
        out: bool,
    }
    let good = Call {
        rbf: true,
        coefficients: Some([0.0; 6]),
        counts: [2, 1, 2],
        targets: Some(POINTS),
        out: true,
    };
    let case = |fault, argument, expected, change: fn(&mut Call)| {
        let mut call = good.clone();
        change(&mut call);
        Case::new("hem_rbf_evaluate", fault, argument, expected, move |scratch| {
            let [points, columns, targets] = call.counts;
            // SAFETY: as above; absurd counts must be refused before memory is read.
            unsafe {
                hem_rbf_evaluate(
                    if call.rbf { rbf() } else { null() },
                    call.coefficients.as_ref().map_or(null(), |numbers| numbers.as_ptr()),
                    points,
                    columns,
                    call.targets.as_ref().map_or(null(), |numbers| numbers.as_ptr()),
                    targets,
                    if call.out { scratch.output(2) } else { null_mut() },
                    null(),
                )
            }
        })
    };
    vec![
        case(Fault::Null, "rbf", HEM_NULL_POINTER, |call| call.rbf = false),
        case(Fault::Null, "coefficients", HEM_NULL_POINTER, |call| call.coefficients = None),
        case(Fault::Null, "targets", HEM_NULL_POINTER, |call| call.targets = None),
        case(Fault::Null, "out_values", HEM_NULL_POINTER, |call| call.out = false),
        case(Fault::Overflow, "targets", HEM_SIZE_OVERFLOW, |call| call.counts[2] = ABSURD),
        case(Fault::Overflow, "coefficients", HEM_SIZE_OVERFLOW, |call| call.counts[0] = ABSURD),
        case(Fault::NotFinite, "targets", HEM_NOT_FINITE, |call| call.targets = Some(BROKEN)),
        case(Fault::NotFinite, "coefficients", HEM_NOT_FINITE, |call| {
            call.coefficients = Some([f64::INFINITY; 6]);
        }),
        case(Fault::Value, "coefficients", HEM_LENGTH_MISMATCH, |call| call.counts[0] = 1),
    ]
}

/// The arguments of `hem_field_create_from_shapes` for two vertices.
#[derive(Clone)]
struct Create {
    body: Option<[f32; 6]>,
    deformed: Option<[f32; 6]>,
    counts: [usize; 3],
    correspondence: Option<[u32; 2]>,
    triangles: Option<[u32; 3]>,
    options: HemFieldCreationOptions,
    out: bool,
}

fn field_cases() -> Vec<Case> {
    let good = Create {
        body: Some(POINTS),
        deformed: Some(POINTS),
        counts: [2, 2, 1],
        correspondence: None,
        triangles: None,
        options: HemFieldCreationOptions::default(),
        out: true,
    };
    let case = |fault, argument, expected, change: &dyn Fn(&mut Create)| {
        let mut call = good.clone();
        change(&mut call);
        Case::new("hem_field_create_from_shapes", fault, argument, expected, move |scratch| {
            call.call(scratch)
        })
    };
    let mut cases = vec![
        case(Fault::Null, "body", HEM_NULL_POINTER, &|call| call.body = None),
        case(Fault::Null, "deformed", HEM_NULL_POINTER, &|call| call.deformed = None),
        case(Fault::Null, "out_field", HEM_NULL_POINTER, &|call| call.out = false),
        case(Fault::Overflow, "body", HEM_SIZE_OVERFLOW, &|call| call.counts[0] = ABSURD),
        case(Fault::Overflow, "deformed", HEM_SIZE_OVERFLOW, &|call| call.counts[1] = ABSURD),
        case(Fault::Overflow, "triangles", HEM_SIZE_OVERFLOW, &|call| {
            call.triangles = Some([0; 3]);
            call.counts[2] = ABSURD;
        }),
        case(Fault::Index, "correspondence", HEM_INDEX_OUT_OF_RANGE, &|call| {
            call.correspondence = Some([0, 2]);
        }),
        case(Fault::Index, "triangles", HEM_INDEX_OUT_OF_RANGE, &|call| {
            call.triangles = Some([0, 1, 2]);
        }),
        case(Fault::NotFinite, "body", HEM_NOT_FINITE, &|call| call.body = Some(BROKEN)),
        case(Fault::NotFinite, "deformed", HEM_NOT_FINITE, &|call| call.deformed = Some(BROKEN)),
        case(Fault::Value, "deformed", HEM_LENGTH_MISMATCH, &|call| call.counts[1] = 1),
        case(Fault::Value, "body", HEM_INVALID_ARGUMENT, &|call| {
            call.correspondence = Some([u32::MAX; 2]);
        }),
    ];
    let values: [(&str, Change<HemFieldCreationOptions>); 11] = [
        ("options", |options| options.struct_size = 3),
        ("kernel", |options| options.kernel = 6),
        ("epsilon", |options| options.epsilon = -1.0),
        ("inverse", |options| options.inverse = 2),
        ("step_count", |options| options.step_count = 0),
        ("mirror_x", |options| options.mirror_x = 2),
        ("base_spacing", |options| options.base_spacing = 0.0),
        ("growth", |options| options.growth = -1.0),
        ("box_scale", |options| options.box_scale = 0.5),
        ("falloff_start", |options| options.falloff_start = -1.0),
        ("falloff_end", |options| options.falloff_end = 0.01),
    ];
    cases.extend(values.map(|(argument, change)| {
        case(Fault::Value, argument, HEM_INVALID_ARGUMENT, &|call| change(&mut call.options))
    }));
    cases
}

impl Create {
    fn call(&self, scratch: &Scratch) -> HemStatus {
        fn address<T, const N: usize>(array: &Option<[T; N]>) -> *const T {
            array.as_ref().map_or(null(), |array| array.as_ptr())
        }
        // SAFETY: every pointer that is not NULL holds what the contract asks for wherever it is read,
        // and absurd counts must be refused before memory is read.
        unsafe {
            hem_field_create_from_shapes(
                address(&self.body),
                self.counts[0],
                address(&self.deformed),
                self.counts[1],
                address(&self.correspondence),
                address(&self.triangles),
                self.counts[2],
                &self.options,
                if self.out { scratch.handle() } else { null_mut() },
                null(),
            )
        }
    }
}
