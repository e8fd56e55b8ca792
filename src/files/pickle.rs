//! The pickles that NumPy makes of object arrays, decoded without running anything.
//!
//! A pickle is a program for a stack machine that may call any function of Python. This decoder knows the opcodes
//! of NumPy's own pickles (protocols 2 to 5) and makes nothing but numbers, texts, bytes, tuples,
//! lists and arrays; the only names it takes are those of NumPy's array, dtype and scalar, which it
//! does itself. Everything lives in one arena, so that a pickle which contains itself does no harm.

use super::npy::{self, Array, Elements, Kind};

/// Bytes that the decoded numbers may take together: a pickle can name one large array many times.
const MOST_BYTES: usize = 4 << 30;

/// More than any call of NumPy's pickles takes.
const MOST_ARGUMENTS: usize = 16;

/// Decodes the objects of an array of this shape.
pub(super) fn decode(pickle: &[u8], shape: &[usize]) -> Result<Elements, String> {
    let mut machine = Machine { rest: pickle, ..Default::default() };
    let root = machine.run()?;
    machine.elements(root, shape)
}

/// A Python object. Compound ones are places in the arena; texts and bytes are borrowed.
#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    None,
    Int(i64),
    Float(f64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Items(usize),
    Array(usize),
    Type(usize),
    Name(Name),
}

/// The callables of NumPy's pickles.
#[derive(Clone, Copy, Debug)]
enum Name {
    /// `_reconstruct(ndarray, (0,), b'b')`: an array whose state follows.
    Reconstruct,
    /// `ndarray`, an argument of the former.
    NdArray,
    /// `dtype('f4', …)`: a type whose state follows.
    DType,
    /// `scalar(dtype, bytes)`: a number.
    Scalar,
    /// `_codecs.encode(text, 'latin1')`: bytes, in protocol 2.
    Encode,
}

/// What `BUILD` gives an array: shape, type, and raw bytes or a list of objects.
#[derive(Clone, Debug, Default)]
struct Built<'a> {
    shape: Vec<usize>,
    kind: Option<(Kind, bool)>,
    content: Option<Value<'a>>,
}

#[derive(Default)]
struct Machine<'a> {
    rest: &'a [u8],
    stack: Vec<Value<'a>>,
    marks: Vec<usize>,
    memo: Vec<Option<Value<'a>>>,
    items: Vec<Vec<Value<'a>>>,
    arrays: Vec<Built<'a>>,
    types: Vec<(Kind, bool)>,
    decoded_bytes: usize,
}

type Outcome<T> = Result<T, String>;

