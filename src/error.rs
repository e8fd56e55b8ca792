//! The one error type of every kernel. Its text is what a user of any host reads, so it names the
//! argument, the element, what was found and what was expected.

/// What a kernel returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call was refused or ended early. Nothing was written to any output.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A pointer is NULL although its count says that it holds data.
    #[error("`{argument}` is NULL, expected {count} elements")]
    NullPointer {
        /// The argument's name in the signature.
        argument: &'static str,
        /// How many elements it should hold.
        count: usize,
    },

    /// An argument does not have the form that the function needs.
    #[error("`{argument}` {problem}")]
    InvalidArgument {
        /// The argument's name in the signature.
        argument: &'static str,
        /// What was found and what was expected, as the end of a sentence.
        problem: String,
    },

    /// Two arrays that describe the same elements have different lengths.
    #[error("`{argument}` holds {found} elements, expected {expected}")]
    LengthMismatch {
        /// The argument's name in the signature.
        argument: &'static str,
        /// Its length.
        found: usize,
        /// The length that the other arguments imply.
        expected: usize,
    },

    /// An index refers to an element that does not exist.
    #[error("`{argument}`[{element}] is {found}, expected an index below {bound}")]
    IndexOutOfRange {
        /// The argument's name in the signature.
        argument: &'static str,
        /// Position of the index in its array.
        element: usize,
        /// The index itself.
        found: u64,
        /// The number of elements that exist.
        bound: usize,
    },

    /// A number that would poison the result is NaN or infinite.
    #[error("`{argument}`[{element}] is {found}, expected a finite number")]
    NotFinite {
        /// The argument's name in the signature.
        argument: &'static str,
        /// Position in the array, counted in numbers (not in points).
        element: usize,
        /// The number.
        found: f64,
    },

    /// A product of counts does not fit the address space, or a result does not fit 32-bit indices.
    #[error("{what} is too large: {detail}")]
    SizeOverflow {
        /// What would be too large.
        what: &'static str,
        /// The counts that make it so.
        detail: String,
    },

    /// A matrix cannot be inverted.
    #[error(
        "`{argument}` is singular (determinant {determinant:e}), expected an invertible matrix"
    )]
    Singular {
        /// The argument's name in the signature.
        argument: &'static str,
        /// The determinant that was found.
        determinant: f64,
    },

    /// Memory could not be had.
    #[error("{what} needs {bytes} bytes more than could be allocated")]
    OutOfMemory {
        /// What the memory was for.
        what: &'static str,
        /// How much was asked for.
        bytes: usize,
    },

    /// A file cannot be read or written, or does not hold what it should.
    #[error("`path` {path} {problem}")]
    File {
        /// The file.
        path: String,
        /// What was found and what was expected, as the end of a sentence.
        problem: String,
    },

    /// The caller's progress callback or cancel flag asked to stop.
    #[error("cancelled by the caller")]
    Cancelled,
}

impl Error {
    /// An [`Error::InvalidArgument`], for texts that are put together at the call site.
    pub fn invalid(argument: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidArgument { argument, problem: problem.into() }
    }

    /// The same error about an argument that its caller calls `name(argument)`.
    pub(crate) fn renamed(mut self, name: impl Fn(&'static str) -> &'static str) -> Self {
        match &mut self {
            Self::NullPointer { argument, .. }
            | Self::InvalidArgument { argument, .. }
            | Self::LengthMismatch { argument, .. }
            | Self::IndexOutOfRange { argument, .. }
            | Self::NotFinite { argument, .. }
            | Self::SizeOverflow { what: argument, .. } => *argument = name(argument),
            _ => {}
        }
        self
    }
}
