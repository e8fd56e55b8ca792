//! Rigid and similarity fits: the motion that carries points onto others with the least squared error.
//!
//! For each component the `s`, R and t that minimise `Σ w |s R p + t − q|²`, R a rotation (never a
//! reflection). With centred points p̃, q̃ and `H = Σ w p̃ q̃ᵀ`, R maximises `tr(R H)`: Horn 1987,
//! *Closed-form solution of absolute orientation using unit quaternions*: R is the eigenvector of the
//! largest eigenvalue of a symmetric 4×4 matrix made of H, as a quaternion. That eigenvalue is
//! `tr(R H)`, so the scale `s = tr(R H) / Σ w |p̃|²` (Umeyama 1991, eq. 42) is also right where the best orthogonal
//! matrix would be a reflection.
//!
//! Where several rotations fit equally well (one point, points on a line, a mirrored ball), it is the
//! one with the smallest angle: no turn for a point, no spin about a line.

use glam::{DAffine3, DMat3, DQuat, DVec3, DVec4, Vec3};

use crate::geometry::affine::Matrix;
use crate::geometry::matrix::from_affine;
use crate::linear::eigen::eigen_symmetric;
use crate::runtime::{check, memory};
use crate::{Error, Result};

/// In `labels`: the point belongs to no component.
pub const NO_COMPONENT: u32 = u32::MAX;

/// Eigenvalues that differ by less than this part of their scale count as equal: points whose
/// thickness is below 3e-5 of their length are a line.
const TIE: f64 = 1e-9;

/// Whether a fit may scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Rotation and translation.
    Rigid,
    /// Rotation, translation and one scale.
    #[default]
    Similarity,
}

/// The fit of one component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Row-major `[s R | t]`.
    pub matrix: Matrix<f64>,
    /// s: 1 for a rigid fit, and where all source points of the component are one.
    pub scale: f64,
    /// Root of the weighted mean squared distance that is left, in metres.
    pub residual: f64,
}

/// Which component a point belongs to, and how much it counts.
#[derive(Clone, Copy, Debug)]
pub struct Components<'a> {
    /// `#P`, below `count`, or [`NO_COMPONENT`]; without it all points are component 0.
    pub labels: Option<&'a [u32]>,
    /// Number of components.
    pub count: usize,
    /// `#P`, finite and not negative; without it all points count the same.
    pub weights: Option<&'a [f32]>,
}

/// Fits each component's `source` points to their `target` points. A component without points, or
/// whose weights are all 0, gets the identity.
///
/// - `source`, `target`: `#P by 3`, finite.
///
/// # Errors
/// Counts that differ, numbers that are not finite, negative weights, labels out of range.
pub fn fit_similarity(
    source: &[Vec3],
    target: &[Vec3],
    components: Components<'_>,
    motion: Motion,
) -> Result<Vec<Fit>> {
    check_points(source, target, components)?;
    let mut moments = memory::try_filled("the components", Moments::default(), components.count)?;
    let each = |visit: &mut dyn FnMut(usize, f64, DVec3, DVec3)| {
        for point in 0..source.len() {
            if let Some(label) = components.label(point) {
                let (p, q) = (source[point].as_dvec3(), target[point].as_dvec3());
                visit(label, components.weight(point), p, q);
            }
        }
    };
    each(&mut |label, weight, p, q| moments[label].add_to_centres(weight, p, q));
    moments.iter_mut().for_each(Moments::finish_centres);
    each(&mut |label, weight, p, q| moments[label].add_spread(weight, p, q));
    Ok(moments.iter().map(|moments| moments.fit(motion)).collect())
}

/// Moves each point by its component's fit; points of no component stay.
///
/// # Errors
/// Labels out of range, or of another number than the points.
pub fn move_components(fits: &[Fit], labels: Option<&[u32]>, points: &[Vec3]) -> Result<Vec<Vec3>> {
    let components = Components { labels, count: fits.len(), weights: None };
    components.check(points.len())?;
    let maps: Vec<DAffine3> = fits.iter().map(Fit::map).collect();
    let moved = |(index, point): (usize, &Vec3)| match components.label(index) {
        Some(label) => maps[label].transform_point3(point.as_dvec3()).as_vec3(),
        None => *point,
    };
    Ok(points.iter().enumerate().map(moved).collect())
}

