use super::*;
use crate::engine::graph::{GraphSpec, GroupSpec, TaskKind, TaskSpec};

const SECOND: Duration = Duration::from_secs(1);

fn task(name: usize, seconds: u32) -> TaskSpec {
    TaskSpec {
        estimate: Some(seconds * SECOND),
        ..TaskSpec::new(name.to_string())
    }
}

fn bound(limit: u32, tasks: Vec<TaskSpec>) -> Duration {
    let groups = vec![GroupSpec {
        name: "db".to_owned(),
        limit: 2,
    }];
    let spec = GraphSpec {
        limit,
        groups,
        tasks,
    };
    Graph::new(spec).expect("a graph").lower_bound()
}

fn alike(count: usize, seconds: u32) -> Vec<TaskSpec> {
    (0..count).map(|name| task(name, seconds)).collect()
}

#[test]
fn nine_minutes_on_five_slots_take_two() {
    // The work alone would say 108 s: five at once, then four.
    assert_eq!(bound(5, alike(9, 60)), 120 * SECOND);
}

#[test]
fn sharing_is_looked_at_for_every_number_of_rounds() {
    // 13 on 3: one slot has 5 of them.
    assert_eq!(bound(3, alike(13, 7)), 35 * SECOND);
    // 2 slots: of the 3 longest two share one.
    let tasks = [9, 8, 7, 1].into_iter().enumerate();
    let tasks = tasks.map(|(name, seconds)| task(name, seconds)).collect();
    assert_eq!(bound(2, tasks), 15 * SECOND);
}

#[test]
fn the_longest_path_may_decide() {
    let mut tasks = alike(4, 10);
    tasks[1].depends_on = vec!["0".to_owned()];
    tasks[2].depends_on = vec!["1".to_owned()];
    assert_eq!(bound(4, tasks), 30 * SECOND);
}

#[test]
fn the_work_may_decide() {
    let mut tasks = alike(4, 10);
    tasks[0].weight = 3;
    // 60 slot seconds on 3 slots.
    assert_eq!(bound(3, tasks), 20 * SECOND);
}

#[test]
fn tasks_of_half_of_the_slots_go_two_by_two() {
    let mut tasks = alike(3, 10);
    tasks.iter_mut().for_each(|task| task.weight = 2);
    assert_eq!(bound(5, tasks), 20 * SECOND);
}

#[test]
fn a_group_has_a_bound_of_its_own() {
    let mut tasks = alike(5, 10);
    for task in &mut tasks[1..] {
        task.group = Some("db".to_owned());
    }
    assert_eq!(bound(100, tasks), 20 * SECOND);
}

#[test]
fn of_a_race_the_shortest_alternative_counts() {
    let race = TaskSpec::new("race").of(TaskKind::Race(vec![task(0, 30), task(1, 5)]));
    assert_eq!(bound(1, vec![race]), 5 * SECOND);
}

#[test]
fn real_durations_may_be_passed_in() {
    let spec = GraphSpec {
        limit: 1,
        groups: Vec::new(),
        tasks: alike(3, 60),
    };
    let graph = Graph::new(spec).expect("a graph");
    let real = graph.lower_bound_of(|task| (task + 1) * SECOND);
    assert_eq!(real, 6 * SECOND);
}
