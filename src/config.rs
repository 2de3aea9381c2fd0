//! Every setting, with its flag, its environment variable and its default.

use clap::Args;

/// Where the data are and where to serve them.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://samverkan.db",
        hide_env_values = true,
        global = true
    )]
    pub database_url: String,

    /// Address and port to serve on.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8000", global = true)]
    pub listen: String,

    /// What to log, such as `info` or `samverkan=debug,warn`.
    #[arg(long, env = "LOG", default_value = "info,sqlx=warn", global = true)]
    pub log: String,
}
