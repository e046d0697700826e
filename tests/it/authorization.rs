//! Who may ask what: every route of the router's own table, asked by everyone, for what is theirs,
//! for what is others', and for what is not there. A route without a row here fails.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use menkan::app::accounts::{self, Origin, SignedIn};
use menkan::app::tokens::{self, Scope, Wanted};
use menkan::app::{App, Edition, Settings};
use menkan::lang::Lang;
use menkan::store::Db;
use menkan::web::{Web, api, router, routes};
use tower::ServiceExt;

use crate::harness::{self, TempFolder, TestDb, databases};

/// Who may pass the door of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anyone,
    SignedIn,
    Student,
    Staff,
    Offices,
    Admin,
}

/// Every route, who may pass its door, and what its address names.
const ROUTES: &[(&str, &str, Who)] = &[
    ("GET", "/healthz", Who::Anyone),
    ("GET", "/readyz", Who::Anyone),
    ("GET", "/version", Who::Anyone),
    ("GET", "/assets/{file}", Who::Anyone),
    ("GET", "/favicon.ico", Who::Anyone),
    ("GET", "/", Who::Anyone),
    ("GET", "/sign-in", Who::Anyone),
    ("POST", "/sign-in", Who::Anyone),
    ("GET", "/pages/{page}", Who::Anyone),
    ("GET", "/forgot", Who::Anyone),
    ("POST", "/forgot", Who::Anyone),
    ("GET", "/forgot/{link}", Who::Anyone),
    ("POST", "/forgot/{link}", Who::Anyone),
    ("POST", "/sign-out", Who::SignedIn),
    ("POST", "/language", Who::SignedIn),
    ("GET", "/home", Who::SignedIn),
    ("GET", "/students", Who::Staff),
    ("GET", "/statistics", Who::Staff),
    ("GET", "/statistics.csv", Who::Staff),
    ("GET", "/statistics.xlsx", Who::Staff),
    ("GET", "/classes/{class}", Who::Staff),
    ("GET", "/classes/{class}/roster", Who::Staff),
    ("GET", "/classes/{class}/roster.xlsx", Who::Staff),
    ("GET", "/departments/{department}", Who::Staff),
    ("GET", "/departments/{department}/students.csv", Who::Staff),
    ("GET", "/departments/{department}/students.xlsx", Who::Staff),
    ("GET", "/colleges/{college}", Who::Staff),
    ("GET", "/colleges/{college}/students.csv", Who::Staff),
    ("GET", "/colleges/{college}/students.xlsx", Who::Staff),
    ("GET", "/requirements/{requirement}", Who::Staff),
    ("GET", "/requirements/{requirement}/students.csv", Who::Staff),
    ("GET", "/requirements/{requirement}/students.xlsx", Who::Staff),
    ("GET", "/me", Who::Student),
    ("GET", "/me/records", Who::Student),
    ("GET", "/me/why/{requirement}", Who::Student),
    ("GET", "/cases", Who::Student),
    ("GET", "/apply/{workflow}", Who::Student),
    ("POST", "/apply/{workflow}", Who::Student),
    ("GET", "/cases/{case}", Who::SignedIn),
    ("GET", "/cases/{case}/edit", Who::Student),
    ("POST", "/cases/{case}/edit", Who::Student),
    ("GET", "/cases/{case}/entries/{field}", Who::Student),
    ("GET", "/cases/{case}/check", Who::Student),
    ("POST", "/cases/{case}/check", Who::Student),
    ("GET", "/cases/{case}/do/{move}", Who::Student),
    ("POST", "/cases/{case}/do/{move}", Who::Student),
    ("POST", "/cases/{case}/undo", Who::Student),
    ("GET", "/cases/{case}/discard", Who::Student),
    ("POST", "/cases/{case}/discard", Who::Student),
    ("GET", "/profile", Who::Student),
    ("POST", "/profile", Who::Student),
    ("GET", "/tokens", Who::SignedIn),
    ("POST", "/tokens/{token}/end", Who::SignedIn),
    ("POST", "/profile/reveal", Who::Student),
    ("GET", "/files/{file}", Who::SignedIn),
    ("GET", "/students/{student}", Who::Staff),
    ("GET", "/students/{student}/records", Who::Staff),
    ("GET", "/students/{student}/why/{requirement}", Who::Staff),
    ("GET", "/queue", Who::Staff),
    ("GET", "/queue.csv", Who::Staff),
    ("GET", "/queue.xlsx", Who::Staff),
    ("POST", "/queue/views", Who::Staff),
    ("POST", "/queue/views/forget", Who::Staff),
    ("POST", "/queue/bulk", Who::Staff),
    ("POST", "/queue/bulk/do", Who::Staff),
    ("GET", "/review/{case}", Who::Staff),
    ("POST", "/review/{case}", Who::Staff),
    ("POST", "/review/{case}/look", Who::Staff),
    ("POST", "/review/{case}/claim", Who::Staff),
    ("POST", "/review/{case}/release", Who::Staff),
    ("POST", "/review/{case}/undo", Who::Staff),
    ("POST", "/review/{case}/reveal", Who::Staff),
    ("GET", "/review/{case}/revealed/{file}", Who::Staff),
    ("GET", "/flow/{workflow}", Who::Staff),
    ("GET", "/exports/{workflow}", Who::Staff),
    ("GET", "/exports/{workflow}/{round}/{export}", Who::Staff),
    ("POST", "/exports/{workflow}/{round}/{export}", Who::Staff),
    ("GET", "/delegation", Who::Staff),
    ("POST", "/delegation", Who::Staff),
    ("POST", "/delegation/{delegation}/end", Who::Staff),
    ("GET", "/catalogues", Who::Staff),
    ("GET", "/catalogues/{catalogue}", Who::Staff),
    ("POST", "/catalogues/{catalogue}", Who::Staff),
    ("POST", "/catalogues/{catalogue}/minutes", Who::Staff),
    ("GET", "/imports", Who::Offices),
    ("POST", "/imports", Who::Offices),
    ("GET", "/imports/check/{upload}", Who::Offices),
    ("GET", "/imports/refused/{upload}", Who::Offices),
    ("POST", "/imports/save", Who::Offices),
    ("GET", "/imports/{import}/take-back", Who::Offices),
    ("POST", "/imports/{import}/take-back", Who::Offices),
    ("GET", "/notices", Who::Offices),
    ("GET", "/notices/{notice}", Who::Offices),
    ("POST", "/notices/{notice}", Who::Offices),
    ("POST", "/notices/{notice}/retry", Who::Offices),
    ("GET", "/mail", Who::Admin),
    ("GET", "/mail/{mail}", Who::Admin),
    ("POST", "/mail/{mail}/retry", Who::Admin),
    ("GET", "/payments/{budget}", Who::Staff),
    ("GET", "/payments/{budget}/queue.csv", Who::Staff),
    ("GET", "/payments/{budget}/queue.xlsx", Who::Staff),
    ("GET", "/payments/{budget}/batch/{year}", Who::Staff),
    ("POST", "/payments/{budget}/batch/{year}", Who::Staff),
    ("POST", "/payments/{budget}/confirm", Who::Staff),
    ("POST", "/payments/batches/{batch}/export", Who::Staff),
    ("GET", "/audit", Who::Admin),
    ("GET", "/rules", Who::Admin),
    ("POST", "/rules/reload", Who::Admin),
    ("GET", "/api/openapi.json", Who::Anyone),
    ("GET", "/api/v1/me", Who::SignedIn),
    ("GET", "/api/v1/workflows", Who::SignedIn),
    ("GET", "/api/v1/workflows/{workflow}", Who::SignedIn),
    ("GET", "/api/v1/cases", Who::SignedIn),
    ("POST", "/api/v1/cases", Who::Student),
    ("GET", "/api/v1/cases/{case}", Who::SignedIn),
    ("PATCH", "/api/v1/cases/{case}", Who::Student),
    ("DELETE", "/api/v1/cases/{case}", Who::Student),
    ("GET", "/api/v1/cases/{case}/entries/{field}", Who::Student),
    ("POST", "/api/v1/cases/{case}/files/{field}", Who::Student),
    ("GET", "/api/v1/files/{file}", Who::SignedIn),
    ("DELETE", "/api/v1/files/{file}", Who::Student),
    ("POST", "/api/v1/cases/{case}/moves/{move}", Who::SignedIn),
    ("POST", "/api/v1/cases/{case}/undo", Who::SignedIn),
    ("POST", "/api/v1/workflows/{workflow}/moves/{move}", Who::SignedIn),
    ("GET", "/api/v1/profile", Who::Student),
    ("GET", "/api/v1/progress/{student}", Who::SignedIn),
    ("GET", "/api/v1/statistics", Who::Staff),
];

