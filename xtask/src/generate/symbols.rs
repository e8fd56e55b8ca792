//! `include/hemline.symbols`: the binary interface, one line for each name.
//!
//! What the header says in prose, without the prose: a change of the interface is a change of a line here,
//! and two releases can be compared. `const` has no part in a binary interface and is left out.

use super::source::{Abi, CType, Callback, Function, Struct};

const HEAD: &str = "\
# The binary interface of hemline. Generated from src/ffi; do not edit. Regenerate: cargo xtask generate
# A library exports the functions named here and nothing else; docs/abi.md tells which lines may change when.
";

/// The text of `hemline.symbols`.
pub fn symbols(abi: &Abi) -> String {
    let mut text = HEAD.to_owned();
    text.extend(
        abi.constants.iter().map(|item| format!("constant {} {}\n", item.name, item.value)),
    );
    text.extend(abi.callbacks.iter().map(callback));
    text.extend(abi.structs.iter().map(structure));
    text.extend(abi.functions.iter().map(function));
    text
}

fn callback(item: &Callback) -> String {
    let parameters: Vec<String> = item.parameters.iter().map(c_type).collect();
    format!("callback {} {} ({})\n", item.name, c_type(&item.result), parameters.join(", "))
}

fn structure(item: &Struct) -> String {
    format!("struct {} {}\n", item.name, declarations(&item.fields).join("; "))
}

fn function(item: &Function) -> String {
    let parameters = declarations(&item.parameters).join(", ");
    format!("function {} {} ({parameters})\n", item.name, c_type(&item.result))
}

fn declarations(items: &[(String, CType)]) -> Vec<String> {
    items.iter().map(|(name, kind)| format!("{} {name}", c_type(kind))).collect()
}

fn c_type(kind: &CType) -> String {
    match kind {
        CType::Void => "void".into(),
        CType::Pointer(target) => c_type(target) + "*",
        CType::Array(element, length) => format!("{}[{length}]", c_type(element)),
        CType::Name(name) => match name.as_str() {
            "c_char" => "char".into(),
            "f32" => "float".into(),
            "f64" => "double".into(),
            "u8" => "uint8_t".into(),
            "u32" => "uint32_t".into(),
            "i32" => "int32_t".into(),
            "u64" => "uint64_t".into(),
            "usize" => "size_t".into(),
            item_of_the_interface => item_of_the_interface.into(),
        },
    }
}
