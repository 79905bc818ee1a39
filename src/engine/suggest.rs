//! "Did you mean …": the known word that is nearest to an unknown one.

/// The nearest known word, if one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .iter()
        .map(|&candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|&(distance, candidate)| is_near(&word, candidate, distance))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Near is a slip in every third letter, or a word cut short (`timeout` for
/// `timeoutSeconds`).
fn is_near(word: &str, candidate: &str, distance: usize) -> bool {
    let slips = (candidate.chars().count() / 3).max(1);
    let is_start = word.len() >= 3 && candidate.to_lowercase().starts_with(word);
    distance <= slips || is_start
}

/// How many letters have to be added, left out, replaced or swapped with their
/// neighbour to make one word the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_previous: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    let mut last_letter = None;
    for (row, letter) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, &other) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(letter != other);
            let added = current[column].min(previous[column + 1]) + 1;
            let mut best = replaced.min(added);
            let is_swap = column > 0 && last_letter == Some(other) && right[column - 1] == letter;
            if is_swap {
                best = best.min(before_previous[column - 1] + 1);
            }
            current.push(best);
        }
        before_previous = std::mem::replace(&mut previous, current);
        last_letter = Some(letter);
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn slips_are_counted() {
        assert_eq!(distance("argv", "argv"), 0);
        assert_eq!(distance("", "argv"), 4);
        assert_eq!(distance("agrv", "argv"), 1);
        assert_eq!(distance("args", "argv"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn the_nearest_word_is_named_only_if_it_is_near() {
        let known = ["argv", "cwd", "env", "timeoutSeconds", "maxOutputBytes"];
        assert_eq!(nearest("args", &known), Some("argv"));
        assert_eq!(nearest("Env", &known), Some("env"));
        assert_eq!(nearest("timeout", &known), Some("timeoutSeconds"));
        assert_eq!(nearest("timeoutSecs", &known), Some("timeoutSeconds"));
        assert_eq!(nearest("dependsOn", &known), None);
        assert_eq!(nearest("", &known), None);
    }
}
