//! The words of a script with their places: enough to find names that do not exist before any
//! student meets them. It knows comments and texts, not the grammar; the engine knows that.

/// A word, a text or a sign, with its place (from 1, columns in characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub sort: Sort,
    pub text: String,
    pub line: usize,
    pub column: usize,
    /// Bytes before it.
    pub offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Name,
    /// A text in double quotes, without them.
    Text,
    Sign,
}

/// The script's words in order. Texts in back quotes may compute what they say: they are skipped.
pub(super) fn words(source: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut letters = Letters { rest: source.chars().peekable(), line: 1, column: 0, offset: 0 };
    while let Some(letter) = letters.next() {
        let (line, column) = (letters.line, letters.column);
        let offset = letters.offset - letter.len_utf8();
        let mut word = |sort, text| out.push(Word { sort, text, line, column, offset });
        match letter {
            '/' if letters.peek() == Some('/') => {
                while letters.peek().is_some_and(|next| next != '\n') && letters.next().is_some() {}
            }
            '/' if letters.peek() == Some('*') => skip_comment(&mut letters),
            '"' => word(Sort::Text, until(&mut letters, '"')),
            '`' => drop(until(&mut letters, '`')),
            _ if letter.is_alphanumeric() || letter == '_' => {
                let mut text = String::from(letter);
                while let Some(next) = letters.peek().filter(|next| next.is_alphanumeric() || *next == '_') {
                    letters.next();
                    text.push(next);
                }
                word(Sort::Name, text);
            }
            _ if letter.is_whitespace() => {}
            _ => word(Sort::Sign, letter.into()),
        }
    }
    out
}

struct Letters<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    column: usize,
    offset: usize,
}

impl Letters<'_> {
    fn next(&mut self) -> Option<char> {
        let letter = self.rest.next()?;
        self.column += 1;
        self.offset += letter.len_utf8();
        if letter == '\n' {
            self.line += 1;
            self.column = 0;
        }
        Some(letter)
    }

    fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }
}

fn until(letters: &mut Letters<'_>, end: char) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next().filter(|letter| *letter != end) {
        text.push(letter);
        if letter == '\\' {
            text.extend(letters.next());
        }
    }
    text
}

/// Comments nest, as in the engine.
fn skip_comment(letters: &mut Letters<'_>) {
    let mut depth = 0;
    let mut before = '/';
    while let Some(letter) = letters.next() {
        match (before, letter) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                before = letter;
                continue;
            }
        }
        if depth == 0 {
            return;
        }
        before = ' ';
    }
}
