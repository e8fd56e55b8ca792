//! The whole stage on small scenes, and on meshes as no artist should leave them.

use super::*;
use crate::weights::convert;

/// A tube along x from −0.5 to 0.5 of radius `radius`: symmetric in x, its ends open.
fn tube(rings: usize, sides: usize, radius: f32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
    let point = |ring: usize, side: usize| {
        let angle = std::f32::consts::TAU * side as f32 / sides as f32;
        // Both halves by the same arithmetic, so that they mirror each other exactly.
        let half = (rings - 1) as f32 / 2.0;
        let x = 0.5 * (ring as f32 - half) / half;
        Vec3::new(x, radius * angle.cos(), radius * angle.sin())
    };
    let points = (0..rings * sides).map(|v| point(v / sides, v % sides)).collect();
    let quads = (0..rings - 1).flat_map(|ring| (0..sides).map(move |side| (ring, side)));
    let triangles = quads.flat_map(|(ring, side)| {
        let at = |r: usize, s: usize| (r * sides + s % sides) as u32;
        let [a, b] = [at(ring, side), at(ring, side + 1)];
        let [c, d] = [at(ring + 1, side), at(ring + 1, side + 1)];
        [[a, b, d], [a, d, c]]
    });
    (points, triangles.collect())
}

/// Groups: 0 left, 1 right, 2 middle of the body; 3 a ribbon of the outfit.
const MIRROR: [u32; 4] = [1, 0, 2, NO_INDEX];

fn body() -> (Surface, SparseWeights) {
    let (points, triangles) = tube(21, 12, 0.1);
    let dense: Vec<f32> = points
        .iter()
        .flat_map(|p| {
            let side = (p.x.abs() * 4.0).min(1.0);
            let (left, right) = if p.x > 0.0 { (side, 0.0) } else { (0.0, side) };
            [left, right, 1.0 - side, 0.0]
        })
        .collect();
    let weights = convert::from_dense(&dense, points.len(), 4).unwrap();
    (Surface::new(&points, &triangles).unwrap(), weights)
}

struct Scene {
    points: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
    edges: Vec<[u32; 2]>,
    present: SparseWeights,
    starts: Vec<u32>,
    layers: Vec<u32>,
    roles: [GroupRole; 4],
}

impl Scene {
    fn of(points: Vec<Vec3>, triangles: Vec<[u32; 3]>) -> Self {
        let edges = crate::mesh::adjacency::triangle_edges(&triangles).unwrap();
        let present = SparseWeights {
            offsets: vec![0; points.len() + 1],
            groups: Vec::new(),
            weights: Vec::new(),
            group_count: 4,
        };
        let starts = vec![0, points.len() as u32];
        let roles = [GroupRole::Body, GroupRole::Body, GroupRole::Body, GroupRole::Own];
        Self { points, triangles, edges, present, starts, layers: vec![0], roles }
    }

    fn with_present(mut self, row: impl Fn(Vec3) -> [f32; 4]) -> Self {
        let dense: Vec<f32> = self.points.iter().flat_map(|point| row(*point)).collect();
        self.present = convert::from_dense(&dense, self.points.len(), 4).unwrap();
        self
    }

    fn run(&self, options: &Options) -> (Stage, Vec<[f32; 4]>) {
        let (surface, weights) = body();
        let outfit = Outfit {
            points: &self.points,
            triangles: &self.triangles,
            edges: &self.edges,
            present: self.present.view(),
            mask: None,
            piece_starts: &self.starts,
            layers: &self.layers,
        };
        let groups = Groups { roles: &self.roles, mirror: Some(&MIRROR) };
        let made =
            run(&surface, weights.view(), outfit, groups, options, &Progress::none()).unwrap();
        let mut dense = vec![0.0; 4 * self.points.len()];
        convert::to_dense(made.weights.view(), &mut dense).unwrap();
        assert_eq!(made.report.bare, 0);
        assert!(made.report.max_sum_error < 1e-5 && made.report.max_influences <= 4);
        assert!(dense.iter().all(|weight| (0.0..=1.0).contains(weight)));
        (made, dense.chunks_exact(4).map(|row| row.try_into().unwrap()).collect())
    }
}

