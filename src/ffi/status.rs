//! Status codes, and the text of the calling thread's last error.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};

use crate::Error;

/// What every function returns. Numbers are never reused.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub enum HemStatus {
    /// The call did what it says; its outputs are written.
    HEM_OK = 0,
    /// A pointer is NULL although data is expected there.
    HEM_NULL_POINTER = 1,
    /// An argument does not have the form that the function needs.
    HEM_INVALID_ARGUMENT = 2,
    /// Two arrays that describe the same elements have different lengths.
    HEM_LENGTH_MISMATCH = 3,
    /// An index refers to an element that does not exist.
    HEM_INDEX_OUT_OF_RANGE = 4,
    /// A number that would poison the result is NaN or infinite.
    HEM_NOT_FINITE = 5,
    /// A product of counts overflows, or a result does not fit 32-bit indices.
    HEM_SIZE_OVERFLOW = 6,
    /// A matrix cannot be inverted.
    HEM_SINGULAR = 7,
    /// Memory could not be had.
    HEM_OUT_OF_MEMORY = 8,
    /// The progress callback or the cancel flag asked to stop.
    HEM_CANCELLED = 9,
    /// A fault inside hemline; the text says where. Handles remain valid.
    HEM_INTERNAL_ERROR = 10,
    /// A file cannot be read or written, or does not hold what it should.
    HEM_FILE_ERROR = 11,
}

use HemStatus::*;

impl HemStatus {
    /// All codes with their names as C spells them.
    const NAMES: [(HemStatus, &CStr); 12] = [
        (HEM_OK, c"HEM_OK"),
        (HEM_NULL_POINTER, c"HEM_NULL_POINTER"),
        (HEM_INVALID_ARGUMENT, c"HEM_INVALID_ARGUMENT"),
        (HEM_LENGTH_MISMATCH, c"HEM_LENGTH_MISMATCH"),
        (HEM_INDEX_OUT_OF_RANGE, c"HEM_INDEX_OUT_OF_RANGE"),
        (HEM_NOT_FINITE, c"HEM_NOT_FINITE"),
        (HEM_SIZE_OVERFLOW, c"HEM_SIZE_OVERFLOW"),
        (HEM_SINGULAR, c"HEM_SINGULAR"),
        (HEM_OUT_OF_MEMORY, c"HEM_OUT_OF_MEMORY"),
        (HEM_CANCELLED, c"HEM_CANCELLED"),
        (HEM_INTERNAL_ERROR, c"HEM_INTERNAL_ERROR"),
        (HEM_FILE_ERROR, c"HEM_FILE_ERROR"),
    ];
}

impl From<&Error> for HemStatus {
    fn from(error: &Error) -> Self {
        match error {
            Error::NullPointer { .. } => HEM_NULL_POINTER,
            Error::InvalidArgument { .. } => HEM_INVALID_ARGUMENT,
            Error::LengthMismatch { .. } => HEM_LENGTH_MISMATCH,
            Error::IndexOutOfRange { .. } => HEM_INDEX_OUT_OF_RANGE,
            Error::NotFinite { .. } => HEM_NOT_FINITE,
            Error::SizeOverflow { .. } => HEM_SIZE_OVERFLOW,
            Error::Singular { .. } => HEM_SINGULAR,
            Error::OutOfMemory { .. } => HEM_OUT_OF_MEMORY,
            Error::Cancelled => HEM_CANCELLED,
            Error::File { .. } => HEM_FILE_ERROR,
        }
    }
}

thread_local! {
    static LAST_ERROR: RefCell<CString> = RefCell::default();
}

/// Keeps `text` for [`hem_last_error_message`] on this thread.
pub(crate) fn set_last_error(text: String) {
    // A panic's text may hold a NUL: what stands before it still helps.
    let text = CString::new(text).unwrap_or_else(|error| {
        let end = error.nul_position();
        CString::new(&error.into_vec()[..end]).expect("cut before the first NUL")
    });
    LAST_ERROR.with_borrow_mut(|slot| *slot = text);
}

/// Text of the last error on the calling thread: which argument, which element, what was found, what
/// was expected. Empty when no call failed on this thread yet; a call that succeeds does not change it.
///
/// Returns UTF-8, valid until the next failing call on this thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_last_error_message() -> *const c_char {
    LAST_ERROR.with_borrow(|text| text.as_ptr())
}

/// Name of a status code, such as "HEM_NOT_FINITE"; "HEM_UNKNOWN" for a number that is no code.
///
/// Returns a static string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_status_name(status: i32) -> *const c_char {
    let known = HemStatus::NAMES.iter().find(|(code, _)| *code as i32 == status);
    known.map_or(c"HEM_UNKNOWN", |(_, name)| name).as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbered_without_gaps_and_named() {
        for (number, (code, name)) in HemStatus::NAMES.iter().enumerate() {
            assert_eq!(*code as usize, number);
            assert_eq!(name.to_str().unwrap(), format!("{code:?}"));
        }
    }

    #[test]
    fn a_nul_in_the_text_cuts_it() {
        set_last_error("before\0after".into());
        LAST_ERROR.with_borrow(|text| assert_eq!(text.as_c_str(), c"before"));
    }
}
