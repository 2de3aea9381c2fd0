//! Ids that follow from what they name, so that deriving the graph again gives the same ids.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::{Uuid, uuid};

/// The name space of every id made here.
const SAMVERKAN: Uuid = uuid!("6b1b7a52-6f0e-5f0c-9d0a-3c8f4a2a5e10");

/// The id of the thing that some words name; the first word says what kind of thing it is.
#[must_use]
pub fn named(words: &[&str]) -> Uuid {
    // A separator that no name can hold keeps ["a b"] and ["a", "b"] apart.
    digest(words.iter().map(|word| word.as_bytes()))
}

fn digest<'a>(words: impl Iterator<Item = &'a [u8]>) -> Uuid {
    let mut text = Vec::with_capacity(128);
    for (at, word) in words.enumerate() {
        if at > 0 {
            text.push(0);
        }
        text.extend(word);
    }
    Uuid::new_v5(&SAMVERKAN, &text)
}

/// The id of the thing at a place in a source: ids of one source are in the order of their places, so that what is
/// written together stands together in an index. (Version 8 of RFC 9562: 48 bits of the source's digest, the place, 42
/// bits that tell things of one place apart.)
#[must_use]
pub fn placed(source: Uuid, place: u32, what: &str) -> Uuid {
    let mut head = [0; 10];
    head[..6].copy_from_slice(&source.as_bytes()[..6]);
    // The version and the variant stand between the bits of the place.
    let bits = |from: u32, mask: u32| u8::try_from((place >> from) & mask).unwrap_or_default();
    head[6] = 0x80 | bits(28, 0xf);
    head[7] = bits(20, 0xff);
    head[8] = 0x80 | bits(14, 0x3f);
    head[9] = bits(6, 0xff);
    with_tail(head, bits(0, 0x3f) << 2, named(&[what, &source.to_string(), &place.to_string()]))
}

/// The id of a part of a thing that has a place: it stands beside it.
#[must_use]
pub fn within(whole: Uuid, words: &[&str]) -> Uuid {
    let [head @ .., _, _, _, _, _, _] = *whole.as_bytes();
    let mut written = Uuid::encode_buffer();
    let whole_written = whole.hyphenated().encode_lower(&mut written);
    let all = std::iter::once(&*whole_written).chain(words.iter().copied()).map(str::as_bytes);
    with_tail(head, whole.as_bytes()[10], digest(all))
}

fn with_tail(head: [u8; 10], last: u8, digest: Uuid) -> Uuid {
    let mut bytes = *digest.as_bytes();
    bytes[..10].copy_from_slice(&head);
    bytes[10] = (last & 0xfc) | (bytes[10] & 0x3);
    Uuid::from_bytes(bytes)
}

/// A global id: a letter that says what kind of thing it is of, and the thing's id.
#[must_use]
pub fn global(kind: u8, id: Uuid) -> String {
    let mut bytes = vec![kind];
    bytes.extend(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The id in a global id of a kind; none for any other text.
#[must_use]
pub fn read_global(kind: u8, text: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (found, id) = bytes.split_first()?;
    (*found == kind).then(|| Uuid::from_slice(id).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_in_order_and_parts_stand_beside_their_whole(one: u32, other: u32) {
            let source = named(&["source", "a"]);
            let (a, b) = (placed(source, one, "statement"), placed(source, other, "statement"));
            prop_assert_eq!(a.cmp(&b), one.cmp(&other));
            prop_assert_eq!(a.get_version_num(), 8);
            let (part, other_part) = (within(a, &["award", "0"]), within(a, &["award", "1"]));
            prop_assert_ne!(part, other_part);
            prop_assert_eq!(part.cmp(&b), if one == other { part.cmp(&a) } else { one.cmp(&other) });
        }
    }
}
