//! Requests that other sites make, wrong hosts, and connections that mean no good.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use menkan::web::{Access, Route, Web, routes, serve};

use super::{Site, own};

/// Every route that changes something, with words for the parts of its address.
fn unsafe_paths() -> Vec<String> {
    let paths = paths_of(|route| route.method != "GET");
    assert!(paths.len() >= 8, "the table of routes lost its forms: {paths:?}");
    paths
}

fn paths_of(which: impl Fn(&Route) -> bool) -> Vec<String> {
    routes::all()
        .into_iter()
        .filter(|route| which(route))
        .map(|route| {
            route
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { "1" } else { part })
                .collect::<Vec<_>>()
                .join("/")
        })
        .collect()
}

#[test]
fn no_form_of_another_site_is_taken_on_any_route() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    // What only students do is tried by a student: others are stopped at the door.
    let mut student = site.signed_in("4110101");
    let of_students: Vec<String> = paths_of(|route| route.access == Access::Student);
    let tokens = (admin.get("/home").token(), student.get("/me").token());
    let ours = format!("http://{}", site.address);
    let mut tried = 0;
    for path in unsafe_paths().iter().filter(|path| *path != "/sign-out") {
        let (visitor, token) = if of_students.contains(path) { (&student, &tokens.1) } else { (&admin, &tokens.0) };
        for fetched in [None, Some("cross-site"), Some("same-site"), Some("none"), Some("same-origin")] {
            for origin in [None, Some(ours.as_str()), Some("http://club.example.edu.tw"), Some("null")] {
                for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json"] {
                    let mut headers = vec![("Content-Type", kind.to_owned())];
                    headers.extend(fetched.map(|value| ("Sec-Fetch-Site", value.to_owned())));
                    headers.extend(origin.map(|value| ("Origin", value.to_owned())));
                    let page = visitor.clone().ask("POST", path, &headers, &format!("token={token}"));
                    let own = match fetched {
                        Some(value) => matches!(value, "none" | "same-origin"),
                        None => origin == Some(ours.as_str()),
                    };
                    let taken = own && kind == "application/x-www-form-urlencoded";
                    let refused = page.status == 403 && page.body.contains("表單已過期");
                    assert_eq!(!refused, taken, "{path} {fetched:?} {origin:?} {kind}: {}", page.status);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried >= 400, "{tried}");
}

#[test]
fn a_form_needs_the_nonce_of_its_own_session() {
    let site = Site::start();
    let (mut admin, mut head) = (site.signed_in("admin"), site.signed_in("head"));
    let foreign = head.get("/home").token();
    assert!(!foreign.is_empty());
    for token in ["", "0.0", "nonsense", foreign.as_str()] {
        for path in unsafe_paths() {
            let page = admin.post(&path, &own(site.address), &format!("token={token}&lang=en&to=/"));
            assert_eq!(page.status, 403, "{path} with {token:?}");
        }
    }
}

#[test]
fn who_is_not_signed_in_posts_nothing_but_the_sign_in_form() {
    let site = Site::start();
    for path in unsafe_paths() {
        let page = site.visitor().post(&path, &own(site.address), "token=1.1");
        let expected = if path == "/sign-in" || path.starts_with("/forgot") { 403 } else { 303 };
        assert_eq!(page.status, expected, "{path}");
    }
}

#[test]
fn only_the_sites_own_hosts_are_answered() {
    let site = Site::start();
    let (own, port) = (site.address.to_string(), site.address.port());
    let wrong = [
        "",
        "evil.example",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        "evil.example:80",
        "a@127.0.0.1",
        "127.0.0.1.evil.example",
        "thresholds.example.edu.tw",
        "*",
        "[::1]",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "127.0.0.1:80:80",
        "127.0.0.1/x",
    ];
    for host in wrong {
        let page = site.visitor().ask("GET", "/", &[("Host", host.to_owned())], "");
        assert!([400, 421].contains(&page.status), "{host:?}: {}", page.status);
    }
    for host in [own, format!("localhost:{port}"), format!("LOCALHOST:{port}")] {
        let page = site.visitor().ask("GET", "/", &[("Host", host.clone())], "");
        assert_eq!(page.status, 200, "{host}");
    }
    let forwarded = [("X-Forwarded-Host", "evil.example".to_owned()), ("Forwarded", "host=evil.example".to_owned())];
    let page = site.visitor().ask("GET", "/", &forwarded, "");
    assert!(page.status == 200 && !page.body.contains("evil.example"));
}

#[test]
fn a_body_that_is_too_large_is_refused_by_its_size() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    let body = format!("token={}&lang={}", admin.get("/home").token(), "x".repeat(200_000));
    assert_eq!(admin.post("/language", &own(site.address), &body).status, 413);
}

#[test]
fn a_head_that_never_ends_is_cut_off_and_others_are_served_meanwhile() {
    let site = Site::start();
    let begun = Instant::now();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(site.address).unwrap()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    }
    let asked = Instant::now();
    assert_eq!(site.visitor().get("/").status, 200);
    assert!(asked.elapsed() < Duration::from_secs(2));
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(35))).unwrap();
        let mut rest = Vec::new();
        // Closed by the server: nothing more comes, or the connection is reset.
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(begun.elapsed() < Duration::from_secs(35), "{:?}", begun.elapsed());
    let huge = format!("GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n", site.address, "x".repeat(200_000));
    assert!([400, 431].contains(&super::exchange(site.address, huge.as_bytes()).status));
}

#[test]
fn who_sends_slowly_holds_only_a_share_of_the_room() {
    let site = Site::start();
    let (listener, address) = site.runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    });
    let web = Arc::new(Web::new(site.app.clone(), address).behind(&[address.ip()]));
    site.runtime.spawn(serve(listener, web, std::future::pending()));
    let ask = |forwarded: &str| {
        let head = format!("Host: {address}\r\nX-Forwarded-For: {forwarded}\r\nConnection: close\r\n");
        super::exchange(address, format!("GET / HTTP/1.1\r\n{head}\r\n").as_bytes()).status
    };
    // The proxy writes last whom it asks for; what stands before it anyone may have written.
    let (slow, other) = ("198.51.100.7, 203.0.113.9", "203.0.113.9, 198.51.100.7");
    let form = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {address}\r\nX-Forwarded-For: {slow}\r\nOrigin: http://{address}\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nt"
    );
    let holding: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(form.as_bytes()).unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    while ask(slow) != 429 {
        assert!(begun.elapsed() < Duration::from_secs(10), "all of them were let in");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(ask(other), 200);
    assert_eq!(site.visitor().get("/").status, 200);
    drop(holding);
    let begun = Instant::now();
    while ask(slow) != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "the room was not given back");
        std::thread::sleep(Duration::from_millis(20));
    }
    // Without a word of its proxy nobody is told apart, and whoever is no proxy is not believed.
    assert_eq!(ask("nonsense"), 200);
}
