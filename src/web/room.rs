//! The room for what people send: a large body is held in memory until it is kept or refused, so all
//! that are read at once share so many bytes, and one sender has at most half of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Fault;

/// What is counted, in bytes.
const UNIT: usize = 64 * 1024;
/// All that is held at once: two of the largest.
const UNITS: usize = 2 * 48 * 16;
/// So small a body needs no room: there are no more of them than requests at once.
const SMALL: usize = 2 * UNIT;
/// How long a sender waits for others.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Rooms {
    all: Arc<Semaphore>,
    /// Units by sender.
    own: Mutex<HashMap<String, usize>>,
}

impl Default for Rooms {
    fn default() -> Rooms {
        Rooms { all: Arc::new(Semaphore::new(UNITS)), own: Mutex::default() }
    }
}

/// Room that is held until it is dropped; nothing where none was needed.
#[derive(Default)]
pub struct Room(#[allow(dead_code)] Option<Held>);

struct Held {
    rooms: Arc<Rooms>,
    sender: String,
    units: usize,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut own = self.rooms.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(units) = own.get_mut(&self.sender) {
            *units -= self.units.min(*units);
            if *units == 0 {
                own.remove(&self.sender);
            }
        }
        drop(self.permit.take());
    }
}

/// Room for a body of so many bytes; too many of one sender's are refused, others' are waited for.
pub async fn take(rooms: &Arc<Rooms>, sender: &str, bytes: usize) -> Result<Room, Fault> {
    if bytes <= SMALL {
        return Ok(Room::default());
    }
    let units = bytes.div_ceil(UNIT).min(UNITS / 2);
    let mut held = {
        let mut own = rooms.own.lock().unwrap_or_else(PoisonError::into_inner);
        let before = own.entry(sender.to_owned()).or_default();
        if *before + units > UNITS / 2 {
            return Err(Fault::Busy);
        }
        *before += units;
        Held { rooms: rooms.clone(), sender: sender.to_owned(), units, permit: None }
    };
    let permit = rooms.all.clone().acquire_many_owned(u32::try_from(units).unwrap_or(u32::MAX));
    match tokio::time::timeout(PATIENCE, permit).await {
        Ok(Ok(permit)) => {
            held.permit = Some(permit);
            Ok(Room(Some(held)))
        }
        Ok(Err(_)) | Err(_) => Err(Fault::Busy),
    }
}
