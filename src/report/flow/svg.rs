//! Steps as a picture (SVG): a row for each wave, arrows downwards. It loads nothing
//! and runs nothing.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Arrow, Flow};
use crate::report::escape::{columns, fit, line, xml};

/// All in pixels.
const LETTER: usize = 7;
const STEP_HEIGHT: usize = 32;
/// Between steps of a row, and around those inside another.
const GAP: usize = 24;
/// Between rows, where the arrows are.
const ROW_GAP: usize = 40;
/// Above the steps inside another, for its name.
const NAME_HEIGHT: usize = 24;
const TITLE_HEIGHT: usize = 36;

/// How many columns of a name are shown; the whole is in its tooltip.
const LONGEST_NAME: usize = 40;

/// Where a step is, in the picture.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

impl Frame {
    fn middle(self) -> usize {
        self.x + self.width / 2
    }
}

pub(super) fn draw(flow: &Flow) -> String {
    let mut frames = vec![Frame::default(); flow.steps.len()];
    let (inner_width, inner_height) = measure(flow, None, &mut frames);
    let title = fit(&line(&flow.title), columns(&line(&flow.title)).min(80), '…');
    let width = (inner_width + 2 * GAP).max((columns(&title) + 2) * LETTER + 2 * GAP);
    let height = TITLE_HEIGHT + inner_height + GAP;
    place(
        flow,
        None,
        (GAP, TITLE_HEIGHT, width - 2 * GAP),
        &mut frames,
    );
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{GAP}\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{}</text>\n",
        xml(&title)
    );
    for (place, frame) in frames.iter().enumerate() {
        step(flow, place, *frame, &mut picture);
    }
    for drawn in flow.arrows() {
        arrow(&drawn, &frames, &mut picture);
    }
    picture.push_str("</svg>");
    picture
}

/// The steps inside one, by wave.
fn rows(flow: &Flow, parent: Option<usize>) -> BTreeMap<usize, Vec<usize>> {
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in flow.inside(parent) {
        rows.entry(flow.steps[place].wave).or_default().push(place);
    }
    rows
}

/// Works out how large each step inside one is; how large all of them are.
fn measure(flow: &Flow, parent: Option<usize>, frames: &mut [Frame]) -> (usize, usize) {
    let (mut widest, mut height) = (0, 0);
    for row in rows(flow, parent).values() {
        let (mut row_width, mut row_height) = (0, 0);
        for &place in row {
            let (width, tall) = size(flow, place, frames);
            (frames[place].width, frames[place].height) = (width, tall);
            row_width += width;
            row_height = row_height.max(tall);
        }
        widest = widest.max(row_width + GAP * (row.len() - 1));
        height += row_height + if height > 0 { ROW_GAP } else { 0 };
    }
    (widest, height)
}

fn size(flow: &Flow, place: usize, frames: &mut [Frame]) -> (usize, usize) {
    let step = &flow.steps[place];
    let name = (columns(&line(&step.name)).min(LONGEST_NAME) + 4) * LETTER;
    if !step.is_around {
        return (name, STEP_HEIGHT);
    }
    let (width, height) = measure(flow, Some(place), frames);
    (name.max(width + 2 * GAP), NAME_HEIGHT + height + GAP)
}

/// Puts the steps inside one where they belong: below `y`, in the middle of the
/// width from `x` on.
fn place(
    flow: &Flow,
    parent: Option<usize>,
    (x, y, width): (usize, usize, usize),
    frames: &mut [Frame],
) {
    let mut top = y;
    for row in rows(flow, parent).values() {
        let all: usize = row.iter().map(|&place| frames[place].width).sum();
        let all = all + GAP * (row.len() - 1);
        let mut left = x + width.saturating_sub(all) / 2;
        let tallest = row.iter().map(|&place| frames[place].height).max();
        for &inner in row {
            (frames[inner].x, frames[inner].y) = (left, top);
            let wide = frames[inner].width;
            let within = (left + GAP, top + NAME_HEIGHT, wide.saturating_sub(2 * GAP));
            place(flow, Some(inner), within, frames);
            left += wide + GAP;
        }
        top += tallest.unwrap_or(0) + ROW_GAP;
    }
}

fn step(flow: &Flow, place: usize, frame: Frame, picture: &mut String) {
    let step = &flow.steps[place];
    let shown = fit(&line(&step.name), LONGEST_NAME, '…');
    let (title, name) = (xml(&step.name), xml(shown.trim_end()));
    let Frame {
        x,
        y,
        width,
        height,
    } = frame;
    let middle = frame.middle();
    // Writing to a String cannot fail.
    let _ = match step.is_around {
        true => writeln!(
            picture,
            "<g><title>{title}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"6\" fill=\"#f6f8fa\" stroke=\"#8c959f\"/><text x=\"{}\" y=\"{}\" fill=\"#57606a\">{name}</text></g>",
            x + 10,
            y + 16
        ),
        false => writeln!(
            picture,
            "<g><title>{title}</title><path d=\"{}\" fill=\"#ddf4ff\" stroke=\"#0969da\"/>\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{name}</text></g>",
            outline(frame, step.is_conditional),
            y + 20
        ),
    };
}

/// A box; of what something is asked before, one with points at its sides.
fn outline(frame: Frame, is_conditional: bool) -> String {
    let (left, top) = (frame.x, frame.y);
    let (right, bottom) = (left + frame.width, top + frame.height);
    if !is_conditional {
        return format!("M{left} {top}H{right}V{bottom}H{left}Z");
    }
    let (middle, cut) = (top + frame.height / 2, 10);
    format!(
        "M{left} {middle}L{} {top}H{}L{right} {middle}L{} {bottom}H{}Z",
        left + cut,
        right - cut,
        right - cut,
        left + cut
    )
}

fn arrow(arrow: &Arrow, frames: &[Frame], picture: &mut String) {
    let (from, to) = (frames[arrow.from], frames[arrow.to]);
    let (x, y) = (from.middle(), from.y + from.height);
    let (tip_x, tip_y) = (to.middle(), to.y);
    let neck = tip_y.saturating_sub(7);
    let bend = ROW_GAP / 2;
    let dashes = match arrow.needs_success {
        true => "",
        false => " stroke-dasharray=\"4 3\"",
    };
    let _ = writeln!(
        picture,
        "<path d=\"M{x} {y}C{x} {} {tip_x} {} {tip_x} {neck}\" fill=\"none\" stroke=\"#24292f\"{dashes}/>\
         <path d=\"M{tip_x} {tip_y}L{} {neck}H{}Z\" fill=\"#24292f\"/>",
        y + bend,
        neck.saturating_sub(bend),
        tip_x.saturating_sub(4),
        tip_x + 4
    );
}
