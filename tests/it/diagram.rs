//! The picture of a workflow: that it shows every state and every move, that nothing in it lies over
//! anything else, whatever the workflow, and that the one in the docs is true.

use std::path::Path;

use menkan::case::diagram::layout::{self, Arrow, Piece, Placed, Size};
use menkan::case::{diagram, table};
use menkan::definition::{self, Definition};
use menkan::lang::Lang;
use proptest::prelude::*;

fn ncut() -> Definition {
    definition::load(Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn the_pictures_in_the_docs_are_those_of_the_definition() {
    let definition = ncut();
    let (_, workflow) = definition.workflow("certificate").unwrap();
    let page = table::page(&definition, workflow);
    for lang in [Lang::ZhTw, Lang::En] {
        let (code, name) = (lang.code(), format!("certificate.{}.svg", lang.code()));
        assert!(page.contains(&format!("({name})")), "{name} is not on the page");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cases").join(&name);
        let drawn = diagram::file(&definition, workflow, lang);
        if std::env::var_os("MENKAN_WRITE_DOCS").is_some() {
            std::fs::write(&file, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            kept == drawn,
            "out of date; run: cargo run -- table certificate --format svg --lang {code} > docs/cases/{name}"
        );
    }
}

#[test]
fn every_state_and_every_move_is_in_the_picture_with_who_makes_it() {
    let definition = ncut();
    let (_, workflow) = definition.workflow("certificate").unwrap();
    for lang in [Lang::ZhTw, Lang::En] {
        let drawn = diagram::svg(&definition, workflow, lang, Some(1));
        // Lines are broken; the letters of all texts are compared.
        let said: String = drawn.split("<text").skip(1).filter_map(|part| part.split(['>', '<']).nth(1)).collect();
        let said: String = said.chars().filter(|letter| *letter != ' ').collect();
        let times = |text: &str| said.matches(&text.replace(' ', "")).count();
        for state in &workflow.states {
            assert!(times(state.title.get(lang)) > 0, "{}", state.id);
        }
        for step in &workflow.moves {
            assert!(times(step.title.get(lang)) >= step.from.len(), "{}", step.id);
        }
        assert_eq!(drawn.matches("class=\"box").count(), workflow.states.len());
        assert_eq!(drawn.matches(" here\"").count(), 1);
        // From draft to withdrawn, and so on: two moves from returned to withdrawn share one arrow.
        let pairs: usize = workflow.moves.iter().map(|step| step.from.len()).sum();
        assert_eq!(drawn.matches("class=\"tip\"").count(), pairs - 1 + 1, "arrows, and the one from the start");
        assert!(drawn.contains("role=\"img\"") && !drawn.contains("style"), "inline style");
    }
}

#[test]
fn what_a_school_writes_is_text_in_the_picture() {
    let mut definition = ncut();
    let hostile = "</text><script>alert(1)</script>&\"'\u{7}";
    definition.workflows[0].states[0].title = menkan::lang::Text::new(hostile, hostile);
    definition.workflows[0].moves[0].title = menkan::lang::Text::new(hostile, hostile);
    let drawn = diagram::svg(&definition, &definition.workflows[0], Lang::En, None);
    assert!(!drawn.contains("<script") && !drawn.contains('\u{7}'), "{drawn}");
}

#[derive(Clone, Copy, Debug)]
struct Rect(i64, i64, i64, i64);

impl Rect {
    fn of((x, y): (i64, i64), size: Size) -> Rect {
        Rect(x, y, x + size.width, y + size.height)
    }

    fn meets(&self, other: &Rect) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }
}

/// Nothing lies over anything else, and every arrow leads from where it starts to where it goes.
fn proved(boxes: &[Size], arrows: &[Arrow], placed: &Placed) -> Result<(), TestCaseError> {
    let told: Vec<Rect> = placed.boxes.iter().zip(boxes).map(|(at, size)| Rect::of(*at, *size)).collect();
    let texts: Vec<Rect> = placed.texts.iter().zip(arrows).map(|(at, arrow)| Rect::of(*at, arrow.text)).collect();
    let all: Vec<Rect> = told.iter().chain(&texts).copied().collect();
    for (index, one) in all.iter().enumerate() {
        prop_assert!(one.0 >= 0 && one.1 >= 0 && one.2 <= placed.size.width && one.3 <= placed.size.height);
        for two in &all[index + 1..] {
            prop_assert!(!one.meets(two), "{one:?} lies over {two:?}");
        }
    }
    for (arrow, way) in arrows.iter().zip(&placed.ways) {
        let mut before: Option<&Piece> = None;
        for piece in way {
            let line = Rect(piece.x, piece.from.min(piece.to), piece.x + 1, piece.from.max(piece.to));
            prop_assert!(!all.iter().any(|rect| rect.meets(&line)), "{arrow:?} runs through something at {piece:?}");
            if let Some(before) = before {
                let (top, bottom) = (before.to.min(piece.from), before.to.max(piece.from));
                let curve = Rect(before.x.min(piece.x), top, before.x.max(piece.x) + 1, bottom);
                prop_assert!(!all.iter().any(|rect| rect.meets(&curve)), "{arrow:?} bends through something");
            }
            before = Some(piece);
        }
        let touches = |rect: &Rect, x: i64, y: i64| rect.0 <= x && x <= rect.2 && (y == rect.1 || y == rect.3);
        let (first, last) = (way.first().unwrap(), way.last().unwrap());
        prop_assert!(touches(&told[arrow.from], first.x, first.from), "{arrow:?} does not start at its box");
        prop_assert!(touches(&told[arrow.to], last.x, last.to), "{arrow:?} does not reach its box");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn nothing_lies_over_anything_else(
        boxes in prop::collection::vec((60i64..220, 20i64..80), 1..9),
        arrows in prop::collection::vec((0usize..9, 0usize..9, 10i64..160, 10i64..90), 0..22),
    ) {
        let boxes: Vec<Size> = boxes.into_iter().map(|(width, height)| Size { width, height }).collect();
        let mut known = Vec::new();
        let arrows: Vec<Arrow> = arrows
            .into_iter()
            .map(|(from, to, width, height)| (from % boxes.len(), to % boxes.len(), Size { width, height }))
            .filter(|(from, to, _)| from != to && !known.contains(&(*from, *to)) && { known.push((*from, *to)); true })
            .map(|(from, to, text)| Arrow { from, to, text })
            .collect();
        proved(&boxes, &arrows, &layout::place(&boxes, &arrows))?;
    }
}