/// Whoever asks; the office of one requirement is not that of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Actor {
    Anonymous,
    Student,
    Tutor,
    Head,
    Clerk,
    SocialOffice,
    StressOffice,
    Dean,
    Admin,
}

const ACTORS: [Actor; 9] = [
    Actor::Anonymous,
    Actor::Student,
    Actor::Tutor,
    Actor::Head,
    Actor::Clerk,
    Actor::SocialOffice,
    Actor::StressOffice,
    Actor::Dean,
    Actor::Admin,
];

impl Actor {
    fn account(self) -> &'static str {
        match self {
            Actor::Anonymous => "",
            Actor::Student => "S1",
            Actor::Tutor => "tutor",
            Actor::Head => "head",
            Actor::Clerk => "clerk",
            Actor::SocialOffice => "social",
            Actor::StressOffice => "stress",
            Actor::Dean => "dean",
            Actor::Admin => "admin",
        }
    }

    fn passes(self, who: Who) -> bool {
        use Actor::*;
        match who {
            Who::Anyone => true,
            Who::SignedIn => self != Anonymous,
            Who::Student => self == Student,
            Who::Staff => !matches!(self, Anonymous | Student),
            Who::Offices => matches!(self, SocialOffice | StressOffice | Admin),
            Who::Admin => self == Admin,
        }
    }

    /// Whether this is theirs. Student S1 is in class C1 of department D1 of 一院, S2 in C2 of D2 of
    /// the same college, S3 in C3 of D3 of 二院.
    fn sees(self, kind: &str, object: &str) -> bool {
        use Actor::*;
        match (kind, self) {
            (_, Admin) => !object.contains("none"),
            ("class", Tutor | Head | Clerk) => object == "C1",
            ("class", Dean) => matches!(object, "C1" | "C2"),
            ("department", Head | Clerk) => object == "D1",
            ("department", Dean) => matches!(object, "D1" | "D2"),
            ("college", Dean) => object == "一院",
            ("requirement", SocialOffice) => object == "social",
            ("requirement", StressOffice) => object == "stress",
            ("workflow", _) => object != "none",
            // An office sends what is about its own requirements; week 8 has none of these.
            ("notice", SocialOffice | StressOffice) => object == "missing",
            // A student asks why about each of their own requirements.
            ("requirement", Student) => object != "none",
            // Kept by each department's clerk.
            ("catalogue", Clerk) => object == "certificate-list",
            ("student", Student | Tutor | Head | Clerk) => object == "S1",
            ("student", Dean) => matches!(object, "S1" | "S2"),
            // An office knows every student, by its own requirement only.
            ("student", SocialOffice | StressOffice) => matches!(object, "S1" | "S2" | "S3"),
            ("student's requirement", Tutor | Head | Clerk) => matches!(object, "S1/social" | "S1/stress"),
            ("student's requirement", Dean) => matches!(object, "S1/social" | "S1/stress" | "S2/social"),
            ("student's requirement", SocialOffice) => object.ends_with("/social") && !object.contains("none"),
            ("student's requirement", StressOffice) => object.ends_with("/stress") && !object.contains("none"),
            _ => false,
        }
    }
}

