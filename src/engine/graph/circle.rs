//! Finds the circle in which tasks wait for each other.

use super::node::NONE;

/// A circle among nodes of which each waits for another one of them:
/// `waits_for[node]` is one that it waits for, or [`NONE`] if it is in no
/// circle. Each of the result waits for the next, the last for the first, and
/// the lowest comes first.
pub(super) fn find(waits_for: &[u32]) -> Vec<u32> {
    let Some(start) = waits_for.iter().position(|&next| next != NONE) else {
        return Vec::new();
    };
    // Whoever walks for as many steps as there are nodes is in the circle.
    let mut node = start as u32;
    for _ in 0..waits_for.len() {
        node = waits_for[node as usize];
    }
    let mut circle = vec![node];
    loop {
        node = waits_for[node as usize];
        if node == circle[0] {
            break;
        }
        circle.push(node);
    }
    let lowest = (0..circle.len()).min_by_key(|&at| circle[at]).unwrap_or(0);
    circle.rotate_left(lowest);
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circle_is_found_from_a_tail_that_leads_into_it() {
        // 0 waits for 3, 3 for 2, 2 for 4, 4 for 3.
        assert_eq!(find(&[3, NONE, 4, 2, 3]), [2, 4, 3]);
    }

    #[test]
    fn a_task_may_wait_for_itself() {
        assert_eq!(find(&[NONE, 1]), [1]);
    }

    #[test]
    fn there_may_be_none() {
        assert_eq!(find(&[NONE, NONE]), [0; 0]);
    }
}
