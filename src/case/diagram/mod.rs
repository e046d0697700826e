//! A workflow as a picture: its states, the moves between them, and who makes them. SVG without a
//! script or an inline style: the page's sheet gives its classes their colours, or `STYLE` does
//! where it stands alone.

pub mod layout;
mod place;

use std::fmt::Write;

use self::layout::{Arrow, Piece, Placed, Size};
use super::table;
use crate::definition::Definition;
use crate::definition::case::{End, Move, Party, State, Workflow};
use crate::lang::Lang;

/// Letters of states and of moves, and from one line to the next.
const STATE: (i64, i64) = (16, 23);
const MOVE: (i64, i64) = (14, 20);
/// A line of a state and of a move is about so wide at most, in hundredths of a letter.
const STATE_WIDE: i64 = 1050;
const MOVE_WIDE: i64 = 1000;
const MARGIN: i64 = 12;
/// Above the first state, for the dot from which it begins.
const HEAD: i64 = 34;
const ROUND: i64 = 6;
const TIP: i64 = 8;

/// What the classes look like where the picture stands alone.
const STYLE: &str = "svg{background:#fbf9f4;font-family:system-ui,'PingFang TC','Microsoft JhengHei UI','Noto Sans TC','Noto Sans CJK TC',sans-serif}\
.box rect{fill:#fff;stroke:#8b8373;stroke-width:1.5}.box text{font-size:16px;font-weight:600;text-anchor:middle;fill:#1e1b16}\
.box .does,.box .who{font-size:14px}.does{font-size:14px;font-weight:600;fill:#1e1b16}.who{font-size:14px;font-weight:400;fill:#4d483f}\
.way path{fill:none;stroke:#4d483f;stroke-width:1.5}.way .tip{fill:#4d483f;stroke:none}.way.time path{stroke-dasharray:5 4}.start{fill:#4d483f}\
.good rect{fill:#e5f1e6;stroke:#14532d}.box.good text{fill:#14532d}.bad rect{fill:#fae9e4;stroke:#7f1d1d}.box.bad text{fill:#7f1d1d}\
@media(prefers-color-scheme:dark){svg{background:#16181a}.box rect{fill:#1e2124;stroke:#8d8a83}.box text,.does{fill:#f0ece4}.who{fill:#c4bdb0}\
.way path{stroke:#c4bdb0}.way .tip,.start{fill:#c4bdb0}.good rect{fill:#1d3325;stroke:#a7dcb4}.box.good text{fill:#a7dcb4}\
.bad rect{fill:#3e211d;stroke:#f6b9ad}.box.bad text{fill:#f6b9ad}}";

/// A line of text, and whether it says who.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    who: bool,
}

/// An arrow's ends, what is said beside it, and whether only time goes this way.
struct Way {
    from: usize,
    to: usize,
    lines: Vec<Line>,
    time: bool,
}

/// The picture as a part of a page; the state (an index) where a case now is stands out.
pub fn svg(definition: &Definition, workflow: &Workflow, lang: Lang, here: Option<usize>) -> String {
    made(definition, workflow, lang, here, "")
}

/// The picture as a file of its own.
pub fn file(definition: &Definition, workflow: &Workflow, lang: Lang) -> String {
    let style = format!("<style>{STYLE}</style>");
    made(definition, workflow, lang, None, &style) + "\n"
}

fn made(definition: &Definition, workflow: &Workflow, lang: Lang, here: Option<usize>, style: &str) -> String {
    let own = |at: usize| -> Vec<Line> {
        let stays = |step: &&Move| step.to == at && step.from.contains(&at);
        workflow.moves.iter().filter(stays).flat_map(|step| said(definition, workflow, step, at, lang, "↻ ")).collect()
    };
    let states: Vec<(Vec<String>, Vec<Line>)> = workflow
        .states
        .iter()
        .enumerate()
        .map(|(at, state)| (wrapped(&marked(state, lang), STATE_WIDE), own(at)))
        .collect();
    let sizes: Vec<Size> = states.iter().map(|(title, own)| size_of_state(title, own)).collect();
    let ways = ways(definition, workflow, lang);
    let arrows: Vec<Arrow> =
        ways.iter().map(|way| Arrow { from: way.from, to: way.to, text: size_of(&way.lines) }).collect();
    let placed = layout::place(&sizes, &arrows);
    let (width, height) = (placed.size.width + 2 * MARGIN, placed.size.height + HEAD + MARGIN);
    let mut out = format!(
        "<svg class=\"flow\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" lang=\"{}\" aria-labelledby=\"flow-title flow-desc\">{style}<title id=\"flow-title\">{}</title><desc id=\"flow-desc\">{}</desc>",
        lang.html(),
        escaped(workflow.title.get(lang)),
        escaped(&told(definition, workflow, lang)),
    );
    draw(&mut out, workflow, &states, &ways, &sizes, &placed, here);
    out + "</svg>"
}

