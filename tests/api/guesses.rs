//! Who guesses keys: refused after a while, and no burden to anybody else.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use samverkan::domain::access_key::{AccessKey, Environment};
use samverkan::domain::scope::Scope;
use samverkan::http::{RateLimit, Settings};

use crate::app::status;
use crate::partners::{STAD, key, world};

/// A key that is written as keys are, and that nobody has.
fn guess(at: usize) -> AccessKey {
    AccessKey::new(Environment::Live, &format!("guess{at:07}"), &format!("{at:030}"))
}

#[tokio::test]
async fn ten_thousand_guesses_use_up_a_share_and_not_that_of_who_has_a_key() {
    let app = world().await;
    let own = key(&app, STAD, &[Scope::ReadOwn]).await;
    // Fifty guesses at once, and fifty a minute.
    let settings = Settings { rate_limit: RateLimit::All(50_000), ..app.for_partners() };
    let server = &app.serve(settings).await;
    let header = |key: &str| format!("authorization: Bearer {key}\r\n");
    let ask = |at: usize| async move {
        let headers = header(guess(at).reveal());
        status(&server.post("{ service { version } }", &headers).await)
    };
    let statuses: Vec<u16> = futures_util::stream::iter((0..10_000).map(ask)).buffered(16).collect().await;
    let mut counts = BTreeMap::new();
    for status in &statuses {
        *counts.entry(*status).or_insert(0_usize) += 1;
    }
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [401, 429], "{counts:?}");
    assert!(counts[&429] > 9_000 && statuses[..16].contains(&401), "{counts:?}");
    // From the same address, but of its own share.
    assert_eq!(status(&server.post("{ viewer { key { label } } }", &header(&own)).await), 200);
}
