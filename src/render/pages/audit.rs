//! The audit log.

use serde::Serialize;

use super::Page;

/// Who did what, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    pub actor: String,
    pub actions: Vec<AuditChoice>,
    /// As ISO; empty for all.
    pub day: String,
    pub rows: Vec<AuditLine>,
    /// The address of older rows, where there are any.
    pub older: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct AuditChoice {
    pub action: String,
    pub label: String,
    pub chosen: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct AuditLine {
    pub seq: i64,
    pub at: String,
    pub actor: String,
    pub action: String,
    pub details: Vec<AuditDetail>,
}

/// One thing that the log says of an action; what was no list has no name.
#[derive(Clone, Debug, Serialize)]
pub struct AuditDetail {
    pub name: String,
    pub value: String,
}

impl Page for Audit {
    const TEMPLATE: &'static str = "pages/audit.html";
    fn samples() -> Vec<Audit> {
        let choice = AuditChoice { action: "import".to_owned(), label: "匯入".to_owned(), chosen: true };
        let line = AuditLine {
            seq: 7,
            at: "2026-01-01 09:00".to_owned(),
            actor: "admin".to_owned(),
            action: "匯入".to_owned(),
            details: vec![
                AuditDetail { name: "檔案".to_owned(), value: "<a>.csv".to_owned() },
                AuditDetail { name: String::new(), value: "17".to_owned() },
            ],
        };
        let page = Audit {
            actor: "admin".to_owned(),
            actions: vec![AuditChoice { chosen: false, ..choice.clone() }, choice],
            day: "2026-01-01".to_owned(),
            rows: vec![AuditLine { details: Vec::new(), ..line.clone() }, line],
            older: Some("/audit?before=6".to_owned()),
        };
        vec![Audit { rows: Vec::new(), older: None, actor: String::new(), day: String::new(), ..page.clone() }, page]
    }
}
