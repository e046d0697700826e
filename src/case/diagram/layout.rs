//! Where boxes and the arrows between them stand: in layers from top to bottom, each arrow's text in
//! a place of its own, so that no line runs through a box or a text. Whole numbers; no drawing.

use super::place;

/// What a box or a text takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub width: i64,
    pub height: i64,
}

/// From one box to another (indices), never to itself.
#[derive(Clone, Copy, Debug)]
pub struct Arrow {
    pub from: usize,
    pub to: usize,
    pub text: Size,
}

/// A straight piece of an arrow, drawn from `from` to `to`; pieces are joined by curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub x: i64,
    pub from: i64,
    pub to: i64,
}

/// A drawing: boxes and texts by their upper left corners, arrows from tail to head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    pub size: Size,
    pub boxes: Vec<(i64, i64)>,
    pub texts: Vec<(i64, i64)>,
    pub ways: Vec<Vec<Piece>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Box(usize),
    Text(usize),
    /// Where an arrow passes a layer.
    Bend,
}

/// Something in a layer. An arrow passes a text and a bend at `x`; a box's `x` is its middle.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub what: What,
    pub layer: usize,
    pub left: i64,
    pub right: i64,
    pub height: i64,
    pub x: i64,
    /// Indices of joints above and below, from left to right once they are ordered.
    pub ups: Vec<usize>,
    pub downs: Vec<usize>,
}

/// A piece of an arrow between two layers: nodes, and how far from a box's middle it starts and ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joint {
    pub upper: usize,
    pub lower: usize,
    pub upper_port: i64,
    pub lower_port: i64,
}

/// Between an arrow and its text.
const BESIDE: i64 = 7;

pub fn place(boxes: &[Size], arrows: &[Arrow]) -> Placed {
    let (order, back) = acyclic(boxes.len(), arrows);
    let layers = layers(boxes.len(), arrows, &order, &back);
    let mut nodes: Vec<Node> = Vec::new();
    for (index, size) in boxes.iter().enumerate() {
        let half = size.width / 2;
        let what = What::Box(index);
        nodes.push(node(what, 2 * layers[index], half, size.width - half, size.height));
    }
    let mut joints: Vec<Joint> = Vec::new();
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for (index, arrow) in arrows.iter().enumerate() {
        let (upper, lower) = if back[index] { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) };
        let (first, last) = (2 * layers[upper], 2 * layers[lower]);
        // A text stands near the box from which its arrow goes.
        let said_at = if back[index] { last - 1 } else { first + 1 };
        let mut chain = Vec::new();
        let mut above = upper;
        for layer in first + 1..=last {
            let below = match layer {
                layer if layer == last => lower,
                layer => {
                    nodes.push(if layer == said_at {
                        node(What::Text(index), layer, 2, BESIDE + arrow.text.width, arrow.text.height)
                    } else {
                        node(What::Bend, layer, 2, 2, 0)
                    });
                    nodes.len() - 1
                }
            };
            joints.push(Joint { upper: above, lower: below, upper_port: 0, lower_port: 0 });
            chain.push(joints.len() - 1);
            above = below;
        }
        chains.push(chain);
    }
    for (index, joint) in joints.iter().enumerate() {
        nodes[joint.upper].downs.push(index);
        nodes[joint.lower].ups.push(index);
    }
    let (tops, bottoms) = place::settle(&mut nodes, &mut joints);
    drawn(boxes, arrows, &nodes, &joints, &chains, &back, &tops, &bottoms)
}

fn node(what: What, layer: usize, left: i64, right: i64, height: i64) -> Node {
    Node { what, layer, left, right, height, x: 0, ups: Vec::new(), downs: Vec::new() }
}

/// The boxes in an order in which every arrow goes forward, but for those that lead back.
fn acyclic(boxes: usize, arrows: &[Arrow]) -> (Vec<usize>, Vec<bool>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut seen = vec![Seen::No; boxes];
    let mut back = vec![false; arrows.len()];
    let mut finished = Vec::new();
    let from: Vec<Vec<usize>> =
        (0..boxes).map(|at| (0..arrows.len()).filter(|arrow| arrows[*arrow].from == at).collect()).collect();
    for root in 0..boxes {
        if seen[root] != Seen::No {
            continue;
        }
        seen[root] = Seen::Open;
        let mut path = vec![(root, 0)];
        while let Some((at, next)) = path.last_mut() {
            let Some(arrow) = from[*at].get(*next).copied() else {
                seen[*at] = Seen::Done;
                finished.push(*at);
                path.pop();
                continue;
            };
            *next += 1;
            let to = arrows[arrow].to;
            match seen[to] {
                Seen::No => {
                    seen[to] = Seen::Open;
                    path.push((to, 0));
                }
                Seen::Open => back[arrow] = true,
                Seen::Done => {}
            }
        }
    }
    finished.reverse();
    (finished, back)
}

/// Each box below all from which an arrow leads forward to it.
fn layers(boxes: usize, arrows: &[Arrow], order: &[usize], back: &[bool]) -> Vec<usize> {
    let mut layers = vec![0; boxes];
    for at in order {
        for (arrow, back) in arrows.iter().zip(back) {
            let (upper, lower) = if *back { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) };
            if upper == *at {
                layers[lower] = layers[lower].max(layers[*at] + 1);
            }
        }
    }
    layers
}

#[allow(clippy::too_many_arguments)]
fn drawn(
    boxes: &[Size],
    arrows: &[Arrow],
    nodes: &[Node],
    joints: &[Joint],
    chains: &[Vec<usize>],
    back: &[bool],
    tops: &[i64],
    bottoms: &[i64],
) -> Placed {
    let mut out = Placed { texts: vec![(0, 0); arrows.len()], ..Placed::default() };
    out.size.width = nodes.iter().map(|node| node.x + node.right).max().unwrap_or_default();
    out.size.height = bottoms.last().copied().unwrap_or_default();
    out.boxes = (0..boxes.len()).map(|at| (nodes[at].x - nodes[at].left, tops[nodes[at].layer])).collect();
    for node in nodes {
        if let What::Text(arrow) = node.what {
            let above = (bottoms[node.layer] - tops[node.layer] - node.height) / 2;
            out.texts[arrow] = (node.x + BESIDE, tops[node.layer] + above);
        }
    }
    for (chain, back) in chains.iter().zip(back) {
        let mut way = Vec::new();
        for (at, joint) in chain.iter().map(|joint| &joints[*joint]).enumerate() {
            let (upper, lower) = (&nodes[joint.upper], &nodes[joint.lower]);
            if at == 0 {
                let start = tops[upper.layer] + upper.height;
                way.push(Piece { x: upper.x + joint.upper_port, from: start, to: bottoms[upper.layer] });
            }
            let to = if at + 1 == chain.len() { tops[lower.layer] } else { bottoms[lower.layer] };
            way.push(Piece { x: lower.x + joint.lower_port, from: tops[lower.layer], to });
        }
        if *back {
            way.reverse();
            way.iter_mut().for_each(|piece| std::mem::swap(&mut piece.from, &mut piece.to));
        }
        out.ways.push(way);
    }
    out
}