fn check_points(source: &[Vec3], target: &[Vec3], components: Components<'_>) -> Result<()> {
    check::length("target", target.len(), source.len())?;
    check::finite("source", bytemuck::cast_slice::<_, f32>(source))?;
    check::finite("target", bytemuck::cast_slice::<_, f32>(target))?;
    components.check(source.len())
}

impl Components<'_> {
    fn check(&self, points: usize) -> Result<()> {
        if let Some(labels) = self.labels {
            check::length("labels", labels.len(), points)?;
            check::labels("labels", labels, self.count)?;
        } else if self.count != 1 {
            let problem = format!("is {} without labels, expected 1", self.count);
            return Err(Error::invalid("component_count", problem));
        }
        if let Some(weights) = self.weights {
            check::length("weights", weights.len(), points)?;
            check::finite("weights", weights)?;
            if let Some(element) = weights.iter().position(|&weight| weight < 0.0) {
                let problem = format!(
                    "has {} at element {element}, expected weights not below 0",
                    weights[element]
                );
                return Err(Error::invalid("weights", problem));
            }
        }
        Ok(())
    }

    fn label(&self, point: usize) -> Option<usize> {
        match self.labels {
            None => Some(0),
            Some(labels) => (labels[point] != NO_COMPONENT).then_some(labels[point] as usize),
        }
    }

    fn weight(&self, point: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[point].into())
    }
}

impl Fit {
    fn map(&self) -> DAffine3 {
        crate::geometry::matrix::to_affine("fits", &self.matrix).expect("a fit is affine")
    }
}

/// Sums over a component's points.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    weight: f64,
    source_centre: DVec3,
    target_centre: DVec3,
    source_spread: f64,
    target_spread: f64,
    /// H, its columns by the target's axes.
    covariance: [DVec3; 3],
}

impl Moments {
    fn add_to_centres(&mut self, weight: f64, p: DVec3, q: DVec3) {
        self.weight += weight;
        self.source_centre += weight * p;
        self.target_centre += weight * q;
    }

    fn finish_centres(&mut self) {
        if self.weight > 0.0 {
            self.source_centre /= self.weight;
            self.target_centre /= self.weight;
        }
    }

    fn add_spread(&mut self, weight: f64, p: DVec3, q: DVec3) {
        let (p, q) = (p - self.source_centre, q - self.target_centre);
        self.source_spread += weight * p.length_squared();
        self.target_spread += weight * q.length_squared();
        for (column, q) in self.covariance.iter_mut().zip(q.to_array()) {
            *column += weight * q * p;
        }
    }

    fn fit(&self, motion: Motion) -> Fit {
        if self.weight == 0.0 {
            let matrix = from_affine(&DAffine3::IDENTITY);
            return Fit { matrix, scale: 1.0, residual: 0.0 };
        }
        let (rotation, overlap) = best_rotation(&self.covariance, self.size());
        let scale = match motion {
            Motion::Similarity if self.source_spread > 0.0 => overlap / self.source_spread,
            _ => 1.0,
        };
        let matrix3 = DMat3::from_quat(rotation) * scale;
        let translation = self.target_centre - matrix3 * self.source_centre;
        let left = self.target_spread + scale * (scale * self.source_spread - 2.0 * overlap);
        Fit {
            matrix: from_affine(&DAffine3 { matrix3, translation }),
            scale,
            residual: (left.max(0.0) / self.weight).sqrt(),
        }
    }

    /// Bound of H's entries, by Cauchy and Schwarz.
    fn size(&self) -> f64 {
        (self.source_spread * self.target_spread).sqrt()
    }
}

/// The rotation that maximises `tr(R H)`, and that maximum.
fn best_rotation(covariance: &[DVec3; 3], size: f64) -> (DQuat, f64) {
    let [x, y, z] = covariance;
    // Entries named by source axis, then target axis.
    let (xx, yx, zx) = (x.x, x.y, x.z);
    let (xy, yy, zy) = (y.x, y.y, y.z);
    let (xz, yz, zz) = (z.x, z.y, z.z);
    let horn = [
        [xx + yy + zz, yz - zy, zx - xz, xy - yx],
        [yz - zy, xx - yy - zz, xy + yx, zx + xz],
        [zx - xz, xy + yx, yy - xx - zz, yz + zy],
        [xy - yx, zx + xz, yz + zy, zz - xx - yy],
    ];
    let (values, vectors) = eigen_symmetric(horn);
    let largest = values.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let best: Vec<DVec4> = (0..4)
        .filter(|&index| values[index] >= largest - TIE * size)
        .map(|index| DVec4::from_array(vectors[index]))
        .collect();
    (smallest_turn(&best), largest.max(0.0))
}

