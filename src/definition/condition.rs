//! When a field is asked for, as authors write it: `not other_aid`, `issue_fee > 0 and kind is
//! foreign`, `course.level > 1`. `and` binds closer than `or`; there are no brackets.

use super::case::{Answer, Aspect, Comparison, Condition, Count, Field};
use super::conform::suggestion;
use super::near::nearest;
use crate::amount::Amount;
use crate::lang::Text;

/// What is wrong in a condition, and where: characters from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub offset: usize,
    pub found: String,
    pub what: Text,
    pub allowed: Text,
}

/// The fields that a condition may name, and those of each catalogue, by its index.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub fields: &'a [Field],
    pub catalogues: &'a [&'a [Field]],
}

/// Reads a condition on the fields that stand before it in the form.
pub fn read(text: &str, known: Known<'_>) -> Result<Condition, Wrong> {
    let words = words(text);
    let mut any = Vec::new();
    for alternative in words.split(|word| word.text == "or") {
        let all = alternative
            .split(|word| word.text == "and")
            .map(|term| one(term, known, text))
            .collect::<Result<Vec<_>, _>>()?;
        any.push(single(all, Condition::All));
    }
    Ok(single(any, Condition::Any))
}

fn single(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

#[derive(Clone, Debug)]
struct Word<'a> {
    text: &'a str,
    offset: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut out = Vec::new();
    let mut begin = None;
    for (place, (index, letter)) in text.char_indices().enumerate() {
        match (letter.is_whitespace(), begin) {
            (true, Some((from, offset))) => {
                out.push(Word { text: &text[from..index], offset });
                begin = None;
            }
            (false, None) => begin = Some((index, place)),
            (true, None) | (false, Some(_)) => {}
        }
    }
    if let Some((from, offset)) = begin {
        out.push(Word { text: &text[from..], offset });
    }
    out
}

fn one(term: &[Word<'_>], known: Known<'_>, whole: &str) -> Result<Condition, Wrong> {
    match term {
        [not, rest @ ..] if not.text == "not" && !rest.is_empty() => {
            Ok(Condition::Not(Box::new(one(rest, known, whole)?)))
        }
        [name] if name.text != "not" => {
            let (seen, field) = known.aspect(name)?;
            Ok(match field.is {
                Answer::Tick { .. } => Condition::Ticked(seen),
                _ => Condition::Filled(seen),
            })
        }
        [name, is, value] if is.text == "is" => {
            let (seen, field) = known.aspect(name)?;
            match &field.is {
                _ if value.text == "filled" => Ok(Condition::Filled(seen)),
                Answer::Choice(options) if options.iter().any(|option| option.id == value.text) => {
                    Ok(Condition::Is(seen, value.text.to_owned()))
                }
                Answer::Choice(options) => {
                    let known: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
                    Err(unknown(value, &known, "選項", "option"))
                }
                _ => Err(wrong(
                    value,
                    "只有選項可以用 is",
                    "only a choice is something",
                    "欄位 is filled",
                    "FIELD is filled",
                )),
            }
        }
        [name, sign, value] => {
            let comparison = match sign.text {
                "<" => Comparison::Less,
                "<=" => Comparison::AtMost,
                "=" | "==" => Comparison::Equal,
                ">=" => Comparison::AtLeast,
                ">" => Comparison::More,
                _ => {
                    return Err(wrong(
                        sign,
                        "這個字不能在這裡",
                        "this word cannot stand here",
                        "is、>、>=、=、<=、<",
                        "is, >, >=, =, <=, <",
                    ));
                }
            };
            let (seen, field) = known.aspect(name)?;
            if !matches!(field.is, Answer::Number { .. } | Answer::Money { .. }) {
                return Err(wrong(
                    name,
                    "只有數字與金額可以比大小",
                    "only numbers and money can be compared",
                    "數字或金額的欄位",
                    "a field that is a number or money",
                ));
            }
            let amount = Amount::parse(value.text)
                .map_err(|_| wrong(value, "不是數字", "is no number", "例如 0", "such as 0"))?;
            Ok(Condition::Compare(seen, comparison, amount))
        }
        _ => Err(Wrong {
            offset: term.first().map_or(0, |word| word.offset),
            found: term.first().map_or(whole, |word| word.text).to_owned(),
            what: Text::new("條件不完整", "the condition is not whole"),
            allowed: Text::new(
                "欄位、not 欄位、欄位 > 數字、欄位 is 選項，以 and、or 相連",
                "FIELD, not FIELD, FIELD > NUMBER, FIELD is OPTION, joined by and, or",
            ),
        }),
    }
}

/// How many: a number, or a field above that is one.
pub fn count(text: &str, known: Known<'_>) -> Result<Count, Wrong> {
    if let Ok(number) = text.parse::<u32>() {
        return Ok(Count::Number(number));
    }
    let word = Word { text, offset: 0 };
    match known.aspect(&word)? {
        (seen, Field { is: Answer::Number { .. }, .. }) => Ok(Count::Of(seen)),
        _ => Err(wrong(
            &word,
            "只有數字能說幾件",
            "only a number says how many",
            "一個整數，或數字的欄位",
            "a whole number, or a field that is a number",
        )),
    }
}

impl<'a> Known<'a> {
    fn aspect(self, word: &Word<'_>) -> Result<(Aspect, &'a Field), Wrong> {
        // What is computed or recorded is not there yet when the form asks.
        let asked = || self.fields.iter().enumerate().filter(|(_, field)| field.is_answered());
        let (name, of) = word.text.split_once('.').map_or((word.text, None), |(name, of)| (name, Some(of)));
        let Some((index, field)) = asked().find(|(_, field)| field.id == name) else {
            let known: Vec<&str> = asked().map(|(_, field)| field.id.as_str()).collect();
            return Err(unknown(word, &known, "在此之前要填的欄位", "field before this one that is filled in"));
        };
        let Some(of) = of else { return Ok((Aspect { field: index, of: None }, field)) };
        let Answer::Entry { catalogue, .. } = field.is else {
            return Err(wrong(
                word,
                "只有從目錄選的欄位可以這樣寫",
                "only an entry of a catalogue has fields of its own",
                "entry of 欄位.目錄的欄位",
                "an entry of a catalogue, a point, a field of that catalogue",
            ));
        };
        let fields: &'a [Field] = self.catalogues.get(catalogue).copied().unwrap_or_default();
        match fields.iter().find(|field| field.id == of) {
            Some(field) => Ok((Aspect { field: index, of: Some(of.to_owned()) }, field)),
            None => {
                let known: Vec<String> = fields.iter().map(|field| format!("{name}.{}", field.id)).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                Err(unknown(word, &known, "目錄的欄位", "field of the catalogue"))
            }
        }
    }
}

fn unknown(word: &Word<'_>, known: &[&str], zh: &str, en: &str) -> Wrong {
    Wrong {
        offset: word.offset,
        found: word.text.to_owned(),
        what: Text::new(format!("沒有「{}」這個{zh}", word.text), format!("there is no {en} `{}`", word.text)),
        allowed: suggestion(nearest(word.text, known.iter().copied()), known),
    }
}

fn wrong(word: &Word<'_>, zh: &str, en: &str, allowed_zh: &str, allowed_en: &str) -> Wrong {
    Wrong {
        offset: word.offset,
        found: word.text.to_owned(),
        what: Text::new(zh, en),
        allowed: Text::new(allowed_zh, allowed_en),
    }
}
