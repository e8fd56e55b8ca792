//! One row of the table, and the buffers that show whether a refused call wrote anything.

use std::cell::RefCell;
use std::ffi::CStr;

use hemline::ffi::HemStatus;
use hemline::ffi::status::hem_last_error_message;

/// What is wrong with the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// NULL where data is expected.
    Null,
    /// A count whose bytes overflow.
    Overflow,
    /// An index of something that is not there.
    Index,
    /// NaN or infinity.
    NotFinite,
    /// A number, option or length that the function does not take.
    Value,
}

/// A call that must be refused.
pub struct Case {
    pub function: &'static str,
    pub fault: Fault,
    pub argument: &'static str,
    expected: HemStatus,
    call: Box<dyn Fn(&Scratch) -> HemStatus>,
}

impl Case {
    /// `function`, called by `call`, must answer `expected` with a text that names `argument`.
    pub fn new(
        function: &'static str,
        fault: Fault,
        argument: &'static str,
        expected: HemStatus,
        call: impl Fn(&Scratch) -> HemStatus + 'static,
    ) -> Self {
        Self { function, fault, argument, expected, call: Box::new(call) }
    }

    /// Makes the call and checks status, text and buffers.
    pub fn run(&self) -> Result<(), String> {
        let scratch = Scratch::default();
        let status = (self.call)(&scratch);
        // SAFETY: valid until the next failing call on this thread.
        let text = unsafe { CStr::from_ptr(hem_last_error_message()) }.to_string_lossy();
        let row = format!("{} {:?} {}", self.function, self.fault, self.argument);
        if status != self.expected {
            return Err(format!("{row}: {status:?} ({text}), expected {:?}", self.expected));
        }
        if !text.contains(self.argument) {
            return Err(format!("{row}: the text does not name the argument: {text}"));
        }
        if scratch.changed() {
            return Err(format!("{row}: a refused call wrote to its output"));
        }
        Ok(())
    }
}

/// Memory handed to a call, compared afterwards with what it held before.
#[derive(Default)]
pub struct Scratch {
    buffers: RefCell<Vec<(Vec<u64>, Vec<u64>)>>,
}

impl Scratch {
    /// An output of `count` elements, filled with a pattern.
    pub fn output<T: bytemuck::Pod>(&self, count: usize) -> *mut T {
        self.keep(vec![0xA5A5_A5A5_A5A5_A5A5; (count * size_of::<T>()).div_ceil(8).max(1)])
    }

    /// An in-place buffer that holds `values`.
    pub fn in_place<T: bytemuck::Pod>(&self, values: &[T]) -> *mut T {
        let mut words = vec![0_u64; size_of_val(values).div_ceil(8).max(1)];
        bytemuck::cast_slice_mut::<u64, u8>(&mut words)[..size_of_val(values)]
            .copy_from_slice(bytemuck::cast_slice(values));
        self.keep(words)
    }

    /// A slot for a handle.
    pub fn handle<T>(&self) -> *mut *mut T {
        self.output::<usize>(1).cast()
    }

    fn keep<T>(&self, words: Vec<u64>) -> *mut T {
        let mut buffers = self.buffers.borrow_mut();
        buffers.push((words.clone(), words));
        // Moving the vector does not move its elements.
        buffers.last_mut().expect("just pushed").0.as_mut_ptr().cast()
    }

    fn changed(&self) -> bool {
        self.buffers.borrow().iter().any(|(now, before)| now != before)
    }
}

/// A count whose bytes overflow for every element type.
pub const ABSURD: usize = usize::MAX / 2;
