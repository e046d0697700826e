//! How a kind of case moves: the picture of its states, and who may do what in which.

use serde::Serialize;

use super::Page;
use super::lists::Choice;

#[derive(Clone, Debug, Serialize)]
pub struct Flow {
    pub title: String,
    pub by: String,
    /// Other kinds of cases: their pages' addresses and names.
    pub kinds: Vec<Choice>,
    /// SVG, made by us.
    pub picture: String,
    pub parties: Vec<String>,
    pub states: Vec<FlowState>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FlowState {
    pub title: String,
    /// What the applicant reads, where it is something else.
    pub applicant: Option<String>,
    /// `good`, `bad` or `wait`.
    pub mark: &'static str,
    /// The case from which the reader comes is in it.
    pub here: bool,
    /// Working days, after which whom it waits for is reminded.
    pub remind_after: Option<u32>,
    /// Days, after which time makes a move, and which.
    pub lapse: Option<(u32, String)>,
    /// By party: moves.
    pub cells: Vec<FlowCell>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FlowCell {
    pub party: String,
    pub moves: Vec<FlowMove>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FlowMove {
    pub title: String,
    pub to: String,
}

impl Page for Flow {
    const TEMPLATE: &'static str = "pages/flow.html";
    fn samples() -> Vec<Flow> {
        let cell = |title: &str| FlowCell {
            party: "承辦".to_owned(),
            moves: vec![FlowMove { title: title.to_owned(), to: "通過".to_owned() }],
        };
        let state = FlowState {
            title: "審查中".to_owned(),
            applicant: Some("<等候>".to_owned()),
            mark: "wait",
            here: true,
            remind_after: Some(5),
            lapse: Some((60, "逾期".to_owned())),
            cells: vec![cell("<通過>"), FlowCell { party: "時間".to_owned(), moves: Vec::new() }],
        };
        let end =
            FlowState { applicant: None, mark: "good", here: false, remind_after: None, lapse: None, ..state.clone() };
        let choice = Choice { value: "/flow/a".to_owned(), label: "<甲>".to_owned(), current: true };
        let full = Flow {
            title: "申請".to_owned(),
            by: "第 1 條".to_owned(),
            kinds: vec![choice.clone(), Choice { current: false, ..choice }],
            picture: "<svg></svg>".to_owned(),
            parties: vec!["承辦".to_owned(), "時間".to_owned()],
            states: vec![state, end],
        };
        let empty = Flow { by: String::new(), kinds: Vec::new(), states: Vec::new(), ..full.clone() };
        vec![full, empty]
    }
}
