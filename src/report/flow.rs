//! Drawings of what waits for what: steps, some with others inside them, and arrows.

mod dot;
mod mermaid;
mod svg;
#[cfg(test)]
mod tests;

/// Steps that wait for each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// What it is called.
    pub title: String,
    /// The steps in the order written; those inside another come behind it.
    pub steps: Vec<FlowStep>,
}

/// A step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowStep {
    /// Its name.
    pub name: String,
    /// The place of the step that it is inside.
    pub parent: Option<usize>,
    /// Whether it is what is around others, rather than doing something itself.
    pub is_around: bool,
    /// Whether something is asked before it runs.
    pub is_conditional: bool,
    /// How many waves are before it, of those beside it.
    pub wave: usize,
    /// The places of the steps that have to succeed before.
    pub needs: Vec<usize>,
    /// The places of the steps that have to be over before.
    pub after: Vec<usize>,
}

/// What they are drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowForm {
    /// Mermaid's text.
    Mermaid,
    /// The language of Graphviz.
    Dot,
    /// A picture.
    Svg,
}

/// Draws steps.
pub fn draw_flow(flow: &Flow, form: FlowForm) -> String {
    match form {
        FlowForm::Mermaid => mermaid::draw(flow),
        FlowForm::Dot => dot::draw(flow),
        FlowForm::Svg => svg::draw(flow),
    }
}

/// Where a drawing is that goes through the steps from the outside to the inside.
enum Mark {
    /// A step that does something.
    Step,
    /// What is around others begins.
    Begin,
    /// What is around others ends.
    End,
}

/// An arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Arrow {
    from: usize,
    to: usize,
    /// Whether the end that it waits for has to be a success.
    needs_success: bool,
}

impl Flow {
    /// The places of the steps that are inside one, or in none.
    fn inside(&self, parent: Option<usize>) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.steps.len()).filter(move |&place| self.steps[place].parent == parent)
    }

    /// Goes through all steps, with how many each is inside, from 1.
    fn walk(&self, visit: &mut impl FnMut(Mark, usize, usize)) {
        self.walk_inside(None, 1, visit);
    }

    fn walk_inside(
        &self,
        parent: Option<usize>,
        depth: usize,
        visit: &mut impl FnMut(Mark, usize, usize),
    ) {
        for place in self.inside(parent) {
            if !self.steps[place].is_around {
                visit(Mark::Step, place, depth);
                continue;
            }
            visit(Mark::Begin, place, depth);
            self.walk_inside(Some(place), depth + 1, visit);
            visit(Mark::End, place, depth);
        }
    }

    /// All arrows, in the order of the steps that they lead to.
    fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (to, step) in self.steps.iter().enumerate() {
            let needs = step.needs.iter().map(|&from| (from, true));
            let after = step.after.iter().map(|&from| (from, false));
            arrows.extend(needs.chain(after).map(|(from, needs_success)| Arrow {
                from,
                to,
                needs_success,
            }));
        }
        arrows
    }
}

/// A text as one line in which the letters that mean something are written in the
/// forms that do not.
fn escaped(text: &str, forms: &[(char, &str)]) -> String {
    let mut escaped = String::new();
    for letter in super::escape::line(text).chars() {
        match forms.iter().find(|(it, _)| *it == letter) {
            Some((_, form)) => escaped.push_str(form),
            None => escaped.push(letter),
        }
    }
    escaped
}