#[test]
fn own_bones_keep_their_share_and_locked_ones_their_weight() {
    let (points, triangles) = tube(15, 10, 0.12);
    let share = |p: Vec3| if p.z > 0.0 { 0.25 } else { 0.0 };
    let mut scene = Scene::of(points.clone(), triangles)
        .with_present(|p| [0.0, 0.75 - share(p), 0.25 + 0.01 * p.y, share(p)]);
    let (_, rows) = scene.run(&Options::default());
    for (point, row) in points.iter().zip(&rows) {
        let sum = 1.0 + 0.01 * point.y;
        assert!((row[3] - share(*point) / sum).abs() < 1e-5, "{row:?}");
    }
    scene.roles[2] = GroupRole::Locked;
    let options = Options { rigid_parts: false, ..Default::default() };
    let (_, rows) = scene.run(&options);
    for (point, row) in points.iter().zip(&rows) {
        assert!((row[2] - (0.25 + 0.01 * point.y)).abs() < 1e-6, "{row:?}");
    }
}

#[test]
fn symmetric_outfits_on_symmetric_bodies_end_symmetric() {
    // Triangulated by the same diagonal everywhere: the mesh itself is not symmetric.
    let (points, triangles) = tube(31, 14, 0.3);
    let scene = Scene::of(points.clone(), triangles);
    let (made, rows) = scene.run(&Options::default());
    assert_eq!(made.report.mirrored as usize, points.len());
    for (vertex, row) in rows.iter().enumerate() {
        let (ring, side) = (vertex / 14, vertex % 14);
        let other = rows[(30 - ring) * 14 + side];
        for group in 0..3 {
            assert!((row[group] - other[MIRROR[group] as usize]).abs() < 1e-5);
        }
    }
}

#[test]
fn wrong_sides_end_at_twice_the_reach() {
    let (points, triangles) = tube(41, 14, 0.12);
    let wrong = |p: Vec3| if p.x > 0.1 { [0.0, 0.3, 0.7, 0.0] } else { [0.0, 0.1, 0.9, 0.0] };
    let scene = Scene::of(points.clone(), triangles).with_present(wrong);
    let options = Options { mix: 0.0, symmetry: 0.0, rigid_parts: false, ..Default::default() };
    let (_, rows) = scene.run(&Options { sides: false, ..options });
    assert!(points.iter().zip(&rows).any(|(p, row)| p.x > 0.1 && row[1] > 0.2));
    let (made, rows) = scene.run(&options);
    assert!(made.report.side_vertices > 0);
    for (point, row) in points.iter().zip(&rows) {
        // The reach is the least one, plus 2 cm to the body (a little more beside its edges).
        if point.x > 0.06 {
            let middle = if point.x > 0.1 { 0.7 } else { 0.9 };
            assert!(row[1] == 0.0 && (row[2] - middle).abs() < 1e-6, "{row:?}");
        }
    }
}

#[test]
fn rigid_parts_keep_one_set_and_seams_end_equal() {
    let (mut points, mut triangles) = tube(15, 10, 0.12);
    // A button of one pattern, and the tube once more, lying on the first.
    let button = points.len() as u32;
    points.extend([(0.2, 0.0), (0.3, 0.0), (0.3, 0.1)].map(|(x, y)| Vec3::new(x, y, 0.14)));
    triangles.push([button, button + 1, button + 2]);
    let first_copy = points.len() as u32;
    let (again, faces) = tube(15, 10, 0.12);
    points.extend(again);
    triangles.extend(faces.iter().map(|face| face.map(|vertex| vertex + first_copy)));
    let mut scene = Scene::of(points, triangles).with_present(|p| {
        if p.z > 0.13 { [0.0, 0.0, 1.0, 0.0] } else { [0.5, 0.3 + 0.1 * p.x, 0.2, 0.0] }
    });
    scene.starts = vec![0, first_copy, scene.points.len() as u32];
    scene.layers = vec![0, 1];
    let (made, rows) = scene.run(&Options::default());
    assert_eq!(made.report.rigid_parts, 1);
    let button = button as usize;
    assert!(rows[button] == rows[button + 1] && rows[button] == rows[button + 2]);
    assert_eq!(made.report.seam_vertices as usize, scene.points.len() - 3);
    assert!(rows[..150] == rows[first_copy as usize..]);
}

