//! Settings: a flag, else the environment, else the default.

use std::path::{Path, PathBuf};

use clap::Args;

use super::CliError;
use crate::app::{App, Edition, Settings};
use crate::lang::Lang;
use crate::sandbox::Sandbox;
use crate::store::Db;
use crate::vault::{Credentials, Place};

#[derive(Args, Clone, Debug)]
pub struct SettingsArgs {
    /// The folder that holds workflows/, rules/ and templates/
    #[arg(long, global = true, default_value = ".")]
    pub folder: PathBuf,
    /// The school in the folder; by default the one named in workflows/default
    #[arg(long, global = true, env = "MENKAN_SCHOOL")]
    pub school: Option<String>,
    /// sqlite:PATH or postgres://…; by default menkan.db in the data folder
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Where the database, mails without a server and the secret key are kept
    #[arg(long, global = true, env = "MENKAN_DATA", default_value = "data")]
    pub data: PathBuf,
    /// Where links in mails lead; by default where this data folder was last served, else the address to listen on
    #[arg(long, global = true, env = "BASE_URL")]
    pub base_url: Option<String>,
    /// smtp://host:port or smtps://user:password@host; without it each mail is a file
    #[arg(long, global = true, env = "SMTP_URL", hide_env_values = true)]
    pub smtp: Option<String>,
    /// Where files are kept: a folder, or s3://bucket/prefix?endpoint=https://…&region=…; by default files in the data folder
    #[arg(long, global = true, env = "FILES_URL")]
    pub files: Option<String>,
    /// The sender of mails
    #[arg(long, global = true, env = "MAIL_FROM", default_value = "menkan@example.edu.tw")]
    pub mail_from: String,
    /// A file of 32 bytes in hex; by default made in the data folder
    #[arg(long, global = true, env = "SECRET_KEY_FILE")]
    pub secret_key: Option<PathBuf>,
    /// Address to listen on
    #[arg(long, global = true, env = "MENKAN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Addresses of proxies that name in X-Forwarded-For for whom they ask
    #[arg(long, global = true, env = "MENKAN_PROXIES", value_delimiter = ',')]
    pub proxies: Vec<std::net::IpAddr>,
    /// Language of messages: zh-TW or en; by default that of LANG
    #[arg(long, global = true)]
    pub lang: Option<String>,
}

impl SettingsArgs {
    pub fn lang(&self) -> Lang {
        let environment = || std::env::var("LC_ALL").ok().or_else(|| std::env::var("LANG").ok());
        self.lang.clone().or_else(environment).and_then(|text| Lang::parse(&text)).unwrap_or(Lang::En)
    }

    /// The school named by flag or environment, else by the file `workflows/default`.
    pub fn school(&self) -> Result<String, CliError> {
        if let Some(school) = &self.school {
            return Ok(school.clone());
        }
        self.default_school()
    }

    /// The school named by the file `workflows/default`.
    pub fn default_school(&self) -> Result<String, CliError> {
        let file = self.folder.join("workflows/default");
        std::fs::read_to_string(&file)
            .map(|text| text.trim().to_owned())
            .map_err(|error| CliError::Failed(format!("{}: {error}; name a school with --school", file.display())))
    }

    pub fn settings(&self) -> Result<Settings, CliError> {
        make_private(&self.data)?;
        let secret_file = self.secret_key.clone().unwrap_or_else(|| self.data.join("secret.key"));
        Ok(Settings {
            folder: self.folder.clone(),
            school: self.school()?,
            data: self.data.clone(),
            base_url: self
                .base_url
                .clone()
                .or_else(|| served_at(&self.data))
                .unwrap_or_else(|| format!("http://{}", self.listen))
                .trim_end_matches('/')
                .to_owned(),
            smtp_url: self.smtp.clone().filter(|url| !url.is_empty()),
            files: Place::parse(self.files.as_deref(), &self.data, credentials())
                .map_err(|error| CliError::Failed(error.to_string()))?,
            mail_from: self.mail_from.clone(),
            sandbox: Sandbox::own()?,
            secret: secret(&secret_file, self.secret_key.is_none())?,
        })
    }

