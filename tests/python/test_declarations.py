# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated ctypes declarations say what `include/hemline.h` says.

The header is read by pycparser here, with no help from the generator.
"""

import ctypes
import re
from pathlib import Path

import pytest
from pycparser import c_ast, c_parser

from blender_bridge.native import declarations

HEADER = Path(__file__).parents[2] / "include" / "hemline.h"
NUMBERS = {
    "float": ctypes.c_float,
    "double": ctypes.c_double,
    "int32_t": ctypes.c_int32,
    "uint8_t": ctypes.c_uint8,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "HemStatus": ctypes.c_int32,
}


@pytest.fixture(autouse=True, scope="module")
def backend():
    """Declarations do not depend on the back end."""


def preprocessed():
    """The header as a C11 compiler would see it, with the types that it needs."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", HEADER.read_text(), flags=re.DOTALL)
    text = re.sub(r"#if defined\(__cplusplus\)[^\n]*\n.*?#endif[^\n]*\n", "", text, flags=re.DOTALL)
    text = re.sub(
        r"#if __STDC_VERSION__[^\n]*\n.*?#else\n(.*?)#endif[^\n]*\n", r"\1", text, flags=re.DOTALL
    )
    text = re.sub(r"#ifdef __cplusplus\n.*?#endif[^\n]*\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^\s*#[^\n]*\n", "", text, flags=re.MULTILINE)
    types = [name for name in NUMBERS if name.endswith("_t")]
    return "".join(f"typedef int {name};\n" for name in types) + text


@pytest.fixture(scope="module")
def header():
    return c_parser.CParser().parse(preprocessed()).ext


def ctype(node):
    """The ctypes type of a parameter, a field or a result."""
    if isinstance(node, c_ast.PtrDecl):
        if isinstance(node.type, c_ast.FuncDecl):
            return "function"
        if isinstance(node.type, c_ast.TypeDecl) and name_of(node.type) == "char":
            return ctypes.c_char_p
        return ctypes.c_void_p
    if isinstance(node, c_ast.ArrayDecl):
        return ctype(node.type) * int(node.dim.value)
    name = name_of(node)
    return None if name == "void" else NUMBERS.get(name, name)


def name_of(node):
    return " ".join(node.type.names) if isinstance(node.type, c_ast.IdentifierType) else ""


def same(declared, found):
    if found == "HemProgressCallback" or found == "function":
        return declared is declarations.HemProgressCallback
    return declared is found


def test_every_function_has_the_headers_signature(header):
    functions = {
        node.name: node.type
        for node in header
        if isinstance(node, c_ast.Decl) and isinstance(node.type, c_ast.FuncDecl)
    }
    assert len(functions) > 20
    assert list(functions) == list(declarations.FUNCTIONS)
    for name, node in functions.items():
        result, parameters = declarations.FUNCTIONS[name]
        assert same(result, ctype(node.type)), name
        declared = node.args.params if node.args else []
        kinds = [kind for kind in (ctype(parameter.type) for parameter in declared) if kind]
        assert len(kinds) == len(parameters), name
        for position, (kind, parameter) in enumerate(zip(kinds, parameters)):
            assert same(parameter, kind), (name, position)


def test_every_struct_has_the_headers_fields(header):
    structs = {}
    for node in header:
        if not isinstance(node, c_ast.Typedef) or not isinstance(node.type, c_ast.TypeDecl):
            continue
        if isinstance(node.type.type, c_ast.Struct) and node.type.type.decls:
            structs[node.name] = node.type.type.decls
    assert "HemProgress" in structs
    generated = {
        name
        for name, value in vars(declarations).items()
        if isinstance(value, type) and issubclass(value, ctypes.Structure)
    }
    assert generated == set(structs)
    for name, fields in structs.items():
        found = [(field.name, ctype(field.type)) for field in fields]
        declared = getattr(declarations, name)._fields_
        assert [field for field, _ in found] == [field[0] for field in declared], name
        for (field, kind), (_, generated_kind) in zip(found, declared):
            assert same(generated_kind, kind), (name, field)


def test_every_constant_has_the_headers_value():
    text = HEADER.read_text()
    constants = dict(re.findall(r"^#define (HEM_\w+) (\d+)$", text, flags=re.MULTILINE))
    constants.update(re.findall(r"^ {4}(HEM_\w+) = (\d+),$", text, flags=re.MULTILINE))
    assert len(constants) > 12
    generated = {
        name: value for name, value in vars(declarations).items() if name.startswith("HEM_")
    }
    assert generated == {name: int(value) for name, value in constants.items()}


def test_the_package_calls_declared_functions_alone():
    sources = Path(declarations.__file__).parent.glob("*.py")
    text = "".join(path.read_text() for path in sources if path.name != "declarations.py")
    used = set(re.findall(r"\bfunctions\.(hem_\w+)", text))
    assert len(used) > 40
    assert used <= set(declarations.FUNCTIONS)
