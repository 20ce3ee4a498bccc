//! `comptoir`: Comptoir in a window. Hosts a node in this process and is its only client; the page in the window asks through a few
//! commands and never sees a token. Owns the order in which the parts start and end; no business rule is here, nor any screen.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod branch;
mod calls;
mod client;
mod command;
mod desktop;
mod frames;
mod host;
mod limits;
mod link;
mod notice;
mod page;
mod quit;
mod shell;
mod tray;
mod watch;
mod window;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use comptoir_node::data_dir::DataDir;
use comptoir_node::limits::BACKGROUND_STOP_DEADLINE;
use tauri::{AppHandle, Manager, RunEvent};

use arguments::Arguments;
use link::Link;
use page::Told;
use shell::Shell;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    comptoir_node::journal::begin(false);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let app = match build(arguments) {
        Ok(app) => app,
        Err(error) => return failed(&error),
    };
    let handle = app.handle().clone();
    let code = app.run_return(|_, event| {
        // Without a window the program goes on in the tray; it ends when it is told to.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
        }
    });
    if let Some(shell) = handle.try_state::<Shell>() {
        runtime.block_on(shell.host.stop());
    }
    // Work that goes on in the background (a long import) is cut off between two commits, as by a kill.
    runtime.shutdown_timeout(BACKGROUND_STOP_DEADLINE);
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{}", comptoir_node::problem::told(error));
    ExitCode::FAILURE
}

fn build(arguments: Arguments) -> tauri::Result<tauri::App> {
    let named = arguments.data.as_deref().map(whole_path);
    let mut single = tauri_plugin_single_instance::Builder::new().callback(|app, argv, _| again(app, argv));
    if let Some(named) = &named {
        // One window a node: another directory is another program to the desktop.
        single = single.dbus_id(format!("org.comptoir.Comptoir.n{}", digest(named)));
    }
    tauri::Builder::default()
        // First: a second start ends in it, before it touches the node.
        .plugin(single.build())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(tauri::generate_handler![
            command::branch::branch,
            command::branch::enter_branch,
            command::branch::leave_branch,
            command::call::call,
            command::call::cancel,
            command::channel::listen,
            command::leave::answer_quit,
            command::leave::quit,
            command::save::keep,
            command::save::save,
            command::speak::speak,
            command::upload::open_upload,
            command::upload::upload,
        ])
        .setup(move |app| {
            let own = app.path().app_local_data_dir()?;
            let data = named.unwrap_or_else(|| own.join("node"));
            let kept = own.join("pages").join(digest(&data));
            let branches = own.join("branches");
            comptoir_node::os::create_private_dir(&branches)?;
            let remembered = branches.join(digest(&data)).with_extension("json");
            app.manage(Shell::new(DataDir::new(data), remembered));
            if let Some(link) = &arguments.link {
                opened(app.handle(), link);
            }
            tauri::async_runtime::spawn(watch::run(app.handle().clone()));
            tauri::async_runtime::spawn(stopped_by_the_system(app.handle().clone()));
            tray::build(app.handle())?;
            window::build(app.handle(), kept)?;
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// The program was started a second time: the window comes to the front, and hears of a link.
fn again(app: &AppHandle, argv: Vec<String>) {
    window::show(app);
    if let Ok(Arguments { link: Some(link), .. }) = Arguments::try_parse_from(argv) {
        opened(app, &link);
    }
}

/// A link was opened.
fn opened(app: &AppHandle, link: &str) {
    match link::read(link) {
        Some(Link::Join(code)) => drop(app.state::<Shell>().page.tell(Told::Join { code })),
        Some(Link::Node(_)) => drop(app.state::<Shell>().page.tell(Told::Node { link: link.trim().to_owned() })),
        None => tracing::warn!("a link was opened that is none of Comptoir's"),
    }
}

/// Ends in good order when the system asks for it.
async fn stopped_by_the_system(app: AppHandle) {
    comptoir_node::os::stop_request().await;
    app.exit(0);
}

/// A path from the root, whether it exists or not.
fn whole_path(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// A short name for a directory.
fn digest(path: &Path) -> String {
    blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex()[..16].to_owned()
}
