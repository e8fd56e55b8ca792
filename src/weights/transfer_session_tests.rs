use proptest::prelude::*;

use super::*;
use crate::weights::convert;
use crate::weights::transfer::transfer_sparse;

const VERTICES: usize = 16;
const POINTS: usize = 24;
const GROUPS: usize = 4;

/// Everything that a transfer takes.
#[derive(Clone, Debug)]
struct Scene {
    body_points: Vec<Vec3>,
    body: Vec<f32>,
    points: Vec<Vec3>,
    normals: Vec<Vec3>,
}

/// Coarse coordinates, so that ties, duplicates and triangles without area are common.
fn points(count: usize) -> impl Strategy<Value = Vec<Vec3>> {
    let coordinate = || (-3_i8..=3).prop_map(|number| f32::from(number) * 0.25);
    prop::collection::vec((coordinate(), coordinate(), coordinate()).prop_map(Vec3::from), count)
}

fn weights() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(prop_oneof![Just(0.0_f32), 0.0_f32..1.0], VERTICES * GROUPS)
}

fn scene() -> impl Strategy<Value = Scene> {
    (points(VERTICES), weights(), points(POINTS), points(POINTS)).prop_map(
        |(body_points, body, points, normals)| Scene { body_points, body, points, normals },
    )
}

/// How much of an array a step replaces: nothing, a little, all.
fn share() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(0.1), Just(1.0)]
}

fn marks(count: usize) -> impl Strategy<Value = Vec<bool>> {
    share().prop_flat_map(move |share| prop::collection::vec(prop::bool::weighted(share), count))
}

/// New values, and which of them a step takes: vertices moved, reweighted, points moved, turned.
type Replacement = (Scene, Vec<bool>, Vec<bool>, Vec<bool>, Vec<bool>);

fn replacement() -> impl Strategy<Value = Replacement> {
    (scene(), marks(VERTICES), marks(VERTICES), marks(POINTS), marks(POINTS))
}

fn replace<T: Copy>(values: &mut [T], from: &[T], marks: &[bool]) {
    let width = values.len() / marks.len();
    for element in 0..values.len() {
        if marks[element / width] {
            values[element] = from[element];
        }
    }
}

fn full(
    scene: &Scene,
    triangles: &[[u32; 3]],
    options: &TransferOptions<'_>,
) -> (SparseWeights, Vec<ClosestPoint>) {
    let surface = Surface::new(&scene.body_points, triangles).unwrap();
    let body = convert::from_dense(&scene.body, VERTICES, GROUPS).unwrap();
    transfer_sparse(&surface, body.view(), &scene.points, options, &Progress::none()).unwrap()
}

proptest! {
    #[test]
    fn updates_equal_the_full_transfer_bit_for_bit(
        mut scene in scene(),
        triangles in prop::collection::vec(prop::array::uniform3(0..VERTICES as u32), 0..30),
        first_share in prop::collection::vec(any::<prop::sample::Index>(), 30),
        faces in prop::collection::vec(prop::array::uniform3(0..POINTS as u32), 0..30),
        normal_radius in prop_oneof![Just(0.0_f32), Just(0.3), Just(2.0)],
        (has_normals, has_first, by_corner, has_masks) in any::<(bool, bool, bool, bool)>(),
        max_distance in prop_oneof![Just(f32::INFINITY), Just(0.5_f32), Just(0.0)],
        steps in prop::collection::vec(replacement(), 1..4),
    ) {
        let first: Vec<u32> = triangles
            .iter()
            .zip(&first_share)
            .map(|(_, share)| share.index(triangles.len()) as u32)
            .collect();
        let options = TransferOptions {
            max_distance,
            normals: None,
            triangles: (normal_radius > 0.0).then_some(&faces[..]),
            normal_radius,
            angle_min: 10.0,
            angle_max: 70.0,
            small_triangles_by_corner: by_corner,
            first_triangles: has_first.then_some(&first[..]),
        };
        let body = convert::from_dense(&scene.body, VERTICES, GROUPS).unwrap();
        let surface = Arc::new(Surface::new(&scene.body_points, &triangles).unwrap());
        let mut session = {
            let normals = has_normals.then_some(&scene.normals[..]);
            let options = TransferOptions { normals, ..options };
            TransferSession::new(surface, body.view(), &scene.points, &options, &Progress::none())
                .unwrap()
        };
        for (new, moved, reweighted, shifted, turned) in &steps {
            let before = session.weights().clone();
            replace(&mut scene.body_points, &new.body_points, moved);
            replace(&mut scene.body, &new.body, reweighted);
            replace(&mut scene.points, &new.points, shifted);
            replace(&mut scene.normals, &new.normals, turned);
            let vertices: Vec<u8> = (0..VERTICES).map(|v| u8::from(moved[v] || reweighted[v])).collect();
            let points: Vec<u8> = (0..POINTS).map(|p| u8::from(shifted[p] || turned[p])).collect();
            let body = convert::from_dense(&scene.body, VERTICES, GROUPS).unwrap();
            let changes = Changes {
                body_points: Some(&scene.body_points),
                body_weights: Some(body.view()),
                points: Some(&scene.points),
                normals: has_normals.then_some(&scene.normals[..]),
                changed_vertices: has_masks.then_some(&vertices[..]),
                changed_points: has_masks.then_some(&points[..]),
            };
            let changed = session.update(&changes, &Progress::none()).unwrap();

            let normals = has_normals.then_some(&scene.normals[..]);
            let (weights, closest) =
                full(&scene, &triangles, &TransferOptions { normals, ..options });
            // As text, in which −0 differs from 0.
            prop_assert_eq!(format!("{:?}", session.weights()), format!("{weights:?}"));
            prop_assert_eq!(format!("{:?}", session.closest()), format!("{closest:?}"));
            let differs = |&row: &u32| {
                rows_differ(before.view().row(row as usize), weights.view().row(row as usize))
            };
            let expected: Vec<u32> = (0..POINTS as u32).filter(differs).collect();
            prop_assert_eq!(changed, expected);
        }
    }
}

