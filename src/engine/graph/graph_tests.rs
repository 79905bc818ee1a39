//! What a graph refuses, and how it orders what it takes.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn task(name: &str) -> TaskSpec {
    TaskSpec::new(name)
}

fn group(name: &str, limit: u32) -> GroupSpec {
    GroupSpec {
        name: name.to_owned(),
        limit,
    }
}

fn build(tasks: Vec<TaskSpec>) -> Result<Graph, GraphError> {
    Graph::new(GraphSpec {
        limit: 4,
        groups: vec![group("network", 2), group("disk", 4)],
        tasks,
    })
}

fn graph(tasks: Vec<TaskSpec>) -> Graph {
    build(tasks).expect("a graph")
}

/// The text of the error with which a graph is refused.
fn refusal(tasks: Vec<TaskSpec>) -> String {
    build(tasks).expect_err("it is refused").to_string()
}

// ---- refusals ----

#[test]
fn a_graph_without_tasks_is_refused() {
    assert_eq!(refusal(vec![]), "the graph has no task");
    let inner = TaskSpec::new("b").of(TaskKind::Graph(vec![]));
    let outer = TaskSpec::new("a").of(TaskKind::Graph(vec![inner]));
    assert_eq!(refusal(vec![outer]), "the graph of task 'a/b' has no task");
}

#[test]
fn a_name_is_needed_and_used_once() {
    assert_eq!(refusal(vec![task("a"), task("")]), "task 1 has no name");
    assert_eq!(
        refusal(vec![task("a"), task("a")]),
        "there are two tasks 'a'"
    );
    let inner = || task("x").of(TaskKind::Graph(vec![task("a"), task("x")]));
    assert_eq!(graph(vec![inner(), task("a")]).tasks().count(), 4);
    let inner = task("x").of(TaskKind::Graph(vec![task("a"), task("a")]));
    assert_eq!(refusal(vec![inner]), "there are two tasks 'x/a'");
}

#[test]
fn tasks_are_inside_each_other_to_a_limit() {
    let nested = |depth| {
        (0..depth).fold(task("x"), |inner, _| {
            task("x").of(TaskKind::Graph(vec![inner]))
        })
    };
    graph(vec![nested(64)]);
    let text = refusal(vec![nested(65)]);
    assert!(text.ends_with("is inside 64 others, and may have none inside itself"));
}

#[test]
fn an_unknown_dependency_suggests_the_nearest_name() {
    assert_eq!(
        refusal(vec![task("build"), task("test").needs(["biuld"])]),
        "task 'test' waits for 'biuld', which is not there; did you mean 'build'?"
    );
    assert_eq!(
        refusal(vec![task("build"), task("test").needs(["zzz"])]),
        "task 'test' waits for 'zzz', which is not there"
    );
}

#[test]
fn a_dependency_does_not_reach_into_another_scope() {
    let inner = task("x").of(TaskKind::Graph(vec![task("a").needs(["b"])]));
    let text = "task 'x/a' waits for 'b', which is not there; did you mean 'a'?";
    assert_eq!(refusal(vec![inner, task("b")]), text);
}

#[test]
fn a_circle_is_named() {
    let tasks = vec![
        task("start").needs(["c"]),
        task("a").needs(["free", "b"]),
        task("b").needs(["c"]),
        task("c").needs(["a"]),
        task("free"),
    ];
    assert_eq!(
        refusal(tasks),
        "tasks wait for each other: a -> b -> c -> a"
    );
    let own = vec![task("free"), task("a").needs(["a"])];
    assert_eq!(refusal(own), "tasks wait for each other: a -> a");
    let inner = task("x").of(TaskKind::Graph(vec![
        task("a").needs(["b"]),
        task("b").needs(["a"]),
    ]));
    assert_eq!(
        refusal(vec![inner]),
        "tasks wait for each other: x/a -> x/b -> x/a"
    );
}

#[test]
fn a_circle_may_go_through_a_phase() {
    let early = TaskSpec {
        phase: Some(1),
        ..task("early").needs(["late"])
    };
    let late = TaskSpec {
        phase: Some(2),
        ..task("late")
    };
    assert_eq!(
        refusal(vec![early, late]),
        "tasks wait for each other: early -> late -> early"
    );
}

