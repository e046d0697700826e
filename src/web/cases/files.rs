//! A file that somebody sent, to whoever may see what it belongs to. What is not theirs and what is
//! not there are the same.

use crate::app::case;
use crate::app::catalogue;
use crate::app::files::{self, Opened, OwnerKind};
use crate::store;
use crate::web::{Answer, Context, Fault, show};

/// The file, or its thumbnail with `?small`.
pub(in crate::web) async fn file(mut context: Context) -> Answer {
    let (id, small) = (context.param("file").to_owned(), context.asked("small").is_some());
    let opened = opened(&mut context, &id, small).await?;
    show::sent_file(opened.ok_or(Fault::NotFound)?)
}

/// A file, or its thumbnail, for whoever asks; nothing where it has none.
pub(in crate::web) async fn opened(context: &mut Context, id: &str, small: bool) -> Result<Option<Opened>, Fault> {
    let known = context.known();
    let conn = context.conn().await?;
    let row = store::files::by_id(conn, id).await?.filter(|row| row.removed_at.is_none()).ok_or(Fault::NotFound)?;
    let viewer = known.viewer()?;
    match row.owner_kind {
        OwnerKind::Case if case::may_open_files(&known.web.app, conn, &row.owner, viewer, known.now).await? => {}
        OwnerKind::Profile if row.owner == viewer.account => {}
        OwnerKind::List if catalogue::may_see_files(viewer, &known.edition.definition, &row.owner) => {}
        OwnerKind::Case | OwnerKind::Profile | OwnerKind::List => return Err(Fault::NotFound),
    }
    context.release();
    let opened =
        if small { files::open_thumb(&known.web.app, id).await } else { files::open(&known.web.app, id).await };
    opened.map_err(|error| Fault::Internal(format!("file {id}: {error}")))
}
