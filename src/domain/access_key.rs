//! Keys of partners: how they are written, and what tells a slip from a key.
//!
//! `smv_live_` stands before them so that scanners of code find one that was published; twelve characters name the key;
//! thirty are the secret; six are a check sum, so that a slip of the pen is told from a key without looking it up.

/// Which services take a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Those with real data.
    Live,
    /// Demonstrations.
    Test,
}

impl Environment {
    /// The word for it in keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// What every key begins with.
pub const PREFIX: &str = "smv_";
/// Characters of a key's name.
pub const NAME: usize = 12;
/// Characters of its secret.
pub const SECRET: usize = 30;
const CHECK_SUM: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key that is written as keys are. Whether there is such a key is for the database to say.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey(String);

/// Its name alone: a secret has no place in a log.
impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({})", self.name())
    }
}

impl AccessKey {
    /// A key of a name and a secret, both of letters and digits.
    #[must_use]
    pub fn new(environment: Environment, name: &str, secret: &str) -> Self {
        let body = format!("{PREFIX}{}_{name}_{secret}", environment.word());
        Self(format!("{body}_{}", check_sum(&body)))
    }

    /// Reads a key of an environment; none where it is written wrong.
    #[must_use]
    pub fn parse(environment: Environment, text: &str) -> Option<Self> {
        let (body, sum) = text.rsplit_once('_')?;
        let (name, secret) = body
            .strip_prefix(PREFIX)?
            .strip_prefix(environment.word())?
            .strip_prefix('_')?
            .split_once('_')?;
        let plain = |part: &str, length| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let is_key = plain(name, NAME) && plain(secret, SECRET) && sum == check_sum(body);
        is_key.then(|| Self(text.to_owned()))
    }

    /// What names it, which is no secret.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split('_').nth(2).unwrap_or_default()
    }

    /// The whole key, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// CRC-32 in six digits of base 62.
fn check_sum(body: &str) -> String {
    let mut left = crc32fast::hash(body.as_bytes());
    let mut digits = [b'0'; CHECK_SUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(left % 62) as usize];
        left /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_is_read_as_it_was_made_and_every_slip_is_seen(
            name in "[0-9A-Za-z]{12}", secret in "[0-9A-Za-z]{30}", at in 0_usize..59, other in "[0-9A-Za-z_]",
        ) {
            let key = AccessKey::new(Environment::Live, &name, &secret);
            prop_assert_eq!(key.name(), &name);
            prop_assert_eq!(AccessKey::parse(Environment::Live, key.reveal()), Some(key.clone()));
            prop_assert_eq!(AccessKey::parse(Environment::Test, key.reveal()), None);
            let shown = format!("{key:?}");
            prop_assert!(!shown.contains(&secret));
            let mut slip = key.reveal().to_owned();
            slip.replace_range(at..=at, &other);
            prop_assert!(slip == key.reveal() || AccessKey::parse(Environment::Live, &slip).is_none());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}|smv_live_[0-9A-Za-z_]{0,60}") {
            let _ = AccessKey::parse(Environment::Live, &text);
        }
    }
}
