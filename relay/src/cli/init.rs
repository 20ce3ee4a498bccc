//! `init`: makes the keys of a new relay and prints its code. Owns the arguments and the words.

use clap::Args;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde::Serialize;

use super::{Common, Failure, print};
use crate::data_dir::DataDir;
use crate::identity::RelayIdentity;
use crate::limits::{MAX_ADDRESS_BYTES, MAX_JURISDICTION_BYTES};

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    #[command(flatten)]
    pub common: Common,
    /// Where sites will reach this relay, over UDP.
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    address: String,
    /// The country or union whose law holds where the relay stands, such as FR; scopes may be kept to some.
    #[arg(long, value_name = "CODE", default_value = "", value_parser = jurisdiction)]
    jurisdiction: String,
}

#[derive(Serialize)]
struct Initialised {
    code: String,
}

pub(super) fn init(arguments: &InitArguments) -> Result<(), Failure> {
    let dir = DataDir::create(&arguments.common.data)?;
    let (address, jurisdiction) = (arguments.address.clone(), arguments.jurisdiction.clone());
    let (_, code) = RelayIdentity::create(&dir, address, jurisdiction, &mut UnwrapErr(SysRng))?;
    let initialised = Initialised { code: code.to_text() };
    print(arguments.common.json, &initialised, || {
        format!(
            "A relay for {} is ready in {}.\nWhoever has this code takes it into service, once. It is not shown again:\n\n{}\n\n\
             Start it with `comptoir-relay run`, then give the code to `comptoir-node relay add` at headquarters.",
            arguments.address,
            arguments.common.data.display(),
            initialised.code
        )
    })
}

/// `host:port` or `[address]:port`.
fn address(text: &str) -> Result<String, String> {
    let well_formed = text.len() <= MAX_ADDRESS_BYTES
        && text.rsplit_once(':').is_some_and(|(host, port)| {
            let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            let host_is_one = match bracketed {
                Some(host) => host.parse::<std::net::Ipv6Addr>().is_ok(),
                None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
            };
            host_is_one && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
    if well_formed { Ok(text.to_owned()) } else { Err("expected HOST:PORT, such as relay.example.org:4433".into()) }
}

fn jurisdiction(text: &str) -> Result<String, String> {
    let well_formed = text.len() <= MAX_JURISDICTION_BYTES
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-');
    if well_formed { Ok(text.to_owned()) } else { Err("expected a code in capitals, such as FR".into()) }
}
