//! Cases, catalogues, profile and budgets.

use super::effects::effect;
use super::value::{amount, rule, string, strings, text, whole, yes};
use super::{Document, Item, position};
use crate::amount::Amount;
use crate::definition::case::*;
use crate::definition::tree::{Entry, Node};
use crate::definition::{Category, Group, Parameter, Requirement, RuleName, School};
use crate::definition::{condition, tables};
use crate::lang::Text;

/// What cases refer to.
pub struct Known<'a, 'b> {
    pub school: &'a School,
    pub groups: &'a [Item<'b, Group>],
    pub requirements: &'a [Item<'b, Requirement>],
    pub categories: &'a [Item<'b, Category>],
    pub windows: &'a [Item<'b, Windows>],
    pub catalogues: &'a [Item<'b, Catalogue>],
    pub budgets: &'a [Item<'b, Budget>],
    pub parameters: &'a [Item<'b, Parameter>],
    pub flows: &'a [Flow],
}

/// A case by its name, as the effects of others see it, in the order of all cases.
pub struct Flow {
    pub id: String,
    /// Index into `windows`.
    pub windows: Option<usize>,
    pub states: Vec<FlowState>,
}

/// A state, as cases that use others of its kind see it.
pub struct FlowState {
    pub id: String,
    pub ends_well: bool,
}

pub fn flows(documents: &[Document], windows: &[Item<'_, Windows>]) -> Vec<Flow> {
    let state = |entry: &Entry| FlowState {
        id: entry.key.clone(),
        ends_well: entry.value.get("ends").and_then(Node::word) == Some("well"),
    };
    let flow = |document: &Document, id| Flow {
        id,
        windows: position(windows, document.root.get("window")),
        states: document.root.get("states").map(Node::entries).unwrap_or_default().iter().map(state).collect(),
    };
    defining(documents, "case", flow).into_iter().map(|item| item.value).collect()
}

/// The documents that define one thing under a key, in the order that `order` gives them.
pub(super) fn defining<'a, T>(
    documents: &'a [Document],
    key: &str,
    read: impl Fn(&'a Document, String) -> T,
) -> Vec<Item<'a, T>> {
    let mut found: Vec<&Document> = documents.iter().filter(|document| document.root.entry(key).is_some()).collect();
    found.sort_by_key(|document| whole::<u32>(document.root.get("order")).unwrap_or(u32::MAX));
    found
        .into_iter()
        .filter_map(|document| {
            let name = document.root.entry(key)?;
            let value = read(document, string(Some(&name.value)));
            Some(Item { value, file: &document.file, path: String::new(), name, node: &document.root })
        })
        .collect()
}

pub fn budgets<'a>(documents: &'a [Document]) -> Vec<Item<'a, Budget>> {
    super::thresholds::section(documents, "budgets", |id, node| Budget {
        id,
        title: text(node.get("title")),
        by: text(node.get("by")),
        years: node
            .get("years")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| Some((entry.key.parse().ok()?, amount(Some(&entry.value))?)))
            .collect(),
        once_in_a_life: yes(node.get("once_in_a_life")),
        cheque_when: node.get("cheque_when").and_then(Node::word).map(str::to_owned),
        wait_after_change: whole(node.get("wait_after_change")).unwrap_or(0),
    })
}

pub fn catalogues<'a>(documents: &'a [Document], school: &School) -> Vec<Item<'a, Catalogue>> {
    defining(documents, "catalogue", |document, id| {
        let node = &document.root;
        let each = strings(node.get("of_each"));
        let said = fields(node.get("fields"), &[], &[], &[]);
        let place = |name: &str| said.iter().position(|field| field.id == name);
        let party_at = |key: &str| node.get(key).and_then(Node::word).and_then(|text| party(text, school));
        Catalogue {
            id,
            title: text(node.get("title")),
            by: text(node.get("by")),
            columns: strings(node.get("columns")).iter().filter_map(|name| place(name)).collect(),
            in_english: node.get("in_english").and_then(Node::word).and_then(place),
            fields: said,
            by_department: each.iter().any(|word| word == "department"),
            by_term: each.iter().any(|word| word == "term"),
            at_most: whole(node.get("at_most")),
            kept_by: party_at("kept_by").unwrap_or(Party::Applicant),
            approved_by: party_at("approved_by"),
            minutes_when_changed: node.get("minutes").is_some(),
            headers: node
                .get("headers")
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .map(|entry| (entry.key.clone(), strings(Some(&entry.value))))
                .collect(),
        }
    })
}

pub fn profiles(documents: &[Document]) -> Vec<Item<'_, Profile>> {
    defining(documents, "profile", |document, id| Profile {
        id,
        title: text(document.root.get("title")),
        about: text(document.root.get("about")),
        fields: fields(document.root.get("fields"), &[], &[], &[]),
    })
}