#[test]
fn an_outer_layer_follows_the_layer_below() {
    // The inner tube is far from the body and smooth; the outer one lies just over it.
    let (mut points, mut triangles) = tube(25, 12, 0.4);
    let inner = points.len();
    let (outer, faces) = tube(25, 12, 0.41);
    points.extend(outer);
    triangles.extend(faces.iter().map(|face| face.map(|vertex| vertex + inner as u32)));
    let mut scene = Scene::of(points, triangles);
    scene.starts = vec![0, inner as u32, 2 * inner as u32];
    let apart = |layers: Vec<u32>, scene: &mut Scene| {
        scene.layers = layers;
        let rows = scene.run(&Options { seams: 0.0, ..Default::default() }).1;
        let differ = |(a, b): (&[f32; 4], &[f32; 4])| (a[0] - b[0]).abs();
        rows[..inner].iter().zip(&rows[inner..]).map(differ).fold(0.0, f32::max)
    };
    let together = apart(vec![0, 1], &mut scene);
    assert!(together < 5e-3, "{together}");
}

#[test]
fn present_weights_stay_where_new_ones_do_not_apply() {
    let (points, triangles) = tube(15, 10, 0.12);
    let scene =
        Scene::of(points, triangles).with_present(|p| [0.1 + 0.1 * p.x, 0.4, 0.5 - 0.1 * p.x, 0.0]);
    let options =
        Options { mix: 0.0, rigid_parts: false, sides: false, symmetry: 0.0, ..Default::default() };
    let (_, rows) = scene.run(&options);
    for (point, row) in scene.points.iter().zip(rows) {
        assert!((row[0] - 0.1 - 0.1 * point.x).abs() < 1e-6);
    }
}

#[test]
fn broken_meshes_end_with_valid_weights() {
    let far = Vec3::new(0.1, 3.0, 0.0);
    let (mut points, mut triangles) = tube(9, 8, 0.12);
    let first = points.len() as u32;
    // An island far away, doubled and flipped faces, faces without area, three faces on an edge,
    // duplicate points, loose vertices, buttons.
    points.extend([far, far + Vec3::X, far + Vec3::Y, far + Vec3::Z, far, far]);
    triangles.extend([
        [first, first + 1, first + 2],
        [first, first + 1, first + 2],
        [first + 2, first + 1, first],
        [first, first + 1, first + 3],
        [first, first, first + 1],
        [first, first + 4, first + 5],
    ]);
    for button in 0..100 {
        let corner = points.len() as u32;
        let at = Vec3::new(0.005 * button as f32 - 0.25, 0.13, 0.0);
        points.extend([at, at + 0.002 * Vec3::X, at + 0.002 * Vec3::Z]);
        triangles.push([corner, corner + 1, corner + 2]);
    }
    points.push(Vec3::new(0.0, 0.0, 9.0));
    let smoothing = Options { smooth_iterations: 2, ..Default::default() };
    for options in [Options::default(), smoothing] {
        Scene::of(points.clone(), triangles.clone()).run(&options);
    }
    Scene::of(vec![Vec3::ZERO], Vec::new()).run(&Options::default());
    Scene::of(Vec::new(), Vec::new()).run(&Options::default());
}

#[test]
fn bad_arguments_are_named() {
    let (points, triangles) = tube(3, 4, 0.12);
    let (surface, weights) = body();
    let scene = Scene::of(points, triangles);
    let outfit = Outfit {
        points: &scene.points,
        triangles: &scene.triangles,
        edges: &scene.edges,
        present: scene.present.view(),
        mask: None,
        piece_starts: &scene.starts,
        layers: &scene.layers,
    };
    let groups = Groups { roles: &scene.roles, mirror: None };
    let text = |outfit, groups, options: Options| {
        let error = run(&surface, weights.view(), outfit, groups, &options, &Progress::none());
        error.unwrap_err().to_string()
    };
    let good = Options::default();
    let one_way = Groups { mirror: Some(&[1, 2, 2, 3]), ..groups };
    assert!(text(outfit, one_way, good).contains("`mirror`"));
    let short = Outfit { piece_starts: &[0, 5], ..outfit };
    assert!(text(short, groups, good).contains("`piece_starts`"));
    let crossing = Outfit { piece_starts: &[0, 5, 12], layers: &[0, 0], ..outfit };
    assert!(text(crossing, groups, good).contains("`triangles` [0] joins two pieces"));
    let mask = Outfit { mask: Some(&[2.0; 12]), ..outfit };
    assert!(text(mask, groups, good).contains("`mask`"));
    assert!(text(outfit, groups, Options { mix: -1.0, ..good }).contains("`mix`"));
}
