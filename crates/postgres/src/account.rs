//! The system user a server runs as.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use nix::unistd::{User, geteuid};

/// Decides whose rights the programs of Postgres get: they refuse to run as root.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// The user of this process.
    Own,
    /// Another user, because this process is root.
    Dropped {
        /// User id.
        uid: u32,
        /// Group id.
        gid: u32,
    },
}

impl Account {
    /// Picks the owner of an existing data directory, or `postgres`, or `nobody`.
    pub(crate) fn for_data(data: &Path) -> anyhow::Result<Account> {
        if !geteuid().is_root() {
            return Ok(Account::Own);
        }
        if let Ok(meta) = fs::metadata(data)
            && meta.uid() != 0
        {
            return Ok(Account::Dropped {
                uid: meta.uid(),
                gid: meta.gid(),
            });
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name).context("cannot read the user database")? {
                return Ok(Account::Dropped {
                    uid: user.uid.as_raw(),
                    gid: user.gid.as_raw(),
                });
            }
        }
        bail!("Postgres does not run as root and this machine has no user postgres or nobody")
    }

    /// Prepares a command that runs as this user and sees nothing of our environment.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        // "/" because the user may not be allowed to enter the directory we were started in.
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir("/");
        if let Account::Dropped { uid, gid } = self {
            // The standard library also drops root's supplementary groups here.
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes a directory that only this user can enter.
    pub(crate) fn private_dir(self, dir: &Path) -> anyhow::Result<()> {
        match fs::symlink_metadata(dir) {
            // Under /tmp anybody could have put a directory or a link in our way.
            Ok(meta) if !meta.is_dir() || !self.may_take(meta.uid()) => {
                bail!("{} belongs to another user", dir.display())
            }
            Ok(_) => {}
            Err(_) => fs::DirBuilder::new()
                .mode(0o700)
                .create(dir)
                .with_context(|| format!("cannot create {}", dir.display()))?,
        }
        if let Account::Dropped { uid, gid } = self {
            chown(dir, Some(uid), Some(gid))?;
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
        Ok(())
    }

    /// Refuses a directory this user cannot reach, with the name of the ancestor that is shut.
    pub(crate) fn can_reach(self, dir: &Path) -> anyhow::Result<()> {
        let Account::Dropped { uid, gid } = self else {
            return Ok(());
        };
        for ancestor in dir.ancestors() {
            let meta = fs::metadata(ancestor)?;
            let needed = match (meta.uid() == uid, meta.gid() == gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if meta.mode() & needed == 0 {
                bail!(
                    "Postgres would run as user id {uid}, which cannot enter {}: \
                     choose a data directory elsewhere",
                    ancestor.display()
                );
            }
        }
        Ok(())
    }

    fn may_take(self, owner: u32) -> bool {
        let dropped = matches!(self, Account::Dropped { uid, .. } if uid == owner);
        dropped || owner == geteuid().as_raw()
    }
}
