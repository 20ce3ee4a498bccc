//! `openapi`, `completions`, `man`: what is made from the code itself. Owns nothing but the printing.

use std::path::Path;

use super::{Done, show};
use crate::api;
use crate::problem::{Code, Problem};

pub fn openapi() -> Result<Done, Problem> {
    show::line(&api::openapi::text());
    Ok(Done::Well)
}

pub fn completions(shell: clap_complete::Shell, mut command: clap::Command) -> Result<Done, Problem> {
    clap_complete::generate(shell, &mut command, "comptoir-node", &mut std::io::stdout());
    Ok(Done::Well)
}

pub fn man(out: Option<&Path>, command: clap::Command) -> Result<Done, Problem> {
    let written = match out {
        None => clap_mangen::Man::new(command).render(&mut std::io::stdout()),
        Some(dir) => std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(command, dir)),
    };
    written.map(|()| Done::Well).map_err(|error| Problem::from_error(Code::FileUnreadable, &error))
}
