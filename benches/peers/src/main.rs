//! hemline beside other crates: one thread, CPU time, every contestant in the same run.

mod closest_points;
mod point_index;
mod rbf;
mod report;
mod sample;

fn main() {
    hemline::runtime::threads::set_thread_count(1).expect("one thread is a possible number");
    closest_points::run();
    rbf::run();
    point_index::run();
}
