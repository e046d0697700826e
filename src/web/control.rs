//! The operator's line to a running server: a socket in the data folder that only its owner can
//! open. One word in (`reload`), one line of JSON out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::Web;
use crate::app::OPERATOR;
use crate::lang::Lang;
use crate::problem::Problem;

/// What the server answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The edition in force now.
    pub edition: String,
    pub reloaded: bool,
    /// Why not, in Chinese and in English: one line a problem.
    pub problems: Vec<(String, String)>,
    /// What is worth a look in the edition in force, likewise.
    #[serde(default)]
    pub warnings: Vec<(String, String)>,
}

#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error("no server runs on this data folder ({0})")]
    NotRunning(String),
    #[error("another server runs on this data folder already")]
    Taken,
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("the server did not answer as expected")]
    Answer,
}

fn socket(data: &Path) -> PathBuf {
    data.join("menkan.sock")
}

/// Takes the data folder for this server, or says that another has it.
pub fn bind(data: &Path) -> Result<UnixListener, ControlError> {
    let path = socket(data);
    if std::os::unix::net::UnixStream::connect(&path).is_ok() {
        return Err(ControlError::Taken);
    }
    // What a server that was killed has left.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Gives the data folder back.
pub fn unbind(data: &Path) {
    let _ = std::fs::remove_file(socket(data));
}

/// Answers one operator after another.
pub async fn listen(listener: UnixListener, web: Arc<Web>) {
    while let Ok((stream, _)) = listener.accept().await {
        if let Err(error) = answer(stream, &web).await {
            tracing::warn!(%error, "an operator's command was not answered");
        }
    }
}

/// Whoever opens the socket and says nothing, or does not listen, holds up nobody longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

async fn patiently<T>(what: impl Future<Output = std::io::Result<T>>) -> Result<T, ControlError> {
    Ok(tokio::time::timeout(PATIENCE, what).await.map_err(std::io::Error::from)??)
}

async fn answer(mut stream: UnixStream, web: &Arc<Web>) -> Result<(), ControlError> {
    let mut line = String::new();
    patiently(BufReader::new((&mut stream).take(64)).read_line(&mut line)).await?;
    if line.trim() != "reload" {
        return Err(ControlError::Answer);
    }
    let problems = super::reload(web.clone(), OPERATOR).await.err().unwrap_or_default();
    let edition = web.app.edition.load();
    let lines = |problems: &[Problem]| {
        problems.iter().map(|problem| (problem.line(Lang::ZhTw), problem.line(Lang::En))).collect()
    };
    let answer = Answer {
        edition: edition.definition.edition.clone(),
        reloaded: problems.is_empty(),
        problems: lines(&problems),
        warnings: lines(&edition.warnings),
    };
    let mut text = serde_json::to_string(&answer).map_err(|_| ControlError::Answer)?;
    text.push('\n');
    patiently(stream.write_all(text.as_bytes())).await?;
    patiently(stream.shutdown()).await
}

/// Asks the server that runs on a data folder to take its folder as it now is.
pub async fn reload(data: &Path) -> Result<Answer, ControlError> {
    let mut stream =
        UnixStream::connect(socket(data)).await.map_err(|error| ControlError::NotRunning(error.to_string()))?;
    stream.write_all(b"reload\n").await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    serde_json::from_str(&text).map_err(|_| ControlError::Answer)
}
