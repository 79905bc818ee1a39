//! How close the order comes to the shortest time that any could take.

use super::simulator::Random;
use super::*;

/// Runs a graph in which all goes as estimated; says how long it took.
fn makespan(spec: GraphSpec) -> (Duration, Duration) {
    let graph = Graph::new(spec).expect("a graph");
    let bound = graph.lower_bound();
    let mut schedule = Schedule::new(graph, RunOptions::default());
    let mut running = BinaryHeap::new();
    let mut now = Moment::START;
    let mut input = Input::Tick;
    loop {
        let actions = schedule.on(input, now).to_vec();
        for action in actions {
            match action {
                Action::Start { task, attempt } => {
                    let due = now.after(schedule.graph().estimate(task));
                    schedule.on(Input::Started { task, attempt }, now);
                    running.push(Reverse((due, task, attempt)));
                }
                Action::Finish { .. } => return (now.since_start(), bound),
                other => panic!("{other:?}"),
            }
        }
        let Reverse((due, task, attempt)) = running.pop().expect("it ends");
        now = due;
        input = Input::Ended {
            task,
            attempt,
            ending: Ending::Succeeded { output: None },
        };
    }
}

fn taking(name: usize, seconds: u64) -> TaskSpec {
    TaskSpec {
        estimate: Some(Duration::from_secs(seconds)),
        ..TaskSpec::new(name.to_string())
    }
}

#[test]
fn nine_minutes_on_five_slots_take_the_two_that_they_must() {
    let tasks = (0..9).map(|name| taking(name, 60)).collect();
    let spec = GraphSpec {
        limit: 5,
        groups: Vec::new(),
        tasks,
    };
    assert_eq!(makespan(spec), (120 * SECOND, 120 * SECOND));
}

fn random_graph(random: &mut Random) -> GraphSpec {
    let count = random.size(300).max(2);
    let tasks = (0..count).map(|index| {
        let mut task = taking(index, 1 + random.below(100));
        for _ in 0..random.below(3).min(index as u64) {
            let other = random.below(index as u64);
            task.depends_on.push(other.to_string());
        }
        if random.below(4) == 0 {
            task.group = Some("g".to_owned());
        }
        task
    });
    GraphSpec {
        tasks: tasks.collect(),
        limit: 1 + random.below(16) as u32,
        groups: vec![GroupSpec {
            name: "g".to_owned(),
            limit: 1 + random.below(4) as u32,
        }],
    }
}

#[test]
fn the_median_of_random_graphs_is_within_a_tenth_of_the_bound() {
    let mut random = Random::new(25);
    let mut ratios: Vec<_> = (0..1001)
        .map(|_| {
            let (time, bound) = makespan(random_graph(&mut random));
            assert!(time >= bound, "{time:?} is below the bound {bound:?}");
            time.as_secs_f64() / bound.as_secs_f64()
        })
        .collect();
    ratios.sort_unstable_by(f64::total_cmp);
    let (median, worst) = (ratios[500], ratios[1000]);
    println!("time / bound: median {median:.4}, worst {worst:.4} of 1,001 graphs");
    assert!(median <= 1.1, "{median}");
}
