//! A workflow as a page to read: who may do what in which state, what each state means, and what
//! each move asks for and brings. Markdown, in Chinese and English side by side; `diagram` is its
//! picture.

use std::fmt::Write;

use crate::definition::case::{About, By, Editable, Effect, End, Move, Note, Party, Until, Workflow};
use crate::definition::{Definition, RuleName};
use crate::lang::{Lang, Text};

/// The page. Writing to a string cannot fail.
pub fn page(definition: &Definition, workflow: &Workflow) -> String {
    let mut out = format!("# {}\n\n", both(&workflow.title));
    let _ = writeln!(
        out,
        "本頁由 `menkan table {0}` 產生，請勿手改。\nThis page is made by `menkan table {0}`; do not edit it.\n",
        workflow.id
    );
    let _ = writeln!(out, "## 狀態圖 · States\n");
    for (lang, alt) in [(Lang::ZhTw, "狀態圖"), (Lang::En, "States")] {
        let _ = writeln!(out, "![{alt}：{}]({}.{}.svg)\n", workflow.title.get(lang), workflow.id, lang.code());
    }
    matrix(&mut out, definition, workflow);
    states(&mut out, definition, workflow);
    moves(&mut out, definition, workflow);
    checks(&mut out, workflow);
    out
}

fn both(text: &Text) -> String {
    let (zh, en) = (text.get(Lang::ZhTw), text.get(Lang::En));
    let out = if zh == en { zh.to_owned() } else { format!("{zh} · {en}") };
    out.replace('|', "\\|").replace('\n', " ")
}

/// Who makes a move from a state; `None` where it is time.
pub(super) fn who(workflow: &Workflow, step: &Move, from: usize) -> Option<Party> {
    match step.by {
        By::Party(party) => Some(party),
        By::WhoeverItWaitsFor => workflow.states.get(from).and_then(|state| state.waits_for),
        By::Time => None,
    }
}

/// How a party is called, in full.
pub(super) fn party(definition: &Definition, party: Option<Party>) -> Text {
    let role = |index: usize| definition.school.roles.get(index).map(|role| role.title.clone()).unwrap_or_default();
    match party {
        None => Text::new("時間", "time"),
        Some(Party::Applicant) => Text::new("申請人", "the applicant"),
        Some(Party::OwnDepartment { role: index }) => {
            let role = role(index);
            let (zh, en) = (role.get(Lang::ZhTw), role.get(Lang::En));
            Text::new(format!("申請人單位的{zh}"), format!("{en}, of the applicant's department"))
        }
        Some(Party::Unit { unit, role: index }) => {
            let unit = definition.school.units.get(unit).map(|unit| unit.title.clone()).unwrap_or_default();
            let role = role(index);
            let (zh, en) = (unit.get(Lang::ZhTw), unit.get(Lang::En));
            Text::new(format!("{zh}（{}）", role.get(Lang::ZhTw)), format!("{en} ({})", role.get(Lang::En)))
        }
    }
}

fn row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> =
        cells.into_iter().map(|cell| if cell.is_empty() { "—".to_owned() } else { cell }).collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn head(out: &mut String, cells: &[String]) {
    row(out, cells.iter().cloned());
    let _ = writeln!(out, "|{}", "---|".repeat(cells.len()));
}

/// Who may do what in which state: for each state and each party the moves, with where they lead.
pub struct Matrix {
    pub parties: Vec<Text>,
    /// By state, then by party.
    pub cells: Vec<Vec<Vec<Cell>>>,
}

pub struct Cell {
    pub does: Text,
    pub to: Text,
}

pub fn who_does_what(definition: &Definition, workflow: &Workflow) -> Matrix {
    let mut parties: Vec<Option<Party>> = Vec::new();
    for step in &workflow.moves {
        for from in &step.from {
            let party = who(workflow, step, *from);
            if !parties.contains(&party) {
                parties.push(party);
            }
        }
    }
    let theirs = |state: usize, party: Option<Party>| {
        let steps =
            workflow.moves.iter().filter(|step| step.from.contains(&state) && who(workflow, step, state) == party);
        let to = |step: &Move| workflow.states.get(step.to).map(|to| to.title.clone()).unwrap_or_default();
        steps.map(|step| Cell { does: step.title.clone(), to: to(step) }).collect()
    };
    Matrix {
        cells: (0..workflow.states.len())
            .map(|state| parties.iter().map(|party| theirs(state, *party)).collect())
            .collect(),
        parties: parties.iter().map(|one| party(definition, *one)).collect(),
    }
}

