//! Field files: `.npz` archives with these arrays.
//!
//! | key | |
//! |---|---|
//! | `all_field_points`, `all_delta_positions` | sample points and displacements, `#S by #N by 3` numbers; or, where steps differ in length, `#S` objects that are arrays of `#N by 3`; or a pickled `1 by #N by 3` of Python floats |
//! | `field_points`, `delta_positions` | in older files instead: one step, `#N by 3` |
//! | `world_matrix` | 4 by 4 |
//! | `num_steps` | optional, must be the number of steps |
//! | `enable_x_mirror` | optional, not 0 where samples with x > 0 stand for both sides |
//!
//! `kdtree_query_k`, `rbf_epsilon`, `rbf_smoothing` and `weights` say how the file was made and do not
//! count when it is applied. The plain layout is written where all steps have one length.

use std::path::Path;

use glam::Vec3;

use super::npy::{self, Array, Elements};
use super::npz::{self, Reader};
use crate::deform::field::FieldSamples;
use crate::geometry::affine::Matrix;
use crate::runtime::check;
use crate::{Error, Result};

/// Reads a field file.
///
/// # Errors
/// [`Error::File`] for a file that cannot be read, is cut short, lacks a key, or whose arrays have the
/// wrong type, shape or length, or numbers that are not finite.
pub fn load(path: &Path) -> Result<FieldSamples> {
    let mut file = Reader::open(path)?;
    let (points_key, displacements_key) = if file.has("all_field_points") {
        ("all_field_points", "all_delta_positions")
    } else {
        ("field_points", "delta_positions")
    };
    let points = steps(&mut file, points_key)?;
    let displacements = steps(&mut file, displacements_key)?;
    let world_matrix = world_matrix(&mut file)?;
    let mirror_x = scalar(&mut file, "enable_x_mirror")?.is_some_and(|flag| flag != 0.0);
    if points.len() != displacements.len() {
        return Err(file.error(format!(
            "has {} steps in `{points_key}` and {} in `{displacements_key}`, expected as many",
            points.len(),
            displacements.len()
        )));
    }
    if let Some(count) = scalar(&mut file, "num_steps")?
        && count != points.len() as f64
    {
        let problem = format!("says `num_steps` {count}, expected {}", points.len());
        return Err(file.error(problem));
    }
    for (number, (points, displacements)) in points.iter().zip(&displacements).enumerate() {
        if points.len() != displacements.len() || points.is_empty() {
            return Err(file.error(format!(
                "has {} points and {} displacements in step {number}, expected as many, and some",
                points.len(),
                displacements.len()
            )));
        }
    }
    Ok(FieldSamples {
        offsets: offsets(&points)?,
        points: points.concat(),
        displacements: displacements.concat(),
        world_matrix,
        mirror_x,
    })
}

fn offsets(steps: &[Vec<Vec3>]) -> Result<Vec<u32>> {
    check::numbered_by_u32("the field", steps.iter().map(Vec::len).sum())?;
    let ends = steps.iter().scan(0, |end, step| {
        *end += step.len() as u32;
        Some(*end)
    });
    Ok(std::iter::once(0).chain(ends).collect())
}

/// Writes a field file; a file that is there is replaced only by a whole one.
///
/// # Errors
/// [`Error::File`] where it cannot be written; [`Error::InvalidArgument`] for steps of different
/// lengths.
pub fn save(path: &Path, samples: &FieldSamples) -> Result<()> {
    let scalar = |number: f64| npy::encode("<f8", &[], &number.to_le_bytes());
    let count = |number: i64| npy::encode("<i8", &[], &number.to_le_bytes());
    let steps = samples.step_count();
    let length = samples.points.len() / steps.max(1);
    if (0..steps).any(|step| samples.step(step).len() != length) {
        let problem = "has steps of different lengths, expected one length for a file";
        return Err(Error::invalid("field", problem));
    }
    let all = |rows: &[Vec3]| {
        let numbers = bytemuck::cast_slice::<_, f32>(rows);
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        npy::encode("<f4", &[steps, length, 3], &bytes)
    };
    let matrix: Vec<u8> =
        samples.world_matrix.iter().flat_map(|number| number.to_le_bytes()).collect();
    npz::write(
        path,
        &[
            ("all_field_points", all(&samples.points)),
            ("all_delta_positions", all(&samples.displacements)),
            ("num_steps", count(steps as i64)),
            ("world_matrix", npy::encode("<f8", &[4, 4], &matrix)),
            ("kdtree_query_k", count(8)),
            ("rbf_epsilon", scalar(1e-5)),
            ("rbf_smoothing", scalar(0.0)),
            ("enable_x_mirror", npy::encode("|b1", &[], &[samples.mirror_x.into()])),
        ],
    )
}