#[test]
fn a_weight_must_fit_into_every_limit() {
    let weighing = |weight, group: Option<&str>| TaskSpec {
        weight,
        group: group.map(str::to_owned),
        ..task("a")
    };
    assert_eq!(
        refusal(vec![weighing(0, None)]),
        "the weight of task 'a' is 0"
    );
    assert_eq!(
        refusal(vec![weighing(5, None)]),
        "task 'a' takes 5 slots, and the run has 4"
    );
    assert_eq!(
        refusal(vec![weighing(3, Some("network"))]),
        "task 'a' takes 3 slots, and group 'network' has 2"
    );
    graph(vec![weighing(4, Some("disk"))]);
}

#[test]
fn a_group_must_be_there() {
    let unknown = TaskSpec {
        group: Some("netwrok".to_owned()),
        ..task("a")
    };
    assert_eq!(
        refusal(vec![unknown]),
        "task 'a' is of group 'netwrok', which is not there; did you mean 'network'?"
    );
}

#[test]
fn limits_and_groups_must_make_sense() {
    let spec = |limit, groups| GraphSpec {
        limit,
        groups,
        tasks: vec![task("a")],
    };
    let refusal = |spec| Graph::new(spec).expect_err("it is refused").to_string();
    assert_eq!(refusal(spec(0, vec![])), "the limit of the run is 0");
    assert_eq!(
        refusal(spec(1, vec![group("g", 0)])),
        "the limit of group 'g' is 0"
    );
    assert_eq!(
        refusal(spec(1, vec![group("g", 1), group("g", 2)])),
        "there are two groups 'g'"
    );
}

#[test]
fn nobody_waits_for_what_runs_after_all_others() {
    let clean = TaskSpec {
        is_finally: true,
        ..task("clean")
    };
    assert_eq!(
        refusal(vec![clean, task("a").needs(["clean"])]),
        "task 'a' waits for 'clean', which runs after all others"
    );
}

#[test]
fn no_setting_is_taken_and_ignored() {
    let inside = || TaskKind::Graph(vec![task("b")]);
    let race = || TaskKind::Race(vec![task("b")]);
    let with = |kind, change: fn(&mut TaskSpec)| {
        let mut spec = task("a").of(kind);
        change(&mut spec);
        refusal(vec![spec])
    };
    let group = with(inside(), |it| it.group = Some("disk".to_owned()));
    assert_eq!(
        group,
        "a group does not apply to task 'a', which is a graph"
    );
    let weight = with(race(), |it| it.weight = 2);
    assert_eq!(
        weight,
        "a weight does not apply to task 'a', which is a race"
    );
    let retry = with(TaskKind::ForEach, |it| {
        it.retry = Some(RetryPolicy::times(1))
    });
    assert_eq!(
        retry,
        "a retry does not apply to task 'a', which is a for-each"
    );
    let estimate = with(inside(), |it| it.estimate = Some(SECOND));
    assert_eq!(
        estimate,
        "an estimate does not apply to task 'a', which is a graph"
    );
    let phase = with(TaskKind::Work, |it| {
        it.is_finally = true;
        it.phase = Some(1);
    });
    assert_eq!(
        phase,
        "a phase does not apply to task 'a', which is one that runs after all others"
    );
    let clean = TaskSpec {
        is_finally: true,
        ..task("b")
    };
    let at_end = task("a").of(TaskKind::Race(vec![clean]));
    assert_eq!(
        refusal(vec![at_end]),
        "running after all others does not apply to task 'a/b', which is an alternative of a race"
    );
}

// ---- structure ----

#[test]
fn tasks_are_numbered_as_written_and_inside_ones_behind() {
    let inner = task("x").of(TaskKind::Graph(vec![task("p"), task("q").needs(["p"])]));
    let graph = graph(vec![task("a"), inner, task("b").needs(["x"])]);
    assert_eq!(graph.root_tasks(), 0..3);
    assert_eq!(graph.children(1), 3..5);
    assert_eq!((graph.path(4).as_str(), graph.parent(4)), ("x/q", Some(1)));
    assert_eq!((graph.find("b"), graph.find("q")), (Some(2), None));
}

#[test]
fn phases_cost_an_edge_a_task_and_a_gate() {
    let tasks = (0..100).map(|name: u32| TaskSpec {
        phase: Some(name % 2),
        ..TaskSpec::new(name.to_string())
    });
    let graph = graph(tasks.collect());
    assert_eq!((graph.nodes.len(), graph.edges.len()), (101, 100));
}