/// Of the unit quaternions (w x y z) that orthonormal ones span, the one that turns least; of half
/// turns, which all turn the same, the one about the x axis, or else the y or the z axis, projected.
fn smallest_turn(span: &[DVec4]) -> DQuat {
    let projected =
        |axis: DVec4| span.iter().map(|vector| *vector * vector.dot(axis)).sum::<DVec4>();
    let [w, x, y, z] = [DVec4::X, DVec4::Y, DVec4::Z, DVec4::W]
        .map(projected)
        .into_iter()
        .find(|candidate| candidate.length_squared() > 1e-12)
        .unwrap_or(DVec4::X)
        .normalize()
        .to_array();
    DQuat::from_xyzw(x, y, z, w)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: Components<'_> = Components { labels: None, count: 1, weights: None };

    fn fit(source: &[Vec3], target: &[Vec3], motion: Motion) -> Fit {
        fit_similarity(source, target, ALL, motion).unwrap()[0]
    }

    fn error_of(fit: &Fit, source: &[Vec3], target: &[Vec3]) -> f64 {
        let map = fit.map();
        let squares = source
            .iter()
            .zip(target)
            .map(|(p, q)| (map.transform_point3(p.as_dvec3()) - q.as_dvec3()).length_squared());
        (squares.sum::<f64>() / source.len() as f64).sqrt()
    }

    fn clouds() -> impl Strategy<Value = Vec<[f32; 3]>> {
        prop::collection::vec(prop::array::uniform3(-1.0_f32..1.0), 4..20)
    }

    fn points(rows: &[[f32; 3]]) -> Vec<Vec3> {
        rows.iter().copied().map(Vec3::from_array).collect()
    }

    proptest! {
        #[test]
        fn an_exact_motion_is_found(cloud in clouds(), axis in prop::array::uniform3(-1.0_f64..1.0), angle in -3.1_f64..3.1, scale in 0.1_f64..4.0) {
            let source = points(&cloud);
            let axis = DVec3::from_array(axis).try_normalize().unwrap_or(DVec3::X);
            let motion = DAffine3::from_scale_rotation_translation(
                DVec3::splat(scale), DQuat::from_axis_angle(axis, angle), DVec3::new(0.3, -1.0, 2.0));
            let target: Vec<Vec3> = source.iter().map(|p| motion.transform_point3(p.as_dvec3()).as_vec3()).collect();
            let found = fit(&source, &target, Motion::Similarity);
            prop_assert!((found.scale - scale).abs() < 1e-5 * scale, "{} {scale}", found.scale);
            prop_assert!(error_of(&found, &source, &target) < 2e-6);
        }

        #[test]
        fn no_small_change_of_the_fit_is_better(cloud in clouds(), goal in clouds(), mirrored in any::<bool>()) {
            let count = cloud.len().min(goal.len());
            let source = points(&cloud[..count]);
            let mut target = points(&goal[..count]);
            if mirrored {
                target = source.iter().map(|p| Vec3::new(-p.x, p.y, p.z)).collect();
            }
            for motion in [Motion::Rigid, Motion::Similarity] {
                let found = fit(&source, &target, motion);
                let least = error_of(&found, &source, &target);
                prop_assert!((least - found.residual).abs() < 1e-6, "{least} {}", found.residual);
                prop_assert!(found.map().matrix3.determinant() >= 0.0);
                for axis in [DVec3::X, DVec3::Y, DVec3::Z] {
                    for step in [-1e-3, 1e-3] {
                        let map = found.map();
                        let mut turned = DAffine3::from_axis_angle(axis, step) * map;
                        turned.translation = map.translation;
                        let centre = source.iter().map(|p| p.as_dvec3()).sum::<DVec3>() / count as f64;
                        turned.translation += map.matrix3 * centre - turned.matrix3 * centre;
                        let mut candidates = vec![turned, DAffine3::from_translation(axis * step) * map];
                        if motion == Motion::Similarity {
                            let mut scaled = map;
                            scaled.matrix3 *= 1.0 + step;
                            scaled.translation += (map.matrix3 - scaled.matrix3) * centre;
                            candidates.push(scaled);
                        }
                        for candidate in candidates {
                            let other = Fit { matrix: from_affine(&candidate), ..found };
                            prop_assert!(error_of(&other, &source, &target) >= least - 1e-9);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_mirrored_shape_is_fitted_by_a_rotation_with_the_right_scale() {
        let source = points(&[
            [3.0, 0.0, 0.0],
            [-3.0, 0.0, 0.0],
            [0.0, 2.0, 0.0],
            [0.0, -2.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.0, 0.0, -1.0],
        ]);
        let target: Vec<Vec3> = source.iter().map(|p| Vec3::new(p.x, p.y, -p.z) * 2.0).collect();
        let found = fit(&source, &target, Motion::Similarity);
        // d = 2·(18, 8, 2), the least with the minus sign: s = 2·(18 + 8 − 2) / 28.
        assert!((found.scale - 48.0 / 28.0).abs() < 1e-12, "{}", found.scale);
        assert!(
            (found.map().matrix3 * (1.0 / found.scale) - DMat3::IDENTITY).x_axis.length() < 1e-12
        );
    }

    #[test]
    fn degenerate_components_turn_as_little_as_possible() {
        let one = fit(&[Vec3::X; 3], &[Vec3::Y; 3], Motion::Similarity);
        assert_eq!(one.map(), DAffine3::from_translation(DVec3::new(-1.0, 1.0, 0.0)));
        let line: Vec<Vec3> = (0..5).map(|i| Vec3::X * i as f32).collect();
        let along_y: Vec<Vec3> = line.iter().map(|p| Vec3::Y * p.x * 2.0).collect();
        let turned = fit(&line, &along_y, Motion::Similarity).map().matrix3;
        let expected = DMat3::from_rotation_z(std::f64::consts::FRAC_PI_2) * 2.0;
        assert!((turned - expected).x_axis.length() + (turned - expected).z_axis.length() < 1e-7);
        let back: Vec<Vec3> = line.iter().map(|p| -*p).collect();
        let found = fit(&line, &back, Motion::Rigid);
        assert!(error_of(&found, &line, &back) < 1e-6);
        let flat = points(&[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]);
        let lifted: Vec<Vec3> = flat.iter().map(|p| Vec3::new(p.x, 0.0, p.y)).collect();
        let found = fit(&flat, &lifted, Motion::Rigid);
        assert!(
            error_of(&found, &flat, &lifted) < 1e-6 && found.map().matrix3.determinant() > 0.99
        );
    }

    #[test]
    fn components_are_fitted_apart_and_weights_count() {
        let source = [Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z];
        let mut target = source;
        target[3..6].iter_mut().for_each(|p| *p += Vec3::Z);
        target[2] = Vec3::new(9.0, 9.0, 9.0);
        let labels = [0, 0, 0, 2, 2, 2, NO_COMPONENT];
        let components = Components {
            labels: Some(&labels),
            count: 4,
            weights: Some(&[1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]),
        };
        let fits = fit_similarity(&source, &target, components, Motion::Similarity).unwrap();
        let shift = |z: f64| from_affine::<f64>(&DAffine3::from_translation(DVec3::Z * z));
        for (fit, z) in fits.iter().zip([0.0, 0.0, 1.0, 0.0]) {
            let worst = (0..16).map(|i| (fit.matrix[i] - shift(z)[i]).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-12 && fit.residual < 1e-7, "{fit:?}");
        }
        let moved = move_components(&fits, Some(&labels), &source).unwrap();
        assert!((moved[4] - Vec3::new(1.0, 0.0, 1.0)).length() < 1e-6);
        assert_eq!(moved[6], Vec3::Z);
    }

    #[test]
    fn bad_labels_and_weights_are_named() {
        let text = |labels: &[u32], weights: &[f32]| {
            let components = Components { labels: Some(labels), count: 2, weights: Some(weights) };
            fit_similarity(&[Vec3::X; 2], &[Vec3::Y; 2], components, Motion::Rigid)
                .unwrap_err()
                .to_string()
        };
        assert!(text(&[0, 2], &[1.0; 2]).contains("`labels`[1] is 2"));
        assert!(text(&[0, 1], &[1.0, -1.0]).contains("-1 at element 1"));
        assert!(text(&[0], &[1.0; 2]).contains("`labels` holds 1"));
    }
}
