//! What the header says must be covered, against the rows that there are.

use super::harness::{Case, Fault};

/// A function of the header: its documentation and its parameters as text.
struct Prototype<'a> {
    name: &'a str,
    documentation: &'a str,
    parameters: Vec<&'a str>,
}

/// Descriptions of the rows that are missing.
pub fn missing(header: &str, cases: &[Case]) -> Vec<String> {
    let prototypes = prototypes(header);
    assert!(prototypes.len() >= 15, "the header holds functions, found {}", prototypes.len());
    prototypes.iter().flat_map(|prototype| missing_rows(prototype, cases)).collect()
}

fn missing_rows(prototype: &Prototype, cases: &[Case]) -> Vec<String> {
    let has = |fault, argument: Option<&str>| {
        cases.iter().any(|case| {
            case.function == prototype.name
                && case.fault == fault
                && argument.is_none_or(|argument| case.argument == argument)
        })
    };
    // Releasing NULL is legal, and initialising needs no more than its pointer.
    if prototype.name.ends_with("_destroy") {
        return Vec::new();
    }
    let mut missing = Vec::new();
    let mut require = |needed: bool, fault, argument: Option<&str>| {
        if needed && !has(fault, argument) {
            let argument = argument.unwrap_or("any argument");
            missing.push(format!("{}: {fault:?} of {argument}", prototype.name));
        }
    };
    for parameter in &prototype.parameters {
        let argument = argument_name(parameter);
        let optional = may_be_null(prototype.documentation, argument);
        require(parameter.contains('*') && !optional, Fault::Null, Some(argument));
    }
    let any =
        |test: &dyn Fn(&str) -> bool| prototype.parameters.iter().any(|parameter| test(parameter));
    let has_arrays = any(&|parameter| parameter.contains('*') && !parameter.contains("Hem"));
    let is_count = |parameter: &str| parameter.starts_with("size_t ") && !parameter.contains('*');
    let has_counts = any(&|parameter| is_count(parameter) && parameter.ends_with("_count"));
    require(has_arrays && has_counts, Fault::Overflow, None);
    require(
        any(&|parameter| parameter.starts_with("const uint32_t *") && !parameter.contains("**")),
        Fault::Index,
        None,
    );
    let finite_checked = !prototype.documentation.contains("may hold numbers that are not finite");
    require(finite_checked && any(&is_input_numbers), Fault::NotFinite, None);
    let is_options =
        |parameter: &str| parameter.starts_with("const") && parameter.contains("Options *");
    let is_number = |parameter: &str| parameter.starts_with("float ") && !parameter.contains('*');
    let has_value = any(&|parameter| is_options(parameter) || is_number(parameter));
    require(has_value, Fault::Value, None);
    missing
}

fn is_input_numbers(parameter: &str) -> bool {
    let number = ["float *", "double *"]
        .iter()
        .any(|kind| parameter.trim_start_matches("const ").starts_with(kind));
    number && !parameter.contains("**") && !argument_name(parameter).starts_with("out_")
}

fn argument_name(parameter: &str) -> &str {
    parameter.rsplit([' ', '*']).next().unwrap_or(parameter)
}

/// Whether the contract line of `argument`, or its continuation, says "may be NULL".
fn may_be_null(documentation: &str, argument: &str) -> bool {
    let lines = documentation.lines().map(|line| line.trim_start_matches([' ', '*']));
    let mut of_argument = false;
    for line in lines {
        let first = line.split([' ', ',']).next().unwrap_or_default();
        if line.ends_with('.') || line.contains(" must ") || line.contains("may be NULL") {
            of_argument |= first == argument;
        }
        of_argument |= first == argument;
        if of_argument && line.contains("may be NULL") {
            return true;
        }
        if line.ends_with('.') {
            of_argument = false;
        }
    }
    false
}

/// The functions of a header: `/** documentation */ type name(parameters);`.
fn prototypes(header: &str) -> Vec<Prototype<'_>> {
    header.split("/**").skip(1).filter_map(prototype).collect()
}

fn prototype(section: &str) -> Option<Prototype<'_>> {
    let (documentation, rest) = section.split_once("*/")?;
    let declaration = rest.split_once(';')?.0.trim();
    let (head, parameters) = declaration.split_once('(')?;
    let name = head.rsplit([' ', '*']).next()?;
    if !name.starts_with("hem_") {
        return None;
    }
    let parameters = parameters
        .trim_end_matches(')')
        .split(',')
        .map(str::trim)
        .filter(|text| *text != "void")
        .collect();
    Some(Prototype { name, documentation, parameters })
}

#[test]
fn a_function_without_rows_is_reported() {
    let header = "/**\n * Does.\n *\n * points must hold point_count * 3 floats.\n * mask may be NULL.\n */\nHemStatus hem_do(const float *points, size_t point_count, const float *mask);";
    let rows: Vec<String> =
        prototypes(header).iter().flat_map(|prototype| missing_rows(prototype, &[])).collect();
    assert_eq!(
        rows,
        [
            "hem_do: Null of points",
            "hem_do: Overflow of any argument",
            "hem_do: NotFinite of any argument"
        ]
    );
}
