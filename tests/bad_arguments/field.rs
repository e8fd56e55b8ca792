//! Rows for `src/ffi/field.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::field::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

const POINTS: [f32; 6] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
const BROKEN: [f32; 6] = [0.0, 0.0, 0.0, 1.0, f32::NAN, 0.0];

pub fn cases() -> Vec<Case> {
    [create_cases(), file_cases(), view_cases(), apply_cases()].into_iter().flatten().collect()
}

/// A field of two samples.
fn field() -> *const HemField {
    let mut field = null_mut();
    // SAFETY: two samples and a slot. Each row leaks its field: a kilobyte.
    let status = unsafe {
        let points = POINTS.as_ptr();
        hem_field_create([0, 2].as_ptr(), 1, points, points, 2, null(), 0, &raw mut field)
    };
    assert_eq!(status, HEM_OK);
    field
}

/// The arguments of `hem_field_create` for two steps of a sample each.
#[derive(Clone)]
struct Create {
    offsets: Option<[u32; 3]>,
    points: Option<[f32; 6]>,
    displacements: Option<[f32; 6]>,
    counts: [usize; 2],
    world_matrix: Option<[f64; 16]>,
    mirror_x: u32,
    out: bool,
}

fn create_cases() -> Vec<Case> {
    let good = Create {
        offsets: Some([0, 1, 2]),
        points: Some(POINTS),
        displacements: Some(POINTS),
        counts: [2, 2],
        world_matrix: None,
        mirror_x: 0,
        out: true,
    };
    let case = |fault, argument, expected, change: &dyn Fn(&mut Create)| {
        let mut arguments = good.clone();
        change(&mut arguments);
        Case::new("hem_field_create", fault, argument, expected, move |scratch| {
            arguments.call(scratch)
        })
    };
    vec![
        case(Fault::Null, "offsets", HEM_NULL_POINTER, &|call| call.offsets = None),
        case(Fault::Null, "points", HEM_NULL_POINTER, &|call| call.points = None),
        case(Fault::Null, "displacements", HEM_NULL_POINTER, &|call| call.displacements = None),
        case(Fault::Null, "out_field", HEM_NULL_POINTER, &|call| call.out = false),
        case(Fault::Overflow, "offsets", HEM_SIZE_OVERFLOW, &|call| call.counts[0] = usize::MAX),
        case(Fault::Overflow, "points", HEM_SIZE_OVERFLOW, &|call| call.counts[1] = ABSURD),
        case(Fault::Index, "offsets", HEM_INVALID_ARGUMENT, &|call| {
            call.offsets = Some([0, 9, 2]);
        }),
        case(Fault::Value, "offsets", HEM_INVALID_ARGUMENT, &|call| {
            call.offsets = Some([0, 2, 2]);
        }),
        case(Fault::NotFinite, "points", HEM_NOT_FINITE, &|call| call.points = Some(BROKEN)),
        case(Fault::NotFinite, "displacements", HEM_NOT_FINITE, &|call| {
            call.displacements = Some(BROKEN);
        }),
        case(Fault::NotFinite, "world_matrix", HEM_NOT_FINITE, &|call| {
            call.world_matrix = Some([f64::NAN; 16]);
        }),
        case(Fault::Value, "world_matrix", HEM_INVALID_ARGUMENT, &|call| {
            call.world_matrix = Some([0.0; 16]);
        }),
        case(Fault::Value, "mirror_x", HEM_INVALID_ARGUMENT, &|call| call.mirror_x = 2),
    ]
}

impl Create {
    fn call(&self, scratch: &Scratch) -> HemStatus {
        fn address<T, const N: usize>(array: &Option<[T; N]>) -> *const T {
            array.as_ref().map_or(null(), |array| array.as_ptr())
        }
        // SAFETY: every pointer that is not NULL holds what the contract asks for wherever it is read,
        // and absurd counts must be refused before memory is read.
        unsafe {
            hem_field_create(
                address(&self.offsets),
                self.counts[0],
                address(&self.points),
                address(&self.displacements),
                self.counts[1],
                address(&self.world_matrix),
                self.mirror_x,
                if self.out { scratch.handle() } else { null_mut() },
            )
        }
    }
}

