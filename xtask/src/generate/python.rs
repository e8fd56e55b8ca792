//! ctypes declarations: constants, callbacks, structs, and the signature of every function.

use super::source::{Abi, CType, Function, Struct};

const HEAD: &str = r#"# SPDX-License-Identifier: GPL-3.0-or-later
"""The C ABI as ctypes sees it.

Generated from src/ffi; do not edit. Regenerate: cargo xtask generate
Pointers to data and handles are ``c_void_p``: an address, an array's or a ``byref`` will do.
"""

import ctypes

"#;

/// The text of `declarations.py`.
pub fn declarations(abi: &Abi) -> String {
    let mut text = HEAD.to_owned();
    for constant in &abi.constants {
        text += &format!("{} = {}\n", constant.name, constant.value);
    }
    text.push('\n');
    for callback in &abi.callbacks {
        let types = std::iter::once(&callback.result).chain(&callback.parameters).map(ctype);
        let types: Vec<String> = types.collect();
        text += &format!("{} = ctypes.CFUNCTYPE({})\n", callback.name, types.join(", "));
    }
    text.extend(abi.structs.iter().map(structure));
    text += "\n\n# Name: (result, [parameters]).\nFUNCTIONS = {\n";
    text.extend(abi.functions.iter().map(signature));
    text += "}\n";
    text
}

fn structure(item: &Struct) -> String {
    let field =
        |(name, kind): &(String, CType)| format!("        (\"{name}\", {}),\n", ctype(kind));
    let fields: String = item.fields.iter().map(field).collect();
    format!("\n\nclass {}(ctypes.Structure):\n    _fields_ = [\n{fields}    ]\n", item.name)
}

fn signature(function: &Function) -> String {
    let parameter =
        |(name, kind): &(String, CType)| format!("            {},  # {name}\n", ctype(kind));
    let parameters: String = function.parameters.iter().map(parameter).collect();
    let list =
        if parameters.is_empty() { "[]".into() } else { format!("[\n{parameters}        ]") };
    format!(
        "    \"{}\": (\n        {},\n        {list},\n    ),\n",
        function.name,
        ctype(&function.result)
    )
}

fn ctype(kind: &CType) -> String {
    match kind {
        CType::Void => "None".into(),
        CType::Array(element, length) => format!("{} * {length}", ctype(element)),
        CType::Pointer(target) if **target == CType::Name("c_char".into()) => {
            "ctypes.c_char_p".into()
        }
        CType::Pointer(_) => "ctypes.c_void_p".into(),
        CType::Name(name) => match name.as_str() {
            "f32" => "ctypes.c_float".into(),
            "f64" => "ctypes.c_double".into(),
            "u8" => "ctypes.c_uint8".into(),
            "u32" => "ctypes.c_uint32".into(),
            "i32" | "HemStatus" => "ctypes.c_int32".into(),
            "u64" => "ctypes.c_uint64".into(),
            "usize" => "ctypes.c_size_t".into(),
            struct_or_callback => struct_or_callback.into(),
        },
    }
}
