//! Two lanes of steps at once: most steps keep one core busy, and a run takes half the time on two.
//!
//! Each step is a process of its own, whose output is kept in `target/test-output` and shown whole when it ends.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};

use super::{FAILED, Row, Step};
use crate::command::target;

/// Runs the steps of all lanes, those of each lane one after the other.
pub fn run(lanes: &[Vec<Step>]) -> Result<Vec<Row>> {
    let folder = target().join("test-output");
    fs::create_dir_all(&folder)?;
    thread::scope(|scope| {
        let running: Vec<_> =
            lanes.iter().map(|lane| scope.spawn(|| run_lane(lane, &folder))).collect();
        let rows = running.into_iter().map(|lane| lane.join().expect("a lane does not panic"));
        Ok(rows.collect::<Result<Vec<_>>>()?.concat())
    })
}

fn run_lane(lane: &[Step], folder: &Path) -> Result<Vec<Row>> {
    lane.iter()
        .map(|(name, ..)| {
            let start = Instant::now();
            let result = run_step(name, &folder.join(format!("{name}.txt")))?;
            Ok(Row { name, seconds: start.elapsed().as_secs_f64(), result })
        })
        .collect()
}

/// Runs a step with what it prints in a file, and shows that.
fn run_step(name: &str, output: &Path) -> Result<String> {
    let file = File::create(output)?;
    let mut step = Command::new(std::env::current_exe()?);
    step.args(["test", name]).stdout(file.try_clone()?).stderr(file);
    let status = step.status().context("cannot start a step")?;
    let text = String::from_utf8_lossy(&fs::read(output)?).into_owned();
    print!("{text}");
    Ok(match result_in(&text, name) {
        Some(result) if status.success() || result.starts_with(FAILED) => result.to_owned(),
        _ => format!("{FAILED} {status}"),
    })
}

/// What the line says that a step prints at its end.
fn result_in<'a>(output: &'a str, name: &str) -> Option<&'a str> {
    output.lines().rev().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_the_last_line_of_the_step() {
        let output = "\n== c: C programs\nc: no result\n1 passed\nc: SKIPPED valgrind\nError: 1\n";
        assert_eq!(result_in(output, "c"), Some("SKIPPED valgrind"));
        assert_eq!(result_in(output, "rust"), None);
    }
}
