//! NumPy's `.npy`: a header that is a Python dict literal, then the numbers, or a pickle of objects.
//!
//! Format: NEP 1, *A Simple File Format for NumPy Arrays*.

use super::pickle;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Bytes that a header may take; NumPy itself refuses more than 10,000 characters.
const LONGEST_HEADER: usize = 1 << 16;

/// A decoded array, its elements in C order. Errors of this module end the sentence "an array that …".
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) elements: Elements,
}

/// What an array holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Elements {
    /// Numbers of any type.
    Numbers(Vec<f64>),
    /// Python objects, each an array of numbers.
    Arrays(Vec<Array>),
}

/// The number types of field files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Bool,
    I32,
    I64,
    U8,
    F32,
    F64,
    Object,
}

impl Kind {
    /// From NumPy's name, without the byte order.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "b1" => Self::Bool,
            "i4" => Self::I32,
            "i8" => Self::I64,
            "u1" => Self::U8,
            "f4" => Self::F32,
            "f8" => Self::F64,
            "O" | "O8" | "O4" => Self::Object,
            _ => return None,
        })
    }

    fn bytes(self) -> usize {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::I32 | Self::F32 => 4,
            Self::I64 | Self::F64 | Self::Object => 8,
        }
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<Array, String> {
    let (header, data) = split_header(bytes)?;
    let Header { kind, big_endian, fortran, shape } = parse_header(header)?;
    let count = element_count(&shape)?;
    let elements = match kind {
        Kind::Object => pickle::decode(data, &shape)?,
        _ => Elements::Numbers(numbers(kind, big_endian, data, count)?),
    };
    let array = Array { shape, elements };
    if fortran { array.in_c_order() } else { Ok(array) }
}

/// The number of elements of a shape.
pub(super) fn element_count(shape: &[usize]) -> Result<usize, String> {
    shape
        .iter()
        .try_fold(1_usize, |count, extent| count.checked_mul(*extent))
        .ok_or_else(|| format!("declares the shape {shape:?}, which no memory holds"))
}

/// `count` numbers of raw data.
pub(super) fn numbers(
    kind: Kind,
    big_endian: bool,
    data: &[u8],
    count: usize,
) -> Result<Vec<f64>, String> {
    if count.checked_mul(kind.bytes()) != Some(data.len()) {
        return Err(format!(
            "holds {} bytes, expected {count} numbers of type {kind:?}",
            data.len()
        ));
    }
    fn each<const N: usize>(data: &[u8], big: bool, read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        let number = |bytes: &[u8]| {
            let mut bytes: [u8; N] = bytes.try_into().expect("exact chunks");
            if big {
                bytes.reverse();
            }
            read(bytes)
        };
        data.chunks_exact(N).map(number).collect()
    }
    Ok(match kind {
        Kind::Bool | Kind::U8 => each(data, big_endian, |[byte]| f64::from(byte)),
        Kind::I32 => each(data, big_endian, |bytes| f64::from(i32::from_le_bytes(bytes))),
        Kind::I64 => each(data, big_endian, |bytes| i64::from_le_bytes(bytes) as f64),
        Kind::F32 => each(data, big_endian, |bytes| f64::from(f32::from_le_bytes(bytes))),
        Kind::F64 => each(data, big_endian, f64::from_le_bytes),
        Kind::Object => return Err("holds objects where numbers are expected".to_owned()),
    })
}

impl Array {
    fn in_c_order(self) -> Result<Self, String> {
        let Elements::Numbers(columns) = self.elements else {
            return Err("holds objects in Fortran order, expected C order".to_owned());
        };
        let shape = self.shape;
        let mut values = Vec::with_capacity(columns.len());
        let mut place = vec![0; shape.len()];
        for _ in 0..columns.len() {
            let (mut index, mut stride) = (0, 1);
            for (position, extent) in place.iter().zip(&shape) {
                index += position * stride;
                stride *= extent;
            }
            values.push(columns[index]);
            for (position, extent) in place.iter_mut().zip(&shape).rev() {
                *position += 1;
                if *position < *extent {
                    break;
                }
                *position = 0;
            }
        }
        Ok(Self { shape, elements: Elements::Numbers(values) })
    }
}

