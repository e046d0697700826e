//! The words of screens and mails, from `locales/<lang>/*.ftl`. A message that takes nothing is
//! formatted once, because a page asks for a hundred of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use minijinja::value::{Value, ValueKind};

use crate::lang::Lang;

#[derive(rust_embed::RustEmbed)]
#[folder = "locales"]
struct Locales;

/// The words of both languages.
pub struct Words {
    chinese: Language,
    english: Language,
}

struct Language {
    fixed: HashMap<String, Value>,
    bundle: FluentBundle<FluentResource>,
    /// What a locale file gets wrong: said by a test, not by a running server.
    mistakes: Vec<String>,
}

/// The words the binary carries.
pub fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| Words { chinese: Language::load(Lang::ZhTw), english: Language::load(Lang::En) })
}

impl Words {
    fn of(&self, lang: Lang) -> &Language {
        match lang {
            Lang::ZhTw => &self.chinese,
            Lang::En => &self.english,
        }
    }

    /// A message that takes nothing; in Chinese where there is no other.
    pub(super) fn fixed(&self, lang: Lang, key: &str) -> Option<Value> {
        self.of(lang).fixed.get(key).or_else(|| self.chinese.fixed.get(key)).cloned()
    }

    pub(super) fn with(&self, lang: Lang, key: &str, given: &[(&str, Value)]) -> Option<String> {
        let mut args = FluentArgs::with_capacity(given.len());
        for (name, value) in given {
            args.set(*name, fluent(value));
        }
        self.of(lang).format(key, &args).or_else(|| self.chinese.format(key, &args))
    }

    /// A message that takes nothing, as text; the key itself where there is none.
    pub fn say(&self, lang: Lang, key: &str) -> String {
        self.fixed(lang, key).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_else(|| key.to_owned())
    }

    /// A message with texts in it; the key itself where there is none.
    pub fn say_with(&self, lang: Lang, key: &str, given: &[(&str, &str)]) -> String {
        let given: Vec<_> = given.iter().map(|(name, text)| (*name, Value::from(*text))).collect();
        self.with(lang, key, &given).unwrap_or_else(|| key.to_owned())
    }

    pub fn has(&self, key: &str) -> bool {
        self.chinese.bundle.has_message(key)
    }

    /// Keys that one language has and the other has not, and files that do not parse.
    pub fn mistakes(&self) -> Vec<String> {
        let keys = |lang: Lang| Language::keys(lang);
        let (chinese, english) = (keys(Lang::ZhTw), keys(Lang::En));
        let mut out: Vec<String> = self.chinese.mistakes.iter().chain(&self.english.mistakes).cloned().collect();
        out.extend(chinese.iter().filter(|key| !english.contains(key)).map(|key| format!("en has no `{key}`")));
        out.extend(english.iter().filter(|key| !chinese.contains(key)).map(|key| format!("zh-TW has no `{key}`")));
        out
    }
}

impl Language {
    fn texts(lang: Lang) -> Vec<(String, String)> {
        let folder = format!("{}/", lang.code());
        let mut files: Vec<String> =
            Locales::iter().filter(|file| file.starts_with(&folder)).map(|file| file.into_owned()).collect();
        files.sort();
        files
            .into_iter()
            .filter_map(|file| {
                let text = Locales::get(&file)?.data.into_owned();
                Some((file, String::from_utf8_lossy(&text).into_owned()))
            })
            .collect()
    }

    fn keys(lang: Lang) -> Vec<String> {
        Language::texts(lang)
            .iter()
            .flat_map(|(_, text)| {
                text.lines()
                    .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
                    .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim().to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn load(lang: Lang) -> Language {
        let id = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The marks that set a name apart from text in another direction show as boxes in old mail readers.
        bundle.set_use_isolating(false);
        let mut mistakes = Vec::new();
        for (file, text) in Language::texts(lang) {
            let resource = match FluentResource::try_new(text) {
                Ok(resource) => resource,
                Err((resource, errors)) => {
                    mistakes.extend(errors.iter().map(|error| format!("{file}: {error}")));
                    resource
                }
            };
            if let Err(errors) = bundle.add_resource(resource) {
                mistakes.extend(errors.iter().map(|error| format!("{file}: {error}")));
            }
        }
        let mut fixed = HashMap::new();
        for key in Language::keys(lang) {
            let Some(pattern) = bundle.get_message(&key).and_then(|message| message.value()) else { continue };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            if errors.is_empty() {
                fixed.insert(key, Value::from(text));
            }
        }
        Language { fixed, bundle, mistakes }
    }

    fn format(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }
}

fn fluent(value: &Value) -> FluentValue<'static> {
    match value.kind() {
        ValueKind::Number => match i64::try_from(value.clone()) {
            Ok(number) => FluentValue::from(number),
            Err(_) => FluentValue::from(value.to_string()),
        },
        _ => FluentValue::from(value.to_string()),
    }
}
