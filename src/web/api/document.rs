//! The description of the API (OpenAPI 3.1), made from the table and from the schemas beside this file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value as Json, json};

use super::sent::VERSION;
use super::{Call, Code, Endpoint, Given, Gives, Needs, Takes, endpoints, ok};
use crate::lang::Lang;

/// What JSON holds, by name.
const SCHEMAS: &str = include_str!("schemas.json");

const ABOUT: &str = "What the pages do, for programs. A token is made by an operator (`menkan token create`) and sent as \
    `Authorization: Bearer mk_…`; it acts as its account, with the roles that this holds at the moment, and never more than \
    its scopes. What is not the account's is answered as what is not there. Sentences are in the language of \
    `Accept-Language` (`zh-TW` or `en`), else in the account's. A refusal is a problem (RFC 9457): `code` stays, `detail` is \
    for people, and `errors` names the places that are to be mended.";

pub(super) async fn show(_call: Call) -> Given {
    static DOCUMENT: OnceLock<Json> = OnceLock::new();
    ok(DOCUMENT.get_or_init(document))
}

fn document() -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for endpoint in endpoints() {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.to_ascii_lowercase()] = operation(&endpoint);
    }
    let schemas: Json = serde_json::from_str(SCHEMAS).unwrap_or_default();
    let problems: Map<String, Json> = Code::ALL
        .into_iter()
        .map(|code| {
            let told = json!({
                "status": code.status(),
                "title": { "zh-TW": code.title(Lang::ZhTw), "en": code.title(Lang::En) },
            });
            (code.name().to_owned(), told)
        })
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Menkan",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `menkan token create`. What stands beside it at an operation is the scope \
                                    that it must have.",
                },
            },
            "schemas": schemas,
            "x-problems": problems,
        },
    })
}

fn operation(endpoint: &Endpoint) -> Json {
    let mut out = json!({
        "operationId": endpoint.id,
        "summary": endpoint.title,
        "description": endpoint.says,
        "security": match endpoint.needs {
            Needs::Nothing => json!([]),
            Needs::Token => json!([{ "token": [] }]),
            Needs::Scope(scope) => json!([{ "token": [scope.name()] }]),
        },
        "parameters": parameters(endpoint),
        "responses": responses(endpoint),
    });
    let content = |schema: Json, kinds: &[&str]| {
        let kinds: Map<String, Json> =
            kinds.iter().map(|kind| ((*kind).to_owned(), json!({ "schema": schema }))).collect();
        json!({ "required": true, "content": kinds })
    };
    match endpoint.takes {
        Takes::Nothing => {}
        Takes::Json(name) => out["requestBody"] = content(reference(name), &["application/json"]),
        Takes::File => {
            let mut body = content(json!({}), &["image/jpeg", "image/png", "application/pdf"]);
            let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
            let form = json!({ "type": "object", "properties": { "file": file }, "required": ["file"] });
            body["content"]["multipart/form-data"] = json!({ "schema": form });
            out["requestBody"] = body;
        }
    }
    out
}

fn reference(schema: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameters(endpoint: &Endpoint) -> Json {
    let named = endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut out: Vec<Json> = named
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    out.extend(endpoint.asks.iter().map(|ask| {
        let mut schema = json!({ "type": "string" });
        if !ask.among.is_empty() {
            schema["enum"] = ask.among.into();
        }
        let needed = ask.name == VERSION;
        json!({ "name": ask.name, "in": "query", "required": needed, "description": ask.says, "schema": schema })
    }));
    if endpoint.refuses.contains(&Code::KeyReused) {
        out.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Drawn by whoever asks, anew for each request: sent again with the same key, a request that was \
                            done gets the same answer and does nothing twice.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        }));
    }
    out.into()
}

/// What every request may be answered with, and what this one may be.
fn codes(endpoint: &Endpoint) -> Vec<Code> {
    let mut out = vec![Code::WrongHost, Code::Internal, Code::Busy];
    if endpoint.needs != Needs::Nothing {
        out.extend([Code::NoToken, Code::WrongToken, Code::Unfit, Code::Forbidden, Code::TooMany]);
    }
    if let Needs::Scope(_) = endpoint.needs {
        out.push(Code::NoScope);
    }
    if endpoint.path.contains('{') {
        out.push(Code::NotFound);
    }
    if endpoint.takes != Takes::Nothing {
        out.extend([Code::BadRequest, Code::TooLarge, Code::MediaType, Code::NoRoom]);
    }
    if let Takes::Json(_) = endpoint.takes {
        out.push(Code::NoJson);
    }
    out.extend(endpoint.refuses);
    out.sort_unstable();
    out.dedup();
    out
}

fn responses(endpoint: &Endpoint) -> Json {
    let mut out: BTreeMap<String, Json> = BTreeMap::new();
    let media = |kind: &str, schema: Json| json!({ kind: { "schema": schema } });
    let (status, content) = match endpoint.gives {
        Gives::Json(status, name) => (status, Some(media("application/json", reference(name)))),
        Gives::Document => (200, Some(media("application/json", json!({ "type": "object" })))),
        Gives::File => (200, Some(json!({ "image/jpeg": {}, "image/png": {}, "application/pdf": {} }))),
        Gives::Nothing => (204, None),
    };
    let mut done = json!({ "description": endpoint.title });
    if let Some(content) = content {
        done["content"] = content;
    }
    out.insert(status.to_string(), done);
    let mut refused: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes(endpoint) {
        refused.entry(code.status()).or_default().push(code.name());
    }
    for (status, names) in refused {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        out.insert(
            status.to_string(),
            json!({
                "description": names.join(", "),
                "content": media("application/problem+json", reference("Problem")),
            }),
        );
    }
    json!(out)
}