fn required(file: &mut Reader, key: &str) -> Result<Array> {
    file.array(key)?.ok_or_else(|| file.error(format!("has no array `{key}`, expected one")))
}

/// The rows of each step.
fn steps(file: &mut Reader, key: &str) -> Result<Vec<Vec<Vec3>>> {
    let Array { shape, elements } = required(file, key)?;
    let wrong = |file: &Reader, shape: &[usize]| {
        file.error(format!(
            "has the shape {shape:?} in `{key}`, expected steps of rows of 3 numbers"
        ))
    };
    match (elements, shape.as_slice()) {
        (Elements::Numbers(numbers), [_, rows, 3]) => {
            let chunk = (rows * 3).max(1);
            numbers.chunks(chunk).map(|step| points(file, key, step)).collect()
        }
        (Elements::Numbers(numbers), [_, 3]) => Ok(vec![points(file, key, &numbers)?]),
        (Elements::Arrays(arrays), [_]) => arrays
            .iter()
            .map(|array| match (&array.elements, array.shape.as_slice()) {
                (Elements::Numbers(numbers), [_, 3]) => points(file, key, numbers),
                (_, shape) => Err(wrong(file, shape)),
            })
            .collect(),
        (_, shape) => Err(wrong(file, shape)),
    }
}

fn points(file: &Reader, key: &str, numbers: &[f64]) -> Result<Vec<Vec3>> {
    let narrow = |row: &[f64]| Vec3::new(row[0] as f32, row[1] as f32, row[2] as f32);
    let rows: Vec<Vec3> = numbers.chunks_exact(3).map(narrow).collect();
    match rows.iter().position(|row| !row.is_finite()) {
        None => Ok(rows),
        Some(row) => Err(file
            .error(format!("has {} in row {row} of `{key}`, expected finite numbers", rows[row]))),
    }
}

fn world_matrix(file: &mut Reader) -> Result<Matrix<f64>> {
    let array = required(file, "world_matrix")?;
    match (array.elements, array.shape.as_slice()) {
        (Elements::Numbers(numbers), [4, 4]) if numbers.iter().all(|number| number.is_finite()) => {
            Ok(numbers.try_into().expect("16 numbers"))
        }
        (_, shape) => Err(file.error(format!(
            "has a `world_matrix` of shape {shape:?} or with numbers that are not finite, \
             expected 4 by 4 finite numbers"
        ))),
    }
}

