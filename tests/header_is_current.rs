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

/// The introduction (cbindgen.toml) names functions by hand.
#[test]
fn introduction_names_functions_that_there_are() {
    let header = include_str!("../include/hemline.h");
    let (introduction, declarations) = header.split_once("*/").expect("the header begins so");
    let names = introduction.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    // `hem_..._options_init` stands for many.
    for name in names.filter(|name| name.starts_with("hem_") && !name.ends_with('_')) {
        assert!(declarations.contains(&format!("{name}(")), "{name} is no function any more");
    }
}
