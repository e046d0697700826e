//! How many of one address are here at once: connections, and requests that are being answered. Who
//! sends slowly holds only a share of the room, whatever they open; the others are served meanwhile.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;

/// Bounds what each address has at once.
pub(super) struct Crowd {
    most: usize,
    here: Mutex<HashMap<IpAddr, usize>>,
}

/// One of them, until it is dropped.
pub(super) struct Inside {
    crowd: Arc<Crowd>,
    address: IpAddr,
}

impl Crowd {
    pub fn new(most: usize) -> Arc<Crowd> {
        Arc::new(Crowd { most, here: Mutex::default() })
    }

    /// `None` where the address has as many as it may.
    pub fn enter(self: &Arc<Crowd>, address: IpAddr) -> Option<Inside> {
        let address = shared(address);
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let count = here.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Inside { crowd: self.clone(), address })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let mut here = self.crowd.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.address);
            }
        }
    }
}

/// What one subscriber has: an address, or a network of IPv6.
fn shared(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// Who asks, where the connection is a proxy's that is trusted: whom that proxy names last. What
/// stands before it anyone may have written.
pub(super) fn named_by_proxy(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = last.rsplit(',').next()?.trim();
    let bare = last.strip_prefix('[').and_then(|rest| rest.split(']').next());
    bare.unwrap_or(last).parse().ok().or_else(|| Some(last.parse::<std::net::SocketAddr>().ok()?.ip()))
}
