//! The lists as files, for offices who go on in a spreadsheet: everyone who fits what the page is asked.

use super::{XLSX, asked, told, whose};
use crate::app::given::{self, Given};
use crate::app::lists::{self, Place as Whose, Table};
use crate::app::{csv, sheet};
use crate::render::words;
use crate::web::{Answer, Context, Fault, show};

pub(in crate::web) async fn as_csv(context: Context) -> Answer {
    let (known, file) = (context.known(), file(context).await?);
    let bytes = csv::table(file.table.heads(&|key: &str| words().say(known.lang, key)), file.table.rows.into_iter());
    show::file(&format!("{}.csv", file.name), "text/csv; charset=utf-8", bytes)
}

pub(in crate::web) async fn as_sheet(context: Context) -> Answer {
    let (known, file) = (context.known(), file(context).await?);
    let say = |key: &str| words().say(known.lang, key);
    let bytes = sheet::list(&file.title, &file.table, &say).map_err(|error| Fault::Internal(error.to_string()))?;
    show::file(&format!("{}.xlsx", file.name), XLSX, bytes)
}

struct File {
    /// Without its ending.
    name: String,
    title: String,
    table: Table,
}

async fn file(mut context: Context) -> Result<File, Fault> {
    let (edition, lang) = (context.edition.clone(), context.lang);
    let definition = &edition.definition;
    let place = whose(&context)?;
    let (question, seen) = asked(&mut context, place).await?;
    let lines = lists::whole(context.conn().await?, &edition, &question).await?;
    let (id, title) = match &question.place {
        Whose::Department(code) => (code.clone(), seen.name),
        Whose::College(name) => (name.clone(), seen.name),
        Whose::Requirement(index) => {
            let requirement = &definition.requirements[*index];
            (requirement.id.clone(), requirement.title.get(lang).to_owned())
        }
    };
    let told = told(definition, &question.place, question.day);
    let table = Table::of(definition, &lines, &told, question.day, lang, &|key: &str| words().say(lang, key));
    context.release();
    let known = context.known();
    let given = Given { list: &known.address(), rows: lines.len() };
    given::note(&known.web.app, &known.viewer()?.account, given, known.now).await?;
    Ok(File { name: format!("{id}-{}", question.day), title, table })
}
