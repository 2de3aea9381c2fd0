//! Gathers the pages that are embedded in the binary in `$OUT_DIR/web`, laid out as they are served:
//! `index.html` (a template), `graphiql.html` and `assets/`.
//!
//! GraphiQL and React come from npm, in the versions and with the hashes of `web/package-lock.json`. They are
//! fetched once per lock file and kept in `$OUT_DIR/packages`; nothing is written outside `OUT_DIR`.
//! `SAMVERKAN_WITHOUT_PAGES=1` builds without npm, and without GraphiQL.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

type Result<T> = std::result::Result<T, String>;

/// What the pages load of the packages: folder below `node_modules`, file.
const PACKAGE_FILES: [(&str, &str); 4] = [
    ("react/umd", "react.production.min.js"),
    ("react-dom/umd", "react-dom.production.min.js"),
    ("graphiql", "graphiql.min.js"),
    ("graphiql", "graphiql.min.css"),
];
const WITHOUT: &str = "SAMVERKAN_WITHOUT_PAGES";

fn main() {
    // sqlx::migrate! sees a new migration only when the crate is compiled again, so that folder counts too.
    for path in ["build.rs", "migrations", "web"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rerun-if-env-changed={WITHOUT}");
    if let Err(message) = gather() {
        println!("cargo::error={message}");
    }
}

fn gather() -> Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this through cargo")?);
    let (own, web, assets) = (Path::new("web"), out.join("web"), out.join("web/assets"));
    make_empty(&web)?;
    make_empty(&assets)?;
    for name in ["index.html", "protection.html", "skydd.html"] {
        copy(name, own, &web)?;
    }
    for name in ["graphiql.js", "icon.svg", "style.css"] {
        copy(name, own, &assets)?;
    }
    write(&assets.join("examples.json"), &examples(&own.join("examples"))?)?;
    if env::var_os(WITHOUT).is_some_and(|value| !value.is_empty() && value != "0") {
        write(
            &assets.join("licences.txt"),
            "This build has no GraphiQL, so nothing of others in its pages.\n",
        )?;
        return write(&web.join("graphiql.html"), &read(&own.join("without-graphiql.html"))?);
    }
    let packages = fetch_packages(own, &out)?;
    for name in PACKAGE_FILES.map(|(_, name)| name).into_iter().chain(["licences.txt"]) {
        copy(name, &packages, &assets)?;
    }
    copy("graphiql.html", own, &web)
}

/// The folder with [`PACKAGE_FILES`] and the licences of all that is in them, filled by npm if it isn't yet.
fn fetch_packages(own: &Path, out: &Path) -> Result<PathBuf> {
    let (kept, npm) = (out.join("packages"), out.join("npm"));
    let lock = read(&own.join("package-lock.json"))?;
    if fs::read_to_string(kept.join("package-lock.json")).is_ok_and(|fetched| fetched == lock) {
        return Ok(kept);
    }
    make_empty(&kept)?;
    make_empty(&npm)?;
    copy("package.json", own, &npm)?;
    copy("package-lock.json", own, &npm)?;
    let run = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .args(["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&npm)
        .output();
    let done = match run {
        Ok(run) if run.status.success() => Ok(()),
        Ok(run) => Err(String::from_utf8_lossy(&run.stderr).lines().take(3).collect::<Vec<_>>().join("; ")),
        Err(error) => Err(format!("npm did not start: {error}")),
    };
    let advice = "The pages need Node 20 or later with npm, and npm's registry the first time";
    done.map_err(|why| format!("{advice}; `{WITHOUT}=1 cargo build` builds without GraphiQL ({why})."))?;
    let modules = npm.join("node_modules");
    for (folder, name) in PACKAGE_FILES {
        // Source maps stay behind, thrice as large as all this; so does the line that would ask for them.
        let text = read(&modules.join(folder).join(name))?;
        write(&kept.join(name), text.split("\n//# sourceMappingURL=").next().unwrap_or_default())?;
    }
    write(&kept.join("licences.txt"), &licences(&modules)?)?;
    copy("package-lock.json", own, &kept)?;
    make_empty(&npm)?;
    Ok(kept)
}

/// The licences of the packages in `node_modules`, as their authors ask of those who pass them on.
fn licences(modules: &Path) -> Result<String> {
    let (scopes, mut packages): (Vec<_>, Vec<_>) =
        list(modules)?.into_iter().partition(|(name, _)| name.starts_with('@'));
    for (scope, path) in scopes {
        packages.extend(list(&path)?.into_iter().map(|(name, path)| (format!("{scope}/{name}"), path)));
    }
    let mut text = String::new();
    for (package, path) in packages.iter().filter(|(_, path)| path.is_dir()) {
        for (_, file) in list(path)?.iter().filter(|(name, _)| name.to_lowercase().starts_with("licen")) {
            text.extend(["==== ", package, "\n\n", &read(file)?, "\n\n"]);
        }
    }
    Ok(text)
}

/// `web/examples/*.graphql` in the order of their names, each titled by its first line, as JSON.
fn examples(folder: &Path) -> Result<String> {
    let mut entries = Vec::new();
    for (name, path) in list(folder)?.iter().filter(|(name, _)| name.ends_with(".graphql")) {
        let query = read(path)?.replace("\r\n", "\n");
        let title = query.lines().next().and_then(|line| line.strip_prefix('#'));
        let title =
            title.ok_or_else(|| format!("web/examples/{name}: the first line must be `# its title`"))?;
        entries.push(format!("{{\"title\":{},\"query\":{}}}", json(title.trim()), json(&query)));
    }
    Ok(format!("[{}]\n", entries.join(",\n")))
}

fn json(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n").replace('\t', r"\t")
    )
}

/// Names and paths of what a folder holds, in order.
fn list(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let entries = at(folder, fs::read_dir(folder))?.flatten();
    let mut named: Vec<_> = entries.map(|e| (e.file_name().to_string_lossy().into(), e.path())).collect();
    named.sort();
    Ok(named)
}

fn make_empty(folder: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(folder); // It may not be there.
    at(folder, fs::create_dir_all(folder))
}

fn copy(name: &str, from: &Path, to: &Path) -> Result<()> {
    write(&to.join(name), &read(&from.join(name))?)
}

fn read(path: &Path) -> Result<String> {
    at(path, fs::read_to_string(path))
}

fn write(path: &Path, text: &str) -> Result<()> {
    at(path, fs::write(path, text))
}

fn at<T>(path: &Path, result: std::io::Result<T>) -> Result<T> {
    result.map_err(|error| format!("{}: {error}", path.display()))
}