pub fn cases<'a>(documents: &'a [Document], known: &Known<'_, '_>) -> Vec<Item<'a, Workflow>> {
    defining(documents, "case", |document, id| {
        let node = &document.root;
        let office = string(node.get("office"));
        let states = node.get("states").map(Node::entries).unwrap_or_default();
        let moves = node.get("moves").map(Node::entries).unwrap_or_default();
        let state = |name: Option<&Node>| {
            let name = name.and_then(Node::word)?;
            states.iter().position(|entry| entry.key == name)
        };
        let catalogues = known.catalogue_fields();
        let (of, flows) = (known.catalogues, known.flows);
        let mut fields = fields(node.get("form"), of, &catalogues, flows);
        for (index, step) in moves.iter().enumerate() {
            add_fields(&mut fields, Some(index), step.value.get("asks"), of, &catalogues, flows);
        }
        let columns = strings(node.get("columns"));
        Workflow {
            title: text(node.get("title")),
            by: text(node.get("by")),
            office: known.school.units.iter().position(|unit| unit.id == office).unwrap_or(0),
            who: position(known.groups, node.get("who")),
            requirement: position(known.requirements, node.get("meets")),
            open_at_once: whole(node.get("open_at_once")).unwrap_or(1),
            or_say: text(node.get("or_say")),
            windows: position(known.windows, node.get("window")),
            late: node.get("late").and_then(Node::word) == Some("allowed"),
            prepare: texts(node.get("prepare")),
            agree: node
                .get("agree")
                .map(|agree| Agreement { text: texts(agree.get("text")), tick: text(agree.get("tick")) }),
            needs_profile: needs_profile(
                node.get("needs_profile"),
                condition::Known { fields: &fields, catalogues: &catalogues },
            ),
            term_of: node
                .get("term_of")
                .and_then(Node::word)
                .and_then(|name| fields.iter().position(|field| field.id == name && field.is == Answer::Date)),
            columns: columns.iter().filter_map(|name| aspect(name, &fields)).collect(),
            states: states
                .iter()
                .map(|entry| {
                    let of_move = |name: &str| moves.iter().position(|entry| entry.key == name);
                    read_state(&entry.key, &entry.value, known.school, of_move)
                })
                .collect(),
            moves: moves
                .iter()
                .map(|entry| Move {
                    id: entry.key.clone(),
                    from: items(entry.value.get("from")).iter().filter_map(|name| state(Some(name))).collect(),
                    to: state(entry.value.get("to")).unwrap_or(0),
                    ..read_move(&document.file, &entry.key, &entry.value, known, &fields)
                })
                .collect(),
            exports: node
                .get("exports")
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .map(|entry| Export {
                    states: items(entry.value.get("states")).iter().filter_map(|name| state(Some(name))).collect(),
                    ..export(&id, &entry.key, &entry.value, &fields)
                })
                .collect(),
            checks: node
                .get("checks")
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .map(|entry| Check {
                    id: entry.key.clone(),
                    title: text(entry.value.get("title")),
                    rule: entry.value.get("rule").and_then(Node::word).and_then(rule),
                })
                .collect(),
            fields,
            id,
        }
    })
}

impl Known<'_, '_> {
    fn catalogue_fields(&self) -> Vec<&[Field]> {
        self.catalogues.iter().map(|item| item.value.fields.as_slice()).collect()
    }
}

fn needs_profile(node: Option<&Node>, known: condition::Known<'_>) -> Option<Condition> {
    match node?.word()? {
        "true" => Some(Condition::ALWAYS),
        "false" => None,
        text => condition::read(text, known).ok(),
    }
}

/// `course`, `course.level`.
fn aspect(name: &str, fields: &[Field]) -> Option<Aspect> {
    let (name, of) = name.split_once('.').map_or((name, None), |(name, of)| (name, Some(of)));
    let field = fields.iter().position(|field| field.id == name)?;
    Some(Aspect { field, of: of.map(str::to_owned) })
}

fn export(case: &str, id: &str, node: &Node, fields: &[Field]) -> Export {
    let columns = strings(node.get("columns"));
    let file = node.get("file").and_then(Node::word);
    Export {
        id: id.to_owned(),
        title: text(node.get("title")),
        states: Vec::new(),
        columns: columns.iter().filter_map(|name| column(name, fields)).collect(),
        file: file.map_or_else(|| format!("{case}-{id}-YYYYMMDDHHMM"), str::to_owned),
        signs: texts(node.get("signs")),
    }
}

/// What a column is called: a field comes before what is called the same.
fn column(name: &str, fields: &[Field]) -> Option<Column> {
    if let Some(field) = name.strip_prefix("profile.") {
        return Some(Column::Profile(field.to_owned()));
    }
    aspect(name, fields)
        .map(Column::Answer)
        .or_else(|| Fixed::ALL.iter().find(|(_, word)| *word == name).map(|(fixed, _)| Column::Fixed(*fixed)))
}