    /// The same for the server itself: where it is, it says, and not a server that was here before.
    pub fn of_server(&self) -> SettingsArgs {
        let own = self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        SettingsArgs { base_url: Some(own), ..self.clone() }
    }

    pub async fn database(&self) -> Result<Db, CliError> {
        let url = match &self.database {
            Some(url) => url.clone(),
            None => {
                make_private(&self.data)?;
                format!("sqlite:{}", self.data.join("menkan.db").display())
            }
        };
        // SQLite gives its other files what the first one has.
        if let Some(file) = url.strip_prefix("sqlite:").filter(|file| !file.starts_with(':') && !file.contains('?'))
            && let Err(error) = write_private(Path::new(file), "")
            && error.kind() != std::io::ErrorKind::AlreadyExists
        {
            return Err(CliError::Failed(format!("{file}: {error}")));
        }
        Ok(Db::open(&url).await?)
    }

    /// The edition, or its problems on standard error.
    pub fn edition(&self) -> Result<Edition, CliError> {
        let sandbox = Sandbox::own()?;
        Edition::load(&self.folder, &self.school()?).and_then(|edition| edition.tried(&sandbox)).map_err(|problems| {
            for problem in &problems {
                eprintln!("{}", problem.line(self.lang()));
            }
            CliError::Problems
        })
    }

    /// Everything a command needs that works on the school's records.
    pub async fn app(&self) -> Result<App, CliError> {
        let edition = self.edition()?;
        let settings = self.settings()?;
        let made = super::demo::made_on(&settings.data);
        Ok(App::new(self.database().await?, edition.held(made), settings).demonstrating(made))
    }
}

/// Holds the address under which this data folder is served, so that letters written by command
/// lead where the server's do.
const SERVED_AT: &str = "base-url";

fn served_at(data: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data.join(SERVED_AT)).ok()?;
    Some(text.trim().to_owned()).filter(|text| text.starts_with("http"))
}

/// Notes where a data folder is served.
pub(super) fn note_served_at(settings: &Settings) -> std::io::Result<()> {
    std::fs::write(settings.data.join(SERVED_AT), format!("{}\n", settings.base_url))
}

/// The account at an S3 store, by the names that its other tools read too.
fn credentials() -> Option<Credentials> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Some(Credentials {
        id: set("AWS_ACCESS_KEY_ID")?,
        secret: set("AWS_SECRET_ACCESS_KEY")?,
        token: set("AWS_SESSION_TOKEN"),
    })
}

/// Reads the key, or makes one where none was named and none is there.
fn secret(file: &Path, make: bool) -> Result<[u8; 32], CliError> {
    if make && !file.exists() {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| CliError::Failed(format!("no randomness: {error}")))?;
        write_private(file, &hex::encode(bytes))?;
        return Ok(bytes);
    }
    refuse_readable_by_others(file)?;
    let text = std::fs::read_to_string(file)
        .map_err(|error| CliError::Failed(format!("the secret key {}: {error}", file.display())))?;
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .map_err(|_| CliError::Failed(format!("the secret key {} must be 64 hex digits", file.display())))?;
    Ok(bytes)
}

/// A folder that nobody else may enter, whatever new files are otherwise allowed. One that is there
/// stays as its owner made it.
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn refuse_readable_by_others(file: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match std::fs::metadata(file) {
        Ok(metadata) => metadata.permissions().mode(),
        // Reading it will say why.
        Err(_) => return Ok(()),
    };
    if mode & 0o077 != 0 {
        return Err(CliError::Failed(format!(
            "the secret key {} can be read by others (mode {:o}); run: chmod 600 {}",
            file.display(),
            mode & 0o777,
            file.display()
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_file: &Path) -> Result<(), CliError> {
    Ok(())
}

#[cfg(unix)]
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(file, text)
}