/// What an address may name, with what is in it: (kind, how it stands in the path, objects).
fn objects(path: &str) -> (&'static str, Vec<&'static str>) {
    let named: Vec<&str> = path.split('/').filter(|part| part.starts_with('{')).collect();
    match named[..] {
        [] => ("", vec![""]),
        ["{class}"] => ("class", vec!["C1", "C2", "C3", "none"]),
        ["{department}"] => ("department", vec!["D1", "D2", "D3", "none", "student-activities-none"]),
        ["{college}"] => ("college", vec!["一院", "二院", "none"]),
        ["{requirement}"] => ("requirement", vec!["social", "stress", "none"]),
        ["{student}"] => ("student", vec!["S1", "S2", "S3", "none"]),
        ["{student}", "{requirement}"] => (
            "student's requirement",
            vec!["S1/social", "S1/stress", "S2/social", "S3/social", "S1/none", "none/social"],
        ),
        // No object behind these is anyone's own: what matters is the door.
        ["{case}"] => ("missing", vec!["none"]),
        ["{page}"] => ("missing", vec!["none"]),
        ["{delegation}"] | ["{token}"] => ("missing", vec!["none"]),
        ["{case}", "{file}"] => ("missing", vec!["none/none"]),
        ["{case}", "{move}"] | ["{workflow}", "{move}"] => ("missing", vec!["none/submit"]),
        ["{case}", "{field}"] => ("missing", vec!["none/exam_proof"]),
        // Everyone may read what there is to apply for.
        ["{workflow}", "{round}", "{export}"] => ("missing", vec!["certificate/all/all", "none/all/all"]),
        // The default school exports nothing.
        ["{workflow}"] if path.starts_with("/exports/") => ("missing", vec!["certificate", "none"]),
        ["{workflow}"] => ("workflow", vec!["certificate", "none"]),
        ["{file}"] | ["{link}"] | ["{upload}"] | ["{import}"] | ["{mail}"] => ("missing", vec!["none"]),
        ["{catalogue}"] => ("catalogue", vec!["certificate-list", "none"]),
        ["{budget}"] => ("budget", vec!["certificate-subsidy", "none"]),
        // A batch's contents are the office's alone; an administrator sees everything but them.
        ["{budget}", "{year}"] => ("missing", vec!["certificate-subsidy/2026", "none/2026"]),
        ["{batch}"] => ("missing", vec!["none"]),
        ["{notice}"] => ("notice", vec!["week-8", "missing", "none"]),
        _ => panic!("{path} names something that this test does not know"),
    }
}

