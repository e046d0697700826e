//! Requests at planned moments, whatever became of those before them, and the memory of a server's child
//! processes meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Answer, Client, Request, memory_kib};

/// What is asked, and when after the beginning.
pub struct Planned<K> {
    pub at: Duration,
    pub kind: K,
    pub request: Request,
}

/// What became of it: how long it took since its planned moment.
pub struct Told<K> {
    pub kind: K,
    pub took: Duration,
    pub answer: Answer,
}

/// Asks everything at its moment, over as many kept connections as are needed.
pub async fn open<K: Send + 'static>(address: String, planned: Vec<Planned<K>>) -> Vec<Told<K>> {
    let idle: Arc<Mutex<Vec<Client>>> = Arc::default();
    let mut set = tokio::task::JoinSet::new();
    let began = tokio::time::Instant::now() + Duration::from_millis(100);
    for Planned { at, kind, request } in planned {
        tokio::time::sleep_until(began + at).await;
        let (idle, address) = (idle.clone(), address.clone());
        set.spawn(async move {
            let kept = idle.lock().unwrap().pop();
            let asked = async {
                // A kept connection may just have been ended for having been idle: as browsers do, it is asked
                // once more by a new one.
                if let Some(mut client) = kept {
                    match client.ask(&request).await {
                        Ok(answer) => return Ok((client, answer)),
                        Err(_) if client.buffer.is_empty() => {}
                        Err(error) => return Err(error),
                    }
                }
                let mut client = Client::connect(&address).await?;
                let answer = client.ask(&request).await?;
                Ok::<_, std::io::Error>((client, answer))
            };
            let answer = match asked.await {
                Ok((client, answer)) => {
                    idle.lock().unwrap().push(client);
                    answer
                }
                Err(error) => Answer { head: error.to_string(), ..Answer::default() },
            };
            Told { kind, took: (began + at).elapsed(), answer }
        });
    }
    set.join_all().await
}

/// The memory of the server's child processes together, looked at all the while.
pub struct Children {
    over: Arc<AtomicBool>,
    watching: std::thread::JoinHandle<u64>,
}

impl Children {
    pub fn watch(parent: u32) -> Children {
        let over = Arc::new(AtomicBool::new(false));
        let stop = over.clone();
        let watching = std::thread::spawn(move || {
            let mut most = 0;
            while !stop.load(Ordering::Relaxed) {
                most = most.max(children(parent).into_iter().filter_map(|child| memory_kib(child, "VmRSS")).sum());
                std::thread::sleep(Duration::from_millis(100));
            }
            most / 1024
        });
        Children { over, watching }
    }

    pub fn most_mb(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.watching.join().unwrap()
    }
}

fn children(parent: u32) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // In the status line the parent stands second behind the name.
    let is_child = |id: &u32| {
        let line = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let behind = line.rsplit_once(") ").map_or("", |(_, behind)| behind);
        behind.split(' ').nth(1).and_then(|id| id.parse().ok()) == Some(parent)
    };
    ids.filter(|id| *id > parent).filter(is_child).collect()
}