/// One number; arrays of one element serve as well.
fn scalar(file: &mut Reader, key: &str) -> Result<Option<f64>> {
    let Some(array) = file.array(key)? else { return Ok(None) };
    match array.elements {
        Elements::Numbers(numbers) if numbers.len() == 1 => Ok(Some(numbers[0])),
        _ => {
            Err(file
                .error(format!("has the shape {:?} in `{key}`, expected one number", array.shape)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assets/fields").join(name)
    }

    fn scratch(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("hemline-{}-{name}", std::process::id()))
    }

    #[test]
    fn every_layout_gives_the_same_samples() {
        let whole = load(&sample("plain_mirrored.npz")).unwrap();
        assert_eq!((whole.offsets.as_slice(), whole.mirror_x), (&[0, 3269][..], true));
        let every = |first: usize, step: usize| {
            whole.points.iter().skip(first).step_by(step).copied().collect::<Vec<_>>()
        };
        for version in ["numpy1", "numpy2"] {
            let floats = load(&sample(&format!("python_floats_{version}.npz"))).unwrap();
            assert_eq!((&floats.points, floats.mirror_x), (&every(0, 8), true));
            let steps = load(&sample(&format!("steps_of_two_lengths_{version}.npz"))).unwrap();
            assert_eq!(steps.points, [every(0, 8), every(5, 9)].concat());
            assert_eq!((steps.step_count(), steps.mirror_x), (2, false));
        }
        let old = load(&sample("single_keys.npz")).unwrap();
        assert_eq!((old.step_count(), old.points), (1, every(0, 8)));
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let path = scratch("saved.npz");
        let field = load(&sample("plain_mirrored.npz")).unwrap();
        save(&path, &field).unwrap();
        assert_eq!(load(&path).unwrap(), field);
        let uneven = load(&sample("steps_of_two_lengths_numpy2.npz")).unwrap();
        assert!(save(&path, &uneven).unwrap_err().to_string().contains("different lengths"));
        assert_eq!(load(&path).unwrap(), field, "a refused save leaves the file");
        std::fs::remove_file(&path).unwrap();
    }

    /// A field of three points, its arrays changed by the test.
    fn arrays() -> Vec<(&'static str, Vec<u8>)> {
        let rows = npy::encode("<f4", &[1, 3, 3], &[0; 36]);
        let matrix: Vec<u8> = (0..16)
            .flat_map(|entry| (if entry % 5 == 0 { 1.0_f64 } else { 0.0 }).to_le_bytes())
            .collect();
        vec![
            ("all_field_points", rows.clone()),
            ("all_delta_positions", rows),
            ("world_matrix", npy::encode("<f8", &[4, 4], &matrix)),
        ]
    }

    #[test]
    fn bad_files_are_described() {
        let path = scratch("bad.npz");
        let text = |arrays: &[(&str, Vec<u8>)]| {
            npz::write(&path, arrays).unwrap();
            load(&path).map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(text(&arrays()), Ok(()));
        let with = |place: usize, bytes: Vec<u8>| {
            let mut arrays = arrays();
            arrays[place].1 = bytes;
            text(&arrays).unwrap_err()
        };
        assert!(text(&arrays()[1..]).unwrap_err().contains("no array `field_points`"));
        assert!(text(&arrays()[..2]).unwrap_err().contains("no array `world_matrix`"));
        assert!(with(1, npy::encode("<f4", &[1, 2, 3], &[0; 24])).contains("3 points and 2 displ"));
        assert!(with(0, npy::encode("<f4", &[9], &[0; 36])).contains("shape [9]"));
        assert!(with(0, npy::encode("<f4", &[1, 1 << 60, 3], &[0; 36])).contains("holds 36 bytes"));
        assert!(with(0, npy::encode("<f4", &[1, 0, 3], &[])).contains("expected"));
        let nan: Vec<u8> = [f32::NAN; 9].iter().flat_map(|number| number.to_le_bytes()).collect();
        assert!(with(0, npy::encode("<f4", &[1, 3, 3], &nan)).contains("NaN"));
        assert!(
            with(2, npy::encode("<f8", &[2], &[0; 16])).contains("`world_matrix` of shape [2]")
        );
        let evil = b"\x80\x03cos\nsystem\nX\x04\x00\x00\x00true\x85R.";
        assert!(with(0, npy::encode("|O", &[1], evil)).contains("asks for `os.system`"));
        let mut counted = arrays();
        counted.push(("num_steps", npy::encode("<i8", &[], &2_i64.to_le_bytes())));
        assert!(text(&counted).unwrap_err().contains("`num_steps` 2, expected 1"));

        npz::write(&path, &arrays()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("is not a whole zip archive"));
        std::fs::remove_file(&path).unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("cannot be opened"));
    }
}
