//! Rows for `src/ffi/skinning.rs`, `src/ffi/pose.rs` and `src/ffi/fit.rs`.

use std::ptr::{null, null_mut};

use bytemuck::Pod;
use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::fit::*;
use hemline::ffi::pose::*;
use hemline::ffi::skinning::*;

use super::harness::{ABSURD, Case, Fault, Scratch};
use super::sparse::Rows;

const IDENTITY: [f64; 16] =
    [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0];

pub fn cases() -> Vec<Case> {
    let mut cases = skinning_cases("hem_skin_points", hem_skin_points, |number| number as f32);
    cases.extend(skinning_cases("hem_unskin_points", hem_unskin_points, |number| number as f32));
    cases.extend(skinning_cases("hem_skin_points_f64", hem_skin_points_f64, |number| number));
    cases.extend(skinning_cases("hem_unskin_points_f64", hem_unskin_points_f64, |number| number));
    cases.extend(pose_cases());
    cases.extend(fit_cases());
    // SAFETY: NULL is what these calls must refuse.
    unsafe {
        cases.push(null_options("hem_skinning_options_init", || {
            hem_skinning_options_init(null_mut())
        }));
        cases.push(null_options("hem_fit_options_init", || hem_fit_options_init(null_mut())));
    }
    cases
}

fn null_options(function: &'static str, call: fn() -> HemStatus) -> Case {
    Case::new(function, Fault::Null, "out_options", HEM_NULL_POINTER, move |_| call())
}

type Skin<F> = unsafe extern "C" fn(
    *const u32,
    usize,
    *const u32,
    *const f32,
    usize,
    usize,
    *const u32,
    *const F,
    *const F,
    usize,
    *const F,
    *const F,
    *const F,
    *const F,
    usize,
    *const HemSkinningOptions,
    *mut F,
    *mut F,
    *mut F,
    *mut u8,
) -> HemStatus;

/// The arguments of a call on two vertices, two groups and two bones, with one displacement set.
#[derive(Clone)]
struct Skinning<F> {
    rows: Rows,
    group_bones: Option<[u32; 2]>,
    rest: Option<[F; 32]>,
    pose: Option<[F; 32]>,
    bone_count: usize,
    to_armature: Option<[F; 16]>,
    positions: bool,
    displacements: bool,
    set_count: usize,
    options: Option<HemSkinningOptions>,
    out: [bool; 3],
}

impl<F: Pod> Skinning<F> {
    fn good(convert: fn(f64) -> F) -> Self {
        let two = std::array::from_fn(|number| convert(IDENTITY[number % 16]));
        Self {
            rows: Rows::GOOD,
            group_bones: None,
            rest: Some(two),
            pose: Some(two),
            bone_count: 2,
            to_armature: None,
            positions: true,
            displacements: true,
            set_count: 1,
            options: None,
            out: [true; 3],
        }
    }

    fn call(&self, function: Skin<F>, scratch: &Scratch) -> HemStatus {
        fn address<T, const N: usize>(array: &Option<[T; N]>) -> *const T {
            array.as_ref().map_or(null(), |array| array.as_ptr())
        }
        let six = [F::zeroed(); 6];
        let given = |there: bool| if there { six.as_ptr() } else { null() };
        let out = |there: bool| if there { scratch.output(6) } else { null_mut() };
        // SAFETY: every pointer that is not NULL holds what the contract asks for wherever it is read,
        // and absurd counts must be refused before memory is read.
        unsafe {
            function(
                self.rows.offsets,
                self.rows.vertex_count,
                self.rows.groups,
                self.rows.weights,
                self.rows.entry_count,
                self.rows.group_count,
                address(&self.group_bones),
                address(&self.rest),
                address(&self.pose),
                self.bone_count,
                address(&self.to_armature),
                given(self.positions),
                six.as_ptr(),
                given(self.displacements),
                self.set_count,
                self.options.as_ref().map_or(null(), |options| options),
                out(self.out[0]),
                out(self.out[1]),
                out(self.out[2]),
                scratch.output(2),
            )
        }
    }
}