fn address(path: &str, object: &str) -> String {
    // Whom a look-up finds is told of `/students/{student}`; for nobody it leads back home.
    if path == "/students" {
        return "/students?student=".to_owned();
    }
    let mut parts = object.split('/');
    let fill = |part: &str| -> String {
        if !part.starts_with('{') {
            return part.to_owned();
        }
        percent(parts.next().unwrap_or_default())
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b == b'-' { (b as char).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// What comes back, as far as access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Shown,
    SignIn,
    Forbidden,
    NotFound,
    /// Let through the door; the form was then refused, as it carried no nonce, or no JSON.
    StaleForm,
}

fn expected(method: &str, path: &str, who: Who, actor: Actor, object: &str) -> Outcome {
    let (kind, _) = objects(path);
    if !actor.passes(who) {
        return if actor == Actor::Anonymous { Outcome::SignIn } else { Outcome::Forbidden };
    }
    if method == "DELETE" {
        return Outcome::NotFound;
    }
    if method != "GET" {
        return Outcome::StaleForm;
    }
    match kind {
        "" => Outcome::Shown,
        "missing" => Outcome::NotFound,
        _ if actor.sees(kind, object) => Outcome::Shown,
        _ => Outcome::NotFound,
    }
}

/// Marks that stand in private data and nowhere else.
const CANARIES: [&str; 5] = ["A123456789", "0912-345-678", "04-2392-4505", "秘密路七號", "2003-04-05"];

struct World {
    app: Arc<App>,
    service: axum::Router,
    sessions: BTreeMap<Actor, String>,
    /// With every scope: what an account may not, its token does not either.
    tokens: BTreeMap<Actor, String>,
    _data: TempFolder,
}

impl World {
    async fn new(test: &TestDb) -> World {
        let data = TempFolder::new();
        import_school(&test.url, data.path());
        let folder = harness::root().to_owned();
        let edition = Edition::load(&folder, "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
        let settings = Settings {
            folder,
            school: "ncut".to_owned(),
            data: data.path().to_owned(),
            base_url: "http://127.0.0.1:8080".to_owned(),
            smtp_url: None,
            files: menkan::vault::Place::Folder(data.path().join("files")),
            mail_from: "menkan@example.edu.tw".to_owned(),
            secret: [7; 32],
            sandbox: menkan::sandbox::Sandbox::at(harness::menkan()),
        };
        let db: Db = test.db.clone();
        let app = Arc::new(App::new(db, edition, settings));
        let (mut sessions, mut tokens) = (BTreeMap::new(), BTreeMap::new());
        let now = chrono::Utc::now();
        for actor in ACTORS.into_iter().filter(|actor| *actor != Actor::Anonymous) {
            accounts::create(&app, actor.account(), "a long password", Lang::ZhTw, now).await.unwrap();
            let origin = Origin::Network("127.0.0.0/24".to_owned());
            let signed_in = accounts::sign_in(&app, actor.account(), "a long password", &origin, None, now).await;
            let Ok(SignedIn::Welcome { token }) = signed_in else { panic!("{actor:?} cannot sign in") };
            sessions.insert(actor, token);
            let wanted = Wanted { account: actor.account(), name: "test", scopes: &Scope::ALL, days: 1 };
            tokens.insert(actor, tokens::create(&app, wanted, now).await.unwrap().text);
        }
        World { service: World::service(&app), app, sessions, tokens, _data: data }
    }

    fn service(app: &Arc<App>) -> axum::Router {
        let address: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        router(Arc::new(Web::new(app.clone(), address)))
    }

    /// Another server, which knows nothing of the pages that were asked for and not there: whoever asks
    /// for so many of them is told so instead.
    fn serve_anew(&mut self) {
        self.service = World::service(&self.app);
    }

    /// Asks; the status, the place one is sent to, the body.
    async fn ask(&self, actor: Actor, method: &str, path: &str) -> (u16, String, String) {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        let is_api = path.starts_with("/api/");
        match (self.sessions.get(&actor), self.tokens.get(&actor)) {
            (Some(session), _) if !is_api => request = request.header("cookie", format!("menkan={session}")),
            (_, Some(token)) => request = request.header("authorization", format!("Bearer {token}")),
            _ => {}
        }
        if method == "POST" && !is_api {
            request = request
                .header("origin", "http://127.0.0.1:8080")
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded");
        }
        let answer = self.service.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = axum::body::to_bytes(answer.into_body(), 16 << 20).await.unwrap();
        (status, location, String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn outcome(method: &str, status: u16, location: &str, body: &str) -> Result<Outcome, String> {
    Ok(match status {
        303 if location.starts_with("/sign-in") => Outcome::SignIn,
        401 if body.contains("\"no-token\"") => Outcome::SignIn,
        415 if body.contains("\"media-type\"") => Outcome::StaleForm,
        200 => Outcome::Shown,
        303 if method == "GET" => Outcome::Shown,
        403 if body.contains(&menkan::render::words().say(Lang::ZhTw, "failure-stale-form-title")) => {
            Outcome::StaleForm
        }
        403 => Outcome::Forbidden,
        404 => Outcome::NotFound,
        other => return Err(format!("{other} {location} {body}")),
    })
}

/// A small school, imported as a person would: three departments in two colleges, a class and a
/// final-year student in each, and everyone's private data.
fn import_school(url: &str, data: &Path) {
    let edition = Edition::load(harness::root(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
    let today = edition.definition.school.calendar.today(chrono::Utc::now());
    let admitted = edition.definition.school.calendar.academic_year(today) - 3;
    let mut classes = String::from("班級代碼,班級名稱,系所,入學學年度,導師帳號\n");
    let mut students =
        String::from("學號,姓名,系所,班級,學制,入學學年度,在學狀態,電子郵件,身分證字號,生日,電話,行動電話,地址\n");
    for number in 1..=3 {
        let tutor = if number == 1 { "tutor" } else { "" };
        classes.push_str(&format!("C{number},四年{number}班,D{number},{admitted},{tutor}\n"));
        students.push_str(&format!(
            "S{number},學生{number}號,D{number},C{number},日四技,{admitted},在學,s{number}@example.edu.tw,A123456789,\
             2003-04-05,04-2392-4505,0912-345-678,臺中市秘密路七號\n"
        ));
    }
    let files = [
        ("units", "單位代碼,單位名稱,學院,類別\nD1,一系,一院,department\nD2,二系,一院,department\nD3,三系,二院,department\n".to_owned()),
        (
            "staff",
            "帳號,姓名,電子郵件,角色,單位\ntutor,甲師,a@example.edu.tw,tutor,D1\nhead,乙主任,b@example.edu.tw,head,D1\n\
             clerk,丙承辦,c@example.edu.tw,clerk,D1\nsocial,丁承辦,d@example.edu.tw,office,student-activities\n\
             stress,戊承辦,e@example.edu.tw,office,teaching-resources\ndean,己院長,f@example.edu.tw,dean,D1\n\
             admin,庚管理,g@example.edu.tw,admin,\n"
                .to_owned(),
        ),
        ("classes", classes),
        ("students", students),
        (
            "credits",
            "學號,類別,數量,發生日期,名稱,登錄日期\nS1,社會接軌,10,2025-10-01,志工,2025-10-02\nS1,抗壓,2,2025-10-01,演講,2025-10-02\n\
             S2,社會接軌,24,2025-10-01,志工,2025-10-02\n"
                .to_owned(),
        ),
    ];
    for (kind, text) in files {
        let file = data.join(format!("{kind}.csv"));
        std::fs::write(&file, text).unwrap();
        let output = Command::new(harness::menkan())
            .current_dir(harness::root())
            .args(["--database", url, "--data"])
            .arg(data)
            .args(["import", kind])
            .arg(&file)
            .args(["--effective", "2024-08-01"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_route_has_a_row() {
    let known: BTreeSet<(&str, &str)> = ROUTES.iter().map(|(method, path, _)| (*method, *path)).collect();
    let there: BTreeSet<(&str, &str)> = routes::all()
        .iter()
        .map(|route| (route.method, route.path))
        .chain(api::endpoints().iter().map(|endpoint| (endpoint.method, endpoint.path)))
        .collect();
    let without: Vec<_> = there.difference(&known).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(without.is_empty(), "routes without a row in tests/it/authorization.rs: {without:?}");
    assert!(gone.is_empty(), "rows without a route: {gone:?}");
}

#[tokio::test]
async fn everyone_sees_what_is_theirs_and_nothing_else() {
    for test in databases().await {
        let mut world = World::new(&test).await;
        let (mut cells, mut wrong) = (0, Vec::new());
        for (row, (method, path, who)) in ROUTES.iter().enumerate() {
            if row.is_multiple_of(10) {
                world.serve_anew();
            }
            for object in objects(path).1 {
                let asks = if *method == "DELETE" && path.ends_with("{case}") { "?expected_version=1" } else { "" };
                let address = format!("{}{asks}", address(path, object));
                for actor in ACTORS {
                    cells += 1;
                    let (status, location, body) = world.ask(actor, method, &address).await;
                    let found = outcome(method, status, &location, &body);
                    let expected = expected(method, path, *who, actor, object);
                    if found.as_ref() != Ok(&expected) {
                        wrong.push(format!("{method} {address} as {actor:?}: {found:?}, expected {expected:?}"));
                    }
                    for canary in CANARIES {
                        if body.contains(canary) {
                            wrong.push(format!("{method} {address} tells {actor:?} the private `{canary}`"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {} of {cells} wrong:\n{}", test.kind, wrong.len(), wrong.join("\n"));
        assert!(cells >= 500, "{cells} cells");
        println!("{}: {cells} cells", test.kind);
        the_foreign_looks_like_the_missing(&world).await;
        an_office_reads_its_own_requirement_alone(&world).await;
        counts_are_scoped(&world).await;
        if test.kind == "sqlite" {
            private_data_is_sealed(&test);
        }
    }
}

async fn the_foreign_looks_like_the_missing(world: &World) {
    for (actor, foreign, missing) in [
        (Actor::Tutor, "/classes/C2", "/classes/C9"),
        (Actor::Tutor, "/classes/C2/roster", "/classes/C9/roster"),
        (Actor::Tutor, "/departments/D1", "/departments/D9"),
        (Actor::Head, "/departments/D2", "/departments/D9"),
        (Actor::Head, "/students/S2", "/students/S9"),
        (Actor::SocialOffice, "/requirements/stress", "/requirements/nonsen"),
        (Actor::SocialOffice, "/students/S1/why/stress", "/students/S1/why/nonsen"),
        (Actor::Student, "/api/v1/progress/S2", "/api/v1/progress/S9"),
        (Actor::Head, "/api/v1/progress/S2", "/api/v1/progress/S9"),
    ] {
        let (_, _, one) = world.ask(actor, "GET", foreign).await;
        let (_, _, other) = world.ask(actor, "GET", missing).await;
        let plain = |body: &str, path: &str| {
            let body = body.replace(path, "PATH").replace(&path.replace('/', "&#x2f;"), "PATH");
            // Nonces and the request's number differ between any two answers.
            let parts: Vec<&str> = body.split(|c: char| !(c.is_ascii_hexdigit() || c == '-')).collect();
            let long: Vec<String> =
                parts.iter().filter(|part| part.len() >= 8).map(|part| (*part).to_owned()).collect();
            long.iter().fold(body.clone(), |text, part| text.replace(part, "X"))
        };
        assert_eq!(plain(&one, foreign), plain(&other, missing), "{actor:?} can tell {foreign} from {missing}");
    }
}

async fn an_office_reads_its_own_requirement_alone(world: &World) {
    // Of S1, the office of social sees 10 / 24 and nothing of stress, where 2 / 3 stand.
    let (_, _, list) = world.ask(Actor::SocialOffice, "GET", "/requirements/social").await;
    assert!(list.contains("學生1號") && list.contains("社會接軌"), "{list}");
    assert!(!list.contains("抗壓"), "the list of one office names another's requirement");
    for page in ["/students/S1", "/students/S1/records"] {
        let (_, _, body) = world.ask(Actor::SocialOffice, "GET", page).await;
        assert!(body.contains("志工") || body.contains("10"), "{page}: {body}");
        assert!(
            !body.contains("演講") && !body.contains("抗壓"),
            "{page} tells one office about another's requirement"
        );
    }
}

async fn counts_are_scoped(world: &World) {
    // Three final-year students in the school; the tutor's own statistics count one.
    for (actor, path, students) in [
        (Actor::Tutor, "/statistics?by=class", 1),
        (Actor::Clerk, "/statistics?by=department", 1),
        (Actor::Admin, "/statistics?by=department", 3),
        (Actor::Dean, "/statistics?by=class", 2),
    ] {
        let (status, _, body) = world.ask(actor, "GET", path).await;
        assert_eq!(status, 200);
        assert!(body.contains(&format!("應屆 {students} 人中")), "{actor:?} {path}: {body}");
    }
    // An office may know the school's figures, but not those of two people.
    let (_, _, csv) = world.ask(Actor::SocialOffice, "GET", "/statistics.csv").await;
    assert!(csv.lines().filter(|line| line.contains("不足 5")).count() == 3, "{csv}");
    let (_, _, csv) = world.ask(Actor::Dean, "GET", "/statistics.csv").await;
    assert!(csv.lines().any(|line| line.starts_with("一院,一系,1,")), "{csv}");
    assert!(!csv.lines().any(|line| line.starts_with("二院,三系,1,")), "{csv}");
    // A filter, a page or another day widens nothing.
    for path in ["/classes/C2?as-of=2025-10-10", "/departments/D1?department=D2", "/classes/C1/../C2"] {
        let (_, _, body) = world.ask(Actor::Tutor, "GET", path).await;
        assert!(!body.contains("學生2號"), "{path}");
    }
    let (_, _, body) =
        world.ask(Actor::Head, "GET", "/departments/D1?department=D2&class=C2&q=S2&show=all&years=all").await;
    assert!(!body.contains("學生2號"), "a filter shows another department's student");
}

fn private_data_is_sealed(test: &TestDb) {
    let file = test.url.strip_prefix("sqlite:").unwrap();
    for path in [file.to_owned(), format!("{file}-wal")] {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for canary in CANARIES {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} stands readable in {path}");
        }
    }
}
