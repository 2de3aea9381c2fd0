//! Where what is not public is kept beside a database.

/// How a URL says in which schema to look.
const SCHEMA: &str = "search_path%3D";

/// The URL of another file, or another schema, beside that of a database.
pub(super) fn beside(url: &str, name: &str) -> String {
    if url.starts_with("sqlite:") {
        let (file, options) =
            url.split_once('?').map_or((url, None), |(file, options)| (file, Some(options)));
        let stem = file.strip_suffix(".db").unwrap_or(file);
        let beside = if file.contains(":memory:") { file.to_owned() } else { format!("{stem}.{name}.db") };
        return options.map_or(beside.clone(), |options| format!("{beside}?{options}"));
    }
    if let Some(at) = url.find(SCHEMA) {
        let from = at + SCHEMA.len();
        let end = url[from..].find(['&', '%', ',']).map_or(url.len(), |end| from + end);
        return format!("{}_{name}{}", &url[..end], &url[end..]);
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c{SCHEMA}{name}")
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn what_is_not_public_stands_beside_what_is() {
        for (url, expected) in [
            ("sqlite://samverkan.db", "sqlite://samverkan.exact.db"),
            ("sqlite:///var/lib/a/b.db?mode=rwc", "sqlite:///var/lib/a/b.exact.db?mode=rwc"),
            ("sqlite://data", "sqlite://data.exact.db"),
            ("postgres://a@b/c", "postgres://a@b/c?options=-csearch_path%3Dexact"),
            (
                "postgres://a@b/c?sslmode=require",
                "postgres://a@b/c?sslmode=require&options=-csearch_path%3Dexact",
            ),
            (
                "postgres://a@b/c?options=-csearch_path%3Dtest_1&x=y",
                "postgres://a@b/c?options=-csearch_path%3Dtest_1_exact&x=y",
            ),
        ] {
            assert_eq!(beside(url, "exact"), expected);
        }
    }
}
