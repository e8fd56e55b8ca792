//! Progress reports and cancellation of long calls.

use std::ops::ControlFlow;

use crate::{Error, Result};

/// How a long call tells its caller how far it is, and asks whether to go on.
///
/// The callback runs on the calling thread only, between blocks of work; worker threads only poll
/// the cancel flag.
pub struct Progress<'a> {
    report: Option<&'a dyn Fn(f32) -> ControlFlow<()>>,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    start: f32,
    span: f32,
}

impl Progress<'static> {
    /// Neither reports nor cancels.
    pub const fn none() -> Self {
        Self { report: None, cancelled: &|| false, start: 0.0, span: 1.0 }
    }
}

impl<'a> Progress<'a> {
    /// Calls `report` with the fraction done, in `[0, 1]`, and polls `cancelled`, from any thread.
    pub fn new(
        report: Option<&'a dyn Fn(f32) -> ControlFlow<()>>,
        cancelled: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self { report, cancelled, start: 0.0, span: 1.0 }
    }

    /// The part of this progress from fraction `from` to fraction `to`, for one step of a call.
    pub fn part(&self, from: f32, to: f32) -> Progress<'a> {
        Progress {
            report: self.report,
            cancelled: self.cancelled,
            start: self.start + self.span * from,
            span: self.span * (to - from),
        }
    }

    /// Reports that `fraction` of this part is done.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the callback or the flag asks to stop.
    pub fn advance(&self, fraction: f32) -> Result<()> {
        let whole = (self.start + self.span * fraction).clamp(0.0, 1.0);
        if self.report.is_some_and(|report| report(whole).is_break()) {
            return Err(Error::Cancelled);
        }
        self.check()
    }

    /// Asks the flag alone, without a report.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the flag asks to stop.
    pub fn check(&self) -> Result<()> {
        if (self.cancelled)() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Whether anybody is told how far the call is.
    pub(crate) fn reports(&self) -> bool {
        self.report.is_some()
    }

    /// The flag alone, which may be polled from any thread.
    pub(crate) fn flag(&self) -> &'a (dyn Fn() -> bool + Sync) {
        self.cancelled
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn parts_report_within_the_whole() {
        let seen = RefCell::new(Vec::new());
        let report = |fraction: f32| {
            seen.borrow_mut().push(fraction);
            ControlFlow::Continue(())
        };
        let progress = Progress::new(Some(&report), &|| false);
        progress.part(0.5, 1.0).part(0.0, 0.5).advance(1.0).unwrap();
        assert_eq!(*seen.borrow(), [0.75]);
    }

    #[test]
    fn callback_and_flag_cancel() {
        let stop = |_| ControlFlow::Break(());
        assert_eq!(Progress::new(Some(&stop), &|| false).advance(0.1), Err(Error::Cancelled));
        assert_eq!(Progress::new(None, &|| true).advance(0.1), Err(Error::Cancelled));
        assert_eq!(Progress::none().advance(0.1), Ok(()));
    }
}
