//! What a PDF must be to be kept: whole, open to everyone, and without anything that acts or that
//! it carries along. Every object is looked at, wherever it stands, also in compressed ones: a
//! reader finds them by an index that need not be the one that is seen here.

mod lex;

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::picture::Refused;
use lex::{Lexer, Token};

/// The job's name in the worker.
pub const JOB: &str = "pdf";
/// What acts by itself, sends, opens or brings other files.
const ACTIVE: [&str; 19] = [
    "JavaScript",
    "JS",
    "Launch",
    "EF",
    "EmbeddedFile",
    "EmbeddedFiles",
    "FileAttachment",
    "RichMedia",
    "XFA",
    "SubmitForm",
    "ImportData",
    "GoToR",
    "GoToE",
    "Thread",
    "Rendition",
    "Movie",
    "Sound",
    "Collection",
    "3D",
];
/// The kinds of a form's fields that are filled in; a signature is none of them.
const FILLED_IN: [&[u8]; 3] = [b"Tx", b"Btn", b"Ch"];
/// Where the end must be marked.
const TAIL: usize = 1024;
/// What all compressed objects together may unpack to.
const MOST_UNPACKED: u64 = 64 << 20;

/// Looks through a PDF; it is kept as it is. Runs in the child.
pub fn check(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    if !bytes.starts_with(b"%PDF-") {
        return Err(("damaged", "no %PDF- at its beginning".to_owned()));
    }
    check_end(bytes)?;
    let mut seen = Seen::default();
    for at in find_all(bytes, b"obj") {
        let object = Object::read(bytes, at + 3)?;
        if object.has("XRef") {
            seen.index(&object)?;
        }
        seen.pages |= object.has("Page");
        if let Some(begin) = object.stream.filter(|_| object.holds_objects()) {
            let left = MOST_UNPACKED - seen.unpacked;
            let content = unpack(&object, &bytes[begin..], left)?;
            seen.unpacked += content.len() as u64;
            seen.pages |= look_into(&object, &content)?;
        }
    }
    for at in find_all(bytes, b"trailer") {
        seen.index(&Object::read(bytes, at + 7)?)?;
    }
    if !seen.root || !seen.pages {
        return Err(("damaged", "it has no pages".to_owned()));
    }
    Ok(Vec::new())
}

#[derive(Default)]
struct Seen {
    root: bool,
    pages: bool,
    unpacked: u64,
}

impl Seen {
    /// A trailer, or a stream in its place.
    fn index(&mut self, object: &Object) -> Result<(), Refused> {
        if object.has("Encrypt") {
            return Err(("encrypted", String::new()));
        }
        self.root |= object.has("Root");
        Ok(())
    }
}

/// An object's names up to its end or its stream, in their order; a number is kept with the name
/// before it.
struct Object {
    names: Vec<(Vec<u8>, Option<usize>)>,
    /// Where the stream's bytes begin.
    stream: Option<usize>,
}

impl Object {
    fn read(bytes: &[u8], at: usize) -> Result<Object, Refused> {
        let mut object = Object { names: Vec::new(), stream: None };
        let mut lexer = Lexer::new(bytes, at);
        let mut after_name = false;
        while let Some(token) = lexer.next() {
            let word = match token {
                Token::Name(name) => {
                    if let Some(active) = ACTIVE.iter().find(|active| active.as_bytes() == name) {
                        return Err(("active", (*active).to_owned()));
                    }
                    let kind = object.names.last().is_some_and(|(last, _)| last == b"FT");
                    if kind && FILLED_IN.contains(&name.as_slice()) {
                        return Err(("active", "AcroForm".to_owned()));
                    }
                    object.names.push((name, None));
                    after_name = true;
                    continue;
                }
                Token::Word(word) => word,
                Token::Other => b"",
            };
            match word {
                b"stream" => {
                    let begin = lexer.at;
                    let line = if bytes[begin..].starts_with(b"\r\n") { 2 } else { 1 };
                    object.stream = Some((begin + line).min(bytes.len()));
                    break;
                }
                b"endobj" | b"obj" | b"endstream" | b"xref" | b"trailer" | b"startxref" => break,
                _ => {
                    if let (true, Some(last)) = (after_name, object.names.last_mut()) {
                        last.1 = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                    }
                }
            }
            after_name = false;
        }
        Ok(object)
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|(known, _)| known == name.as_bytes())
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| known == name.as_bytes())?.1
    }

    /// Whether its stream holds other objects; some readers do not ask for the type.
    fn holds_objects(&self) -> bool {
        self.has("ObjStm") || (self.has("N") && self.has("First"))
    }
}