impl<'a> Machine<'a> {
    fn run(&mut self) -> Outcome<Value<'a>> {
        loop {
            match self.byte()? {
                // STOP
                b'.' => return self.pop(),
                // PROTO, FRAME: how it was written
                0x80 => drop(self.byte()?),
                0x95 => drop(self.bytes(8)?),
                opcode => self.step(opcode)?,
            }
        }
    }

    fn step(&mut self, opcode: u8) -> Outcome<()> {
        match opcode {
            // Numbers: NONE, NEWTRUE, NEWFALSE, BININT, BININT1, BININT2, LONG1, BINFLOAT
            b'N' => self.push(Value::None),
            0x88 => self.push(Value::Int(1)),
            0x89 => self.push(Value::Int(0)),
            b'J' => {
                let number = i32::from_le_bytes(self.array()?);
                self.push(Value::Int(number.into()))
            }
            b'K' => {
                let number = self.byte()?;
                self.push(Value::Int(number.into()))
            }
            b'M' => {
                let number = u16::from_le_bytes(self.array()?);
                self.push(Value::Int(number.into()))
            }
            0x8a => self.push_long(),
            b'G' => {
                let number = f64::from_be_bytes(self.array()?);
                self.push(Value::Float(number))
            }
            // Bytes: SHORT_BINBYTES, BINBYTES, BINBYTES8
            b'C' => self.push_bytes(1),
            b'B' => self.push_bytes(4),
            0x8e => self.push_bytes(8),
            // Texts: SHORT_BINUNICODE, BINUNICODE
            0x8c => self.push_text(1),
            b'X' => self.push_text(4),
            // Tuples and lists
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b')' | b']' => self.push_items(Vec::new()),
            0x85..=0x87 => {
                let count = usize::from(opcode - 0x84);
                let items = self.pop_many(count)?;
                self.push_items(items)
            }
            b't' => {
                let items = self.pop_marked()?;
                self.push_items(items)
            }
            b'a' => {
                let item = self.pop()?;
                self.extend_list(&[item])
            }
            b'e' => {
                let items = self.pop_marked()?;
                self.extend_list(&items)
            }
            // The memo: BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
            b'q' => {
                let place = self.byte()?;
                self.remember(place.into())
            }
            b'r' => {
                let place = u32::from_le_bytes(self.array()?);
                self.remember(place as usize)
            }
            0x94 => self.remember(self.memo.len()),
            b'h' => {
                let place = self.byte()?;
                self.recall(place.into())
            }
            b'j' => {
                let place = u32::from_le_bytes(self.array()?);
                self.recall(place as usize)
            }
            // Names and calls: GLOBAL, STACK_GLOBAL, REDUCE, BUILD
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.push_name(module, name)
            }
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => self.push_name(module, name),
                _ => Err("is a pickle that names something without a text".to_owned()),
            },
            b'R' => self.reduce(),
            b'b' => self.build(),
            other => {
                Err(format!("is a pickle with the opcode {other:#04x}, expected plain numbers"))
            }
        }
    }

    fn bytes(&mut self, count: usize) -> Outcome<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or("is a pickle cut short")?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Outcome<[u8; N]> {
        Ok(self.bytes(N)?.try_into().expect("as many bytes"))
    }

    fn byte(&mut self) -> Outcome<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn line(&mut self) -> Outcome<&'a str> {
        let end =
            self.rest.iter().position(|&byte| byte == b'\n').ok_or("is a pickle cut short")?;
        let line = self.bytes(end)?;
        self.byte()?;
        std::str::from_utf8(line).map_err(|_| "is a pickle with a broken name".to_owned())
    }

    /// Bytes whose length stands before them in `width` bytes.
    fn counted(&mut self, width: usize) -> Outcome<&'a [u8]> {
        let mut length = [0; 8];
        length[..width].copy_from_slice(self.bytes(width)?);
        self.bytes(usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX))
    }

    fn push(&mut self, value: Value<'a>) -> Outcome<()> {
        self.stack.push(value);
        Ok(())
    }

    fn push_long(&mut self) -> Outcome<()> {
        let bytes = self.counted(1)?;
        let negative = bytes.last().is_some_and(|&byte| byte & 0x80 != 0);
        let mut number = [if negative { 0xFF } else { 0 }; 8];
        number
            .get_mut(..bytes.len())
            .ok_or("is a pickle with a number of more than 64 bits")?
            .copy_from_slice(bytes);
        self.push(Value::Int(i64::from_le_bytes(number)))
    }

    fn push_bytes(&mut self, width: usize) -> Outcome<()> {
        let bytes = self.counted(width)?;
        self.push(Value::Bytes(bytes))
    }

    fn push_text(&mut self, width: usize) -> Outcome<()> {
        let text = std::str::from_utf8(self.counted(width)?)
            .map_err(|_| "is a pickle with a broken text".to_owned())?;
        self.push(Value::Text(text))
    }

    fn push_items(&mut self, items: Vec<Value<'a>>) -> Outcome<()> {
        self.items.push(items);
        self.push(Value::Items(self.items.len() - 1))
    }

    fn push_name(&mut self, module: &str, name: &str) -> Outcome<()> {
        let multiarray = matches!(module, "numpy.core.multiarray" | "numpy._core.multiarray");
        let name = match (module, name) {
            (_, "_reconstruct") if multiarray => Name::Reconstruct,
            (_, "scalar") if multiarray => Name::Scalar,
            ("numpy", "ndarray") => Name::NdArray,
            ("numpy", "dtype") => Name::DType,
            ("_codecs", "encode") => Name::Encode,
            _ => {
                return Err(format!(
                    "is a pickle that asks for `{module}.{name}`, expected plain numbers"
                ));
            }
        };
        self.push(Value::Name(name))
    }

    fn pop(&mut self) -> Outcome<Value<'a>> {
        let mark = self.marks.last().copied().unwrap_or(0);
        match self.stack.len() > mark {
            true => Ok(self.stack.pop().expect("above the mark")),
            false => Err("is a pickle that takes more than it made".to_owned()),
        }
    }

    fn pop_many(&mut self, count: usize) -> Outcome<Vec<Value<'a>>> {
        let mut items = (0..count).map(|_| self.pop()).collect::<Outcome<Vec<_>>>()?;
        items.reverse();
        Ok(items)
    }

    fn pop_marked(&mut self) -> Outcome<Vec<Value<'a>>> {
        let mark = self.marks.pop().ok_or("is a pickle without a mark")?;
        Ok(self.stack.split_off(mark))
    }

    fn extend_list(&mut self, items: &[Value<'a>]) -> Outcome<()> {
        let Some(Value::Items(list)) = self.stack.last() else {
            return Err("is a pickle that appends to no list".to_owned());
        };
        self.items[*list].extend_from_slice(items);
        Ok(())
    }

    fn remember(&mut self, place: usize) -> Outcome<()> {
        let value = *self.stack.last().ok_or("is a pickle that remembers nothing")?;
        // Places are given out one after another: a larger one is no pickle of Python's.
        if place > self.memo.len() {
            return Err("is a pickle with a broken memo".to_owned());
        }
        if place == self.memo.len() {
            self.memo.push(None);
        }
        self.memo[place] = Some(value);
        Ok(())
    }

    fn recall(&mut self, place: usize) -> Outcome<()> {
        let value = self.memo.get(place).copied().flatten();
        self.push(value.ok_or("is a pickle that recalls what it does not know")?)
    }

    fn popped_items(&mut self) -> Outcome<Vec<Value<'a>>> {
        match self.pop()? {
            Value::Items(items) if self.items[items].len() <= MOST_ARGUMENTS => {
                Ok(self.items[items].clone())
            }
            _ => Err("is a pickle with a call of unknown arguments".to_owned()),
        }
    }

    fn reduce(&mut self) -> Outcome<()> {
        let arguments = self.popped_items()?;
        let Value::Name(name) = self.pop()? else {
            return Err("is a pickle that calls what is no function".to_owned());
        };
        match (name, arguments.as_slice()) {
            (Name::Reconstruct, [Value::Name(Name::NdArray), ..]) => {
                self.arrays.push(Built::default());
                self.push(Value::Array(self.arrays.len() - 1))
            }
            (Name::DType, [Value::Text(code), ..]) => {
                let kind = Kind::of_code(code)
                    .ok_or_else(|| format!("is a pickle with the type {code:?}"))?;
                self.types.push((kind, false));
                self.push(Value::Type(self.types.len() - 1))
            }
            (Name::Scalar, [Value::Type(kind), Value::Bytes(bytes)]) => {
                let (kind, big_endian) = self.types[*kind];
                let number = npy::numbers(kind, big_endian, bytes, 1)?[0];
                self.push(Value::Float(number))
            }
            (Name::Encode, [Value::Text(""), ..]) => self.push(Value::Bytes(&[])),
            (Name::Encode, [Value::Text(text), ..]) if text.is_ascii() => {
                self.push(Value::Bytes(text.as_bytes()))
            }
            _ => Err(format!("is a pickle that calls {name:?} in an unknown way")),
        }
    }

    /// Gives the object below its state.
    fn build(&mut self) -> Outcome<()> {
        let state = self.popped_items()?;
        match (self.stack.last().copied(), state.as_slice()) {
            // version, shape, type, Fortran order, content
            (Some(Value::Array(array)), [_, shape, Value::Type(kind), Value::Int(0), content]) => {
                let shape = self.shape(*shape)?;
                self.arrays[array] =
                    Built { shape, kind: Some(self.types[*kind]), content: Some(*content) };
                Ok(())
            }
            // version, byte order, …
            (Some(Value::Type(kind)), [_, Value::Text(order), ..]) => {
                self.types[kind].1 = *order == ">";
                Ok(())
            }
            _ => Err("is a pickle that builds what is no plain array".to_owned()),
        }
    }

    fn shape(&self, value: Value<'a>) -> Outcome<Vec<usize>> {
        let broken = || "is a pickle with a broken shape".to_owned();
        let Value::Items(items) = value else { return Err(broken()) };
        let extent = |value: &Value<'a>| match value {
            Value::Int(extent) => usize::try_from(*extent).map_err(|_| broken()),
            _ => Err(broken()),
        };
        self.items[items].iter().map(extent).collect()
    }

    /// The elements of the outermost array: all of them numbers, or all of them arrays.
    fn elements(&mut self, root: Value<'a>, shape: &[usize]) -> Outcome<Elements> {
        let Value::Array(array) = root else {
            return Err("is a pickle of something else than an array".to_owned());
        };
        let built = self.arrays[array].clone();
        let Some(Value::Items(content)) = built.content else {
            return Err("is a pickle of an array without a list of objects".to_owned());
        };
        let count = npy::element_count(shape)?;
        let items = self.items[content].clone();
        if built.shape != shape || items.len() != count {
            return Err(format!(
                "is a pickle of {} objects of shape {:?}, expected {shape:?}",
                items.len(),
                built.shape
            ));
        }
        if items.iter().all(|item| number(item).is_some()) {
            self.count_bytes(count)?;
            return Ok(Elements::Numbers(items.iter().filter_map(number).collect()));
        }
        items
            .into_iter()
            .map(|item| self.element(item))
            .collect::<Outcome<_>>()
            .map(Elements::Arrays)
    }

    /// One object as an array of numbers: an array, or a list of numbers, or a list of such lists.
    fn element(&mut self, value: Value<'a>) -> Outcome<Array> {
        match value {
            Value::Array(array) => {
                let built = self.arrays[array].clone();
                let count = npy::element_count(&built.shape)?;
                let (Some((kind, big_endian)), Some(Value::Bytes(bytes))) =
                    (built.kind, built.content)
                else {
                    return Err("is a pickle with objects inside objects".to_owned());
                };
                self.count_bytes(count)?;
                let numbers = npy::numbers(kind, big_endian, bytes, count)?;
                Ok(Array { shape: built.shape, elements: Elements::Numbers(numbers) })
            }
            Value::Items(list) => {
                let rows = self.items[list].clone();
                if rows.iter().all(|row| number(row).is_some()) {
                    return self.list(rows.len(), &rows, vec![rows.len()]);
                }
                let mut numbers = Vec::new();
                let mut width = None;
                for row in &rows {
                    let Value::Items(row) = row else { return Err(uneven()) };
                    let row = &self.items[*row];
                    if *width.get_or_insert(row.len()) != row.len() {
                        return Err(uneven());
                    }
                    numbers.extend_from_slice(row);
                    if numbers.len() > MOST_BYTES / size_of::<Value>() {
                        return Err(too_large());
                    }
                }
                let width = width.unwrap_or(0);
                self.list(numbers.len(), &numbers, vec![rows.len(), width])
            }
            _ => Err("is a pickle of objects that are neither numbers nor arrays".to_owned()),
        }
    }

    fn list(&mut self, count: usize, items: &[Value<'a>], shape: Vec<usize>) -> Outcome<Array> {
        self.count_bytes(count)?;
        let numbers = items.iter().map(number).collect::<Option<Vec<f64>>>().ok_or_else(uneven)?;
        Ok(Array { shape, elements: Elements::Numbers(numbers) })
    }

    fn count_bytes(&mut self, numbers: usize) -> Outcome<()> {
        self.decoded_bytes = numbers.saturating_mul(8).saturating_add(self.decoded_bytes);
        if self.decoded_bytes > MOST_BYTES { Err(too_large()) } else { Ok(()) }
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn uneven() -> String {
    "is a pickle of lists that are no rows of numbers".to_owned()
}

fn too_large() -> String {
    format!("is a pickle of more than {MOST_BYTES} bytes of numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pickle: &[u8]) -> String {
        decode(pickle, &[1]).unwrap_err()
    }

    #[test]
    fn nothing_but_numpys_names_is_taken() {
        let evil = b"\x80\x03cposix\nsystem\nq\x00X\x04\x00\x00\x00lsXYq\x01\x85q\x02Rq\x03.";
        assert!(text(evil).contains("asks for `posix.system`"));
        let by_stack = b"\x80\x04\x8c\x08builtins\x94\x8c\x04eval\x94\x93\x94.";
        assert!(text(by_stack).contains("asks for `builtins.eval`"));
        assert!(text(b"\x80\x02cnumpy\nload\n.").contains("asks for `numpy.load`"));
        // INST, OBJ, NEWOBJ, EXT1, PERSID: other ways to make an object.
        for opcode in [b'i', b'o', 0x81, 0x82, b'P'] {
            assert!(text(&[0x80, 2, opcode, 0, b'.']).contains("opcode"), "{opcode}");
        }
    }

    #[test]
    fn broken_pickles_are_refused_without_harm() {
        for pickle in [
            &b""[..],
            b".",
            b"\x80\x03",
            b"\x80\x03]q\x00h\x00a.",
            b"\x80\x03(((((",
            b"\x80\x03h\x07.",
            b"\x80\x03Nr\xff\xff\xff\xff.",
            b"\x80\x03B\xff\xff\xff\xffabc.",
            b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc.",
            b"\x80\x03\x8a\x0900000000\x00.",
            b"\x80\x03NR.",
            b"\x80\x03(Nb.",
            b"\x80\x03]q\x00N\x85b.",
        ] {
            assert!(text(pickle).starts_with("is a pickle"), "{pickle:?}");
        }
    }
}
