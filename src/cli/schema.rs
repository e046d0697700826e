//! `menkan schema`: the language of definitions, for editors and for people.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::{CliError, SettingsArgs};
use crate::definition::{codes, examples, shape};
use crate::{render, rules};

#[derive(Args)]
pub struct SchemaArgs {
    /// The language as a page: docs/language.md
    #[arg(long, conflicts_with = "problems")]
    markdown: bool,
    /// Every code of a problem: docs/problems.md
    #[arg(long)]
    problems: bool,
}

/// By default a JSON Schema (draft-07) for YAML language servers.
pub fn run(settings: &SettingsArgs, args: SchemaArgs) -> Result<ExitCode, CliError> {
    let text = if args.markdown {
        shape::markdown()
    } else if args.problems {
        problems()
    } else {
        format!("{:#}\n", shape::schema(settings.lang()))
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(_) | Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

/// `docs/problems.md`: every code with its meaning.
pub fn problems() -> String {
    let mut out = String::from(
        "# 問題代碼 · Codes of problems\n\n\
         本頁由 `menkan schema --problems` 產生，請勿手改。\n\
         This page is made by `menkan schema --problems`; do not edit it.\n\n\
         代碼的意義不會改變，不用的代碼也不會再發。 A code keeps its meaning; one that is no longer used is not given out again.\n",
    );
    let parts = [
        ("定義 · Definitions (YAML)", codes::CODES),
        ("規則 · Rules (Rhai)", rules::failure::CODES),
        ("範例 · Examples of rules", examples::CODES),
        ("樣板 · Templates", render::codes::CODES),
    ];
    for (title, codes) in parts {
        out.push_str(&format!("\n## {title}\n\n| 代碼 code | 意義 | meaning |\n|---|---|---|\n"));
        for (code, zh, en) in codes {
            out.push_str(&format!("| <a id=\"{code}\"></a>{code} | {zh} | {en} |\n"));
        }
    }
    out
}
