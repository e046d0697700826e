//! `menkan serve`, `menkan reload`: running the server and telling it to take the folder anew.

use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::settings::note_served_at;
use super::{CliError, SettingsArgs};
use crate::app::App;
use crate::lang::Lang;
use crate::web::{self, Web, control};

pub async fn run(settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let app = Arc::new(settings.of_server().app().await?);
    serve(app, settings).await
}

/// Serves until SIGTERM or SIGINT; takes the folder anew at SIGHUP.
pub async fn serve(app: Arc<App>, settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let listen = settings.listen.as_str();
    let failed = |what: &str, error: &dyn std::fmt::Display| CliError::Failed(format!("{what}: {error}"));
    let listener = TcpListener::bind(listen).await.map_err(|error| failed(listen, &error))?;
    let address = listener.local_addr()?;
    let control = control::bind(&app.settings.data).map_err(|error| failed("data folder", &error))?;
    note_served_at(&app.settings)?;
    let web = Arc::new(Web::new(app.clone(), address).behind(&settings.proxies));
    let (stopping, stop) = watch::channel(false);

    let operator = tokio::spawn(control::listen(control, web.clone()));
    let acting = tokio::spawn(crate::schedule::run(app.clone(), stop.clone()));
    let reloading = tokio::spawn(reload_at_hangup(web.clone())?);
    eprintln!("menkan: listening on http://{address}");

    let mut over = stop;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let signalled = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stopping.send(true);
    };
    let waiting = tokio::spawn(signalled);
    web::serve(listener, web, async move {
        let _ = over.wait_for(|stop| *stop).await;
    })
    .await;
    waiting.abort();
    reloading.abort();
    operator.abort();
    // What acts by itself finishes what it has begun: no mail is left half said to be sent.
    if tokio::time::timeout(std::time::Duration::from_secs(20), acting).await.is_err() {
        tracing::warn!("mail was still being carried when the server stopped");
    }
    control::unbind(&app.settings.data);
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn reload_at_hangup(web: Arc<Web>) -> Result<impl Future<Output = ()>, CliError> {
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            match web::reload(web.clone(), crate::app::OPERATOR).await {
                Ok(()) => eprintln!("menkan: reloaded"),
                Err(problems) => {
                    for problem in &problems {
                        eprintln!("{}", problem.line(Lang::En));
                    }
                    eprintln!("menkan: not reloaded; what was in force still is");
                }
            }
        }
    })
}

/// Asks the running server to take the folder as it now is.
pub async fn reload(settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let answer = control::reload(&settings.data).await.map_err(|error| CliError::Failed(error.to_string()))?;
    let tell = |lines: &[(String, String)]| {
        for (zh, en) in lines {
            eprintln!("{}", if settings.lang() == Lang::ZhTw { zh } else { en });
        }
    };
    if answer.reloaded {
        tell(&answer.warnings);
        println!("reloaded: edition {}", answer.edition);
        return Ok(ExitCode::SUCCESS);
    }
    tell(&answer.problems);
    eprintln!("not reloaded: edition {} stays in force", answer.edition);
    Ok(ExitCode::FAILURE)
}
