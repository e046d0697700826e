//! The order within each layer, with few crossings, and how far from the left everything stands.

use super::layout::{Joint, Node, What};

/// Between two neighbours in a layer.
const APART: i64 = 18;
/// Between two arrows at a box's edge.
const PORTS: i64 = 30;
/// Between two layers: at least, and at most.
const GAPS: (i64, i64) = (24, 60);
/// Sweeps over the layers, for their order and for their places.
const SWEEPS: usize = 24;
/// With more than so many nodes neighbours are not tried the other way round.
const MANY: usize = 400;

/// Sets every node's place and every joint's ports; the top and the bottom of each layer.
pub(super) fn settle(nodes: &mut [Node], joints: &mut [Joint]) -> (Vec<i64>, Vec<i64>) {
    let count = nodes.iter().map(|node| node.layer + 1).max().unwrap_or_default();
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, node) in nodes.iter().enumerate() {
        layers[node.layer].push(index);
    }
    order(nodes, joints, &mut layers);
    ports(nodes, joints, &layers);
    across(nodes, joints, &layers);
    straighten(nodes, joints, &layers);
    down(nodes, joints, &layers)
}

fn order(nodes: &[Node], joints: &[Joint], layers: &mut [Vec<usize>]) {
    let mut best = (crossings(nodes, joints, layers), layers.to_vec());
    for sweep in 0..SWEEPS {
        let mut at = positions(nodes.len(), layers);
        let all: Vec<usize> =
            if sweep % 2 == 0 { (0..layers.len()).collect() } else { (0..layers.len()).rev().collect() };
        for layer in all {
            let middle = |node: &usize| {
                let theirs: Vec<i64> = if sweep % 2 == 0 {
                    nodes[*node].ups.iter().map(|joint| at[joints[*joint].upper]).collect()
                } else {
                    nodes[*node].downs.iter().map(|joint| at[joints[*joint].lower]).collect()
                };
                let sum: i64 = theirs.iter().sum();
                if theirs.is_empty() { at[*node] * 100 } else { sum * 100 / theirs.len() as i64 }
            };
            let mut row = layers[layer].clone();
            row.sort_by_cached_key(middle);
            for (place, node) in row.iter().enumerate() {
                at[*node] = place as i64;
            }
            layers[layer] = row;
        }
        swap_neighbours(nodes, joints, layers);
        let now = crossings(nodes, joints, layers);
        if now < best.0 {
            best = (now, layers.to_vec());
        }
    }
    layers.clone_from_slice(&best.1);
}

fn positions(count: usize, layers: &[Vec<usize>]) -> Vec<i64> {
    let mut at = vec![0; count];
    for row in layers {
        for (place, node) in row.iter().enumerate() {
            at[*node] = place as i64;
        }
    }
    at
}

/// Turns neighbours round wherever fewer arrows cross then.
fn swap_neighbours(nodes: &[Node], joints: &[Joint], layers: &mut [Vec<usize>]) {
    if nodes.len() > MANY {
        return;
    }
    for _ in 0..SWEEPS {
        let at = positions(nodes.len(), layers);
        let mut better = false;
        for row in layers.iter_mut() {
            for left in 1..row.len() {
                let (one, two) = (&nodes[row[left - 1]], &nodes[row[left]]);
                let between = |one: &[usize], two: &[usize], end: fn(&Joint) -> usize| {
                    let pairs = one.iter().flat_map(|a| two.iter().map(move |b| (a, b)));
                    let ends = pairs.map(|(a, b)| (at[end(&joints[*a])], at[end(&joints[*b])]));
                    ends.fold((0, 0), |(now, then), (a, b)| (now + usize::from(a > b), then + usize::from(a < b)))
                };
                let above = between(&one.ups, &two.ups, |joint| joint.upper);
                let below = between(&one.downs, &two.downs, |joint| joint.lower);
                if above.1 + below.1 < above.0 + below.0 {
                    row.swap(left - 1, left);
                    better = true;
                    break;
                }
            }
            if better {
                break;
            }
        }
        if !better {
            return;
        }
    }
}

fn crossings(nodes: &[Node], joints: &[Joint], layers: &[Vec<usize>]) -> usize {
    let at = positions(nodes.len(), layers);
    let mut crossed = 0;
    for (index, one) in joints.iter().enumerate() {
        for two in &joints[index + 1..] {
            if nodes[one.upper].layer != nodes[two.upper].layer {
                continue;
            }
            let (above, below) = (at[one.upper] - at[two.upper], at[one.lower] - at[two.lower]);
            crossed += usize::from(above * below < 0);
        }
    }
    crossed
}

/// Arrows leave a box beside each other, in the order of where they lead.
fn ports(nodes: &mut [Node], joints: &mut [Joint], layers: &[Vec<usize>]) {
    let at = positions(nodes.len(), layers);
    for node in nodes.iter_mut() {
        node.ups.sort_by_key(|joint| at[joints[*joint].upper]);
        node.downs.sort_by_key(|joint| at[joints[*joint].lower]);
        let What::Box(_) = node.what else { continue };
        let room = node.left + node.right - 2 * APART;
        let spread = |place: usize, count: usize| {
            let step = PORTS.min(room / (count as i64 - 1).max(1));
            place as i64 * step - (count as i64 - 1) * step / 2
        };
        for (place, joint) in node.ups.iter().enumerate() {
            joints[*joint].lower_port = spread(place, node.ups.len());
        }
        for (place, joint) in node.downs.iter().enumerate() {
            joints[*joint].upper_port = spread(place, node.downs.len());
        }
    }
}