/// A list's items; one value alone is a list of one.
fn items(node: Option<&Node>) -> &[Node] {
    node.map(Node::items).unwrap_or_default()
}

fn texts(node: Option<&Node>) -> Vec<Text> {
    items(node).iter().map(|node| text(Some(node))).collect()
}

fn fields(
    node: Option<&Node>,
    catalogues: &[Item<'_, Catalogue>],
    of_catalogues: &[&[Field]],
    flows: &[Flow],
) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    add_fields(&mut out, None, node, catalogues, of_catalogues, flows);
    out
}

/// Reads fields behind those that stand before them: of a move (an index), or of a form.
fn add_fields(
    out: &mut Vec<Field>,
    of_move: Option<usize>,
    node: Option<&Node>,
    catalogues: &[Item<'_, Catalogue>],
    of_catalogues: &[&[Field]],
    flows: &[Flow],
) {
    for entry in node.map(Node::entries).unwrap_or_default() {
        let node = &entry.value;
        let field = Field {
            id: entry.key.clone(),
            label: text(node.get("label")),
            hint: text(node.get("hint")),
            is: answer(node, out, catalogues, of_catalogues, flows),
            when: node.get("when").and_then(Node::word).and_then(|text| {
                condition::read(text, condition::Known { fields: out, catalogues: of_catalogues }).ok()
            }),
            optional: yes(node.get("optional")),
            check: node.get("check").and_then(Node::word).and_then(rule),
            private: yes(node.get("private")),
            unique: match node.get("unique").and_then(Node::word) {
                Some("refuse") => Some(Unique::Refuse),
                Some("warn") => Some(Unique::Warn),
                Some(_) | None => None,
            },
            payee: yes(node.get("payee")),
            of_move,
        };
        out.push(field);
    }
}

/// The most that is taken for a number where the form does not say.
const MOST: Amount = Amount::whole(1_000_000_000);

fn answer(
    node: &Node,
    before: &[Field],
    catalogues: &[Item<'_, Catalogue>],
    of_catalogues: &[&[Field]],
    flows: &[Flow],
) -> Answer {
    let is = node.get("is").and_then(Node::word).unwrap_or_default();
    let letters = |otherwise| whole(node.get("letters")).unwrap_or(otherwise);
    let (least, most) = (amount(node.get("least")).unwrap_or_default(), amount(node.get("most")).unwrap_or(MOST));
    match is {
        "long text" => Answer::Text { letters: letters(2000), lines: true },
        "number" => Answer::Number { least, most },
        "money" => Answer::Money { least, most },
        "date" => Answer::Date,
        "choice" => Answer::Choice(match node.get("options").and_then(Node::word).and_then(tables::named) {
            Some(table) => table
                .iter()
                .map(|line| {
                    let with_code = |name: &str| format!("{} {name}", line.code);
                    let title = Text { zh: with_code(&line.name.zh), en: line.name.en.as_deref().map(with_code) };
                    Choice { id: line.code.clone(), title, also: line.also.clone() }
                })
                .collect(),
            None => node
                .get("options")
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .map(|entry| Choice { id: entry.key.clone(), title: text(Some(&entry.value)), also: String::new() })
                .collect(),
        }),
        "tick" => Answer::Tick { at_first: yes(node.get("at_first")) },
        "file" => Answer::File { of: media(node.get("of")), megabytes: whole(node.get("megabytes")).unwrap_or(10) },
        "computed" => {
            Answer::Computed { rule: node.get("rule").and_then(Node::word).and_then(rule).unwrap_or(no_rule()) }
        }
        "record" => {
            Answer::Record(node.get("record").and_then(Node::word).and_then(record).unwrap_or(RecordItem::Email))
        }
        _ if is.starts_with("cases of ") => {
            let of = is.trim_start_matches("cases of ").to_owned();
            let flow = flows.iter().find(|flow| flow.id == of);
            let states = flow.map(|flow| flow.states.as_slice()).unwrap_or_default().iter();
            let among = match strings(node.get("among")) {
                said if said.is_empty() => {
                    states.filter(|state| state.ends_well).map(|state| state.id.clone()).collect()
                }
                said => said,
            };
            let known = condition::Known { fields: before, catalogues: of_catalogues };
            let count = node.get("count").and_then(Node::word).and_then(|text| condition::count(text, known).ok());
            Answer::Cases { of, among, count }
        }
        _ => match is.strip_prefix("entry of ") {
            Some(name) => {
                let catalogue = catalogues.iter().position(|item| item.value.id == name).unwrap_or(0);
                let fields = of_catalogues.get(catalogue).copied().unwrap_or_default();
                let among = items(node.get("among"));
                let among = among.iter().filter_map(|node| read_among(node.word()?, before, fields)).collect();
                Answer::Entry { catalogue, among }
            }
            None => Answer::Text { letters: letters(200), lines: false },
        },
    }
}

fn no_rule() -> RuleName {
    RuleName { script: String::new(), function: String::new() }
}

pub fn read_among(text: &str, before: &[Field], of_catalogue: &[Field]) -> Option<Among> {
    let place = |fields: &[Field], name: &str| fields.iter().position(|field| field.id == name);
    match (text, text.strip_prefix("term of ")) {
        ("own department", _) => Some(Among::OwnDepartment),
        (_, Some(name)) => place(before, name).filter(|index| before[*index].is == Answer::Date).map(Among::TermOf),
        (name, None) => place(of_catalogue, name)
            .filter(|index| matches!(of_catalogue[*index].is, Answer::Tick { .. }))
            .map(Among::Ticked),
    }
}

fn media(node: Option<&Node>) -> Vec<Media> {
    let named: Vec<Media> = strings(node)
        .iter()
        .filter_map(|word| match word.as_str() {
            "jpg" => Some(Media::Jpeg),
            "png" => Some(Media::Png),
            "pdf" => Some(Media::Pdf),
            _ => None,
        })
        .collect();
    if named.is_empty() { vec![Media::Jpeg, Media::Png, Media::Pdf] } else { named }
}

fn record(word: &str) -> Option<RecordItem> {
    Some(match word {
        "national id" => RecordItem::NationalId,
        "birthday" => RecordItem::Birthday,
        "phone" => RecordItem::Phone,
        "mobile" => RecordItem::Mobile,
        "address" => RecordItem::Address,
        "email" => RecordItem::Email,
        "class" => RecordItem::Class,
        "department" => RecordItem::Department,
        _ => return None,
    })
}

/// `applicant`, `own department clerk`, `career office`.
pub fn party(text: &str, school: &School) -> Option<Party> {
    let role = |name: &str| school.roles.iter().position(|role| role.id == name);
    match (text, text.strip_prefix("own department ")) {
        ("applicant", _) => Some(Party::Applicant),
        (_, Some(name)) => Some(Party::OwnDepartment { role: role(name)? }),
        (_, None) => {
            let (unit, name) = text.rsplit_once(' ')?;
            let unit = school.units.iter().position(|known| known.id == unit)?;
            Some(Party::Unit { unit, role: role(name)? })
        }
    }
}

pub fn by(text: &str, school: &School) -> Option<By> {
    match text {
        "time" => Some(By::Time),
        "whoever it waits for" => Some(By::WhoeverItWaitsFor),
        _ => party(text, school).map(By::Party),
    }
}

fn read_state(id: &str, node: &Node, school: &School, of_move: impl Fn(&str) -> Option<usize>) -> State {
    let title = text(node.get("title"));
    let lapse = node.get("lapse");
    State {
        id: id.to_owned(),
        applicant: node.get("applicant").map_or_else(|| title.clone(), |said| text(Some(said))),
        title,
        editable: match node.get("editable").and_then(Node::word) {
            Some("everything") => Editable::Everything,
            Some("named") => Editable::Named,
            Some(_) | None => Editable::Nothing,
        },
        waits_for: node.get("waits_for").and_then(Node::word).and_then(|text| party(text, school)),
        remind_after: whole(node.get("remind_after")),
        lapse: lapse.and_then(|lapse| {
            Some((whole(lapse.get("after_days"))?, of_move(lapse.get("move").and_then(Node::word)?)?))
        }),
        ends: match node.get("ends").and_then(Node::word) {
            Some("well") => Some(End::Well),
            Some("badly") => Some(End::Badly),
            Some(_) | None => None,
        },
    }
}

fn read_move(file: &str, id: &str, node: &Node, known: &Known<'_, '_>, fields: &[Field]) -> Move {
    let then = items(node.get("then")).iter().enumerate();
    Move {
        id: id.to_owned(),
        title: text(node.get("title")),
        from: Vec::new(),
        to: 0,
        by: node.get("by").and_then(Node::word).and_then(|text| by(text, known.school)).unwrap_or(By::Time),
        rule: node.get("if").and_then(Node::word).and_then(rule),
        note: match node.get("note").and_then(Node::word) {
            Some("needed") => Note::Needed,
            Some("optional") => Note::Optional,
            Some(_) | None => Note::None,
        },
        note_letters: whole(node.get("letters")).unwrap_or(250),
        names_fields: yes(node.get("names_fields")),
        undo_minutes: whole(node.get("undo_minutes")),
        then: then
            .filter_map(|(index, node)| effect(file, &format!("moves.{id}.then[{index}]"), node, known, fields))
            .collect(),
    }
}
