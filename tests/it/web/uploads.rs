//! Files that people send: one that is too large is refused in words and not by a broken
//! connection, and one that is saved twice at once is saved once, for both.

use std::io::{Read, Write};
use std::net::TcpStream;

use menkan::args;

use super::{Page, Site, own};

/// Hours of one student, so many that the file has some size.
fn csv(bytes: usize) -> String {
    let mut text = String::from("學號,類別,數量,發生日期,名稱,登錄日期\n");
    let mut number = 0;
    while text.len() < bytes {
        number += 1;
        text.push_str(&format!("4110101,社會接軌,0.5,2025-10-01,第 {number} 次的志工服務活動,2025-10-02\n"));
    }
    text
}

#[test]
fn a_file_that_is_too_large_is_refused_in_words_and_one_of_three_megabytes_is_taken() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    let page = admin.upload("credits", "hours.csv", &csv(3 << 20));
    assert_eq!(page.status, 303, "{}", page.body);
    let path = page.header("location").to_owned();
    let page = admin.get(&path);
    assert!(page.status == 200 && page.body.contains("hours.csv"), "{}", page.status);

    for megabytes in [7, 12, 40] {
        let page = admin.upload("credits", "hours.csv", &"x".repeat(megabytes << 20));
        assert_eq!((page.status, page.cut_off), (413, false), "{megabytes} MB");
        assert!(page.body.contains("送出的內容太大"), "{}", page.body);
    }
    // Whatever else is wrong is told, too, after all was sent.
    let large = "x".repeat(12 << 20);
    let told = |page: Page| (page.status, page.cut_off);
    assert_eq!(told(site.visitor().upload("credits", "hours.csv", &large)), (303, false), "not signed in");
    assert_eq!(told(site.signed_in("tutor01").upload("credits", "hours.csv", &large)), (403, false), "not theirs");
    let foreign = [("Origin", "http://evil.example".to_owned())];
    assert_eq!(told(admin.post("/imports", &foreign, &large)), (403, false), "from another site");
    let mut headers = own(site.address).to_vec();
    headers.push(("Content-Type", "text/plain".to_owned()));
    assert_eq!(told(admin.ask("POST", "/imports", &headers, &large)), (403, false), "no form");
    assert_eq!(told(admin.ask("POST", "/nothing", &own(site.address), &large)), (404, false), "to nowhere");
    assert_eq!(admin.get("/imports").status, 200);
}

#[test]
fn a_file_that_is_saved_by_two_at_once_is_saved_once_and_both_see_it() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    for round in 0..3 {
        let text = csv(2_000).replace("第 ", &format!("第 {round} 輪 "));
        let rows = text.lines().count() as i64 - 1;
        let page = admin.upload("credits", "hours.csv", &text);
        let upload = page.header("location").rsplit('/').next().unwrap().to_owned();
        let token = admin.get("/imports").token();
        let body = format!("token={token}&upload={upload}");
        let answers: Vec<Page> = std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..6)
                .map(|_| {
                    let (mut admin, body) = (admin.clone(), &body);
                    scope.spawn(move || admin.post("/imports/save", &own(admin.address), body))
                })
                .collect();
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        });
        let (count, imports): (i64, i64) = site.runtime.block_on(async {
            let mut conn = site.app.db.read().await.unwrap();
            let sql = "SELECT (SELECT COUNT(*) FROM credits WHERE name LIKE $1), (SELECT COUNT(*) FROM imports)";
            conn.one(sql, args![format!("第 {round} 輪%")]).await.unwrap()
        });
        assert_eq!((count, imports), (rows, round + 1), "saved once");
        let mut saved = 0;
        for answer in &answers {
            match answer.status {
                200 => {
                    assert!(answer.body.contains(&format!(">{rows}<")), "{}", answer.body);
                    saved += 1;
                }
                303 => {
                    assert_eq!(answer.header("location"), "/imports");
                    assert!(answer.headers.iter().any(|(_, value)| value.contains("import-saved-before")));
                }
                other => panic!("{other}: {}", answer.body),
            }
        }
        assert!(saved >= 1);
        let page = admin.send("/imports", "/imports/save", &[("upload", upload.as_str())]);
        assert_eq!(page.status, 303, "much later, too");
        assert!(admin.get("/imports").body.contains("hours.csv"));
    }
}

/// A form with a file of so many megabytes, all of it sent but for its end.
fn withheld(site: &Site, who: &super::Visitor, megabytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(site.address).unwrap();
    let cookies: Vec<String> = who.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST /profile HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {2}\r\n\r\n",
        site.address,
        cookies.join("; "),
        megabytes << 20
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b'x'; (megabytes << 20) - 1]).unwrap();
    stream
}

fn status(stream: &mut TcpStream) -> u16 {
    let mut line = [0; 12];
    stream.read_exact(&mut line).unwrap();
    std::str::from_utf8(&line[9..]).unwrap().parse().unwrap()
}

#[test]
fn one_sender_holds_half_of_the_room_for_large_forms_and_others_are_served() {
    let site = Site::start();
    let (one, other) = (site.signed_in("4110101"), site.signed_in("4110102"));
    let mut first = withheld(&site, &one, 40);
    // All of it was read, so its room is taken; another of the same sender finds none.
    let mut second = withheld(&site, &one, 40);
    second.write_all(b"x").unwrap();
    assert_eq!(status(&mut second), 503);
    let mut third = withheld(&site, &other, 40);
    third.write_all(b"x").unwrap();
    assert_eq!(status(&mut third), 400, "there is nothing in it");
    first.write_all(b"x").unwrap();
    assert_eq!(status(&mut first), 400);
    let mut again = withheld(&site, &one, 40);
    again.write_all(b"x").unwrap();
    assert_eq!(status(&mut again), 400, "there is room again");
}
