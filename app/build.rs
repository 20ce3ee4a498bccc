//! Lists the window's commands, so that a page may call those that its capability names and no others, and builds the
//! configuration into the program.

/// Every command; `main.rs` registers the same.
const COMMANDS: &[&str] = &[
    "answer_quit",
    "branch",
    "call",
    "cancel",
    "enter_branch",
    "keep",
    "leave_branch",
    "listen",
    "open_upload",
    "quit",
    "save",
    "speak",
    "upload",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let built = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest));
    if let Err(error) = built {
        // What cargo shows of a build script that fails.
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