fn skinning_cases<F: Pod>(
    function: &'static str,
    entry: Skin<F>,
    convert: fn(f64) -> F,
) -> Vec<Case> {
    let good = Skinning::good(convert);
    let case = |fault, argument, expected, change: &dyn Fn(&mut Skinning<F>)| {
        let mut arguments = good.clone();
        change(&mut arguments);
        Case::new(function, fault, argument, expected, move |scratch| {
            arguments.call(entry, scratch)
        })
    };
    let mut flat = good.rest;
    flat.iter_mut().for_each(|numbers| numbers[16] = F::zeroed());
    let mut broken = good.rest;
    broken.iter_mut().for_each(|numbers| numbers[3] = convert(f64::NAN));
    let mut projective = good.rest;
    projective.iter_mut().for_each(|numbers| numbers[28] = convert(1.0));
    let sheet = Some(std::array::from_fn(|_| F::zeroed()));
    let options = |blend, size| Some(HemSkinningOptions { struct_size: size, blend });
    let size = size_of::<HemSkinningOptions>() as u32;
    let mut cases: Vec<Case> = Rows::faults()
        .into_iter()
        .map(|(fault, argument, expected, rows)| {
            // A group more or less is also a bone more or less: keep the rows' own fault the only one.
            case(fault, argument, expected, &|call| call.rows = rows)
        })
        .collect();
    cases.extend([
        case(Fault::Null, "rest", HEM_NULL_POINTER, &|call| call.rest = None),
        case(Fault::Null, "pose", HEM_NULL_POINTER, &|call| call.pose = None),
        case(Fault::Null, "positions", HEM_NULL_POINTER, &|call| call.positions = false),
        case(Fault::Null, "displacements", HEM_NULL_POINTER, &|call| call.displacements = false),
        case(Fault::Null, "out_positions", HEM_NULL_POINTER, &|call| call.out[0] = false),
        case(Fault::Null, "out_normals", HEM_NULL_POINTER, &|call| call.out[1] = false),
        case(Fault::Null, "out_displacements", HEM_NULL_POINTER, &|call| call.out[2] = false),
        case(Fault::Overflow, "rest", HEM_SIZE_OVERFLOW, &|call| call.bone_count = ABSURD),
        case(Fault::Overflow, "displacements", HEM_SIZE_OVERFLOW, &|call| {
            call.set_count = ABSURD;
        }),
        case(Fault::Index, "group_bones", HEM_INDEX_OUT_OF_RANGE, &|call| {
            call.group_bones = Some([0, 2]);
        }),
        case(Fault::NotFinite, "rest", HEM_NOT_FINITE, &|call| call.rest = broken),
        case(Fault::NotFinite, "pose", HEM_NOT_FINITE, &|call| call.pose = broken),
        case(Fault::Value, "pose", HEM_INVALID_ARGUMENT, &|call| call.pose = projective),
        case(Fault::Value, "rest", HEM_INVALID_ARGUMENT, &|call| call.rest = flat),
        case(Fault::Value, "to_armature", HEM_INVALID_ARGUMENT, &|call| call.to_armature = sheet),
        case(Fault::Value, "groups", HEM_LENGTH_MISMATCH, &|call| call.bone_count = 1),
        case(Fault::Value, "options", HEM_INVALID_ARGUMENT, &|call| {
            call.options = options(2, size);
        }),
        case(Fault::Value, "options", HEM_INVALID_ARGUMENT, &|call| call.options = options(0, 2)),
    ]);
    cases
}

const TWO: [[f64; 16]; 2] = [IDENTITY; 2];

/// A pose function as a call on parents, one or two lists of matrices, their count, and its output.
type Pose = unsafe fn(*const u32, usize, [*const f64; 2], *mut f64) -> HemStatus;

fn pose_cases() -> Vec<Case> {
    let functions: [(&str, &[&str], &str, Pose); 5] = [
        (
            "hem_pose_by_deltas",
            &["rest", "deltas"],
            "out_pose",
            |parents, count, [a, b], out| unsafe {
                hem_pose_by_deltas(parents, count, a, b, null(), out)
            },
        ),
        (
            "hem_local_from_common",
            &["matrices"],
            "out_locals",
            |parents, count, [a, _], out| unsafe { hem_local_from_common(parents, count, a, out) },
        ),
        (
            "hem_common_from_local",
            &["matrices"],
            "out_common",
            |parents, count, [a, _], out| unsafe { hem_common_from_local(parents, count, a, out) },
        ),
        (
            "hem_basis_from_pose",
            &["rest", "pose"],
            "out_basis",
            |parents, count, [a, b], out| unsafe { hem_basis_from_pose(parents, count, a, b, out) },
        ),
        (
            "hem_pose_from_basis",
            &["rest", "basis"],
            "out_pose",
            |parents, count, [a, b], out| unsafe { hem_pose_from_basis(parents, count, a, b, out) },
        ),
    ];
    functions
        .into_iter()
        .flat_map(|(function, matrices, out, call)| pose_function(function, matrices, out, call))
        .collect()
}

