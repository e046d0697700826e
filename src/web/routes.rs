//! The one table of addresses: method, path, who may, what it names, who answers.

use super::operator::{audit, imports, mails, notices, rules};
use super::review::{bulk, queue};
use super::route::{Access, Object, Route, get, open, post, upload};
use super::{forgotten, health, lists, public, sign_in, statistics, student, work};
use crate::definition::May;

/// Every route of the server.
pub fn all() -> Vec<Route> {
    vec![
        open("/healthz", Object::None, health::alive),
        open("/readyz", Object::None, health::ready),
        open("/version", Object::None, health::version),
        open("/assets/{file}", Object::Asset, public::asset),
        open("/favicon.ico", Object::None, public::icon),
        get("/", Access::Anyone, Object::None, public::home),
        get("/sign-in", Access::Anyone, Object::None, sign_in::form),
        post("/sign-in", Access::Anyone, Object::None, sign_in::sign_in),
        get("/forgot", Access::Anyone, Object::None, forgotten::form),
        post("/forgot", Access::Anyone, Object::None, forgotten::ask),
        get("/forgot/{link}", Access::Anyone, Object::Link, forgotten::new_password),
        post("/forgot/{link}", Access::Anyone, Object::Link, forgotten::set),
        post("/sign-out", Access::SignedIn, Object::None, sign_in::sign_out),
        post("/language", Access::SignedIn, Object::None, sign_in::language),
        get("/home", Access::SignedIn, Object::None, work::home),
        get("/students", Access::Staff, Object::None, work::find),
        get("/statistics", Access::Staff, Object::None, statistics::page),
        get("/statistics.csv", Access::Staff, Object::None, statistics::as_csv),
        get("/statistics.xlsx", Access::Staff, Object::None, statistics::as_sheet),
        get("/classes/{class}", Access::Staff, Object::Class, lists::class),
        get("/classes/{class}/roster", Access::Staff, Object::Class, lists::class_roster),
        get("/classes/{class}/roster.xlsx", Access::Staff, Object::Class, lists::class_sheet),
        get("/departments/{department}", Access::Staff, Object::Department, lists::department),
        get("/colleges/{college}", Access::Staff, Object::College, lists::college),
        get("/requirements/{requirement}", Access::Staff, Object::Requirement, lists::requirement),
        get("/me", Access::Student, Object::None, student::dashboard),
        get("/me/records", Access::Student, Object::None, student::records),
        get("/me/why/{requirement}", Access::Student, Object::Requirement, student::why),
        get("/students/{student}", Access::Staff, Object::Student, student::dashboard),
        get("/students/{student}/records", Access::Staff, Object::Student, student::records),
        get("/students/{student}/why/{requirement}", Access::Staff, Object::StudentRequirement, student::why),
        get("/queue", Access::Staff, Object::None, queue::list),
        post("/queue/views", Access::Staff, Object::None, queue::keep),
        post("/queue/views/forget", Access::Staff, Object::None, queue::forget),
        post("/queue/bulk", Access::Staff, Object::None, bulk::rehearse),
        post("/queue/bulk/do", Access::Staff, Object::None, bulk::act),
        get("/imports", Access::May(May::Import), Object::None, imports::list),
        upload("/imports", Access::May(May::Import), Object::None, imports::send),
        get("/imports/check/{upload}", Access::May(May::Import), Object::Upload, imports::check),
        get("/imports/refused/{upload}", Access::May(May::Import), Object::Upload, imports::refused),
        post("/imports/save", Access::May(May::Import), Object::None, imports::save),
        post("/imports/{import}/take-back", Access::May(May::Import), Object::Import, imports::take_back),
        get("/notices", Access::May(May::SendNotices), Object::None, notices::list),
        get("/notices/{notice}", Access::May(May::SendNotices), Object::Notice, notices::rehearse),
        post("/notices/{notice}", Access::May(May::SendNotices), Object::Notice, notices::send),
        post("/notices/{notice}/retry", Access::May(May::SendNotices), Object::Notice, notices::retry),
        get("/mail", Access::May(May::ReadMail), Object::None, mails::list),
        get("/mail/{mail}", Access::May(May::ReadMail), Object::Mail, mails::one),
        post("/mail/{mail}/retry", Access::May(May::ReadMail), Object::Mail, mails::retry),
        get("/audit", Access::Everything, Object::None, audit::list),
        get("/rules", Access::May(May::ReloadRules), Object::None, rules::show_rules),
        post("/rules/reload", Access::May(May::ReloadRules), Object::None, rules::reload),
    ]
}
