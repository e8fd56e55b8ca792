//! Oriented bounding boxes of components.

use glam::{DAffine3, DMat3, DVec2, DVec3, Vec3};

use crate::Result;
use crate::geometry::affine::Matrix;
use crate::geometry::matrix::from_affine;
use crate::geometry::rectangle::smallest_rectangle;
use crate::linear::eigen::eigen_symmetric;
use crate::mesh::members::Members;
use crate::runtime::{check, memory};

/// Rounds of turning about each axis; two or three are usual.
const MOST_ROUNDS: usize = 16;

/// A turn must make the box smaller by this part, or it is rounding.
const LEAST_GAIN: f64 = 1e-9;

/// A box around points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrientedBox {
    /// Row-major `[axes | centre]`: the box's unit axes as columns, right-handed, longest first.
    pub frame: Matrix<f64>,
    /// Half the extent along each axis, metres, descending.
    pub half_extents: [f64; 3],
}

/// A tight box around each component's points: from the principal axes of the points, the box is turned
/// about each of its axes to the smallest rectangle there, until no turn makes it smaller (the
/// refinement of Barequet and Har-Peled 2001, started from principal components). It contains the points;
/// its volume is a local minimum, near the least one.
///
/// A component without points has a box of no size at the origin.
///
/// - `points`: `#P by 3`, metres, finite;
/// - `labels`: `#P`, below `label_count`, or [`NO_INDEX`](crate::spatial::point_index::NO_INDEX) for none.
///
/// # Errors
/// A point that is not finite, a label out of range, a wrong length, no memory.
pub fn oriented_boxes(
    points: &[Vec3],
    labels: &[u32],
    label_count: usize,
) -> Result<Vec<OrientedBox>> {
    check::length("labels", labels.len(), points.len())?;
    check::labels("labels", labels, label_count)?;
    check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
    let members = Members::new(labels, label_count)?;
    let mut boxes = memory::try_with_capacity("the boxes", label_count)?;
    for label in 0..label_count {
        let of_label = members.of(label).iter().map(|&point| points[point as usize].as_dvec3());
        boxes.push(tight_box(&of_label.collect::<Vec<_>>()));
    }
    Ok(boxes)
}

fn tight_box(points: &[DVec3]) -> OrientedBox {
    if points.is_empty() {
        return OrientedBox { frame: from_affine(&DAffine3::IDENTITY), half_extents: [0.0; 3] };
    }
    let mut axes = principal_axes(points);
    for _ in 0..MOST_ROUNDS {
        let before = axes;
        for axis in 0..3 {
            turn_about(axis, &mut axes, points);
        }
        if axes == before {
            break;
        }
    }
    box_along(longest_first(axes, points), points)
}

/// Turns the box about one of its axes, where that makes its rectangle there smaller.
fn turn_about(axis: usize, axes: &mut [DVec3; 3], points: &[DVec3]) {
    let (u, v) = (axes[(axis + 1) % 3], axes[(axis + 2) % 3]);
    let mut plane: Vec<DVec2> = points.iter().map(|p| DVec2::new(p.dot(u), p.dot(v))).collect();
    let Some(side) = smallest_rectangle(&mut plane) else { return };
    let along = (u * side.x + v * side.y).normalize();
    let across = axes[axis].cross(along);
    let area = |a: DVec3, b: DVec3| extent(points, a) * extent(points, b);
    if area(along, across) < area(u, v) * (1.0 - LEAST_GAIN) {
        axes[(axis + 1) % 3] = along;
        axes[(axis + 2) % 3] = across;
    }
}

/// Eigenvectors of the points' covariance, right-handed.
fn principal_axes(points: &[DVec3]) -> [DVec3; 3] {
    let centre = points.iter().sum::<DVec3>() / points.len() as f64;
    let mut covariance = [[0.0; 3]; 3];
    for point in points {
        let offset = (*point - centre).to_array();
        for (row, values) in covariance.iter_mut().enumerate() {
            (0..3).for_each(|column| values[column] += offset[row] * offset[column]);
        }
    }
    let [x, y, _] = eigen_symmetric(covariance).1.map(DVec3::from_array);
    [x, y, x.cross(y)]
}

