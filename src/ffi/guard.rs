//! The one way out of every entry: a panic that crossed `extern "C"` would end the host.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::status::{HemStatus, set_last_error};
use crate::Result;

/// Runs `body`; an error or a panic, on this or on a worker thread, becomes a status and a text.
pub(crate) fn guard(body: impl FnOnce() -> Result<()>) -> HemStatus {
    // Unwind safety: bodies write their outputs last, and what they share is behind locks that do
    // not poison or is only read.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => HemStatus::HEM_OK,
        Ok(Err(error)) => {
            set_last_error(error.to_string());
            HemStatus::from(&error)
        }
        Err(payload) => {
            set_last_error(format!("hemline failed inside: {}", panic_text(&*payload)));
            // A payload may panic when it is dropped; leaking it is the lesser evil.
            std::mem::forget(payload);
            HemStatus::HEM_INTERNAL_ERROR
        }
    }
}

/// [`guard`] for the release of a handle, which has no status to return.
pub(crate) fn guard_destroy(body: impl FnOnce()) {
    guard(|| {
        body();
        Ok(())
    });
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text")
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::ffi::status::hem_last_error_message;
    use crate::runtime::parallel::{Split, map_blocks};
    use crate::{Error, runtime::Progress};

    fn last_error() -> String {
        // SAFETY: the text stays valid on this thread until the next failing call.
        unsafe { CStr::from_ptr(hem_last_error_message()) }.to_str().unwrap().to_owned()
    }

    #[test]
    fn errors_and_panics_become_statuses() {
        assert_eq!(guard(|| Ok(())), HemStatus::HEM_OK);
        assert_eq!(guard(|| Err(Error::Cancelled)), HemStatus::HEM_CANCELLED);
        assert_eq!(last_error(), "cancelled by the caller");
        assert_eq!(guard(|| panic!("broken {}", 7)), HemStatus::HEM_INTERNAL_ERROR);
        assert_eq!(last_error(), "hemline failed inside: broken 7");
    }

    #[test]
    fn a_workers_panic_reaches_the_caller() {
        let status = guard(|| {
            map_blocks(Split::new(100_000, 1, 10), &Progress::none(), |rows| {
                assert!(!rows.contains(&77_777), "worker broke");
            })
            .map(drop)
        });
        assert_eq!(status, HemStatus::HEM_INTERNAL_ERROR);
        assert!(last_error().contains("worker broke"), "{}", last_error());
    }
}