#[test]
fn tasks_that_are_refused_while_it_runs_change_nothing() {
    let mut graph = graph(vec![task("each").of(TaskKind::ForEach), task("b")]);
    let before = format!("{graph:?}");
    let inner = task("x").of(TaskKind::Graph(vec![task("p"), task("p")]));
    let error = graph
        .expand(0, vec![inner, task("y")])
        .expect_err("a double");
    assert_eq!(error.to_string(), "there are two tasks 'each/x/p'");
    assert_eq!(format!("{graph:?}"), before);
    graph
        .expand(0, vec![task("x"), task("y")])
        .expect("two tasks");
    assert_eq!(graph.children(0), 2..4);
}

// ---- estimates ----

fn taking(name: &str, seconds: u32, group: Option<&str>) -> TaskSpec {
    TaskSpec {
        estimate: (seconds > 0).then(|| seconds * SECOND),
        group: group.map(str::to_owned),
        ..task(name)
    }
}

#[test]
fn an_unknown_duration_is_that_of_the_group_or_of_all() {
    let known = graph(vec![
        taking("a", 2, Some("disk")),
        taking("b", 4, Some("disk")),
        taking("c", 12, None),
        taking("in group", 0, Some("disk")),
        taking("in another", 0, Some("network")),
        taking("in none", 0, None),
    ]);
    let estimates = [3, 4, 5].map(|task| known.estimate(task).as_secs());
    assert_eq!(estimates, [3, 6, 6]);
    assert_eq!(graph(vec![task("a")]).estimate(0), SECOND);
}

/// Tasks by the path that begins with them, in seconds.
fn paths(graph: &Graph) -> Vec<(&str, u64)> {
    let path = |task: u32| graph.spans[task as usize].path / 1_000_000_000;
    graph
        .tasks()
        .map(|task| (graph.name(task), path(task)))
        .collect()
}

#[test]
fn a_path_goes_through_dependents_phases_and_the_end() {
    let phase = |phase, spec| TaskSpec {
        phase: Some(phase),
        ..spec
    };
    let clean = TaskSpec {
        is_finally: true,
        ..taking("clean", 1, None)
    };
    let graph = graph(vec![
        phase(1, taking("a", 2, None)),
        phase(2, taking("b", 5, None)),
        taking("c", 3, None).needs(["b"]),
        clean,
    ]);
    assert_eq!(paths(&graph), [("a", 11), ("b", 9), ("c", 4), ("clean", 1)]);
}

#[test]
fn a_path_goes_through_what_is_inside_and_out_again() {
    let inner = task("x").of(TaskKind::Graph(vec![
        taking("p", 2, None),
        taking("q", 3, None).needs(["p"]),
    ]));
    let race = task("r").of(TaskKind::Race(vec![
        taking("s", 7, None),
        taking("t", 4, None),
    ]));
    let graph = graph(vec![
        inner,
        race.needs(["x"]),
        taking("e", 1, None).needs(["r"]),
    ]);
    let expected = [
        ("x", 10),
        ("r", 5),
        ("e", 1),
        ("p", 10),
        ("q", 8),
        ("s", 8),
        ("t", 5),
    ];
    assert_eq!(paths(&graph), expected);
}

#[test]
fn tasks_that_come_later_are_measured_to_the_end_of_the_run() {
    let mut graph = graph(vec![
        task("each").of(TaskKind::ForEach),
        taking("b", 5, None).needs(["each"]),
    ]);
    let children = vec![taking("x", 2, None), taking("y", 3, None).needs(["x"])];
    graph.expand(0, children).expect("two tasks");
    assert_eq!(paths(&graph)[2..], [("x", 10), ("y", 8)]);
}

#[test]
fn tasks_inside_add_the_priority_of_what_they_are_in() {
    let inner = TaskSpec {
        priority: 3,
        ..task("p")
    };
    let outer = TaskSpec {
        priority: 2,
        ..task("x").of(TaskKind::Graph(vec![inner]))
    };
    let graph = graph(vec![outer, task("b")]);
    assert_eq!(graph.node(2).priority, 5);
    assert!(graph.node(2).key > graph.node(1).key);
}
