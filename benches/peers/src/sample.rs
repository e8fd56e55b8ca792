//! The sample data of the benches: `python tests/assets/export_raw.py --out target/bench-data` in the project's root, or the
//! folder that the environment variable `HEMLINE_BENCH_DATA` names.

use std::path::PathBuf;

use glam::Vec3;

/// One array of the sample data, such as `body_a.positions.f32`.
///
/// # Panics
/// When the file is missing: the text tells how to make it.
pub fn sample<T: bytemuck::Pod>(name: &str) -> Vec<T> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/bench-data");
    let folder = std::env::var_os("HEMLINE_BENCH_DATA").map_or(default.into(), PathBuf::from);
    let path = folder.join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run tests/assets/export_raw.py first", path.display())
    });
    bytemuck::pod_collect_to_vec(&bytes)
}

/// A triangle mesh.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// `#V by 3`, metres.
    pub points: Vec<Vec3>,
    /// `#T by 3`.
    pub triangles: Vec<[u32; 3]>,
}

impl Mesh {
    /// A mesh of the sample data.
    pub fn sample(name: &str) -> Self {
        Self {
            points: sample(&format!("{name}.positions.f32")),
            triangles: sample(&format!("{name}.triangles.u32")),
        }
    }

    /// The mesh with each triangle cut into eight along the middles of its edges, and those along
    /// the middle of one; middles are not shared between triangles.
    pub fn cut_into_eight(&self) -> Self {
        let mut cut = Self { points: Vec::new(), triangles: Vec::new() };
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|vertex| self.points[vertex as usize]);
            let (ab, bc, ca) = (a.midpoint(b), b.midpoint(c), c.midpoint(a));
            for [a, b, c] in [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]] {
                let middle = b.midpoint(c);
                for corners in [[a, b, middle], [a, middle, c]] {
                    let first = cut.points.len() as u32;
                    cut.points.extend(corners);
                    cut.triangles.push([first, first + 1, first + 2]);
                }
            }
        }
        cut
    }
}
