//! The rules in force.

use serde::Serialize;

use super::Page;

/// The edition in force, and what stands against the folder as it now is.
#[derive(Clone, Debug, Serialize)]
pub struct Rules {
    pub edition: String,
    pub folder: String,
    pub requirements: Vec<RuleRow>,
    pub parameters: Vec<ParameterRow>,
    /// Why the folder was not taken.
    pub problems: Vec<ProblemRow>,
    /// What is worth a look in the rules in force.
    pub warnings: Vec<ProblemRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    pub id: String,
    pub title: String,
    pub office: String,
    pub needed: String,
    pub unit: String,
    pub counts: String,
    pub rule: String,
    pub by: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ParameterRow {
    pub id: String,
    pub title: String,
    pub unit: String,
    pub by: String,
    pub values: Vec<DatedValue>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DatedValue {
    pub from: String,
    pub value: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ProblemRow {
    pub code: String,
    pub place: String,
    pub what: String,
    pub found: String,
    pub allowed: String,
}

impl Page for Rules {
    const TEMPLATE: &'static str = "pages/rules.html";
    fn samples() -> Vec<Rules> {
        let page = Rules {
            edition: "0123456789ab".to_owned(),
            folder: "workflows/x".to_owned(),
            requirements: vec![RuleRow {
                id: "a".to_owned(),
                title: "甲".to_owned(),
                office: "一組".to_owned(),
                needed: "3".to_owned(),
                unit: "hours".to_owned(),
                counts: "甲、乙".to_owned(),
                rule: "a::b".to_owned(),
                by: "第 1 條".to_owned(),
            }],
            parameters: vec![ParameterRow {
                id: "p".to_owned(),
                title: "時數".to_owned(),
                unit: "hours".to_owned(),
                by: "第 1 條".to_owned(),
                values: vec![DatedValue { from: "2022-08-01".to_owned(), value: "3".to_owned() }],
            }],
            problems: vec![ProblemRow {
                code: "MK001".to_owned(),
                place: "workflows/x/a.yaml:3:5".to_owned(),
                what: "沒有這個鍵".to_owned(),
                found: "<titel>".to_owned(),
                allowed: "title".to_owned(),
            }],
            warnings: Vec::new(),
        };
        let warned = Rules { problems: Vec::new(), warnings: page.problems.clone(), ..page.clone() };
        vec![Rules { problems: Vec::new(), ..page.clone() }, warned, page]
    }
}
