//! Mail through the outbox against the bare connection: 5,000 roster-sized mails to a local
//! server, in turns in one run. `cargo bench --bench mail`; `MAILS=500` for fewer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use menkan::app::deliver::{Delivery, deliver};
use menkan::args;
use menkan::mail::{
    Attachment, Connection, Draft, Patience, Route, Sender, Server, Verdict, message_id, parse_address,
};
use menkan::store::Db;
use menkan::store::outbox::{self, Body, DueTo, Kind, Mail};
use tokio::sync::watch;

const AT_LEAST: f64 = 0.5;

/// Answers as SMTP asks and throws away what it is sent, but counts it.
fn sink() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let counted = counted.clone();
            std::thread::spawn(move || {
                let _ = serve(socket.unwrap(), &counted);
            });
        }
    });
    (address, count)
}

fn serve(socket: TcpStream, count: &AtomicUsize) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut write = socket.try_clone()?;
    let mut read = BufReader::with_capacity(64 * 1024, socket);
    let mut line = Vec::new();
    write.write_all(b"220 sink ESMTP\r\n")?;
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match line.get(..4) {
            Some(b"DATA") => {
                write.write_all(b"354 go on\r\n")?;
                let mut tail = [0u8; 5];
                // Until the closing dot; what stands before is only looked through.
                loop {
                    let chunk = read.fill_buf()?;
                    let length = chunk.len();
                    let mut seen = tail.to_vec();
                    seen.extend_from_slice(&chunk[length.saturating_sub(5)..]);
                    tail.copy_from_slice(&seen[seen.len() - 5..]);
                    read.consume(length);
                    if &tail == b"\r\n.\r\n" {
                        break;
                    }
                    if length == 0 {
                        return Ok(());
                    }
                }
                count.fetch_add(1, Ordering::Relaxed);
                write.write_all(b"250 accepted\r\n")?;
            }
            Some(b"QUIT") => return write.write_all(b"221 bye\r\n"),
            _ => write.write_all(b"250 ok\r\n")?,
        }
    }
}

/// A mail as big as a class's roster with its workbook: some 28 kB.
fn mail(round: usize, number: usize) -> Mail {
    let sender = Sender::parse("thresholds@example.edu.tw").unwrap();
    let account = format!("tutor{number}");
    let dedup = format!("bench|{round}|{account}");
    let id = message_id(&[7; 32], &dedup, "example.edu.tw");
    let address = format!("{account}@example.edu.tw");
    let rows: String =
        (0..40).map(|row| format!("<tr><td>411{number:04}{row:02}</td><td>測試生</td><td>3 / 3</td></tr>")).collect();
    let mut state = number as u64 + 1;
    let bytes: Vec<u8> = (0..13_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect();
    let built = Draft {
        from: &sender,
        to_name: "導師",
        to: &address,
        subject: "請提醒學生",
        text: &format!("請提醒學生 {number}\n").repeat(80),
        html: &format!("<html><body><table>{rows}</table></body></html>"),
        attachment: Some(&Attachment {
            file_name: "名單.xlsx".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            bytes,
        }),
        message_id: &id,
        date: Utc::now(),
        language: "zh-Hant-TW",
    }
    .build()
    .unwrap();
    Mail {
        dedup,
        notice: "bench".to_owned(),
        letter: "tutors".to_owned(),
        occasion: round.to_string(),
        due: DueTo { kind: Kind::Unit, person: account, about: "U".to_owned() },
        recipient: built.recipient,
        subject: built.subject,
        message_id: id,
        head: built.head,
        body: Body { hash: built.body_hash, text: built.body },
    }
}

/// The same mails over one kept connection with TCP_NODELAY, with nothing around it.
async fn bare(address: SocketAddr, messages: Vec<String>) -> Duration {
    let server = Server::parse(&format!("smtp://{address}")).unwrap();
    let from = parse_address("thresholds@example.edu.tw").unwrap();
    let to = parse_address("tutor@example.edu.tw").unwrap();
    let mut connection = Connection::open(&server, Patience::default()).await.unwrap();
    let began = Instant::now();
    for message in &messages {
        assert_eq!(connection.send(&from, &to, message).await, Verdict::Accepted);
    }
    let took = began.elapsed();
    connection.close().await;
    took
}

#[tokio::main]
async fn main() {
    let mails: usize = std::env::var("MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000);
    let folder = std::env::temp_dir().join(format!("menkan-bench-mail-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let db = Db::open(&std::env::var("BENCH_DATABASE").unwrap_or(format!("sqlite:{}/menkan.db", folder.display())))
        .await
        .unwrap();
    let (address, count) = sink();
    let calendar =
        menkan::definition::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap().school.calendar;
    let mut tx = db.begin().await.unwrap();
    for number in 0..mails {
        let account = format!("tutor{number}");
        tx.run(
            "INSERT INTO staff (account, name, email) VALUES ($1, 'n', $2)",
            args![&account, format!("{account}@example.edu.tw")],
        )
        .await
        .unwrap();
        tx.run("INSERT INTO staff_roles (account, role, unit) VALUES ($1, 'r', 'U')", args![&account]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let delivery = Delivery {
        route: Route::Smtp(Server::parse(&format!("smtp://{address}")).unwrap()),
        from: Sender::parse("thresholds@example.edu.tw").unwrap(),
        connections: 4,
        unconfirmed: 32,
        patience: Patience::default(),
        lease: Duration::from_secs(10),
    };
    let mut ratios = Vec::new();
    for round in 0..3 {
        let began = Instant::now();
        let written: Vec<Mail> = (0..mails).map(|number| mail(round, number)).collect();
        let built = began.elapsed();
        let messages: Vec<String> = written.iter().map(|mail| mail.head.clone() + &*mail.body.text).collect();
        let size = messages.iter().map(String::len).sum::<usize>() / mails;
        let began = Instant::now();
        let mut tx = db.begin().await.unwrap();
        outbox::enqueue(&mut tx, &written.iter().collect::<Vec<_>>(), Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        let enqueued = began.elapsed();

        let before = count.load(Ordering::SeqCst);
        let bare = tokio::spawn(bare(address, messages)).await.unwrap();
        assert_eq!(count.load(Ordering::SeqCst) - before, mails);
        let (_keep, stop) = watch::channel(false);
        let began = Instant::now();
        let delivered = deliver(&db, &delivery, &calendar, &Utc::now, &stop).await.unwrap();
        let ours = began.elapsed();
        assert_eq!(delivered.sent as usize, mails, "{delivered:?}");
        assert_eq!(count.load(Ordering::SeqCst) - before, 2 * mails);
        let rate = |time: Duration| mails as f64 / time.as_secs_f64();
        println!(
            "{mails} mails of {size} bytes: built {:.0}/s, written to the outbox {:.0}/s; bare connection {:.0}/s, \
             through the outbox {:.0}/s: ratio {:.2}",
            rate(built),
            rate(enqueued),
            rate(bare),
            rate(ours),
            rate(ours) / rate(bare)
        );
        ratios.push(rate(ours) / rate(bare));
    }
    db.close().await;
    let _ = std::fs::remove_dir_all(&folder);
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    println!("mail: median ratio {median:.2}, at least {AT_LEAST}");
    assert!(median >= AT_LEAST, "mail through the outbox is too slow");
}
