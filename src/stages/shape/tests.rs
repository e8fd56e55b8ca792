//! The stage against its steps made one by one.

use glam::Vec3;

use super::*;
use crate::deform::field::{FieldSamples, identity};
use crate::deform::fit;
use crate::deform::skinning::{Blend, Buffers, skin_points, unskin_points};
use crate::geometry::affine::Matrix;
use crate::mesh::test_meshes::ball;
use crate::weights::SparseWeights;

fn moved_bone(x: f64, scale: f64) -> Matrix<f64> {
    let mut matrix = identity();
    (matrix[0], matrix[5], matrix[10]) = (scale, scale, scale);
    matrix[3] = x;
    matrix
}

/// A ball, soft by two bones, and a button of three vertices, rigid by one.
fn outfit() -> (Vec<Vec3>, Vec<[u32; 3]>, SparseWeights) {
    let (mut points, mut triangles) = ball(2, |_| 0.21);
    let soft = points.len() as u32;
    points.extend([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01]].map(|[x, y]| Vec3::new(x, y, 0.214)));
    triangles.push([soft, soft + 1, soft + 2]);
    let share = |point: &Vec3| (point.x * 2.0 + 0.5).clamp(0.0, 1.0);
    let weights = (points.iter().take(soft as usize))
        .flat_map(|point| [share(point), 1.0 - share(point)])
        .chain([0.5; 6])
        .collect();
    let rows = points.len() as u32;
    let weights = SparseWeights {
        offsets: (0..=rows).map(|row| 2 * row).collect(),
        groups: (0..rows).flat_map(|_| [0, 1]).collect(),
        weights,
        group_count: 2,
    };
    (points, triangles, weights)
}

fn field() -> Field {
    let (points, _) = ball(2, |_| 0.2);
    let displacements =
        points.iter().map(|p| Vec3::new(0.05 * p.z, -0.03 * p.x, 0.1 * p.x * p.x)).collect();
    Field::new(FieldSamples {
        offsets: vec![0, points.len() as u32],
        points,
        displacements,
        world_matrix: identity(),
        mirror_x: false,
    })
    .unwrap()
}

#[test]
fn the_stage_is_its_steps() {
    let (points, triangles, weights) = outfit();
    let field = field();
    let (rest, posed) = ([identity(); 2], [moved_bone(0.02, 1.1), moved_bone(-0.01, 0.9)]);
    let armature = |pose| Armature {
        rest: &rest,
        pose,
        group_bones: None,
        to_armature: None,
        blend: Blend::Linear,
    };
    let back = [moved_bone(0.0, 0.8), moved_bone(0.01, 1.0)];
    let (body_points, body_triangles) = ball(3, |p| 0.24 + 0.02 * p.y);
    let body = Surface::new(&body_points, &body_triangles).unwrap();
    let uses = [FieldUse { field: &field, mask: None, options: ApplyOptions::default() }];
    // A key that displaces one vertex, one that displaces none, and the same with a field of its own.
    let count = points.len();
    let mut keys = vec![Vec3::ZERO; 3 * count];
    keys[5] = Vec3::new(0.0, 0.0, 0.03);
    let own = [None, None, Some(Vec::new())];
    let stage = ShapeStage {
        points: &points,
        triangles: &triangles,
        shape_keys: &keys,
        weights: Some(weights.view()),
        pose: Some(armature(&posed)),
        fields: &uses,
        key_fields: &own,
        rigid: Rigid::Detect,
        unpose: Some(armature(&back)),
        body: Some(&body),
        repair: Some(RepairOptions::default()),
        ..ShapeStage::default()
    };
    let shaped = run(&stage, &Progress::none()).unwrap();

    let mut expected: Vec<[f64; 3]> = points.iter().map(|p| p.as_dvec3().to_array()).collect();
    let buffers = Buffers { positions: &mut expected, ..Default::default() };
    skin_points(weights.view(), &armature(&posed), buffers).unwrap();
    let mut deformed: Vec<Vec3> =
        expected.iter().map(|p| Vec3::from(p.map(|x| x as f32))).collect();
    field.apply(&mut deformed, None, &ApplyOptions::default(), &Progress::none()).unwrap();
    let labels: Vec<u32> =
        (0..count).map(|vertex| if vertex + 3 < count { NO_COMPONENT } else { 0 }).collect();
    let parts = fit::Components { labels: Some(&labels), count: 1, weights: None };
    let fits = fit::fit_similarity(&points, &deformed, parts, fit::Motion::Similarity).unwrap();
    let moved = fit::move_components(&fits, Some(&labels), &points).unwrap();
    deformed[count - 3..].copy_from_slice(&moved[count - 3..]);
    let mut expected: Vec<[f64; 3]> = deformed.iter().map(|p| p.as_dvec3().to_array()).collect();
    let buffers = Buffers { positions: &mut expected, ..Default::default() };
    unskin_points(weights.view(), &armature(&back), buffers).unwrap();
    let expected: Vec<Vec3> = expected.iter().map(|p| Vec3::from(p.map(|x| x as f32))).collect();
    let signed = SignedSurface::new(&body).unwrap();
    let options = RepairOptions::default();
    let expected =
        penetration::repair(&signed, &expected, None, Some(&labels), &options, &Progress::none())
            .unwrap();

    assert_eq!(shaped.points, expected.points);
    assert_eq!(
        (&shaped.depths_before, &shaped.depths),
        (&expected.depths_before, &expected.depths)
    );
    assert_eq!(shaped.rigid_labels, labels);
    assert_eq!(shaped.report.rigid_parts, 1);
    assert!(shaped.report.deep_before > 0 && shaped.report.deep_after == 0);
    let displaced = |key: usize| shaped.shape_keys[key * count..][..count].iter();
    let rows: Vec<usize> = (displaced(0).enumerate())
        .filter(|(_, displacement)| **displacement != Vec3::ZERO)
        .map(|(row, _)| row)
        .collect();
    assert_eq!(rows, [5]);
    assert!(displaced(1).all(|displacement| *displacement == Vec3::ZERO));
    assert!(displaced(2).any(|displacement| displacement.length() > 1e-3));
}

#[test]
fn what_is_missing_or_too_long_is_named() {
    let (points, triangles, _) = outfit();
    let stage = ShapeStage { points: &points, triangles: &triangles, ..ShapeStage::default() };
    let text = |stage: &ShapeStage<'_>| run(stage, &Progress::none()).unwrap_err().to_string();
    let detect = ShapeStage { rigid: Rigid::Detect, ..stage };
    assert!(text(&detect).contains("`weights`"), "{}", text(&detect));
    let keys = vec![Vec3::ZERO; points.len() + 1];
    assert!(text(&ShapeStage { shape_keys: &keys, ..stage }).contains("`shape_keys`"));
    let labels = ShapeStage { rigid: Rigid::Labels(&[0]), ..stage };
    assert!(text(&labels).contains("`rigid_labels`"));
    assert_eq!(run(&stage, &Progress::none()).unwrap().points, points);
    assert_eq!(run(&stage, &Progress::new(None, &|| true)).unwrap_err(), Error::Cancelled);
}
