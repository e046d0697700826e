//! Tokens by which programs act as whoever reads the page: what there are, and taking one back. They are
//! made by an operator alone, and never shown again.

use crate::app::tokens;
use crate::render::pages::tokens::{Token, Tokens};
use crate::store::{self, from_stored, stored};
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

pub(super) async fn list(mut context: Context) -> Answer {
    let account = context.viewer()?.account.clone();
    let rows = store::tokens::list(context.conn().await?, Some(&account)).await?;
    let known = context.known();
    let moment = |text: &str| from_stored(text).map_or_else(|| text.to_owned(), |at| show::moment(&known, at));
    let one = |row: store::tokens::TokenRow| Token {
        state: state(&known, &row),
        created: moment(&row.created_at),
        expires: moment(&row.expires_at),
        used: row.used_at.as_deref().map(moment),
        scopes: row.scopes.split(' ').map(str::to_owned).collect(),
        id: row.id,
        name: row.name,
    };
    show::page(&known, &Tokens { tokens: rows.into_iter().map(one).collect() })
}

fn state(known: &Known, row: &store::tokens::TokenRow) -> &'static str {
    match row.revoked_at {
        Some(_) => "revoked",
        None if row.expires_at <= stored(known.now) => "expired",
        None => "active",
    }
}

pub(super) async fn end(mut context: Context, _posted: Posted) -> Answer {
    let id = context.param("token").to_owned();
    context.release();
    let known = context.known();
    let (app, account) = (&known.web.app, &known.viewer()?.account);
    if !tokens::take_back(app, account, &id, known.now).await? {
        return Err(Fault::NotFound);
    }
    show::see_saying(&known, "/tokens", "token-ended")
}
