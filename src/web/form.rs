//! What a form sent, read whole under a limit and checked for its nonce.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest, Multipart};
use axum::http::{HeaderMap, Request, header};
use tokio_stream::StreamExt;

use super::context::{Known, pairs};
use super::room::{self, Room};
use super::{Fault, nonce};

/// The most that is read only to be dropped, and for how long.
const DROPPED: usize = 64 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// A form's fields and files, in the order they were sent.
pub struct Posted {
    /// What all of it takes up.
    _room: Room,
    fields: Vec<(String, String)>,
    files: Vec<Upload>,
}

/// A file as it was sent: its name is only a hint.
pub struct Upload {
    pub field: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Posted {
    pub(super) async fn read(known: &Known, request: Request<Body>, most: usize) -> Result<Posted, Fault> {
        let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let posted = if kind.starts_with("application/x-www-form-urlencoded") {
            let (parts, body) = request.into_parts();
            let (bytes, room) = whole(known, &parts.headers, body, most).await?;
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| Fault::BadRequest)?;
            Posted { _room: room, fields: pairs(&text), files: Vec::new() }
        } else if kind.starts_with("multipart/form-data") {
            let (parts, body) = request.into_parts();
            let (bytes, room) = whole(known, &parts.headers, body, most).await?;
            let read = Posted::parts(Request::from_parts(parts, Body::from(bytes))).await?;
            Posted { _room: room, ..read }
        } else {
            discard(request.into_body()).await;
            return Err(Fault::StaleForm);
        };
        let right = known
            .binding()
            .is_some_and(|binding| nonce::is_right(&known.web.app.settings.secret, binding, posted.text("token")));
        if right { Ok(posted) } else { Err(Fault::StaleForm) }
    }

    pub(super) async fn parts(request: Request<Body>) -> Result<Posted, Fault> {
        let mut posted = Posted { _room: Room::default(), fields: Vec::new(), files: Vec::new() };
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Fault::BadRequest)?;
        while let Some(part) = parts.next_field().await.map_err(|_| Fault::BadRequest)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => {
                    let bytes = part.bytes().await.map_err(|_| Fault::BadRequest)?.to_vec();
                    posted.files.push(Upload { field, name, bytes });
                }
                None => posted.fields.push((field, part.text().await.map_err(|_| Fault::BadRequest)?)),
            }
        }
        Ok(posted)
    }

    /// A field's text; empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Every value of a name, in the order in which they were sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// All files that were chosen, taken out.
    pub fn take_files(&mut self) -> Vec<Upload> {
        let files = std::mem::take(&mut self.files);
        files.into_iter().filter(|file| !(file.name.is_empty() && file.bytes.is_empty())).collect()
    }

    /// A file that was chosen: a field left empty sends a file without name and content.
    pub fn file(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.field == name && !(file.name.is_empty() && file.bytes.is_empty()))
    }
}

/// All that was sent, up to `most`, and the room that it takes up. What is larger is read to its end and dropped: a browser shows
/// no answer while it is still sending, and a closed connection says nothing to anyone.
pub(super) async fn whole(
    known: &Known,
    headers: &HeaderMap,
    body: Body,
    most: usize,
) -> Result<(Vec<u8>, Room), Fault> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let sender = known.viewer.as_ref().map(|viewer| viewer.account.as_str()).or(known.binding()).unwrap_or_default();
    let room = match room::take(&known.web.rooms, sender, announced.unwrap_or(most).min(most)).await {
        Ok(room) => room,
        Err(fault) => {
            discard(body).await;
            return Err(fault);
        }
    };
    let mut frames = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| Fault::BadRequest)?;
        if bytes.len() + frame.len() > most {
            drop(bytes);
            drain(frames, most + frame.len()).await;
            return Err(Fault::TooLarge);
        }
        bytes.extend_from_slice(&frame);
    }
    Ok((bytes, room))
}

/// Reads what nobody wants, so that the answer that says so arrives.
pub(super) async fn discard(body: Body) {
    drain(body.into_data_stream(), 0).await;
}

async fn drain(mut frames: BodyDataStream, mut read: usize) {
    let reading = async {
        while let Some(Ok(frame)) = frames.next().await {
            read += frame.len();
            if read > DROPPED {
                break;
            }
        }
    };
    // Whoever sends slowly is not waited for.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}