/// Each layer as near as its order allows to what it is joined to: least squares under least
/// distances, which is a regression that only rises.
fn across(nodes: &mut [Node], joints: &[Joint], layers: &[Vec<usize>]) {
    for row in layers {
        let mut from = 0;
        for node in row {
            nodes[*node].x = from + nodes[*node].left;
            from = nodes[*node].x + nodes[*node].right + APART;
        }
    }
    let is_box = |node: &Node| matches!(node.what, What::Box(_));
    for sweep in 0..2 * SWEEPS {
        let rows: Vec<usize> =
            if sweep % 2 == 0 { (0..layers.len()).collect() } else { (0..layers.len()).rev().collect() };
        for row in rows.into_iter().map(|layer| &layers[layer]) {
            // Of each block: what it wants, how much, how many it holds.
            let mut blocks: Vec<(i64, i64, usize)> = Vec::new();
            let mut offsets = Vec::new();
            let mut offset = 0;
            for (place, index) in row.iter().enumerate() {
                let node = &nodes[*index];
                if place > 0 {
                    offset += nodes[row[place - 1]].right + APART + node.left;
                }
                offsets.push(offset);
                let (mut sum, mut weight) = (0, 0);
                let ups = node.ups.iter().map(|joint| &joints[*joint]);
                let ups = ups.map(|joint| (joint.upper, joint.upper_port - joint.lower_port));
                let downs = node.downs.iter().map(|joint| &joints[*joint]);
                let downs = downs.map(|joint| (joint.lower, joint.lower_port - joint.upper_port));
                for (other, shift) in ups.chain(downs) {
                    // Where an arrow runs alone it is to run straight.
                    let weighs = if is_box(node) || is_box(&nodes[other]) { 2 } else { 8 };
                    sum += (nodes[other].x + shift) * weighs;
                    weight += weighs;
                }
                if weight == 0 {
                    (sum, weight) = (node.x, 1);
                }
                blocks.push((sum - offset * weight, weight, 1));
                while let [.., before, last] = blocks.as_slice() {
                    if before.0.div_euclid(before.1) < last.0.div_euclid(last.1) {
                        break;
                    }
                    let both = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
                    blocks.truncate(blocks.len() - 2);
                    blocks.push(both);
                }
            }
            let wants = blocks.iter().flat_map(|(sum, weight, count)| (0..*count).map(|_| sum.div_euclid(*weight)));
            for ((index, want), offset) in row.iter().zip(wants).zip(offsets) {
                nodes[*index].x = want + offset;
            }
        }
    }
}

/// Where an arrow passes several layers it runs straight through them, as far as there is room.
fn straighten(nodes: &mut [Node], joints: &[Joint], layers: &[Vec<usize>]) {
    let at = positions(nodes.len(), layers);
    let is_box = |node: &Node| matches!(node.what, What::Box(_));
    for first in (0..nodes.len()).cycle().take(2 * nodes.len()) {
        if is_box(&nodes[first]) || nodes[first].ups.iter().any(|joint| !is_box(&nodes[joints[*joint].upper])) {
            continue;
        }
        let mut chain = vec![first];
        let mut last = first;
        while let Some(next) = nodes[last].downs.first().map(|joint| joints[*joint].lower) {
            if is_box(&nodes[next]) {
                break;
            }
            chain.push(next);
            last = next;
        }
        let (mut least, mut most, mut sum) = (i64::MIN, i64::MAX, 0);
        for index in &chain {
            let (row, place, node) = (&layers[nodes[*index].layer], at[*index] as usize, &nodes[*index]);
            if let Some(left) = place.checked_sub(1).map(|left| &nodes[row[left]]) {
                least = least.max(left.x + left.right + APART + node.left);
            }
            if let Some(right) = row.get(place + 1).map(|right| &nodes[*right]) {
                most = most.min(right.x - right.left - APART - node.right);
            }
            sum += node.x;
        }
        if least <= most {
            let x = (sum / chain.len() as i64).clamp(least, most);
            chain.iter().for_each(|index| nodes[*index].x = x);
        }
    }
    let left = nodes.iter().map(|node| node.x - node.left).min().unwrap_or_default();
    nodes.iter_mut().for_each(|node| node.x -= left);
}

/// The top and the bottom of each layer; what leads far to the side has more room to do so.
fn down(nodes: &[Node], joints: &[Joint], layers: &[Vec<usize>]) -> (Vec<i64>, Vec<i64>) {
    let (mut tops, mut bottoms) = (Vec::new(), Vec::new());
    let mut top = 0;
    for (layer, row) in layers.iter().enumerate() {
        let height = row.iter().map(|node| nodes[*node].height).max().unwrap_or_default();
        tops.push(top);
        bottoms.push(top + height);
        let leaving = joints.iter().filter(|joint| nodes[joint.upper].layer == layer);
        let aside = leaving
            .map(|joint| (nodes[joint.upper].x + joint.upper_port - nodes[joint.lower].x - joint.lower_port).abs());
        top += height + (aside.max().unwrap_or_default() / 4).clamp(GAPS.0, GAPS.1);
    }
    (tops, bottoms)
}
