//! What a key or token may do, in words as OAuth has them.

/// Something that a partner may do beyond what everybody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read what concerns its own projects.
    ReadOwn,
    /// Read exact figures of participants in projects that it has a grant for.
    ReadExact,
    /// Propose corrections to its own projects.
    ImportOwn,
    /// Read who was shown exact figures of its own projects.
    AuditOwn,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ReadOwn, Self::ReadExact, Self::ImportOwn, Self::AuditOwn];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadOwn => "read:own",
            Self::ReadExact => "read:participants:exact",
            Self::ImportOwn => "import:own",
            Self::AuditOwn => "audit:own",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// Those in a list of words with spaces between them. What is not known here gives no right.
    #[must_use]
    pub fn list(words: &str) -> Vec<Self> {
        Self::ALL.into_iter().filter(|scope| words.split(' ').any(|word| word == scope.word())).collect()
    }

    /// A list of them in words.
    #[must_use]
    pub fn words(scopes: &[Self]) -> String {
        scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ")
    }
}