/// Arrows from one state to another, each with all moves that lead there.
fn ways(definition: &Definition, workflow: &Workflow, lang: Lang) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for step in &workflow.moves {
        for from in step.from.iter().copied().filter(|from| *from != step.to) {
            let lines = said(definition, workflow, step, from, lang, "");
            let time = table::who(workflow, step, from).is_none();
            match ways.iter_mut().find(|way| way.from == from && way.to == step.to) {
                Some(way) => {
                    way.lines.extend(lines);
                    way.time &= time;
                }
                None => ways.push(Way { from, to: step.to, lines, time }),
            }
        }
    }
    ways
}

fn said(definition: &Definition, workflow: &Workflow, step: &Move, from: usize, lang: Lang, mark: &str) -> Vec<Line> {
    let does = wrapped(&format!("{mark}{}", step.title.get(lang)), MOVE_WIDE);
    let who = wrapped(&name(definition, workflow, step, from, lang), MOVE_WIDE);
    let does = does.into_iter().map(|text| Line { text, who: false });
    does.chain(who.into_iter().map(|text| Line { text, who: true })).collect()
}

/// Whom a line has room for: a role in a department, the unit otherwise; where nobody does, when it is done.
fn name(definition: &Definition, workflow: &Workflow, step: &Move, from: usize, lang: Lang) -> String {
    let party = table::who(workflow, step, from);
    let lapse = workflow.states.get(from).and_then(|state| state.lapse);
    if let (None, Some((days, _))) = (party, lapse) {
        return match lang {
            Lang::ZhTw => format!("{days} 天後自動"),
            Lang::En => format!("by itself after {days} days"),
        };
    }
    let title = match party {
        Some(Party::OwnDepartment { role }) => definition.school.roles.get(role).map(|role| &role.title),
        Some(Party::Unit { unit, .. }) => definition.school.units.get(unit).map(|unit| &unit.title),
        Some(Party::Applicant) | None => None,
    };
    title.map_or_else(|| table::party(definition, party).get(lang).to_owned(), |title| title.get(lang).to_owned())
}

fn marked(state: &State, lang: Lang) -> String {
    let mark = match state.ends {
        Some(End::Well) => "✔ ",
        Some(End::Badly) => "✖ ",
        None => "",
    };
    format!("{mark}{}", state.title.get(lang))
}

/// The picture in words.
fn told(definition: &Definition, workflow: &Workflow, lang: Lang) -> String {
    let mut out = String::new();
    for step in &workflow.moves {
        for from in &step.from {
            let title = |at: usize| workflow.states.get(at).map(|state| state.title.get(lang)).unwrap_or_default();
            let who = name(definition, workflow, step, *from, lang);
            let (from, to, does) = (title(*from), title(step.to), step.title.get(lang));
            let _ = match lang {
                Lang::ZhTw => write!(out, "{from} → {to}：{does}（{who}）。"),
                Lang::En => write!(out, "{from} → {to}: {does} ({who}). "),
            };
        }
    }
    out.trim_end().to_owned()
}

