//! The node's desk: where whoever works in the present request meets the back office. Owns how commands and queries reach it, under whose
//! name, and how their refusals become problems.

use comptoir_backoffice::desk::{CommandError, Desk};
use comptoir_backoffice::registry::Home;
use comptoir_replica::AppendError;
use comptoir_sync_protocol::roster::Site;

use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::who::Who;
use crate::{author, clock};

impl Node {
    /// Who is named as the author of what is done here.
    pub fn author(&self) -> String {
        Who::now().author.unwrap_or_else(|| author::operator(&self.site_code()))
    }

    /// The place to work of whoever works, now.
    pub fn desk<'a>(&'a self, author: &'a str) -> Desk<'a> {
        let Who { standing, borne, .. } = Who::now();
        let now_ms = clock::now_ms();
        Desk { replica: self.replica(), home: self.home(), author, standing, borne, now_ms }
    }

    /// The site, as commands see it. Before the roster knows it there is nothing that it may write.
    pub(crate) fn home(&self) -> Home {
        let site = self.roster().sites.get(&self.replica().site()).cloned();
        site.map_or_else(Home::default, |Site { profile, headquarters, .. }| Home {
            code: profile.code,
            country: profile.country,
            currency: profile.currency,
            locale: profile.locale,
            time_zone: profile.time_zone,
            headquarters,
        })
    }

    /// Runs a command of the back office under the name of whoever works. What it wrote is the caller's to publish.
    pub fn at_desk<T>(&self, command: impl FnOnce(&Desk<'_>) -> Result<T, CommandError>) -> Result<T, Problem> {
        self.check_whole()?;
        let author = self.author();
        command(&self.desk(&author)).map_err(|error| self.command_problem(error))
    }

    /// Looks at something from the place to work of whoever works; also when the disk has failed and nothing is written any more.
    pub fn look<T>(&self, query: impl FnOnce(&Desk<'_>) -> Result<T, CommandError>) -> Result<T, Problem> {
        let author = self.author();
        query(&self.desk(&author)).map_err(|error| self.command_problem(error))
    }

    /// Why a command did nothing, as a problem.
    pub fn command_problem(&self, error: CommandError) -> Problem {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Storage(error) => self.storage_problem(&error),
            CommandError::Append(error) => {
                let code = match &*error {
                    AppendError::NotMember(_) => Code::NotAMember,
                    AppendError::Removed { .. } => Code::SiteRemoved,
                    AppendError::NoKey(_) => Code::NoScopeKey,
                    AppendError::NoSuchRecord { .. } => Code::NotFound,
                    AppendError::Change { .. }
                    | AppendError::WouldBeQuarantined(_)
                    | AppendError::RecordExists(_)
                    | AppendError::Entry(_) => Code::ChangeRefused,
                    _ => Code::Internal,
                };
                Problem::from_error(code, &*error)
            }
        }
    }
}
