//! A forgotten password: asking for a link, and setting a new one by it.

use axum::http::StatusCode;

use super::{Answer, Context, Fault, Posted, show, sign_in};
use crate::app::forgotten::{self, SetPassword};
use crate::app::password::PasswordError;
use crate::render::pages::{Forgot, NewPassword};
use crate::render::words;

pub(super) async fn form(context: Context) -> Answer {
    sign_in::to_anyone(&context, &Forgot { asked: false })
}

/// Says the same of every account.
pub(super) async fn ask(context: Context, posted: Posted) -> Answer {
    let account = posted.text("account").trim();
    if !account.is_empty() {
        forgotten::ask(&context.web.app, account, &sign_in::network_of(&context), context.now).await?;
    }
    show::page(&context, &Forgot { asked: true })
}

/// The form that a link leads to; opening it changes nothing.
pub(super) async fn new_password(mut context: Context) -> Answer {
    context.release();
    let link = context.param("link").to_owned();
    match forgotten::account(&context.web.app, &link, context.now).await? {
        Some(account) => sign_in::to_anyone(&context, &NewPassword { link, account, error: None }),
        None => gone(&context),
    }
}

pub(super) async fn set(context: Context, posted: Posted) -> Answer {
    let link = context.param("link").to_owned();
    let Some(account) = forgotten::account(&context.web.app, &link, context.now).await? else {
        return gone(&context);
    };
    let again = |status: StatusCode, key: &str| {
        let error = Some(words().say(context.lang, key));
        show::page_with(&context, status, &NewPassword { link: link.clone(), account: account.clone(), error })
    };
    let password = posted.text("password");
    if password != posted.text("again") {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "new-password-differs");
    }
    match forgotten::set(&context.web.app, &link, password, context.now).await? {
        SetPassword::Done => show::see_saying(&context, "/sign-in", "password-was-set"),
        SetPassword::Gone => gone(&context),
        SetPassword::Refused(why) => {
            let key = match why {
                PasswordError::Common => "new-password-common",
                PasswordError::Account => "new-password-account",
                PasswordError::Length | PasswordError::Busy | PasswordError::Failed => "new-password-length",
            };
            again(StatusCode::UNPROCESSABLE_ENTITY, key)
        }
        SetPassword::Busy => Err(Fault::Busy),
    }
}

fn gone(context: &Context) -> Answer {
    let page = NewPassword { link: String::new(), account: String::new(), error: None };
    show::page_with(context, StatusCode::NOT_FOUND, &page)
}