/// The axes by falling extent, the first two pointing where their largest component is positive.
fn longest_first(mut axes: [DVec3; 3], points: &[DVec3]) -> [DVec3; 3] {
    axes.sort_by(|a, b| extent(points, *b).total_cmp(&extent(points, *a)));
    let [x, y, _] = axes.map(|axis| {
        let largest = axis.to_array().into_iter().max_by(|a, b| a.abs().total_cmp(&b.abs()));
        if largest.is_some_and(|largest| largest < 0.0) { -axis } else { axis }
    });
    [x, y, x.cross(y)]
}

fn box_along(axes: [DVec3; 3], points: &[DVec3]) -> OrientedBox {
    let bounds = axes.map(|axis| bounds(points, axis));
    let middle = |axis: usize| axes[axis] * (0.5 * (bounds[axis].0 + bounds[axis].1));
    let frame = DAffine3 {
        matrix3: DMat3::from_cols(axes[0], axes[1], axes[2]),
        translation: middle(0) + middle(1) + middle(2),
    };
    let half_extents = bounds.map(|(least, most)| 0.5 * (most - least));
    OrientedBox { frame: from_affine(&frame), half_extents }
}

fn extent(points: &[DVec3], axis: DVec3) -> f64 {
    let (least, most) = bounds(points, axis);
    most - least
}

fn bounds(points: &[DVec3], axis: DVec3) -> (f64, f64) {
    let heights = points.iter().map(|point| point.dot(axis));
    heights
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), height| (a.min(height), b.max(height)))
}

#[cfg(test)]
mod tests {
    use glam::DQuat;
    use proptest::prelude::*;

    use super::*;
    use crate::spatial::point_index::NO_INDEX;

    fn volume(found: &OrientedBox) -> f64 {
        found.half_extents.iter().map(|half| 2.0 * half).product()
    }

    proptest! {
        #[test]
        fn points_lie_inside_and_a_box_is_its_own(
            cloud in prop::collection::vec(prop::array::uniform3(-1.0_f64..1.0), 1..20),
            axis in prop::array::uniform3(-1.0_f64..1.0), angle in -3.1_f64..3.1,
        ) {
            let turn = DQuat::from_axis_angle(
                DVec3::from_array(axis).try_normalize().unwrap_or(DVec3::X), angle);
            let sizes = DVec3::new(3.0, 2.0, 1.0);
            let corners = (0..8).map(|bits| DVec3::new(
                f64::from(bits & 1) * 2.0 - 1.0, f64::from(bits & 2) - 1.0, f64::from(bits & 4) / 2.0 - 1.0));
            let inside = cloud.iter().map(|&point| DVec3::from_array(point));
            let points: Vec<Vec3> =
                corners.chain(inside).map(|point| (turn * (point * sizes)).as_vec3()).collect();
            let found = oriented_boxes(&points, &vec![0; points.len()], 1).unwrap()[0];
            prop_assert!((volume(&found) - 48.0).abs() < 1e-3, "{found:?}");
            let frame = crate::geometry::matrix::to_affine("frame", &found.frame).unwrap();
            prop_assert!((frame.matrix3.determinant() - 1.0).abs() < 1e-9);
            for point in &points {
                let local = frame.inverse().transform_point3(point.as_dvec3()).abs();
                prop_assert!((local - DVec3::from_array(found.half_extents)).max_element() < 1e-9);
            }
        }
    }

    #[test]
    fn points_lines_and_squares_have_boxes_too() {
        let points = [
            Vec3::ONE,
            Vec3::ZERO,
            Vec3::new(3.0, 4.0, 0.0),
            Vec3::X,
            Vec3::Z,
            -Vec3::X,
            -Vec3::Z,
            Vec3::NAN,
        ];
        let labels = [0, 1, 1, 2, 2, 2, 2, NO_INDEX];
        assert!(oriented_boxes(&points, &labels, 4).is_err(), "a point is NaN");
        let boxes = oriented_boxes(&points[..7], &labels[..7], 4).unwrap();
        let expected = [[0.0; 3], [2.5, 0.0, 0.0], [0.5_f64.sqrt(), 0.5_f64.sqrt(), 0.0], [0.0; 3]];
        for (found, expected) in boxes.iter().zip(expected) {
            for (half, expected) in found.half_extents.iter().zip(expected) {
                assert!((half - expected).abs() < 1e-9, "{found:?}");
            }
        }
    }
}
