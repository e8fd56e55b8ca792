//! C# declarations: csbindgen's, with the structs that C# callers fill or read in C# style.
//!
//! csbindgen gets signatures, layouts, opaque handles, fixed arrays and constants right. It gives one
//! accessibility and Rust's field names to everything, so the structs that belong to the public
//! interface (options, reports, the status) are renamed here, and their defaults are added.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

use super::source::{Abi, CType, public_modules};
use crate::command::target;

const HEAD: &str = "\
// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated from src/ffi by csbindgen; do not edit. Regenerate: cargo xtask generate";

/// Fields whose number is an enum in C#, with that enum.
const ENUM_FIELDS: [(&str, &str); 6] = [
    ("blend", "BlendMethod"),
    ("falloff", "Falloff"),
    ("kernel", "RbfKernel"),
    ("matching", "Matching"),
    ("motion", "Motion"),
    ("solver", "RbfSolver"),
];

/// The text of `NativeMethods.g.cs`: `abi` is what the Rust files in `folder` export.
pub fn declarations(abi: &Abi, folder: &Path) -> Result<String> {
    let written = target().join("csbindgen.cs");
    let mut builder = csbindgen::Builder::default();
    for module in public_modules(&folder.join("mod.rs"))? {
        builder = builder.input_extern_file(folder.join(module).with_extension("rs"));
    }
    builder
        .csharp_file_header(HEAD)
        .csharp_dll_name(library_name(abi)?)
        .csharp_namespace("Hemline")
        .csharp_class_name("NativeMethods")
        // Delegates and IntPtr: Unity's C# has neither `delegate*` in every version nor `nint`.
        .csharp_use_function_pointer(false)
        .csharp_use_nint_types(false)
        .csharp_generate_const_filter(|name| name.starts_with("HEM_"))
        .csharp_type_rename(public_name)
        .generate_csharp_file(&written)
        .map_err(|error| anyhow!("csbindgen: {error}"))?;
    let text = fs::read_to_string(&written)
        .with_context(|| format!("cannot read {}", written.display()))?;
    Ok(in_csharp_style(&text) + &defaults(abi))
}

/// The name that C# imports from, such as `hemline_0_1_0`: Unity finds a plugin by its file name, in
/// which a dot would begin the extension.
pub fn library_name(abi: &Abi) -> Result<String> {
    let number = |name: &str| {
        let constant = abi.constants.iter().find(|constant| constant.name == name);
        constant.map(|constant| constant.value.as_str()).with_context(|| format!("no {name}"))
    };
    let [major, minor, patch] =
        [number("HEM_VERSION_MAJOR")?, number("HEM_VERSION_MINOR")?, number("HEM_VERSION_PATCH")?];
    Ok(format!("hemline_{major}_{minor}_{patch}"))
}

fn is_public(name: &str) -> bool {
    ["Options", "Report", "Info", "Status"].iter().any(|ending| name.ends_with(ending))
}

fn public_name(name: String) -> String {
    match name.strip_prefix("Hem") {
        Some(rest) if is_public(&name) => rest.to_owned(),
        _ => name,
    }
}

/// Makes public what is part of the interface, with names in Pascal case.
fn in_csharp_style(text: &str) -> String {
    let mut result = String::new();
    let mut in_public_type = false;
    for line in text.lines() {
        if let Some(declaration) = type_declaration(line) {
            in_public_type = is_public(declaration);
        }
        let line = match line.trim_start() {
            code if !in_public_type || code.starts_with("//") => line.to_owned(),
            code if code.starts_with("internal ") => line.replacen("internal ", "public ", 1),
            code if code.starts_with("public ") => field(code),
            code if code.starts_with("HEM_") => variant(code),
            _ => line.to_owned(),
        };
        writeln!(result, "{}", line.trim_end()).expect("a string takes everything");
    }
    result
}

/// The name of the struct or enum that a line begins.
fn type_declaration(line: &str) -> Option<&str> {
    let rest = line.split_once(" struct ").or_else(|| line.split_once(" enum "))?.1;
    line.trim_start().starts_with("internal ").then(|| rest.split(' ').next().unwrap_or(rest))
}

/// `public float max_angle;` as `public float MaxAngle;`.
fn field(code: &str) -> String {
    let (kind, name) = code.trim_end_matches(';').rsplit_once(' ').expect("a type and a name");
    if ["struct_size", "reserved"].contains(&name) {
        return format!(
            "        {};",
            code.trim_end_matches(';').replacen("public", "internal", 1)
        );
    }
    let named = ENUM_FIELDS.iter().find(|(field, _)| *field == name);
    let kind = named.map_or_else(|| kind.to_owned(), |(_, kind)| format!("public {kind}"));
    format!("        {kind} {};", pascal_case(name))
}

/// `HEM_NULL_POINTER = 1,` as `NullPointer = 1,`.
fn variant(code: &str) -> String {
    let (name, value) = code.split_once(' ').expect("a name and a value");
    let name = name.trim_start_matches("HEM_").to_lowercase();
    format!("        {} {value}", pascal_case(&name))
}

fn pascal_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

/// A static property `Default` for each struct that has a `hem_…_options_init`.
fn defaults(abi: &Abi) -> String {
    let mut text = String::from("namespace Hemline\n{\n");
    for function in abi.functions.iter().filter(|function| function.name.ends_with("_options_init"))
    {
        let Some((_, CType::Pointer(target))) = function.parameters.first() else { continue };
        let CType::Name(name) = &**target else { continue };
        let (name, init) = (public_name(name.clone()), &function.name);
        write!(
            text,
            "    public unsafe partial struct {name}
    {{
        /// <summary>The library's defaults.</summary>
        public static {name} Default
        {{
            get
            {{
                Library.Require();
                {name} options;
                Library.Check(NativeMethods.{init}(&options));
                return options;
            }}
        }}
    }}

"
        )
        .expect("a string takes everything");
    }
    text.truncate(text.trim_end().len());
    text + "\n}\n"
}
