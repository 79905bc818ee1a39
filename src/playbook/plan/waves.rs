//! What waits for what among steps beside each other.

use super::{Step, Work};

/// What decides where a step stands among those beside it.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Whether it may run beside its neighbours.
    pub(super) is_parallel: bool,
    /// The steps that it names as dependencies, by place; they replace the order.
    pub(super) needs: Option<Vec<usize>>,
    /// Its phase, counted in the order in which they first appear.
    pub(super) phase: usize,
    /// Whether it is asked after a failure, too.
    pub(super) reads_failures: bool,
}

/// What a step waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Waits {
    /// What has to succeed.
    pub(super) needs: Vec<usize>,
    /// What has to be over.
    pub(super) after: Vec<usize>,
    /// How many waves are before it.
    pub(super) wave: usize,
}

/// Works out what each waits for. `skips` says whether a failure skips what follows.
pub(super) fn waits(standings: &[Standing], skips: bool) -> Vec<Waits> {
    let mut order: Vec<usize> = (0..standings.len()).collect();
    order.sort_by_key(|&index| standings[index].phase);
    let mut waits = vec![Waits::default(); standings.len()];
    // What holds all that follows, and what has begun since.
    let (mut barrier, mut begun) = (Vec::new(), Vec::new());
    // What was before the present phase.
    let (mut floor, mut phase) = (Vec::new(), 0);
    for index in order {
        let standing = &standings[index];
        if standing.phase != phase {
            phase = standing.phase;
            barrier.append(&mut begun);
            floor.clone_from(&barrier);
        }
        let mut before: Vec<usize> = match &standing.needs {
            Some(_) => floor.clone(),
            None if standing.is_parallel => barrier.clone(),
            None => barrier.iter().chain(&begun).copied().collect(),
        };
        let named = standing.needs.clone().unwrap_or_default();
        before.retain(|other| !named.contains(other));
        let wave = before.iter().chain(&named).map(|&it| waits[it].wave + 1);
        waits[index].wave = wave.max().unwrap_or(0);
        match (standing.reads_failures, skips) {
            (true, _) => waits[index].after = before.iter().chain(&named).copied().collect(),
            (false, true) => waits[index].needs = before.iter().chain(&named).copied().collect(),
            (false, false) => {
                waits[index].needs = named;
                waits[index].after.clone_from(&before);
            }
        }
        if standing.is_parallel || standing.needs.is_some() {
            begun.push(index);
            continue;
        }
        // What comes after it waits for it alone, unless it runs after a failure:
        // then those before it have to be looked at again.
        if standing.reads_failures {
            barrier.append(&mut begun);
        } else {
            barrier.clear();
            begun.clear();
        }
        barrier.push(index);
    }
    waits
}

/// Whether any of these steps, or of those inside them, is asked after a failure.
pub(super) fn reads_failures(steps: &[Step]) -> bool {
    steps.iter().any(|step| {
        let asks = step
            .decision
            .as_ref()
            .is_some_and(super::Decision::reads_failures);
        asks || matches!(&step.work, Work::Inside(inside, _) if reads_failures(inside))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Standing {
        Standing::default()
    }

    fn beside() -> Standing {
        Standing {
            is_parallel: true,
            ..one()
        }
    }

    fn needing(needs: &[usize]) -> Standing {
        Standing {
            needs: Some(needs.to_vec()),
            ..one()
        }
    }

    fn needs(standings: &[Standing]) -> Vec<Vec<usize>> {
        let waits = waits(standings, true);
        waits.into_iter().map(|it| it.needs).collect()
    }

    #[test]
    fn steps_follow_each_other_and_parallel_ones_are_waves() {
        let steps = [one(), beside(), beside(), one(), one(), beside()];
        let expected = [vec![], vec![0], vec![0], vec![0, 1, 2], vec![3], vec![4]];
        assert_eq!(needs(&steps), expected);
        let waves: Vec<_> = waits(&steps, true).iter().map(|it| it.wave).collect();
        assert_eq!(waves, [0, 1, 1, 2, 3, 4]);
    }

    #[test]
    fn dependencies_replace_the_order() {
        let steps = [one(), one(), needing(&[0]), beside(), one()];
        let expected = [vec![], vec![0], vec![0], vec![1], vec![1, 2, 3]];
        assert_eq!(needs(&steps), expected);
    }

    #[test]
    fn phases_run_in_the_order_in_which_they_appear() {
        let of = |phase, step: Standing| Standing { phase, ..step };
        let steps = [
            of(0, beside()),
            of(1, beside()),
            of(0, beside()),
            of(1, needing(&[1])),
        ];
        let expected = [vec![], vec![0, 2], vec![], vec![0, 2, 1]];
        assert_eq!(needs(&steps), expected);
    }

    #[test]
    fn what_reads_failures_is_asked_after_one_and_hides_none() {
        let reader = Standing {
            reads_failures: true,
            ..one()
        };
        let steps = [one(), reader.clone(), reader, one()];
        let waits = waits(&steps, true);
        assert_eq!((&waits[1].needs, &waits[1].after), (&vec![], &vec![0]));
        assert_eq!((&waits[2].needs, &waits[2].after), (&vec![], &vec![0, 1]));
        assert_eq!(
            (&waits[3].needs, &waits[3].after),
            (&vec![0, 1, 2], &vec![])
        );
    }

    #[test]
    fn where_failures_are_collected_only_named_dependencies_skip() {
        let waits = waits(&[one(), one(), needing(&[0])], false);
        assert_eq!((&waits[1].needs, &waits[1].after), (&vec![], &vec![0]));
        assert_eq!((&waits[2].needs, &waits[2].after), (&vec![0], &vec![]));
    }
}