/// The stream of an object that holds others. What cannot be unpacked here cannot be looked into.
fn unpack(object: &Object, stream: &[u8], at_most: u64) -> Result<Vec<u8>, Refused> {
    let hidden = |why: &str| ("hidden", why.to_owned());
    let filters = object.names.iter().filter(|(name, _)| name.ends_with(b"Decode") || name == b"Crypt").count();
    let begin = || {
        let end = find(stream, b"endstream", 0).unwrap_or(stream.len());
        stream[..end].to_vec()
    };
    match (object.has("Filter"), object.has("FlateDecode"), filters) {
        (false, false, 0) => return Ok(begin()),
        (true, true, 1) if !object.has("Predictor") => {}
        _ => return Err(hidden("its filter")),
    }
    let mut content = Vec::new();
    ZlibDecoder::new(stream)
        .take(at_most + 1)
        .read_to_end(&mut content)
        .map_err(|error| ("damaged", error.to_string()))?;
    if content.len() as u64 > at_most { Err(hidden("its size")) } else { Ok(content) }
}

/// The objects in a stream: from each place that its table names. Whether pages are among them.
fn look_into(object: &Object, content: &[u8]) -> Result<bool, Refused> {
    let (Some(count), Some(first)) = (object.number("N"), object.number("First")) else {
        return Err(("hidden", "its table".to_owned()));
    };
    let mut numbers = Lexer::new(content, 0).map_while(|token| match token {
        Token::Word(word) => std::str::from_utf8(word).ok()?.parse::<usize>().ok(),
        Token::Name(_) | Token::Other => None,
    });
    let mut pages = false;
    for _ in 0..count {
        let (Some(_), Some(offset)) = (numbers.next(), numbers.next()) else { break };
        let at = first.saturating_add(offset).min(content.len());
        let inner = value(content, at);
        let object = Object::read(inner, 0)?;
        pages |= object.has("Page");
    }
    Ok(pages)
}

/// One object's text: the next begins where its brackets are closed.
fn value(content: &[u8], at: usize) -> &[u8] {
    let mut lexer = Lexer::new(content, at);
    let mut depth = 0usize;
    loop {
        let before = lexer.at;
        if lexer.next().is_none() {
            return &content[at..];
        }
        let token = content[before..lexer.at].trim_ascii_start();
        match token {
            [b'<', b'<'] | [b'['] => depth += 1,
            [b'>', b'>'] | [b']'] => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return &content[at..lexer.at];
        }
    }
}

/// The end is marked, and nothing comes after it.
fn check_end(bytes: &[u8]) -> Result<(), Refused> {
    let short = || ("short", "no %%EOF at its end".to_owned());
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    let end = tail.windows(5).rposition(|window| window == b"%%EOF").ok_or_else(short)?;
    if find(tail, b"startxref", 0).is_none() {
        return Err(("short", "no index at its end".to_owned()));
    }
    let after = &tail[end + 5..];
    if after.iter().all(|byte| matches!(byte, 0 | 9 | 10 | 12 | 13 | 26 | 32)) {
        Ok(())
    } else {
        Err(("appended", String::new()))
    }
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
}

fn find_all<'a>(bytes: &'a [u8], what: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = find(bytes, what, from)?;
        from = at + what.len();
        Some(at)
    })
}
