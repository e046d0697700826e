//! What operators do: one file a command. This file is the frame: arguments, settings, exit codes.
//! Data goes to standard output, messages to standard error; 0 is success, 1 a failed check or
//! operation, 2 a wrong use.

mod audit;
mod cases;
mod check;
mod demo;
mod facts;
mod import;
mod mail;
mod moves;
mod new;
mod notice;
mod progress;
mod report;
pub mod schema;
pub mod serve;
mod settings;
mod table;
mod test;
mod token;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::files::{pdf, picture};
use crate::render::outside;

pub use settings::SettingsArgs;

#[derive(Parser)]
#[command(name = "menkan", version, about = "Graduation thresholds from a folder of text")]
struct Cli {
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Each builder adds a variant and a module of the same name with `Args` and `run`.
#[derive(Subcommand)]
enum Command {
    /// Take over units, staff, classes, students or credits from CSV or xlsx
    Import(import::ImportArgs),
    /// Prove the summed facts equal to the credits
    Facts(facts::FactsArgs),
    /// One job under limits; started by the program itself
    #[command(hide = true)]
    SandboxWorker {
        job: String,
        /// Set up once, asked again and again
        #[arg(long)]
        kept: bool,
    },
    /// Run the server (also without a command)
    Serve,
    /// Lay out a small school to begin with
    New(new::NewArgs),
    /// Make a school to look at, and serve it
    Demo(demo::DemoArgs),
    /// Let the running server take the folder as it now is, where it checks
    Reload,
    /// Verify the audit log, or print its head
    Audit(audit::AuditArgs),
    /// Accounts: create, password, disable, list
    User(user::UserArgs),
    /// Tokens by which programs use the API: create, list, revoke
    Token(token::TokenArgs),
    /// Say everything that is wrong with a folder: file, line, column, and what would be right
    Check(check::CheckArgs),
    /// The language of definitions, as a JSON Schema or as a page
    Schema(schema::SchemaArgs),
    /// Who may do what with a case in which state, as a page or a picture
    Table(moves::TableArgs),
    /// Send a notice, or see when notices are due
    Notice(notice::NoticeArgs),
    /// What time does to cases: reminders and lapses
    Cases(cases::CasesArgs),
    /// See and carry the outbox
    Mail(mail::MailArgs),
    /// Figures as of a day
    Report(report::ReportArgs),
    /// What a student has and still lacks, as of a day
    Progress(progress::ProgressArgs),
    /// Which records count for a requirement of a student, which do not, and why
    Explain(progress::ExplainArgs),
    /// Runs the examples beside the rules
    Test(test::TestArgs),
}

/// Why a command failed: a sentence for standard error.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The school's folder has problems, already printed.
    #[error("the folder has problems; see above")]
    Problems,
    #[error("{0}")]
    Failed(String),
}

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before anything that takes memory or threads: the child's limits count from its start.
    if let Some(Command::SandboxWorker { job, kept }) = &cli.command {
        // Nothing can be opened once the limits hold; in debug builds the words are read from files.
        let _ = crate::render::words();
        if *kept {
            return crate::sandbox::serve_kept(job, &[(outside::JOB, outside::set_up)]);
        }
        return crate::sandbox::serve(
            job,
            &[
                (import::WORKBOOK_JOB, import::decode_workbook),
                (crate::render::trial::JOB, crate::render::trial::job),
                (picture::JPEG_JOB, picture::jpeg),
                (picture::PNG_JOB, picture::png),
                (pdf::JOB, pdf::check),
            ],
        );
    }
    init_logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("menkan: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("menkan: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode, CliError> {
    let now = chrono::Utc::now();
    match cli.command {
        Some(Command::Import(args)) => import::run(&cli.settings, args, now).await,
        Some(Command::Facts(args)) => facts::run(&cli.settings, args).await,
        Some(Command::SandboxWorker { .. }) => Ok(ExitCode::FAILURE),
        None | Some(Command::Serve) => serve::run(&cli.settings).await,
        Some(Command::New(args)) => new::run(&cli.settings, args, now),
        Some(Command::Demo(args)) => demo::run(&cli.settings, args, now).await,
        Some(Command::Reload) => serve::reload(&cli.settings).await,
        Some(Command::Audit(args)) => audit::run(args, &cli.settings).await,
        Some(Command::User(args)) => user::run(args, &cli.settings, now).await,
        Some(Command::Token(args)) => token::run(args, &cli.settings, now).await,
        Some(Command::Check(args)) => check::run(&cli.settings, args),
        Some(Command::Schema(args)) => schema::run(&cli.settings, args),
        Some(Command::Table(args)) => moves::run(&args, &cli.settings),
        Some(Command::Notice(args)) => notice::run(&cli.settings, args).await,
        Some(Command::Cases(args)) => cases::run(args, &cli.settings).await,
        Some(Command::Mail(args)) => mail::run(&cli.settings, args).await,
        Some(Command::Report(args)) => report::run(args, &cli.settings, now).await,
        Some(Command::Progress(args)) => progress::run(args, &cli.settings, now).await,
        Some(Command::Explain(args)) => progress::run_explain(args, &cli.settings, now).await,
        Some(Command::Test(args)) => test::run(&args, &cli.settings),
    }
}

/// Logs go to standard error, so that a command's output stays data.
fn init_logging() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
