//! One row of the table of routes: who may ask what, and who answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::routing::MethodRouter;

use super::door;
use super::form::Posted;
use super::{Answer, Context, Web};
use crate::definition::May;

/// Who may ask at all. Whether what is asked for is theirs, the handler's query decides: what is
/// not is answered as if it were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, signed in or not.
    Anyone,
    SignedIn,
    /// Whoever has a student's record of their own.
    Student,
    Staff,
    /// Staff whose role lets them see everything.
    Everything,
    /// Staff who may bring in any files.
    Imports,
    /// Staff whose role allows this.
    May(May),
}

/// What an address names, so that a test can ask with one's own and with a foreign one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    None,
    /// `{student}`: a student number.
    Student,
    /// `{student}` and `{requirement}`.
    StudentRequirement,
    /// `{class}`: a class's code.
    Class,
    /// `{department}`: a unit's code.
    Department,
    /// `{college}`: a college's name.
    College,
    /// `{requirement}`: a requirement's id.
    Requirement,
    /// `{import}`: an import's number.
    Import,
    /// `{upload}`: a file that was sent and not yet imported.
    Upload,
    /// `{notice}`: a notice's id.
    Notice,
    /// `{mail}`: a mail's number.
    Mail,
    /// `{link}`: a link of a mail, by which a password is set.
    Link,
    /// `{token}`: a token, by its number.
    Token,
    /// `{delegation}`: a role that is lent, by its id.
    Delegation,
    /// `{catalogue}`: a catalogue's id.
    Catalogue,
    /// `{page}`: a page of the school's own.
    Page,
    /// `{file}`: a file of the style.
    Asset,
    /// `{workflow}`: what can be applied for.
    Workflow,
    /// `{case}`: a case's id; and of it `{move}`, one of its workflow's.
    Case,
    /// `{file}`: a file that somebody sent.
    File,
    /// `{budget}`: a budget's name.
    Budget,
    /// `{batch}`: a batch of payments.
    Batch,
}

type Reading = Pin<Box<dyn Future<Output = Answer> + Send>>;

#[derive(Clone)]
pub(super) enum Handler {
    Read(Arc<dyn Fn(Context) -> Reading + Send + Sync>),
    Post(Arc<dyn Fn(Context, Posted) -> Reading + Send + Sync>),
}

/// A route. Reading changes nothing; a POST has been checked for forgery before its handler runs.
#[derive(Clone)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    pub object: Object,
    /// The most bytes a request may bring.
    pub most: usize,
    /// Whether it is a page on which the day is chosen that it shows.
    pub(super) dated: bool,
    /// Whether it is asked who is asking: what is the same for everyone needs no database.
    pub(super) personal: bool,
    pub(super) handler: Handler,
}

pub(super) const FORM: usize = 64 * 1024;
const FILE: usize = 6 * 1024 * 1024;
pub(super) const FILES: usize = 48 * 1024 * 1024;

pub fn get<F, A>(path: &'static str, access: Access, object: Object, handler: F) -> Route
where
    F: Fn(Context) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let handler = Handler::Read(Arc::new(move |context| Box::pin(handler(context))));
    Route { method: "GET", path, access, object, most: 0, dated: false, personal: true, handler }
}

pub fn post<F, A>(path: &'static str, access: Access, object: Object, handler: F) -> Route
where
    F: Fn(Context, Posted) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let handler = Handler::Post(Arc::new(move |context, posted| Box::pin(handler(context, posted))));
    Route { method: "POST", path, access, object, most: FORM, dated: false, personal: true, handler }
}

/// A page on which the day is chosen that it shows: it says itself what is wrong with it.
pub fn dated<F, A>(path: &'static str, access: Access, object: Object, handler: F) -> Route
where
    F: Fn(Context) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    Route { dated: true, ..get(path, access, object, handler) }
}

/// What is the same for everyone: nobody is looked up.
pub fn open<F, A>(path: &'static str, object: Object, handler: F) -> Route
where
    F: Fn(Context) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    Route { personal: false, ..get(path, Access::Anyone, object, handler) }
}

/// A POST that brings a file.
pub fn upload<F, A>(path: &'static str, access: Access, object: Object, handler: F) -> Route
where
    F: Fn(Context, Posted) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    Route { most: FILE, ..post(path, access, object, handler) }
}

/// A POST that brings several files with its form.
pub fn uploads<F, A>(path: &'static str, access: Access, object: Object, handler: F) -> Route
where
    F: Fn(Context, Posted) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    Route { most: FILES, ..post(path, access, object, handler) }
}

impl Route {
    pub(super) fn serve(self, web: Arc<Web>) -> MethodRouter {
        let posts = self.method == "POST";
        let answer = move |request| door::answer(web.clone(), self.clone(), request);
        if posts { axum::routing::post(answer) } else { axum::routing::get(answer) }
    }
}
