//! The list of cases as a file, for offices who go on in a spreadsheet: all that its page is asked for.

use super::{columns, queue, state_title};
use crate::app::given::{self, Given};
use crate::app::{case, csv, sheet};
use crate::lang::Lang;
use crate::render::words;
use crate::store::{from_stored, people};
use crate::web::context::Known;
use crate::web::lists::XLSX;
use crate::web::{Answer, Context, Fault, show};

pub(in crate::web) async fn as_csv(mut context: Context) -> Answer {
    let found = found(&mut context).await?;
    let bytes = csv::table(found.heads, found.rows.into_iter());
    show::file(&format!("{}.csv", found.name), "text/csv; charset=utf-8", bytes)
}

pub(in crate::web) async fn as_sheet(mut context: Context) -> Answer {
    let found = found(&mut context).await?;
    let note = format!("{} · {}", context.today, found.rows.len());
    let bytes = sheet::table(&found.title, &note, &found.heads, &[], &found.rows);
    show::file(&format!("{}.xlsx", found.name), XLSX, bytes.map_err(|error| Fault::Internal(error.to_string()))?)
}

struct Found {
    /// Without its ending.
    name: String,
    title: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

async fn found(context: &mut Context) -> Result<Found, Fault> {
    // In the school's language, unless another is asked for.
    let lang = context.asked("in").and_then(Lang::parse).unwrap_or_default();
    let known = Known { lang, ..(*context.known()).clone() };
    let (definition, viewer) = (&known.edition.definition, known.viewer()?);
    let asked = queue::question(&known, &case::scope(viewer, definition));
    let conn = context.conn().await?;
    let found = case::found(conn, viewer, definition, &asked).await?;
    let units = people::units(conn).await?;
    let rows: Vec<_> = found.iter().map(|(row, _)| row.clone()).collect();
    let (heads, cells) = columns::all(&known, &rows);
    let say = |key: &str| words().say(known.lang, key);
    let of_case = ["queue-number", "figure-student-number", "figure-name", "figure-department"].map(&say);
    let of_place = ["queue-division", "figure-class", "record-term", "queue-workflow"].map(&say);
    let own = heads.into_iter().map(|head| head.label);
    let heads = of_case.into_iter().chain(of_place).chain(own).chain(["queue-state", "review-filed"].map(&say));
    let one = |((row, placed), cells): (&(_, crate::store::decisions::Placed), Vec<_>)| {
        let row: &crate::store::cases::CaseRow = row;
        let workflow = definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
        let unit = units.iter().find(|unit| unit.code == row.department);
        let division = definition.school.divisions.iter().find(|division| division.id == placed.division);
        let mut out = vec![
            row.number.clone(),
            row.applicant.clone(),
            row.name.clone(),
            unit.map_or_else(|| row.department.clone(), |unit| unit.name.clone()),
            division.map_or_else(|| placed.division.clone(), |division| division.title.get(known.lang).to_owned()),
            placed.class.clone(),
            row.term.clone(),
            workflow.map_or_else(|| row.workflow.clone(), |workflow| workflow.title.get(known.lang).to_owned()),
        ];
        out.extend(cells.into_iter().map(|cell: crate::render::pages::queue::QueueCell| cell.text));
        out.push(state_title(&known, workflow, &row.state));
        // As a spreadsheet reads it.
        out.push(from_stored(&row.sent_at).map_or_else(String::new, |sent| show::stamp(&known, sent)));
        out
    };
    let rows: Vec<Vec<String>> = found.iter().zip(cells).map(one).collect();
    context.release();
    let given = Given { list: &known.address(), rows: found.len() };
    given::note(&known.web.app, &viewer.account, given, known.now).await?;
    let title = say(if asked.mine { "queue-title-mine" } else { "queue-title-all" });
    Ok(Found { name: format!("cases-{}", known.today), title, heads: heads.collect(), rows })
}