fn matrix(out: &mut String, definition: &Definition, workflow: &Workflow) {
    let matrix = who_does_what(definition, workflow);
    let _ = writeln!(out, "## 誰在哪個狀態可以做什麼 · Who may do what in which state\n");
    let _ = writeln!(
        out,
        "沒有人能決定自己的案件，也沒有人能在兩個狀態決定同一件。\n\
         Nobody decides their own case, nor one case in two of its states.\n"
    );
    let mut heads = vec!["狀態 · state".to_owned()];
    heads.extend(matrix.parties.iter().map(both));
    head(out, &heads);
    for (state, cells) in workflow.states.iter().zip(&matrix.cells) {
        let told = |moves: &Vec<Cell>| {
            let moves = moves.iter().map(|one| format!("**{}** → {}", both(&one.does), both(&one.to)));
            moves.collect::<Vec<_>>().join("<br>")
        };
        row(out, std::iter::once(both(&state.title)).chain(cells.iter().map(told)));
    }
    out.push('\n');
}

fn states(out: &mut String, definition: &Definition, workflow: &Workflow) {
    let _ = writeln!(out, "## 狀態 · What each state means\n");
    let heads = [
        "狀態 · state",
        "申請人看到 · the applicant reads",
        "申請人能改 · the applicant may change",
        "等誰 · waits for",
        "期限 · deadlines",
        "結案 · ends",
    ];
    head(out, &heads.map(str::to_owned));
    for state in &workflow.states {
        let editable = match state.editable {
            Editable::Everything => "全部 · everything",
            Editable::Named => "點名的欄位 · the fields named",
            Editable::Nothing => "",
        };
        let ends = match state.ends {
            Some(End::Well) => "通過 · well",
            Some(End::Badly) => "未通過 · badly",
            None => "",
        };
        let mut deadlines = Vec::new();
        if let Some(days) = state.remind_after {
            deadlines.push(format!("{days} 個工作天後提醒 · a reminder after {days} working days"));
        }
        if let Some((days, step)) = state.lapse {
            let step = workflow.moves.get(step).map(|step| both(&step.title)).unwrap_or_default();
            deadlines.push(format!("{days} 天後 · after {days} days: **{step}**"));
        }
        let waits_for = state.waits_for.map(|waits| both(&party(definition, Some(waits)))).unwrap_or_default();
        let reads = if state.applicant == state.title { String::new() } else { both(&state.applicant) };
        row(out, [both(&state.title), reads, editable.to_owned(), waits_for, deadlines.join("<br>"), ends.to_owned()]);
    }
    out.push('\n');
}

fn moves(out: &mut String, definition: &Definition, workflow: &Workflow) {
    let _ = writeln!(out, "## 移動 · What each move asks for and brings\n");
    let heads = ["移動 · move", "要有 · it asks for", "隨之而來 · what follows", "復原 · undo"];
    head(out, &heads.map(str::to_owned));
    for (index, step) in workflow.moves.iter().enumerate() {
        let mut asks = Vec::new();
        if let Some(RuleName { script, function }) = &step.rule {
            asks.push(format!("規則同意 · the rule `{script}::{function}`"));
        }
        let fields = workflow.asks(index);
        asks.extend(fields.iter().filter_map(|at| workflow.fields.get(*at)).map(|field| both(&field.label)));
        match step.note {
            Note::Needed => {
                asks.push(format!("備註（最多 {0} 字）· a note of at most {0} characters", step.note_letters))
            }
            Note::Optional => asks
                .push(format!("可寫備註（最多 {0} 字）· perhaps a note of at most {0} characters", step.note_letters)),
            Note::None => {}
        }
        if step.names_fields {
            asks.push("點名須修改的欄位 · the fields that are to be mended".to_owned());
        }
        let follows: Vec<String> = step.then.iter().map(|effect| follows(definition, workflow, effect)).collect();
        let undo = step.undo_minutes.map(|minutes| format!("{minutes} 分鐘內 · within {minutes} minutes"));
        row(out, [both(&step.title), asks.join("<br>"), follows.join("<br>"), undo.unwrap_or_default()]);
    }
}

