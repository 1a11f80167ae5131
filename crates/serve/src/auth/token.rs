//! Tokens: kept as hashes, compared in constant time, never written anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::limit::{TOKEN_CHARS_MAX, TOKEN_CHARS_MIN};

/// A token that may be shown, as its hash.
#[derive(Clone)]
pub struct Token([u8; 32]);

/// Why a text cannot be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It can be guessed.
    #[error("the token is shorter than {TOKEN_CHARS_MIN} characters")]
    Short,
    /// It does not fit into a header.
    #[error("the token is longer than {TOKEN_CHARS_MAX} characters")]
    Long,
    /// It cannot stand in a header.
    #[error("the token has blanks or characters that are not ASCII in it")]
    Odd,
}

impl TokenError {
    /// Returns what to do.
    #[must_use]
    pub fn hint(self) -> &'static str {
        "`tidegate serve token new` prints a good one"
    }
}

impl Token {
    /// Takes a token as a person or a file has it.
    ///
    /// # Errors
    ///
    /// If it can be guessed, or cannot stand in a header.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.len() < TOKEN_CHARS_MIN {
            return Err(TokenError::Short);
        }
        if text.len() > TOKEN_CHARS_MAX {
            return Err(TokenError::Long);
        }
        if !text.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(TokenError::Odd);
        }
        Ok(Self(hash(text)))
    }

    /// Returns whether `shown` is this token. How long it takes does not depend on how much of it
    /// is right.
    pub(super) fn is(&self, shown: &str) -> bool {
        self.0.ct_eq(&hash(shown)).into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Returns a random token of 244 bits.
#[must_use]
pub fn new_token() -> String {
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    let mut hasher = Sha256::new();
    hasher.update(first.as_bytes());
    hasher.update(second.as_bytes());
    URL_SAFE_NO_PAD.encode(hasher.finalize())
}

/// Returns what is kept of a secret.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), TokenError>) {
        assert_eq!(Token::parse(text).map(|_| ()), expected, "{text}");
    }

    #[test]
    fn a_token_is_long_and_plain() {
        check("a-token-of-twenty-four-ch", Ok(()));
        check("  a-token-of-twenty-four-ch\n", Ok(()));
        check("short", Err(TokenError::Short));
        check("a token of twenty four ch", Err(TokenError::Odd));
        check(&"x".repeat(2_000), Err(TokenError::Long));
    }

    #[test]
    fn a_new_token_is_good_and_is_itself_only() {
        let (one, two) = (new_token(), new_token());
        let token = Token::parse(&one).unwrap();
        assert!(token.is(&one) && !token.is(&two) && !token.is(""));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }
}
