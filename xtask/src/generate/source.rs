//! What `src/ffi` exports, read by a Rust parser.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use syn::{Fields, FnArg, Item, Pat, ReturnType, Type};

/// Everything that the C ABI consists of, in the header's order.
#[derive(Default)]
pub struct Abi {
    pub constants: Vec<Constant>,
    pub callbacks: Vec<Callback>,
    pub structs: Vec<Struct>,
    pub functions: Vec<Function>,
}

/// A number with a name.
pub struct Constant {
    pub name: String,
    pub value: String,
}

/// A type of function pointers.
pub struct Callback {
    pub name: String,
    pub parameters: Vec<CType>,
    pub result: CType,
}

/// A struct that C sees into.
pub struct Struct {
    pub name: String,
    pub fields: Vec<(String, CType)>,
}

/// An exported function.
pub struct Function {
    pub name: String,
    pub parameters: Vec<(String, CType)>,
    pub result: CType,
}

/// A type as C knows it.
#[derive(Clone, PartialEq)]
pub enum CType {
    Void,
    Name(String),
    Pointer(Box<CType>),
    Array(Box<CType>, usize),
}

/// Parses the files that `mod.rs` in `folder` lists as public.
pub fn parse(folder: &Path) -> Result<Abi> {
    let mut abi = Abi::default();
    for module in public_modules(&folder.join("mod.rs"))? {
        let file = folder.join(module).with_extension("rs");
        for item in parse_file(&file)?.items {
            abi.add(&item).with_context(|| file.display().to_string())?;
        }
    }
    Ok(abi)
}

pub fn public_modules(file: &Path) -> Result<Vec<String>> {
    let modules = parse_file(file)?.items.into_iter().filter_map(|item| match item {
        Item::Mod(module) if is_public(&module.vis) => Some(module.ident.to_string()),
        _ => None,
    });
    Ok(modules.collect())
}

fn parse_file(file: &Path) -> Result<syn::File> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    syn::parse_file(&text).with_context(|| format!("cannot parse {}", file.display()))
}

impl Abi {
    fn add(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Const(item) if item.ident.to_string().starts_with("HEM_") => {
                let name = item.ident.to_string();
                self.constants.push(Constant { name, value: literal(&item.expr)? });
            }
            Item::Enum(item) if is_public(&item.vis) && item.ident == "HemStatus" => {
                for variant in &item.variants {
                    let (_, value) =
                        variant.discriminant.as_ref().context("a code without a number")?;
                    let name = variant.ident.to_string();
                    self.constants.push(Constant { name, value: literal(value)? });
                }
            }
            Item::Type(item) if item.ident.to_string().starts_with("Hem") => {
                self.callbacks.push(callback(item.ident.to_string(), &item.ty)?);
            }
            Item::Struct(item) if is_public(&item.vis) && is_repr_c(&item.attrs) => {
                let Fields::Named(fields) = &item.fields else {
                    bail!("{}: unnamed fields", item.ident)
                };
                let fields = fields.named.iter().map(|field| {
                    let name = field.ident.as_ref().expect("a named field").to_string();
                    Ok((name, c_type(&field.ty)?))
                });
                let fields = fields.collect::<Result<_>>()?;
                self.structs.push(Struct { name: item.ident.to_string(), fields });
            }
            Item::Fn(item) if item.sig.abi.is_some() => self.functions.push(function(&item.sig)?),
            _ => {}
        }
        Ok(())
    }
}

fn function(signature: &syn::Signature) -> Result<Function> {
    let parameters = signature.inputs.iter().map(|argument| {
        let FnArg::Typed(argument) = argument else { bail!("a method") };
        let Pat::Ident(name) = &*argument.pat else { bail!("a pattern as a parameter") };
        Ok((name.ident.to_string(), c_type(&argument.ty)?))
    });
    Ok(Function {
        name: signature.ident.to_string(),
        parameters: parameters.collect::<Result<_>>()?,
        result: result_type(&signature.output)?,
    })
}

/// `Option<unsafe extern "C" fn(…) -> …>`.
fn callback(name: String, alias: &Type) -> Result<Callback> {
    let Type::Path(path) = alias else { bail!("{name}: expected Option<fn>") };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments[0].arguments else {
        bail!("{name}: expected Option<fn>")
    };
    let Some(syn::GenericArgument::Type(Type::BareFn(function))) = arguments.args.first() else {
        bail!("{name}: expected Option<fn>")
    };
    let parameters =
        function.inputs.iter().map(|input| c_type(&input.ty)).collect::<Result<_>>()?;
    Ok(Callback { name, parameters, result: result_type(&function.output)? })
}

fn result_type(output: &ReturnType) -> Result<CType> {
    match output {
        ReturnType::Default => Ok(CType::Void),
        ReturnType::Type(_, result) => c_type(result),
    }
}

fn c_type(rust: &Type) -> Result<CType> {
    match rust {
        Type::Ptr(pointer) => Ok(CType::Pointer(Box::new(c_type(&pointer.elem)?))),
        Type::Array(array) => {
            let length = literal(&array.len)?.parse().context("an array's length")?;
            Ok(CType::Array(Box::new(c_type(&array.elem)?), length))
        }
        Type::Path(path) => {
            let name = path.path.segments.last().context("an empty path")?.ident.to_string();
            Ok(if name == "c_void" { CType::Void } else { CType::Name(name) })
        }
        _ => bail!("a type that C does not know"),
    }
}

fn literal(expression: &syn::Expr) -> Result<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. }) => {
            Ok(number.base10_digits().to_owned())
        }
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Float(number), .. }) => {
            Ok(number.base10_digits().to_owned())
        }
        _ => bail!("expected a literal number: generators of bindings read no other"),
    }
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

fn is_repr_c(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("repr")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|representation| representation == "C")
    })
}