fn draw(
    out: &mut String,
    workflow: &Workflow,
    states: &[(Vec<String>, Vec<Line>)],
    ways: &[Way],
    sizes: &[Size],
    placed: &Placed,
    here: Option<usize>,
) {
    for (way, pieces) in ways.iter().zip(&placed.ways) {
        let class = if way.time { "way time" } else { "way" };
        let _ = write!(out, "<g class=\"{class}\">{}</g>", arrow(pieces));
    }
    for (index, state) in workflow.states.iter().enumerate() {
        let ((x, y), size) = (shifted(placed.boxes[index]), sizes[index]);
        let ends = match state.ends {
            Some(End::Well) => " good",
            Some(End::Badly) => " bad",
            None => "",
        };
        let now = if here == Some(index) { " here" } else { "" };
        let middle = x + size.width / 2;
        if index == 0 {
            let way = [Piece { x: middle - MARGIN, from: 14 - HEAD, to: y - HEAD }];
            let _ = write!(
                out,
                "<circle class=\"start\" cx=\"{middle}\" cy=\"10\" r=\"5\"/><g class=\"way\">{}</g>",
                arrow(&way)
            );
        }
        let _ = write!(
            out,
            "<g class=\"box{ends}{now}\"><rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"{ROUND}\"/>",
            size.width, size.height
        );
        let (title, own) = &states[index];
        let mut base = y + 6;
        for text in title {
            base += STATE.1;
            let _ = write!(out, "<text x=\"{middle}\" y=\"{}\">{}</text>", base - 6, escaped(text));
        }
        for line in own {
            base += MOVE.1;
            let _ = write!(
                out,
                "<text class=\"{}\" x=\"{middle}\" y=\"{}\">{}</text>",
                class(line),
                base - 5,
                escaped(&line.text)
            );
        }
        out.push_str("</g>");
    }
    for (way, at) in ways.iter().zip(&placed.texts) {
        let (x, mut y) = shifted(*at);
        for line in &way.lines {
            y += MOVE.1;
            let _ =
                write!(out, "<text class=\"{}\" x=\"{x}\" y=\"{}\">{}</text>", class(line), y - 5, escaped(&line.text));
        }
    }
}

fn class(line: &Line) -> &'static str {
    if line.who { "who" } else { "does" }
}

fn shifted((x, y): (i64, i64)) -> (i64, i64) {
    (x + MARGIN, y + HEAD)
}

/// An arrow's line, and its head.
fn arrow(pieces: &[Piece]) -> String {
    let mut line = String::new();
    let mut before: Option<(i64, i64)> = None;
    let mut tip = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let (x, from) = shifted((piece.x, piece.from));
        let (_, to) = shifted((piece.x, piece.to));
        match before {
            None => line = format!("M{x} {from}"),
            Some((last, end)) => {
                let half = (end + from) / 2;
                let _ = write!(line, "C{last} {half} {x} {half} {x} {from}");
            }
        }
        let mut end = to;
        if index + 1 == pieces.len() {
            let down = before.map_or(from < to, |(_, end)| end < from);
            let back = if down { -TIP } else { TIP };
            tip = format!("M{x} {to}L{} {}L{} {}Z", x - TIP / 2, to + back, x + TIP / 2, to + back);
            end = to + back / 2;
        }
        let _ = write!(line, "V{end}");
        before = Some((x, to));
    }
    format!("<path d=\"{line}\"/><path class=\"tip\" d=\"{tip}\"/>")
}

fn size_of(lines: &[Line]) -> Size {
    let widest = lines.iter().map(|line| width(&line.text)).max().unwrap_or_default();
    Size { width: (widest * MOVE.0 + 99) / 100, height: lines.len() as i64 * MOVE.1 }
}

fn size_of_state(title: &[String], own: &[Line]) -> Size {
    let widest = title.iter().map(|line| width(line)).max().unwrap_or_default();
    let own = size_of(own);
    Size {
        width: (((widest * STATE.0 + 99) / 100).max(own.width) + 32).max(132),
        height: title.len() as i64 * STATE.1 + own.height + 14,
    }
}

/// How wide a text is about, in hundredths of a letter's height; never less than it is.
fn width(text: &str) -> i64 {
    text.chars()
        .map(|letter| match letter {
            ' ' | 'i' | 'j' | 'l' | '.' | ',' | '\'' | '(' | ')' | '-' => 36,
            'm' | 'w' | 'M' | 'W' => 96,
            'A'..='Z' => 74,
            letter if letter.is_ascii() => 61,
            _ => 100,
        })
        .sum()
}

/// Lines of about one width: words stay whole, Chinese breaks anywhere but before a stop.
fn wrapped(text: &str, most: i64) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in text.chars() {
        let stays = (letter.is_ascii() && before.is_ascii() && before != ' ')
            || "，。、；：）」』！？".contains(letter)
            || "（「『".contains(before)
            || letter == ' ';
        match parts.last_mut() {
            Some(last) if stays => last.push(letter),
            Some(_) | None => parts.push(letter.to_string()),
        }
        before = letter;
    }
    let whole = width(text);
    let lines = (whole + most - 1) / most.max(1);
    let aim = most.min(whole / lines.max(1) + 120);
    let mut out: Vec<String> = Vec::new();
    for part in parts {
        match out.last_mut() {
            Some(last) if width(last) + width(part.trim_end()) <= aim => last.push_str(&part),
            Some(_) | None => out.push(part),
        }
    }
    out.iter_mut().for_each(|line| *line = line.trim_end().to_owned());
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}
