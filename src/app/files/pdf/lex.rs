//! The words of a PDF, as its readers take them apart: names with their escapes undone, what stands
//! in texts and comments left out. Nothing here follows a reference.

pub enum Token<'a> {
    Name(Vec<u8>),
    /// A number or an operator.
    Word(&'a [u8]),
    /// `<<`, `>>`, `[`, `]`, or a text.
    Other,
}

pub struct Lexer<'a> {
    bytes: &'a [u8],
    pub at: usize,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Lexer<'a> {
        Lexer { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn regular(&mut self) -> &'a [u8] {
        let begin = self.at;
        while self.peek().is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            self.at += 1;
        }
        &self.bytes[begin..self.at]
    }

    /// Past a text in parentheses, which may hold others.
    fn skip_text(&mut self) {
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_space();
        let byte = self.peek()?;
        let next = self.bytes.get(self.at + 1).copied();
        match (byte, next) {
            (b'/', _) => {
                self.at += 1;
                Some(Token::Name(unescaped(self.regular())))
            }
            (b'(', _) => {
                self.skip_text();
                Some(Token::Other)
            }
            (b'<', Some(b'<')) | (b'>', Some(b'>')) => {
                self.at += 2;
                Some(Token::Other)
            }
            (b'<', _) => {
                while self.peek().is_some_and(|byte| byte != b'>') {
                    self.at += 1;
                }
                self.at += 1;
                Some(Token::Other)
            }
            (byte, _) if is_delimiter(byte) => {
                self.at += 1;
                Some(Token::Other)
            }
            _ => Some(Token::Word(self.regular())),
        }
    }
}

/// `J#61vaScript` is `JavaScript`.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let digit = |at: usize| name.get(at).and_then(|byte| (*byte as char).to_digit(16));
    let mut out = Vec::with_capacity(name.len());
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}
