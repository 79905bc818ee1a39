//! What tells a plan from the one that a run was begun with.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// So many are named; a plan that has nothing to do with the other has many.
const NAMED: usize = 5;

/// What is other in a plan than it was, for a person. Nothing if one of the texts
/// is not the JSON of a run.
pub(super) fn between(before: &str, now: &str) -> Vec<String> {
    let parsed = |text| serde_json::from_str::<Map<String, Value>>(text);
    let (Ok(before), Ok(now)) = (parsed(before), parsed(now)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for key in other_keys(&before, &now) {
        found.push(format!("`{key}` is another"));
    }
    compare_tasks(&before, &now, "", &mut found);
    if found.len() > NAMED {
        let more = found.len() - NAMED;
        found.truncate(NAMED);
        found.push(format!("{more} more"));
    }
    found
}

/// The keys that are not the same on both sides, but for the tasks inside.
fn other_keys<'a>(before: &'a Map<String, Value>, now: &'a Map<String, Value>) -> Vec<&'a str> {
    let new = now.keys().filter(|key| !before.contains_key(*key));
    let keys = before.keys().chain(new).map(String::as_str);
    keys.filter(|key| *key != "tasks" && before.get(*key) != now.get(*key))
        .collect()
}

fn compare_tasks(
    before: &Map<String, Value>,
    now: &Map<String, Value>,
    around: &str,
    found: &mut Vec<String>,
) {
    let (before, now) = (tasks(before), tasks(now));
    let (old_by_name, new_by_name): (HashMap<_, _>, HashMap<_, _>) = (
        before.iter().copied().collect(),
        now.iter().copied().collect(),
    );
    let gone = |name: &&str| !new_by_name.contains_key(name);
    for name in before.iter().map(|(name, _)| *name).filter(gone) {
        found.push(format!("task '{around}{name}' is gone"));
    }
    for (name, task) in &now {
        let Some(old) = old_by_name.get(name) else {
            found.push(format!("task '{around}{name}' is new"));
            continue;
        };
        let keys: Vec<_> = other_keys(old, task)
            .iter()
            .map(|key| format!("`{key}`"))
            .collect();
        if !keys.is_empty() {
            let keys = keys.join(", ");
            found.push(format!("task '{around}{name}' has another {keys}"));
        }
        compare_tasks(old, task, &format!("{around}{name}/"), found);
    }
    let (old_order, new_order) = (names(&before), names(&now));
    let are_the_same = old_order.len() == new_order.len()
        && old_order.iter().all(|name| new_by_name.contains_key(name));
    if are_the_same && old_order != new_order {
        found.push("the tasks are in another order".to_owned());
    }
}

fn names<'a>(tasks: &[(&'a str, &Map<String, Value>)]) -> Vec<&'a str> {
    tasks.iter().map(|(name, _)| *name).collect()
}

/// The tasks beside each other, with their names.
fn tasks(plan: &Map<String, Value>) -> Vec<(&str, &Map<String, Value>)> {
    let tasks = plan.get("tasks").and_then(Value::as_array);
    let tasks = tasks.into_iter().flatten().filter_map(Value::as_object);
    let named = tasks.filter_map(|task| Some((task.get("name")?.as_str()?, task)));
    named.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(before: Value, now: Value) -> Vec<String> {
        between(&before.to_string(), &now.to_string())
    }

    #[test]
    fn what_changed_is_named() {
        let before = json!({"maxConcurrency": 2, "tasks": [
            {"name": "a", "argv": ["x"]}, {"name": "b"},
            {"name": "in", "tasks": [{"name": "c"}]},
        ]});
        let now = json!({"tasks": [
            {"name": "a", "argv": ["y"], "weight": 2},
            {"name": "in", "tasks": [{"name": "d"}]},
        ]});
        assert_eq!(
            changes(before.clone(), now),
            [
                "`maxConcurrency` is another",
                "task 'b' is gone",
                "task 'a' has another `argv`, `weight`",
                "task 'in/c' is gone",
                "task 'in/d' is new",
            ]
        );
        assert_eq!(changes(before.clone(), before), [""; 0]);
    }

    #[test]
    fn another_order_is_a_change() {
        let [a, b] = ["a", "b"].map(|name| json!({"name": name}));
        let found = changes(json!({"tasks": [a, b]}), json!({"tasks": [b, a]}));
        assert_eq!(found, ["the tasks are in another order"]);
    }

    #[test]
    fn of_many_changes_some_are_named() {
        let tasks = |word: &str| {
            (0..9)
                .map(|it| json!({"name": format!("{word}{it}")}))
                .collect()
        };
        let plan = |tasks: Vec<Value>| json!({ "tasks": tasks });
        let found = changes(plan(tasks("a")), plan(tasks("b")));
        assert_eq!((found.len(), found[5].as_str()), (6, "13 more"));
    }

    #[test]
    fn what_is_no_plan_is_not_compared() {
        assert_eq!(between("the plan", "{}"), [""; 0]);
    }
}
