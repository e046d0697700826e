//! Signing in and out, and the language.

use std::net::IpAddr;

use axum::http::StatusCode;

use super::context::Known;
use super::cookies::Device;
use super::{Answer, Context, Posted, cookies, show};
use crate::app::accounts::{self, Origin, SignedIn};
use crate::lang::Lang;
use crate::render::pages::{Page, SignIn};
use crate::render::words;

pub(super) async fn form(context: Context) -> Answer {
    let next = own_address(context.asked("next").unwrap_or_default());
    if context.viewer.is_some() {
        return show::see(&next);
    }
    let page = SignIn { account: String::new(), error: None, next };
    to_anyone(&context, &page)
}

/// A form for whoever is not signed in: its nonce is bound to the device, and one that is new gets
/// its cookie first.
pub(super) fn to_anyone<P: Page>(context: &Context, page: &P) -> Answer {
    if context.binding().is_some() {
        return show::page(context, page);
    }
    let Some(device) = cookies::new_device() else { return Err(super::Fault::Busy) };
    let known = context.with_device(device.clone());
    let mut answer = show::page(&known, page)?;
    show::set_cookie(&mut answer, &cookies::set_device(&context.web, &device));
    Ok(answer)
}

pub(super) async fn sign_in(context: Context, posted: Posted) -> Answer {
    let (account, password) = (posted.text("account").trim(), posted.text("password"));
    let next = own_address(posted.text("next"));
    let again = |status: StatusCode, error: String| {
        let page = SignIn { account: account.chars().take(64).collect(), error: Some(error), next: next.clone() };
        show::page_with(&context, status, &page)
    };
    let say = |key: &str| words().say(context.lang, key);
    if account.is_empty() || password.is_empty() || account.len() > 256 {
        return again(StatusCode::UNPROCESSABLE_ENTITY, say("sign-in-empty"));
    }
    let origin = origin(&context, account);
    let old = context.session.as_deref();
    match accounts::sign_in(&context.web.app, account, password, &origin, old, context.now).await? {
        SignedIn::Welcome { token } => {
            // Whoever chose a language for the sign-in page goes on in it.
            if let Some(lang) = context.chosen_lang {
                accounts::set_lang(&context.web.app, account, lang).await?;
            }
            let mut answer = show::see(&next)?;
            show::set_cookie(&mut answer, &cookies::session(&context.web, &token));
            if let Some(device) = cookies::new_device() {
                let device = Device { account: Some(account.to_owned()), ..device };
                show::set_cookie(&mut answer, &cookies::set_device(&context.web, &device));
            }
            Ok(answer)
        }
        SignedIn::Wrong => again(StatusCode::UNPROCESSABLE_ENTITY, say("sign-in-wrong")),
        SignedIn::Locked { minutes } => {
            let sentence = words().say_with(context.lang, "sign-in-locked", &[("minutes", &minutes.to_string())]);
            again(StatusCode::TOO_MANY_REQUESTS, sentence)
        }
        SignedIn::Busy => again(StatusCode::SERVICE_UNAVAILABLE, say("sign-in-busy")),
    }
}

pub(super) async fn sign_out(context: Context, _posted: Posted) -> Answer {
    if let Some(token) = &context.session {
        accounts::sign_out(&context.web.app, token).await?;
    }
    let mut answer = show::see_saying(&context, "/", "signed-out")?;
    show::set_cookie(&mut answer, &cookies::no_session(&context.web));
    Ok(answer)
}

pub(super) async fn language(context: Context, posted: Posted) -> Answer {
    let lang = Lang::parse(posted.text("lang")).unwrap_or_default();
    accounts::set_lang(&context.web.app, &context.viewer()?.account, lang).await?;
    let mut answer = show::see(&own_address(posted.text("to")))?;
    show::set_cookie(&mut answer, &cookies::lang(&context.web, lang));
    Ok(answer)
}

/// An address of our own: anything else would lead whoever has just signed in to a stranger.
fn own_address(text: &str) -> String {
    let is_own = text.starts_with('/')
        && !text.starts_with("//")
        && !text.starts_with("/\\")
        && !text.starts_with("/sign-in")
        && text.bytes().all(|b| b.is_ascii_graphic());
    if is_own { text.to_owned() } else { "/home".to_owned() }
}

pub(super) fn origin(known: &Known, account: &str) -> Origin {
    match &known.device {
        Some(device) if device.account.as_deref() == Some(account) => Origin::Device(device.id.clone()),
        _ => Origin::Network(network_of(known)),
    }
}

/// The network that a request comes from.
pub(super) fn network_of(known: &Known) -> String {
    known.peer.map(|peer| network(peer.ip())).unwrap_or_default()
}

/// The network of an address: what one household or laboratory shares.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00)
        }
    }
}