/// A `.npy` file of numbers in C order; `descr` as NumPy spells it, such as `<f4`.
pub(super) fn encode(descr: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let extents: String = shape.iter().map(|extent| format!("{extent}, ")).collect();
    let mut header =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({extents}), }}");
    // The data begins at a multiple of 64 bytes.
    let unpadded = MAGIC.len() + 4 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    header.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn split_header(bytes: &[u8]) -> Result<(&str, &[u8]), String> {
    let cut_short = || "is cut short in its header".to_owned();
    let rest = bytes.strip_prefix(MAGIC).ok_or("does not begin as a .npy file")?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_short)?;
    let (length, rest) = match version[0] {
        1 => rest
            .split_first_chunk()
            .map(|(&length, rest)| (u16::from_le_bytes(length).into(), rest)),
        2 | 3 => rest
            .split_first_chunk()
            .map(|(&length, rest)| (u32::from_le_bytes(length) as usize, rest)),
        other => return Err(format!("has format version {other}, expected 1 to 3")),
    }
    .ok_or_else(cut_short)?;
    if length > LONGEST_HEADER {
        return Err(format!("has a header of {length} bytes, expected at most {LONGEST_HEADER}"));
    }
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    Ok((std::str::from_utf8(header).map_err(|_| "has a header that is no text")?, data))
}

#[derive(Debug, PartialEq)]
struct Header {
    kind: Kind,
    big_endian: bool,
    fortran: bool,
    shape: Vec<usize>,
}

fn parse_header(text: &str) -> Result<Header, String> {
    let value = |key: &str| {
        let (_, after) = text.split_once(&format!("'{key}':"))?;
        Some(after.trim_start())
    };
    let missing = |key: &str| format!("has no `{key}` in its header");
    let descr = value("descr").ok_or_else(|| missing("descr"))?;
    let code = descr.strip_prefix('\'').and_then(|descr| descr.split('\'').next()).unwrap_or("");
    let plain = code.trim_start_matches(['<', '>', '|', '=']);
    let kind = Kind::of_code(plain)
        .ok_or_else(|| format!("has the type {code:?}, expected numbers of a common type"))?;
    let shape = value("shape").ok_or_else(|| missing("shape"))?;
    let extents = shape
        .strip_prefix('(')
        .and_then(|shape| shape.split_once(')'))
        .ok_or("has a shape that is no tuple")?
        .0;
    let shape = extents
        .split(',')
        .map(|extent| extent.trim().trim_end_matches('L'))
        .filter(|extent| !extent.is_empty())
        .map(|extent| extent.parse().map_err(|_| format!("has the extent {extent:?} in its shape")))
        .collect::<Result<Vec<usize>, String>>()?;
    let fortran =
        value("fortran_order").ok_or_else(|| missing("fortran_order"))?.starts_with("True");
    Ok(Header { kind, big_endian: code.starts_with('>'), fortran, shape })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let values = [1.5_f32, -2.0, 3.0, 4.0, 5.0, 6.0];
        let bytes = encode("<f4", &[2, 3], bytemuck::cast_slice(&values));
        assert_eq!((bytes.len() - 24) % 64, 0);
        let array = decode(&bytes).unwrap();
        assert_eq!(array.shape, [2, 3]);
        assert_eq!(array.elements, Elements::Numbers(values.map(f64::from).to_vec()));
        let scalar = decode(&encode("<i8", &[], &7_i64.to_le_bytes())).unwrap();
        assert_eq!(scalar, Array { shape: vec![], elements: Elements::Numbers(vec![7.0]) });
    }

    #[test]
    fn fortran_order_and_byte_order_are_understood() {
        let text = |order: &str, descr: &str| {
            let header =
                format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': (2, 3), }}");
            let mut bytes = MAGIC.to_vec();
            bytes.extend([2, 0]);
            bytes.extend((header.len() as u32).to_le_bytes());
            bytes.extend(header.as_bytes());
            bytes
        };
        let mut bytes = text("True", ">i4");
        (0..6_i32).for_each(|number| bytes.extend(number.to_be_bytes()));
        let array = decode(&bytes).unwrap();
        assert_eq!(array.elements, Elements::Numbers(vec![0.0, 2.0, 4.0, 1.0, 3.0, 5.0]));
    }

    #[test]
    fn broken_arrays_are_described() {
        let text = |bytes: &[u8]| decode(bytes).unwrap_err();
        let good = encode("<f4", &[2], &[0; 8]);
        assert!(text(b"PK").contains("does not begin"));
        assert!(text(&good[..20]).contains("cut short"));
        assert!(text(&good[..good.len() - 1]).contains("holds 7 bytes, expected 2 numbers"));
        assert!(text(&encode("<c8", &[2], &[])).contains("\"<c8\""));
        assert!(text(&encode("<f4", &[usize::MAX, 3], &[])).contains("no memory holds"));
        assert!(text(&encode("<f4", &[usize::MAX / 2], &[])).contains("expected"));
    }
}
