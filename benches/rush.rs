//! The last hour before a window closes: 100 sends, 300 reads and 2 uploads of 2 MB a second, for a minute:
//! `cargo bench --bench rush`; `-- --short` takes ten seconds. On PostgreSQL too where MENKAN_BENCH_POSTGRES
//! names an empty database.
//!
//! Every request has its planned moment, whatever became of those before it, and its time is counted
//! from there. Afterwards the database is asked for everything that was answered as sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use menkan::store::{Db, cases};

#[path = "load/mod.rs"]
mod load;

use load::mass::{self, Template, Wanted};
use load::open::{Children, Planned, Told, open};
use load::school::{DEPARTMENTS, School, clerk, cookie, random, student};
use load::{Request, Server, get, held, percentile};

const SENDS: usize = 100;
const READS: usize = 300;
const UPLOADS: usize = 2;
/// Milliseconds, of 99 in a hundred; megabytes.
const SEND: f64 = 800.0;
const READ: f64 = 200.0;
const MEMORY: u64 = 400;

fn main() -> ExitCode {
    let seconds = if std::env::args().any(|arg| arg == "--short") { 10 } else { 60 };
    let folder = std::env::temp_dir().join(format!("menkan-bench-{}", std::process::id()));
    let mut good = measure("SQLite", &folder.join("sqlite"), None, seconds);
    if let Ok(url) = std::env::var("MENKAN_BENCH_POSTGRES") {
        good &= measure("PostgreSQL", &folder.join("postgres"), Some(&url), seconds);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Send,
    Read,
    Upload,
}

fn measure(kind: &str, folder: &Path, database: Option<&str>, seconds: usize) -> bool {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (sends, uploads) = (SENDS * seconds, UPLOADS * seconds);
    let (school, drafts) = runtime.block_on(async {
        let school = School::make(folder, database).await;
        let drafts = fill(&school, sends + uploads).await;
        school.close().await;
        (school, drafts)
    });
    let server = Server::start(&school.data, &school.folder, database);
    let (sent, kept) = drafts.split_at(sends);
    let mut planned = Vec::new();
    let every = |index: usize, a_second: usize| Duration::from_secs_f64(index as f64 / a_second as f64);
    for (index, request) in forms(&server.address, sent).into_iter().enumerate() {
        planned.push(Planned { at: every(index, SENDS), kind: Kind::Send, request });
    }
    for (index, request) in pictures(&server.address, kept, sends).into_iter().enumerate() {
        planned.push(Planned { at: every(index, UPLOADS), kind: Kind::Upload, request });
    }
    for index in 0..READS * seconds {
        let request = read(&server.address, sent, index);
        planned.push(Planned { at: every(index, READS), kind: Kind::Read, request });
    }
    planned.sort_by_key(|one| one.at);
    let children = Children::watch(server.child.id());
    let told = load::on_one_thread(open(server.address.clone(), planned));
    let most_of_children = children.most_mb();
    let memory = server.memory_kib("VmHWM") / 1024;
    println!(
        "{kind}, {seconds} s; the server took at most {memory} MB, its child processes {most_of_children} MB besides"
    );
    let good = say(&told);
    let url = database.map_or_else(|| format!("sqlite:{}", school.data.join("menkan.db").display()), str::to_owned);
    let known = runtime.block_on(in_database(&url, sent));
    let answered = told.iter().filter(|one| one.kind == Kind::Send && one.answer.status == 303).count();
    println!("{answered} sends were answered as sent; in the database are {known:?} (cases, events, audit log)");
    let none_lost = held("none lost", known == [answered; 3] && answered == sends);
    held("at most 400 MB", memory <= MEMORY) && none_lost && good
}

/// Finished drafts, one a student.
async fn fill(school: &School, count: usize) -> Vec<String> {
    school.people(count + 1).await;
    let first = school.draft(0).await;
    let like = Template::of(school, 0, &first).await;
    for index in 1..=count {
        school.profile(&student(index)).await;
    }
    let wanted = |student: usize| Wanted { like: &like, student, at: school.now, term: like.row.term.clone() };
    mass::write(school, &(1..=count).map(wanted).collect::<Vec<_>>()).await
}

/// Each draft's own form by which it is sent, as the page before it has it.
fn forms(address: &str, drafts: &[String]) -> Vec<Request> {
    let path = |id: &str| format!("/cases/{id}/check");
    let own = |index: usize| cookie(&student(index + 1));
    let pages = drafts.iter().enumerate().map(|(index, id)| get(address, &path(id), &own(index))).collect();
    let (pages, _) = load::each(address, true, pages);
    let filled = pages.iter().zip(drafts).enumerate().map(|(index, (page, id))| {
        let field = |name: &str| page.answer.hidden(name);
        let hidden = ["token", "version", "shown", "answers"].map(|name| (name, field(name)));
        let step = [("step", "submit")];
        let fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (*name, value.as_str())).chain(step).collect();
        load::post(address, &path(id), &own(index), &fields)
    });
    filled.collect()
}

