//! One's own tokens, by which programs act as oneself.

use serde::Serialize;

use super::Page;

#[derive(Clone, Debug, Serialize)]
pub struct Tokens {
    pub tokens: Vec<Token>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Token {
    pub id: String,
    /// What it is for, as its maker wrote it.
    pub name: String,
    pub scopes: Vec<String>,
    /// `active`, `expired` or `revoked`.
    pub state: &'static str,
    pub created: String,
    pub expires: String,
    /// Empty where it was never used.
    pub used: Option<String>,
}

impl Page for Tokens {
    const TEMPLATE: &'static str = "pages/tokens.html";
    fn samples() -> Vec<Tokens> {
        let token = Token {
            id: "3f9c0a61b2d4".to_owned(),
            name: "<入口網>".to_owned(),
            scopes: vec!["cases:read".to_owned(), "files:read".to_owned()],
            state: "active",
            created: "2026-01-01 09:00".to_owned(),
            expires: "2026-04-01 09:00".to_owned(),
            used: Some("2026-01-02 09:00".to_owned()),
        };
        let over =
            ["expired", "revoked"].map(|state| Token { state, name: String::new(), used: None, ..token.clone() });
        vec![Tokens { tokens: [token].into_iter().chain(over).collect() }, Tokens { tokens: Vec::new() }]
    }
}
