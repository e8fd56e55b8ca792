//! CPU time of each contestant, and the table.

use cpu_time::ProcessTime;

/// Runs of each contestant; the median counts.
pub const RUNS: usize = 7;

/// Median CPU time (milliseconds, all threads of the process) of [`RUNS`] runs, and the last result.
pub fn median_cpu_ms<R>(mut run: impl FnMut() -> R) -> (f64, R) {
    let mut timed = || {
        let start = ProcessTime::now();
        let result = run();
        (start.elapsed().as_secs_f64() * 1e3, result)
    };
    let (_warm_up, mut result) = timed();
    let mut times = [0.0; RUNS];
    for time in &mut times {
        (*time, result) = timed();
    }
    times.sort_by(f64::total_cmp);
    (times[RUNS / 2], result)
}

/// Prints one line of the table: a task, and each contestant's CPU time beside hemline's.
pub fn print_comparison(task: &str, hemline_ms: f64, peers: &[(&str, f64)]) {
    println!("{task}");
    println!("  {:<28} {hemline_ms:>9.2} ms", "hemline");
    for (peer, milliseconds) in peers {
        let ratio = milliseconds / hemline_ms;
        println!("  {peer:<28} {milliseconds:>9.2} ms  {ratio:>6.2} x hemline's time");
    }
}