/// A photograph of 2 MB for each of the other drafts, no two of the same bytes.
fn pictures(address: &str, drafts: &[String], sends: usize) -> Vec<Request> {
    let photograph = photograph();
    println!("photographs of {:.1} MB", photograph.len() as f64 / 1e6);
    let sent = drafts.iter().enumerate().map(|(index, id)| {
        let (path, own) = (format!("/cases/{id}/edit"), cookie(&student(sends + index + 1)));
        let page = load::ask_once(address, &get(address, &path, &own)).unwrap();
        let mut body = Vec::new();
        for name in ["token", "version", "shown"] {
            let value = page.hidden(name);
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = "--edge\r\nContent-Disposition: form-data; name=\"exam_proof\"; filename=\"a.jpg\"\r\n\
                    Content-Type: image/jpeg\r\n\r\n";
        // A remark of its own behind the first marker.
        let remark = random();
        let marker = [&[0xFF, 0xFE, 0, remark.len() as u8 + 2], remark.as_bytes()].concat();
        body.extend([head.as_bytes(), &photograph[..2], &marker, &photograph[2..], b"\r\n--edge--\r\n"].concat());
        load::post_body(address, &path, &own, "multipart/form-data; boundary=edge", &body)
    });
    sent.collect()
}

/// Points as a camera has them: soft shapes under a little noise.
fn photograph() -> Vec<u8> {
    let mut seed = 1u32;
    let picture = image::RgbImage::from_fn(3_400, 2_550, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 28) as u8;
        image::Rgb([(x / 12) as u8 / 2 + noise, (y / 9) as u8 / 2 + noise, ((x + y) / 20) as u8 / 2 + noise])
    });
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90).encode_image(&picture).unwrap();
    out
}

/// What people look at meanwhile.
fn read(address: &str, drafts: &[String], index: usize) -> Request {
    let of = (index * 7919) % drafts.len();
    let (id, own) = (&drafts[of], cookie(&student(of + 1)));
    match index % 20 {
        0..8 => get(address, "/me", &own),
        8..14 => get(address, &format!("/cases/{id}"), &own),
        14..16 => get(address, &format!("/cases/{id}/edit"), &own),
        16..18 => get(address, "/cases", &own),
        _ => get(address, "/queue", &cookie(&clerk(of % DEPARTMENTS))),
    }
}

/// Says how long each kind took and what was not as it should be; whether all is within its limit.
fn say(told: &[Told<Kind>]) -> bool {
    let mut good = true;
    for (kind, right, most) in [(Kind::Send, 303, Some(SEND)), (Kind::Read, 200, Some(READ)), (Kind::Upload, 303, None)]
    {
        let of = || told.iter().filter(|one| one.kind == kind);
        let at = |percent| percentile(of().map(|one| one.took), percent);
        println!(
            "{kind:?}: {} answers, median {:.1} ms, p99 {:.1} ms, at most {:.1} ms",
            of().count(),
            at(50),
            at(99),
            at(100)
        );
        let mut other: BTreeMap<String, usize> = BTreeMap::new();
        for one in of().filter(|one| one.answer.status != right && !leads_on(one)) {
            *other
                .entry(format!("{} {}", one.answer.status, one.answer.head.lines().next().unwrap_or_default()))
                .or_default() += 1;
        }
        if let Some(most) = most {
            good &= held(&format!("{kind:?}: p99 within {most} ms"), at(99) <= most);
        }
        good &= held(&format!("{kind:?}: none refused {other:?}"), other.is_empty());
    }
    good
}

/// Whoever looks at the form of what was just sent is led to the case.
fn leads_on(one: &Told<Kind>) -> bool {
    one.kind == Kind::Read && one.answer.header("location").is_some_and(|to| to.starts_with("/cases/"))
}

/// How many of the drafts are sent: by their rows, by their events, by the audit log.
async fn in_database(url: &str, drafts: &[String]) -> [usize; 3] {
    let db = Db::open(url).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let mut sent = 0;
    for id in drafts {
        sent += usize::from(cases::by_id(&mut conn, id).await.unwrap().unwrap().state == "in_review");
    }
    let mut count = async |sql: &'static str| {
        let (count,): (i64,) = conn.one(sql, &[]).await.unwrap();
        count as usize
    };
    let events = count("SELECT COUNT(*) FROM case_events WHERE step = 'submit'").await;
    [sent, events, count("SELECT COUNT(*) FROM audit WHERE action = 'certificate submit'").await]
}
