//! `cargo xtask bench`: every benchmark, each beside its peers in the same run.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{cargo, command, root, run, target};
use crate::{library, venv};

/// What runs a benchmark.
enum Kind {
    /// The stand-alone crate in `benches/peers`.
    RustPeers,
    /// A script of `benches/` in the environment with the PyPI peers.
    Python,
    /// A script of `benches/` in Blender as a module.
    Blender,
}

const BENCHMARKS: [(&str, Kind, &str); 19] = [
    ("smoothing", Kind::Python, "radius graph, radius smoothing and edge smoothing; SciPy"),
    ("two_threads", Kind::Python, "what a second thread gives each kernel"),
    ("transforms", Kind::Python, "affine transforms; a plain copy, numba"),
    ("robust_transfer", Kind::Python, "robust transfer: accuracy and time beside libigl"),
    ("masks", Kind::Python, "masks by distance and angle beside a loop over vertices"),
    ("weight_stage", Kind::Python, "the weight stage of whole outfits, step by step"),
    ("transfer_session", Kind::Python, "updates of a transfer beside full transfers"),
    ("edge_smoothing", Kind::Blender, "edge smoothing beside Blender's operator"),
    ("bookkeeping", Kind::Python, "seams, propagation, merged groups, sides; plain loops, SciPy"),
    ("blender_io", Kind::Blender, "mesh and vertex-group I/O: the ways that Blender offers"),
    ("blender_weight_job", Kind::Blender, "the whole job by phase, and Blender's Data Transfer"),
    ("blender_tables", Kind::Blender, "the tables that the scripts' authors published"),
    (
        "deformation",
        Kind::Blender,
        "skinning, fields, intersections, fits; NumPy, SciPy, mathutils",
    ),
    ("retarget", Kind::Blender, "the whole retarget by phase, and the distance to the true shape"),
    ("garments", Kind::Python, "real garments carried to another body; depth beside libigl"),
    ("rbf", Kind::Python, "radial basis functions; SciPy, direct solve, plain sums"),
    (
        "peers",
        Kind::RustPeers,
        "beside crates: closest points (bvh, parry3d), point index (kiddo), RBF fit (faer)",
    ),
    ("point_index", Kind::Python, "point index beside nanoflann and SciPy"),
    ("closest_points", Kind::Python, "closest points beside Open3D (Embree) and libigl"),
];

/// `bench [--list] [NAME ...]`.
pub fn bench(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _, what) in &BENCHMARKS {
            println!("{name:<18} {what}");
        }
        return Ok(());
    }
    let arguments: Vec<String> =
        arguments.iter().map(|name| name.trim_start_matches("--").to_owned()).collect();
    let known = |name: &String| BENCHMARKS.iter().any(|(known, ..)| known == name);
    if let Some(unknown) = arguments.iter().find(|name| !known(name)) {
        bail!("`{unknown}` is no benchmark; see cargo xtask bench --list");
    }
    library::build()?;
    export_data()?;
    for (name, kind, what) in &BENCHMARKS {
        if arguments.is_empty() || arguments.iter().any(|wanted| wanted == name) {
            println!("\n== {name}: {what}");
            run(&mut benchmark(name, kind)?)?;
        }
    }
    Ok(())
}

fn benchmark(name: &str, kind: &Kind) -> Result<Command> {
    let script = format!("benches/{name}.py");
    let mut job = match kind {
        Kind::RustPeers => {
            let mut job = cargo();
            job.args([
                "run",
                "--release",
                "--quiet",
                "--manifest-path",
                "benches/peers/Cargo.toml",
            ]);
            return Ok(job);
        }
        Kind::Python => command(venv::python("bench", "benches/requirements.txt")?),
        Kind::Blender => command(venv::blender("4.2")?),
    };
    job.arg(script).env("PYTHONPATH", root());
    // Idle threads of BLAS spin for a while after each call, which would count as CPU time of what comes next.
    job.env("OPENBLAS_NUM_THREADS", "1").env("OMP_NUM_THREADS", "1");
    Ok(job)
}

/// The sample meshes as raw binaries, for the benchmarks that are not Python.
fn export_data() -> Result<()> {
    let python = venv::python("python", "tests/python/requirements.txt")?;
    run(command(python)
        .arg("tests/assets/export_raw.py")
        .arg("--out")
        .arg(target().join("bench-data")))
}
