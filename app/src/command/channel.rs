//! `listen`: the page opens its channel, by which it hears the node's events and what the program has to tell.

use tauri::State;
use tauri::ipc::Channel;

use crate::page::Told;
use crate::shell::Shell;

/// From now on everything is told by this channel.
#[tauri::command]
pub fn listen(shell: State<'_, Shell>, channel: Channel<Told>) {
    shell.page.attach(channel);
}