fn pose_function(
    function: &'static str,
    matrices: &'static [&'static str],
    out_name: &'static str,
    call: Pose,
) -> Vec<Case> {
    // SAFETY, here and below: as in `Skinning::call`.
    let case = |fault,
                argument,
                expected,
                parents: Option<[u32; 2]>,
                count,
                lists: [Option<[[f64; 16]; 2]>; 2]| {
        Case::new(function, fault, argument, expected, move |scratch| unsafe {
            let lists = lists
                .each_ref()
                .map(|list| list.as_ref().map_or(null(), |list| list.as_ptr().cast()));
            let parents = parents.as_ref().map_or(null(), |parents| parents.as_ptr());
            call(parents, count, lists, scratch.output::<f64>(32))
        })
    };
    let good = [Some(TWO); 2];
    let chain = Some([u32::MAX, 0]);
    let mut cases = vec![
        case(Fault::Null, "parents", HEM_NULL_POINTER, None, 2, good),
        case(Fault::Overflow, "parents", HEM_SIZE_OVERFLOW, chain, ABSURD, good),
        case(Fault::Index, "parents", HEM_INDEX_OUT_OF_RANGE, Some([2, 0]), 2, good),
        case(Fault::Value, "parents", HEM_INVALID_ARGUMENT, Some([1, 0]), 2, good),
        Case::new(function, Fault::Null, out_name, HEM_NULL_POINTER, move |_| unsafe {
            call([u32::MAX, 0].as_ptr(), 2, [TWO.as_ptr().cast(); 2], null_mut())
        }),
    ];
    for (index, &argument) in matrices.iter().enumerate() {
        let with = |list| {
            let mut lists = good;
            lists[index] = list;
            lists
        };
        let (mut broken, mut projective) = (TWO, TWO);
        broken[1][5] = f64::NAN;
        projective[1][12] = 1.0;
        cases.push(case(Fault::Null, argument, HEM_NULL_POINTER, chain, 2, with(None)));
        cases.push(case(Fault::NotFinite, argument, HEM_NOT_FINITE, chain, 2, with(Some(broken))));
        cases.push(case(
            Fault::Value,
            argument,
            HEM_INVALID_ARGUMENT,
            chain,
            2,
            with(Some(projective)),
        ));
    }
    cases
}

/// The arguments of a fit of two points, each a component.
#[derive(Clone)]
struct Fitting {
    source: Option<[f32; 6]>,
    target: Option<[f32; 6]>,
    weights: Option<[f32; 2]>,
    labels: Option<[u32; 2]>,
    counts: [usize; 2],
    motion: u32,
    out: bool,
}

fn fit_cases() -> Vec<Case> {
    let good = Fitting {
        source: Some([0.0; 6]),
        target: Some([1.0; 6]),
        weights: None,
        labels: Some([0, 1]),
        counts: [2, 2],
        motion: HEM_MOTION_RIGID,
        out: true,
    };
    let nan = Some([0.0, 0.0, 0.0, 0.0, f32::NAN, 0.0]);
    let case = |fault, argument, expected, change: &dyn Fn(&mut Fitting)| {
        let mut arguments = good.clone();
        change(&mut arguments);
        Case::new("hem_fit_similarity", fault, argument, expected, move |scratch| {
            arguments.call(scratch)
        })
    };
    vec![
        case(Fault::Null, "source", HEM_NULL_POINTER, &|call| call.source = None),
        case(Fault::Null, "target", HEM_NULL_POINTER, &|call| call.target = None),
        case(Fault::Null, "out_matrices", HEM_NULL_POINTER, &|call| call.out = false),
        case(Fault::Overflow, "source", HEM_SIZE_OVERFLOW, &|call| call.counts[0] = ABSURD),
        case(Fault::Overflow, "out_matrices", HEM_SIZE_OVERFLOW, &|call| call.counts[1] = ABSURD),
        case(Fault::Index, "labels", HEM_INDEX_OUT_OF_RANGE, &|call| call.labels = Some([0, 2])),
        case(Fault::NotFinite, "source", HEM_NOT_FINITE, &|call| call.source = nan),
        case(Fault::NotFinite, "target", HEM_NOT_FINITE, &|call| call.target = nan),
        case(Fault::NotFinite, "weights", HEM_NOT_FINITE, &|call| {
            call.weights = Some([1.0, f32::INFINITY]);
        }),
        case(Fault::Value, "weights", HEM_INVALID_ARGUMENT, &|call| {
            call.weights = Some([1.0, -1.0]);
        }),
        case(Fault::Value, "component_count", HEM_INVALID_ARGUMENT, &|call| call.labels = None),
        case(Fault::Value, "options", HEM_INVALID_ARGUMENT, &|call| call.motion = 2),
    ]
}

impl Fitting {
    fn call(&self, scratch: &Scratch) -> HemStatus {
        let points = |list: &Option<[f32; 6]>| list.as_ref().map_or(null(), |list| list.as_ptr());
        let options =
            HemFitOptions { struct_size: size_of::<HemFitOptions>() as u32, motion: self.motion };
        // SAFETY: as in `Skinning::call`.
        unsafe {
            hem_fit_similarity(
                points(&self.source),
                points(&self.target),
                self.weights.as_ref().map_or(null(), |weights| weights.as_ptr()),
                self.labels.as_ref().map_or(null(), |labels| labels.as_ptr()),
                self.counts[0],
                self.counts[1],
                &options,
                if self.out { scratch.output(32) } else { null_mut() },
                scratch.output(2),
                scratch.output(2),
                scratch.output(6),
            )
        }
    }
}
