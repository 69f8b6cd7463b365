//! `pasut user`: who may log in, from the terminal; works beside a running Pasut.

use crate::clock::Clock;
use crate::config::{Config, ServeArgs};
use crate::domain::access::{AccountName, Role};
use crate::domain::audit::{Deed, Who};
use crate::store::accounts::{Added, MOST_ACCOUNTS, Removed};
use crate::store::folder::DataFolder;
use crate::store::{Opening, Store};
use crate::web::access::password::{Password, Passwords};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use std::io::{IsTerminal as _, Read as _, Write as _};

/// No password is longer, and what is piped in may be.
const MAX_STDIN_BYTES: u64 = 4096;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Let somebody log in
    Add {
        #[command(flatten)]
        serve: ServeArgs,
        #[arg(value_parser = AccountName::parse)]
        name: AccountName,
        /// owner sees and may do everything; moderator follows LIVEs without money
        #[arg(long, value_parser = role, default_value = "moderator")]
        role: Role,
        /// Read the password from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
    /// Show who may log in
    List {
        #[command(flatten)]
        serve: ServeArgs,
    },
    /// Let somebody log in no more, and log them out everywhere
    Remove {
        #[command(flatten)]
        serve: ServeArgs,
        #[arg(value_parser = AccountName::parse)]
        name: AccountName,
        /// Also if nobody owns this Pasut then: it answers only its own computer from then on
        #[arg(long)]
        last_owner: bool,
    },
    /// Give somebody another password, and log them out everywhere
    Password {
        #[command(flatten)]
        serve: ServeArgs,
        #[arg(value_parser = AccountName::parse)]
        name: AccountName,
        /// Read the password from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
}

impl What {
    /// The options of every command; whoever types them does so behind the rest.
    const fn serve(&self) -> &ServeArgs {
        match self {
            Self::Add { serve, .. }
            | Self::List { serve }
            | Self::Remove { serve, .. }
            | Self::Password { serve, .. } => serve,
        }
    }
}

fn role(text: &str) -> Result<Role, String> {
    match Role::parse(text) {
        Some(role @ (Role::Owner | Role::Moderator)) => Ok(role),
        _ => Err("say owner or moderator".to_owned()),
    }
}

/// Does it and says so.
///
/// # Errors
///
/// If it cannot be done; then nothing was changed.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Config::read(arguments.what.serve())?;
    let beside = || Store::open(&config.database, Opening::Beside);
    let now = Clock::real().wall();
    let (store, said, deed, name) = match arguments.what {
        What::List { .. } => return list(&beside()?).await,
        What::Add { name, role, password_stdin, .. } => {
            let hash = chosen(password_stdin).await?;
            create_missing(&config)?;
            let store = beside()?;
            match store.add_account(&name, role, &hash, now).await? {
                Added::Done => {}
                Added::Taken => bail!(
                    "There is an account {name} already. Nothing was changed; choose another name, or set its \
                     password with `pasut user password {name}`."
                ),
                Added::TooMany => bail!(
                    "There are {MOST_ACCOUNTS} accounts, and no more. Nothing was changed; remove one first."
                ),
            }
            (store, format!("{name} may log in as {}.", role.as_str()), Deed::AccountAdded, name)
        }
        What::Remove { name, last_owner, .. } => {
            let store = beside()?;
            match store.remove_account(&name, last_owner).await? {
                Removed::Done => {}
                Removed::Unknown => bail!("There is no account {name}. Nothing was changed."),
                Removed::LastOwner => bail!(
                    "{name} is the last owner. Nothing was changed: without an owner Pasut answers only its own \
                     computer, and nobody else can log in. To do it all the same, add --last-owner."
                ),
            }
            let said = format!("{name} may not log in any more, and is logged out everywhere.");
            (store, said, Deed::AccountRemoved, name)
        }
        What::Password { name, password_stdin, .. } => {
            let store = beside()?;
            let hash = chosen(password_stdin).await?;
            if !store.set_password(&name, &hash).await? {
                bail!(
                    "There is no account {name}. Nothing was changed; `pasut user list` shows those there are."
                );
            }
            let said = format!("{name} has another password, and is logged out everywhere.");
            (store, said, Deed::PasswordChanged, name)
        }
    };
    store.note(Who::Terminal, deed, name.as_str(), now).await?;
    writeln!(std::io::stdout(), "{said}")?;
    Ok(())
}

/// Whoever sets Pasut up may create the owner before the first start. No other Pasut makes the database meanwhile.
fn create_missing(config: &Config) -> anyhow::Result<()> {
    if !config.database.exists() {
        let _lock = DataFolder::open(&config.data_dir)?.lock("pasut user add")?;
        drop(Store::open(&config.database, Opening::Owner)?);
    }
    Ok(())
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let accounts = store.accounts().await?;
    let mut out = std::io::stdout().lock();
    for account in &accounts {
        writeln!(out, "{}\t{}", account.name, account.role.as_str())?;
    }
    if accounts.is_empty() {
        eprintln!("Nobody may log in; Pasut answers only its own computer.");
    }
    Ok(())
}

/// What is kept of a password that somebody pipes in or types twice.
async fn chosen(from_stdin: bool) -> anyhow::Result<String> {
    let typed = if from_stdin {
        let mut text = String::new();
        let read = std::io::stdin().lock().take(MAX_STDIN_BYTES).read_to_string(&mut text);
        read.context("The password cannot be read from standard input; nothing was changed")?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else if std::io::stdin().is_terminal() {
        let asked = |prompt| rpassword::prompt_password(prompt).context("Nothing was changed");
        let typed = asked("Password: ")?;
        if asked("The same again: ")? != typed {
            bail!("The two are not the same. Nothing was changed; try again.");
        }
        typed
    } else {
        bail!(
            "There is no terminal to ask on. Nothing was changed; pipe the password in with --password-stdin."
        );
    };
    let password = Password::choose(&typed).context("Nothing was changed")?;
    Ok(Passwords::default().hash(&password).await?)
}