fn small_scene() -> (Scene, Vec<[u32; 3]>) {
    let grid = |side: usize| {
        (0..side * side).map(move |v| Vec3::new((v % side) as f32, (v / side) as f32, 0.0))
    };
    let scene = Scene {
        body_points: grid(4).collect(),
        body: (0..VERTICES * GROUPS).map(|element| (element % 7) as f32 / 8.0).collect(),
        points: grid(5).take(POINTS).map(|p| p * 0.7 + Vec3::new(0.1, 0.05, 0.2)).collect(),
        normals: vec![Vec3::Z; POINTS],
    };
    let cells = (0..3_u32).flat_map(|y| (0..3).map(move |x| y * 4 + x));
    (scene, cells.flat_map(|at| [[at, at + 1, at + 5], [at, at + 5, at + 4]]).collect())
}

fn small_session(scene: &Scene, triangles: &[[u32; 3]]) -> TransferSession {
    let surface = Arc::new(Surface::new(&scene.body_points, triangles).unwrap());
    let body = convert::from_dense(&scene.body, VERTICES, GROUPS).unwrap();
    let options = TransferOptions::default();
    TransferSession::new(surface, body.view(), &scene.points, &options, &Progress::none()).unwrap()
}

#[test]
fn nothing_new_changes_nothing() {
    let (scene, triangles) = small_scene();
    let mut session = small_session(&scene, &triangles);
    let weights = session.weights().clone();
    assert_eq!(session.update(&Changes::default(), &Progress::none()).unwrap(), [] as [u32; 0]);
    assert!(Arc::ptr_eq(session.weights(), &weights));
}

#[test]
fn unmarked_rows_stay_as_they_were() {
    let (scene, triangles) = small_scene();
    let mut session = small_session(&scene, &triangles);
    let weights = session.weights().clone();
    let moved = scene.points.iter().map(|point| *point + Vec3::X).collect::<Vec<_>>();
    let mut update = |mask: &[u8]| {
        let changes =
            Changes { points: Some(&moved), changed_points: Some(mask), ..Default::default() };
        session.update(&changes, &Progress::none()).unwrap()
    };
    assert_eq!(update(&[0; POINTS]), [] as [u32; 0]);
    let only = |row: usize| std::array::from_fn::<u8, POINTS, _>(|at| u8::from(at == row));
    assert_eq!(update(&only(3)), [3]);
    assert_eq!(session.weights().view().row(4), weights.view().row(4));
}

#[test]
fn a_refused_update_changes_nothing() {
    let (scene, triangles) = small_scene();
    let mut session = small_session(&scene, &triangles);
    let weights = session.weights().clone();
    let mut broken = scene.points.clone();
    broken[5].y = f32::NAN;
    let more_groups = convert::from_dense(&scene.body, VERTICES / 2, GROUPS * 2).unwrap();
    let default = Changes::default();
    for (changes, words) in [
        (Changes { points: Some(&broken), ..default }, "`points`[16] is NaN"),
        (Changes { body_points: Some(&broken), ..default }, "`body_points` holds 24 elements"),
        (Changes { normals: Some(&scene.normals), ..default }, "`normals` is given"),
        (Changes { body_weights: Some(more_groups.view()), ..default }, "`offsets` holds 9"),
        (Changes { changed_points: Some(&[]), ..default }, "`changed_points` holds 0"),
        (Changes { changed_vertices: Some(&[]), ..default }, "`changed_vertices` holds 0"),
    ] {
        let text = session.update(&changes, &Progress::none()).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
    let moved = scene.body_points.iter().map(|point| *point * 2.0).collect::<Vec<_>>();
    let cancelled = Progress::new(None, &|| true);
    let changes = Changes { body_points: Some(&moved), ..default };
    assert!(session.update(&changes, &cancelled).is_err());
    assert_eq!(session.weights(), &weights);
    assert_eq!(session.surface().points(), scene.body_points);
}