fn checks(out: &mut String, workflow: &Workflow) {
    if workflow.checks.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## 檢核 · What reviewers look at\n");
    head(out, &["檢核 · check", "誰判斷 · who says so"].map(str::to_owned));
    for check in &workflow.checks {
        let who = check.rule.as_ref().map(|rule| format!("`{}::{}`", rule.script, rule.function));
        row(out, [both(&check.title), who.unwrap_or_else(|| "審查的人 · whoever reviews".to_owned())]);
    }
}

fn about(about: About, one: impl Fn(usize) -> Option<String>, label: impl Fn(usize) -> String) -> String {
    match about {
        About::One(index) => one(index).unwrap_or_default(),
        About::Chosen(field) => label(field),
    }
}

fn end(definition: &Definition, until: Until, label: impl Fn(usize) -> String) -> String {
    match until {
        Until::Always => "沒有終止日 · without end".to_owned(),
        Until::Field(field) => format!("至 · until: {}", label(field)),
        Until::Days(parameter) => {
            let title = definition.parameters.get(parameter).map(|parameter| both(&parameter.title));
            format!("天數 · days: {}", title.unwrap_or_default())
        }
    }
}

fn follows(definition: &Definition, workflow: &Workflow, effect: &Effect) -> String {
    let label = |index: usize| workflow.fields.get(index).map(|field| both(&field.label)).unwrap_or_default();
    match effect {
        Effect::Credit { category, amount, on } => {
            let category =
                definition.categories.get(*category).map(|category| both(&category.title)).unwrap_or_default();
            let day = on.map(|on| format!("（日期 · dated: {}）", label(on))).unwrap_or_default();
            format!("認證 · credit: {category} {amount}{day}")
        }
        Effect::Pay { amount, from } => {
            let budget = definition.budgets.get(*from).map(|budget| both(&budget.title)).unwrap_or_default();
            format!("付款 · payment: {}（預算 · budget: {budget}）", label(*amount))
        }
        Effect::Mail { template, to, .. } => {
            format!("信 · letter `{template}` → {}", both(&party(definition, Some(*to))))
        }
        Effect::Waive { requirement, because, until } => {
            let one = |index: usize| definition.requirements.get(index).map(|one| both(&one.title));
            let why = because.map(|index| format!("，事由 · because: {}", label(index))).unwrap_or_default();
            format!("免修 · waived: {}（{}{why}）", about(*requirement, one, label), end(definition, *until, label))
        }
        Effect::Substitute { category, amount, of, until, .. } => {
            let one = |index: usize| definition.categories.get(index).map(|one| both(&one.title));
            let (category, end) = (about(*category, one, label), end(definition, *until, label));
            format!("抵免 · substituted: {category} {} ← {}（{end}）", label(*amount), label(*of))
        }
        Effect::Extend { workflow, round, until } => {
            let case = definition.workflows.get(*workflow);
            let title = case.map(|case| both(&case.title)).unwrap_or_default();
            let windows = case.and_then(|case| case.windows).and_then(|index| definition.windows.get(index));
            let one = |index: usize| Some(both(&windows?.rounds.get(index)?.title));
            let round = round.map_or_else(|| "每一個區間 · every window".to_owned(), |round| about(round, one, label));
            format!("延長 · extended: {title}，{round}（{}）", end(definition, *until, label))
        }
        Effect::Enter { catalogue, .. } => {
            let title = definition.catalogues.get(*catalogue).map(|one| both(&one.title)).unwrap_or_default();
            format!("列入 · entered: {title}")
        }
    }
}
