//! What a package has left on a machine: files, users, rights, units. It owns what must be there after an installation, and after a removal.

use super::SYSTEM;
use super::machine::Machine;
use crate::processes::Failure;
use crate::processes::failure::hold;

/// A package of ours.
#[derive(Debug)]
pub(super) struct Package {
    /// The package, its program and its unit.
    pub name: &'static str,
    /// Its user and group.
    pub user: &'static str,
    /// The directory that holds what it writes.
    pub data: &'static str,
    /// Its settings.
    pub settings: &'static str,
    /// Its pages.
    pages: &'static str,
}

/// The relay's.
pub(super) const RELAY: Package = Package {
    name: "comptoir-relay",
    user: "comptoir-relay",
    data: "/var/lib/comptoir-relay",
    settings: "/etc/comptoir/relay.toml",
    pages: "/usr/share/comptoir-relay/console",
};

/// The node's.
pub(super) const NODE: Package = Package {
    name: "comptoir-node",
    user: "comptoir",
    data: "/var/lib/comptoir",
    settings: "/etc/comptoir/node.toml",
    pages: "/usr/share/comptoir/ui",
};

/// What systemd may count against a unit, in tenths, of a hundred: about what it counts against one with sockets and nothing else.
const MOST_EXPOSURE: &str = "15";

impl Package {
    fn link(&self) -> String {
        format!("/etc/systemd/system/multi-user.target.wants/{}.service", self.name)
    }

    /// Holds what an installation must have made.
    pub fn is_installed(&self, machine: &Machine) -> Result<(), Failure> {
        let (name, user) = (self.name, self.user);
        let account = machine.says(&["getent", "passwd", user])?;
        let sound = account.ends_with(&format!(":{}:/usr/sbin/nologin", self.data));
        hold(sound, || format!("{name}: the user is {account}"))?;
        self.owns_its_directory(machine)?;
        let of = |path: &str, expected: &str| {
            let found = machine.says(&["stat", "--format=%U:%G %a", path])?;
            hold(found == expected, || format!("{path} is {found}, and should be {expected}"))
        };
        of(self.settings, "root:root 644")?;
        of("/etc/comptoir", "root:root 755")?;
        of(&format!("/usr/bin/{name}"), "root:root 755")?;
        for file in [
            format!("{}/index.html", self.pages),
            format!("/usr/share/man/man1/{name}.1.gz"),
            format!("/usr/share/bash-completion/completions/{name}"),
            format!("/usr/share/zsh/vendor-completions/_{name}"),
            format!("/usr/share/fish/vendor_completions.d/{name}.fish"),
            format!("/usr/share/doc/{name}/copyright"),
            format!("/usr/share/doc/{name}/changelog.gz"),
            format!("/usr/share/doc/{name}/changelog.Debian.gz"),
        ] {
            of(&file, "root:root 644")?;
        }
        hold(machine.path(&self.link()).is_symlink(), || format!("{name} is not enabled"))?;
        let unit = format!("/usr/lib/systemd/system/{name}.service");
        let found = machine.run("root", &["systemd-analyze", "verify", "--man=no", &unit], SYSTEM)?;
        hold(found.err.trim().is_empty(), || format!("systemd finds fault with {unit}: {}", found.err))?;
        let threshold = format!("--threshold={MOST_EXPOSURE}");
        machine.says(&["systemd-analyze", "security", "--offline=true", &threshold, &unit])?;
        machine.run(user, &[name, "config", "check", "--config", self.settings], SYSTEM).map(drop)
    }

    /// Holds that its directory is its user's, and nobody else looks in.
    pub fn owns_its_directory(&self, machine: &Machine) -> Result<(), Failure> {
        let found = machine.says(&["stat", "--format=%U:%G %a", self.data])?;
        let expected = format!("{0}:{0} 700", self.user);
        hold(found == expected, || format!("{} is {found}, and should be {expected}", self.data))
    }

    /// Holds that a purge left what was written and nothing else.
    pub fn is_purged(&self, machine: &Machine, written: &str) -> Result<(), Failure> {
        self.owns_its_directory(machine)?;
        let kept = format!("{}/{written}", self.data);
        hold(machine.path(&kept).is_file(), || format!("the purge of {} took {kept}", self.name))?;
        let unit = format!("/usr/lib/systemd/system/{}.service", self.name);
        let (program, link) = (format!("/usr/bin/{}", self.name), self.link());
        for gone in [self.settings, self.pages, &unit, &program, &link] {
            let path = machine.path(gone);
            hold(!path.exists() && !path.is_symlink(), || format!("the purge of {} left {gone}", self.name))?;
        }
        Ok(())
    }
}
