//! Files: one sent for a field of a case, and one handed out.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::cases::refused;
use super::code::Code;
use super::form::file;
use super::problem::Details;
use super::{Call, Given, gone, json};
use crate::app::case::{self, Brought};
use crate::app::files::OwnerKind;
use crate::render::words;
use crate::store;
use crate::web::cases::files;
use crate::web::show;
use crate::web::{Fault, Posted};

/// Takes the bytes of the body, or the one file of a form.
pub(super) async fn take(mut call: Call) -> Given {
    let known = call.context.known();
    let (id, field) = (call.param("case").to_owned(), call.param("field").to_owned());
    let kind = call.header("content-type").to_ascii_lowercase();
    call.context.release();
    let bytes = std::mem::take(&mut call.body);
    let (name, bytes) = if kind.starts_with("multipart/form-data") {
        let mut request = Request::new(Body::from(bytes));
        *request.headers_mut() = call.head.headers.clone();
        let mut files = Posted::parts(request).await?.take_files();
        match (files.pop(), files.is_empty()) {
            (Some(file), true) => (file.name, file.bytes),
            _ => {
                let said = words().say(known.lang, "api-one-file");
                return Err(Details::new(Code::BadRequest).saying(said).into());
            }
        }
    } else if kind.is_empty() || kind.starts_with("application/json") {
        let said = words().say(known.lang, "api-file-type");
        return Err(Details::new(Code::MediaType).saying(said).into());
    } else {
        (known.asked("name").unwrap_or("file").to_owned(), bytes)
    };
    let brought = Brought { field: &field, name: &name, bytes };
    match case::attach(&known.web.app, known.viewer()?, &id, brought, known.now).await {
        Ok(row) => json(StatusCode::CREATED, &file(&row)),
        Err(error) => Err(refused(&mut call, error, "").await),
    }
}

pub(super) async fn one(mut call: Call) -> Given {
    let id = call.param("file").to_owned();
    let small = call.asked("small").is_some_and(|small| small == "true");
    let opened = files::opened(&mut call.context, &id, small).await?;
    Ok(show::sent_file(opened.ok_or(Fault::NotFound)?)?)
}

/// Removes a file from a field that is open.
pub(super) async fn remove(mut call: Call) -> Given {
    let (known, id) = (call.context.known(), call.param("file").to_owned());
    let row = store::files::by_id(call.context.conn().await?, &id).await?;
    let row = row.filter(|row| row.owner_kind == OwnerKind::Case && row.removed_at.is_none()).ok_or(Fault::NotFound)?;
    call.context.release();
    case::detach(&known.web.app, known.viewer()?, &row.owner, &id, known.now).await?;
    gone()
}