fn file_cases() -> Vec<Case> {
    let missing = c"no such folder/field.npz".as_ptr();
    let bytes = c"\xFF.npz".as_ptr();
    // SAFETY: texts end with a zero byte; NULL and strange paths are what these calls must refuse.
    unsafe {
        vec![
            Case::new(
                "hem_field_options_init",
                Fault::Null,
                "out_options",
                HEM_NULL_POINTER,
                |_| hem_field_options_init(null_mut()),
            ),
            Case::new("hem_field_load", Fault::Null, "path", HEM_NULL_POINTER, |scratch| {
                hem_field_load(null(), scratch.handle())
            }),
            Case::new("hem_field_load", Fault::Null, "out_field", HEM_NULL_POINTER, move |_| {
                hem_field_load(missing, null_mut())
            }),
            Case::new("hem_field_load", Fault::Value, "path", HEM_FILE_ERROR, move |scratch| {
                hem_field_load(missing, scratch.handle())
            }),
            Case::new("hem_field_load", Fault::Value, "path", HEM_INVALID_ARGUMENT, move |s| {
                hem_field_load(bytes, s.handle())
            }),
            Case::new("hem_field_save", Fault::Null, "field", HEM_NULL_POINTER, move |_| {
                hem_field_save(null(), missing)
            }),
            Case::new("hem_field_save", Fault::Null, "path", HEM_NULL_POINTER, |_| {
                hem_field_save(field(), null())
            }),
            Case::new("hem_field_save", Fault::Value, "path", HEM_FILE_ERROR, move |_| {
                hem_field_save(field(), missing)
            }),
        ]
    }
}

fn view_cases() -> Vec<Case> {
    let arguments = [
        "field",
        "out_offsets",
        "out_points",
        "out_displacements",
        "out_world_matrix",
        "out_step_count",
        "out_sample_count",
        "out_mirror_x",
    ];
    let case = |(missing, argument): (usize, &'static str)| {
        Case::new("hem_field_view", Fault::Null, argument, HEM_NULL_POINTER, move |scratch| {
            fn slot<T>(scratch: &Scratch, there: bool) -> *mut T {
                if there { scratch.output::<usize>(1).cast() } else { null_mut() }
            }
            // SAFETY: every slot holds a pointer or a count; NULL is what the call must refuse.
            unsafe {
                hem_field_view(
                    if missing == 0 { null() } else { field() },
                    slot(scratch, missing != 1),
                    slot(scratch, missing != 2),
                    slot(scratch, missing != 3),
                    slot(scratch, missing != 4),
                    slot(scratch, missing != 5),
                    slot(scratch, missing != 6),
                    slot(scratch, missing != 7),
                )
            }
        })
    };
    arguments.into_iter().enumerate().map(case).collect()
}

/// Makes good options bad.
type Change = fn(&mut HemFieldOptions);

/// The arguments of `hem_field_apply` for two points.
#[derive(Clone)]
struct Apply {
    field: bool,
    points: Option<[f32; 6]>,
    count: usize,
    mask: Option<[f32; 2]>,
    options: HemFieldOptions,
    out: bool,
}

fn apply_cases() -> Vec<Case> {
    let good = Apply {
        field: true,
        points: Some(POINTS),
        count: 2,
        mask: None,
        options: HemFieldOptions::default(),
        out: true,
    };
    let case = |fault, argument, expected, change: &dyn Fn(&mut Apply)| {
        let mut arguments = good.clone();
        change(&mut arguments);
        Case::new("hem_field_apply", fault, argument, expected, move |scratch| {
            arguments.call(scratch)
        })
    };
    let mut cases = vec![
        case(Fault::Null, "field", HEM_NULL_POINTER, &|call| call.field = false),
        case(Fault::Null, "points", HEM_NULL_POINTER, &|call| call.points = None),
        case(Fault::Null, "out_points", HEM_NULL_POINTER, &|call| call.out = false),
        case(Fault::Overflow, "points", HEM_SIZE_OVERFLOW, &|call| call.count = ABSURD),
        case(Fault::NotFinite, "points", HEM_NOT_FINITE, &|call| call.points = Some(BROKEN)),
        case(Fault::NotFinite, "mask", HEM_NOT_FINITE, &|call| call.mask = Some([0.5, f32::NAN])),
    ];
    let values: [(&str, Change); 8] = [
        ("options", |options| options.struct_size = 3),
        ("neighbor_count", |options| options.neighbor_count = 0),
        ("neighbor_count", |options| options.neighbor_count = 1025),
        ("epsilon", |options| options.epsilon = 0.0),
        ("start", |options| options.start = -0.5),
        ("start", |options| (options.start, options.end) = (0.5, 0.25)),
        ("max_distance", |options| options.max_distance = -1.0),
        ("falloff", |options| options.falloff = -1.0),
    ];
    cases.extend(values.map(|(argument, change)| {
        case(Fault::Value, argument, HEM_INVALID_ARGUMENT, &|call| change(&mut call.options))
    }));
    cases
}

impl Apply {
    fn call(&self, scratch: &Scratch) -> HemStatus {
        // SAFETY: as in `Create::call`.
        unsafe {
            hem_field_apply(
                if self.field { field() } else { null() },
                self.points.as_ref().map_or(null(), |points| points.as_ptr()),
                self.count,
                self.mask.as_ref().map_or(null(), |mask| mask.as_ptr()),
                &self.options,
                if self.out { scratch.output(6) } else { null_mut() },
                null(),
            )
        }
    }
}
