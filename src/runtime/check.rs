//! Checks that kernels make of their arguments, with the error texts in one place.

use bytemuck::Pod;

use super::Progress;
use super::parallel::{self, Split};
use crate::{Error, Result};

/// A number that may be NaN or infinite.
pub trait Float: Pod + Into<f64> + Sync {
    /// Whether it is neither.
    fn finite(self) -> bool;
}

impl Float for f32 {
    #[inline(always)]
    fn finite(self) -> bool {
        self.is_finite()
    }
}

impl Float for f64 {
    #[inline(always)]
    fn finite(self) -> bool {
        self.is_finite()
    }
}

/// Numbers that one thread checks at the least.
const LEAST_BLOCK: usize = 1 << 18;

/// All numbers are finite; the first that is not is named.
pub fn finite<F: Float>(argument: &'static str, values: &[F]) -> Result<()> {
    if values.len() <= LEAST_BLOCK {
        return finite_from(argument, 0, values);
    }
    let split = Split::new(values.len(), 0, LEAST_BLOCK);
    let blocks = parallel::map_blocks(split, &Progress::none(), |block| {
        finite_from(argument, block.start, &values[block])
    })?;
    blocks.into_iter().collect()
}

/// [`finite`] of some consecutive elements.
fn finite_from<F: Float>(argument: &'static str, first: usize, values: &[F]) -> Result<()> {
    // Blocks without an early exit: the compiler can vectorise them.
    let bad_block = |block: &&[F]| !block.iter().fold(true, |all, value| all & value.finite());
    let Some(block) = values.chunks(256).position(|block| bad_block(&block)) else {
        return Ok(());
    };
    let bad = |element: &usize| !values[*element].finite();
    let element = (256 * block..values.len()).find(bad).expect("the block holds one");
    finite_element(argument, first + element, values[element])
}

/// The number at `element` of an array is finite.
pub fn finite_element<F: Float>(argument: &'static str, element: usize, value: F) -> Result<()> {
    if value.finite() {
        return Ok(());
    }
    Err(Error::NotFinite { argument, element, found: value.into() })
}

/// One number is finite.
pub fn finite_scalar(argument: &'static str, value: f32) -> Result<()> {
    finite(argument, &[value])
}

/// One number is finite and not negative.
pub fn not_negative(argument: &'static str, value: f32) -> Result<()> {
    finite_scalar(argument, value)?;
    if value < 0.0 {
        return Err(Error::invalid(argument, format!("is {value}, expected a number not below 0")));
    }
    Ok(())
}

/// One number lies in `[0, 1]`.
pub fn fraction(argument: &'static str, value: f32) -> Result<()> {
    if !(0.0..=1.0).contains(&value) {
        return Err(Error::invalid(argument, format!("is {value}, expected a number from 0 to 1")));
    }
    Ok(())
}

/// All indices lie below `bound`; the first that does not is named.
pub fn indices(argument: &'static str, indices: &[u32], bound: usize) -> Result<()> {
    match indices.iter().position(|&index| index as usize >= bound) {
        None => Ok(()),
        Some(element) => {
            Err(Error::IndexOutOfRange { argument, element, found: indices[element].into(), bound })
        }
    }
}

/// All labels lie below `bound` or are `u32::MAX`, which stands for none; the first that does not is named.
pub fn labels(argument: &'static str, labels: &[u32], bound: usize) -> Result<()> {
    let beyond = |&label: &u32| label != u32::MAX && label as usize >= bound;
    match labels.iter().position(beyond) {
        None => Ok(()),
        Some(element) => {
            Err(Error::IndexOutOfRange { argument, element, found: labels[element].into(), bound })
        }
    }
}

/// An array has the length that the other arguments imply.
pub fn length(argument: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::LengthMismatch { argument, found, expected })
    }
}

/// Elements can be numbered by `u32`, whose largest value stands for "none".
pub fn numbered_by_u32(what: &'static str, count: usize) -> Result<()> {
    if count >= u32::MAX as usize {
        return Err(Error::SizeOverflow {
            what,
            detail: format!("{count} elements, expected fewer than 2³² − 1"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_number_is_named() {
        let mut values = vec![0.0_f32; 1000];
        values[700] = f32::NAN;
        values[900] = f32::INFINITY;
        let text = finite("points", &values).unwrap_err().to_string();
        assert_eq!(text, "`points`[700] is NaN, expected a finite number");
        let mut many = vec![0.0_f32; 3 * LEAST_BLOCK];
        assert!(finite("points", &many).is_ok());
        many[LEAST_BLOCK + 1] = f32::INFINITY;
        many[2 * LEAST_BLOCK + 1] = f32::NAN;
        let text = finite("points", &many).unwrap_err().to_string();
        assert_eq!(text, format!("`points`[{}] is inf, expected a finite number", LEAST_BLOCK + 1));
    }

    #[test]
    fn the_first_bad_index_is_named() {
        let text = indices("triangles", &[0, 1, 5], 3).unwrap_err().to_string();
        assert_eq!(text, "`triangles`[2] is 5, expected an index below 3");
    }
}
