//! The committed header is what the sources say.

#[test]
fn committed_header_matches_the_sources() {
    let committed = include_str!("../include/hemline.h");
    let generated = include_str!(concat!(env!("OUT_DIR"), "/hemline.h"));
    assert!(
        committed == generated,
        "include/hemline.h is out of date; regenerate it and commit the result: cargo xtask generate"
    );
}
