//! The vertices of each component.

use crate::Result;
use crate::runtime::memory;
use crate::spatial::point_index::NO_INDEX;

/// The vertices of each label, ascending.
pub(crate) struct Members {
    starts: Vec<u32>,
    vertices: Vec<u32>,
}

impl Members {
    /// Sorts the vertices by label; [`NO_INDEX`] is none.
    ///
    /// # Errors
    /// No memory.
    pub(crate) fn new(labels: &[u32], label_count: usize) -> Result<Self> {
        let labelled = || labels.iter().enumerate().filter(|(_, label)| **label != NO_INDEX);
        let slots = label_count.saturating_add(2);
        // Two slots further on, so that each label's slot moves from its start to its end below.
        let mut starts = memory::try_filled("the labels", 0_u32, slots)?;
        labelled().for_each(|(_, &label)| starts[label as usize + 2] += 1);
        for slot in 2..starts.len() {
            starts[slot] += starts[slot - 1];
        }
        let count = starts[label_count + 1] as usize;
        let mut vertices = memory::try_filled("the labels", 0_u32, count)?;
        for (vertex, &label) in labelled() {
            let slot = &mut starts[label as usize + 1];
            vertices[*slot as usize] = vertex as u32;
            *slot += 1;
        }
        Ok(Self { starts, vertices })
    }

    /// The vertices of one label.
    pub(crate) fn of(&self, label: usize) -> &[u32] {
        &self.vertices[self.starts[label] as usize..self.starts[label + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vertices_come_by_label_and_ascending() {
        let members = Members::new(&[2, NO_INDEX, 0, 2], 4).unwrap();
        let rows: Vec<&[u32]> = (0..4).map(|label| members.of(label)).collect();
        assert_eq!(rows, [&[2][..], &[], &[0, 3], &[]]);
    }
}
