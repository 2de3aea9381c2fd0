//! The encodings of answers, and which of them a client takes. What is sent once is compressed while it goes out
//! (`variants.rs`); what is kept is compressed here, once for all who ask.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{HeaderMap, header};

/// Bytes of the shortest answer that is compressed, as with what is sent once.
const SHORTEST: usize = 32;
/// As with what is sent once: higher takes much longer.
const BROTLI_QUALITY: i32 = 4;

/// How an answer can be encoded. Of what a client likes alike it gets the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Encoding {
    /// Not at all.
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

impl Encoding {
    /// What a client likes best of what there is, by `Accept-Encoding`; nothing where it does not say. What is no weight but
    /// a number of that size is taken for one.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        // By a list of one: what looks for a single character sets out for longer texts.
        let liked = lines.flat_map(|line| line.split([','])).filter_map(Self::read);
        let best = liked
            .filter(|(weight, _)| *weight > 0.0)
            .max_by(|(one, first), (other, second)| one.total_cmp(other).then(first.cmp(second)));
        best.map_or(Self::Identity, |(_, encoding)| encoding)
    }

    /// An element of the header: how much it is liked, and which it is. None where it is not known.
    fn read(element: &str) -> Option<(f32, Self)> {
        let mut parts = element.splitn(2, [';']).map(str::trim_ascii);
        let name = parts.next()?;
        let known = [
            ("identity", Self::Identity),
            ("gzip", Self::Gzip),
            ("x-gzip", Self::Gzip),
            ("br", Self::Brotli),
            ("zstd", Self::Zstd),
        ];
        let (_, encoding) = known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        let Some(weight) = parts.next() else { return Some((1.0, encoding)) };
        let (q, weight) = weight.split_once('=')?;
        let weight = weight.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
        q.eq_ignore_ascii_case("q").then_some((weight, encoding))
    }

    /// What `Content-Encoding` says; nothing of what is not encoded.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The names of those that something is encoded in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        [Self::Gzip, Self::Brotli, Self::Zstd].into_iter().filter_map(Self::name)
    }

    /// The encoding in which an answer of this length goes out.
    pub fn of_length(self, length: usize) -> Self {
        if length >= SHORTEST { self } else { Self::Identity }
    }

    /// An answer in this encoding, in no more memory than it needs.
    ///
    /// # Errors
    /// What the library says; none is known.
    pub fn encode(self, plain: &Bytes) -> io::Result<Bytes> {
        let encoded = match self {
            Self::Identity => return Ok(plain.clone()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(plain)?;
                encoder.finish()?
            }
            Self::Brotli => {
                let params =
                    brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, ..Default::default() };
                let mut encoded = Vec::new();
                brotli::BrotliCompress(&mut &plain[..], &mut encoded, &params)?;
                encoded
            }
            // Gives back as much as there could have been.
            Self::Zstd => zstd::bulk::compress(plain, zstd::DEFAULT_COMPRESSION_LEVEL)?,
        };
        Ok(encoded.into_boxed_slice().into())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Read;

    use poem::http::{HeaderValue, Request, Response};
    use tower::ServiceExt;
    use tower_http::compression::Compression;

    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let values = lines.iter().map(|line| HeaderValue::from_bytes(line).unwrap());
        values.map(|value| (header::ACCEPT_ENCODING, value)).collect()
    }

    /// The encoding of an answer of some length that is sent once.
    async fn of_what_is_sent_once(headers: &HeaderMap, length: usize) -> Option<String> {
        let answer = tower::service_fn(|_: Request<()>| async move {
            Ok::<Response<_>, Infallible>(poem::Response::builder().body(vec![b'x'; length]).into())
        });
        let mut request = Request::new(());
        headers.clone_into(request.headers_mut());
        let response = Compression::new(answer).oneshot(request).await.unwrap();
        let encoding = response.headers().get(header::CONTENT_ENCODING)?;
        Some(encoding.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn what_is_kept_is_encoded_like_what_is_not() {
        let lines = [
            "",
            "*",
            "gzip",
            "GZip",
            "x-gzip, deflate",
            "deflate",
            "gzip, deflate, br, zstd",
            "gzip, deflate, br",
            "gzip;q=0, br;q=0.0",
            "br;q=0.5, gzip;q=0.8",
            "br; q=0.5 , gzip;Q=0.499",
            "zstd;q=1.0,br;q=1,identity",
            "identity;q=1, gzip;q=0.5",
            "identity;q=0",
            "gzip;q=2, br;q=-1, zstd;q=nan",
            "gzip;level=9, br;q",
            "gzip;;, ,",
            "br\t;\tq=0.5,\tgzip;q=0.4",
        ];
        let mut asked: Vec<HeaderMap> = lines.iter().map(|line| headers(&[line.as_bytes()])).collect();
        asked.push(headers(&[b"gzip;q=0.5", b"br"]));
        asked.push(headers(&[b"br, \xe5", b"gzip"]));
        asked.push(HeaderMap::new());
        for headers in asked {
            for length in [0, SHORTEST - 1, SHORTEST, 5_000] {
                let ours = Encoding::accepted(&headers).of_length(length).name();
                let theirs = of_what_is_sent_once(&headers, length).await;
                assert_eq!(ours, theirs.as_deref(), "{headers:?} {length}");
            }
        }
    }

    #[test]
    fn what_is_encoded_can_be_read() {
        let plain = Bytes::from("{\"data\":{}}".repeat(20_000));
        let read = |mut from: Box<dyn Read>| {
            let mut read = Vec::new();
            from.read_to_end(&mut read).unwrap();
            read
        };
        let encode = |encoding: Encoding| {
            let encoded = encoding.encode(&plain).unwrap();
            if encoding == Encoding::Identity {
                return io::Cursor::new(encoded);
            }
            let encoded = encoded.try_into_mut().unwrap();
            assert!(encoded.len() < plain.len() / 50, "{encoding:?}");
            assert_eq!(encoded.capacity(), encoded.len(), "{encoding:?} holds more than it weighs");
            io::Cursor::new(encoded.freeze())
        };
        assert!(read(Box::new(encode(Encoding::Identity))) == plain);
        assert!(read(Box::new(flate2::read::GzDecoder::new(encode(Encoding::Gzip)))) == plain);
        assert!(read(Box::new(brotli::Decompressor::new(encode(Encoding::Brotli), 4096))) == plain);
        assert!(read(Box::new(zstd::Decoder::new(encode(Encoding::Zstd)).unwrap())) == plain);
    }
}
