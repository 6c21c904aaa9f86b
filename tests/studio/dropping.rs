//! A file dragged on to the window, as the file manager of a desktop does it: drag and drop of X11 (XDND, version 5).

use std::path::Path;
use std::time::Instant;

use url::Url;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

use super::PATIENCE;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndDrop,
        XdndFinished,
        XdndSelection,
        XdndActionCopy,
        uris: b"text/uri-list",
    }
}

/// The version of the protocol.
const VERSION: u32 = 5;

/// Drops a file on the middle of the only window of a display, and waits until it was taken.
pub fn drop_file(display: &str, path: &Path) {
    let drag = Drag::begin(display, path);
    drag.send(drag.atoms.XdndEnter, [VERSION << 24, drag.atoms.uris, NONE, NONE]);
    drag.hover();
    let start = Instant::now();
    let mut dropped = false;
    while start.elapsed() < PATIENCE {
        let Some(event) = drag.connection.poll_for_event().expect("the display answers") else {
            std::thread::yield_now();
            continue;
        };
        match event {
            Event::SelectionRequest(request) => drag.hand_over(&request),
            Event::ClientMessage(message) if message.type_ == drag.atoms.XdndStatus && !dropped => {
                let accepts = message.data.as_data32()[1] & 1 == 1;
                if accepts {
                    dropped = true;
                    drag.send(drag.atoms.XdndDrop, [0, CURRENT_TIME, 0, 0]);
                } else {
                    drag.hover();
                }
            }
            Event::ClientMessage(message) if message.type_ == drag.atoms.XdndFinished => return,
            _ => {}
        }
    }
    panic!("the window did not take the file; it was {}dropped", if dropped { "" } else { "not " });
}

/// A file on its way.
struct Drag {
    connection: RustConnection,
    atoms: Atoms,
    /// The window that it comes from; nobody sees it.
    source: Window,
    target: Window,
    /// The middle of the target on the screen, pixels.
    at: (u16, u16),
    uri: String,
}

impl Drag {
    fn begin(display: &str, path: &Path) -> Drag {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the display");
        let atoms = Atoms::new(&connection).expect("atoms").reply().expect("atoms");
        let root = connection.setup().roots[screen].root;
        let source = connection.generate_id().expect("an id");
        let (class, aux) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        connection
            .create_window(COPY_DEPTH_FROM_PARENT, source, root, 0, 0, 1, 1, 0, class, COPY_FROM_PARENT, &aux)
            .expect("a window");
        connection.set_selection_owner(source, atoms.XdndSelection, CURRENT_TIME).expect("the selection");
        let windows = connection.query_tree(root).expect("windows").reply().expect("windows").children;
        let takes = |window: &Window| {
            let version = connection.get_property(false, *window, atoms.XdndAware, AtomEnum::ATOM, 0, 1);
            version.expect("a property").reply().is_ok_and(|version| version.value_len > 0)
        };
        let target = windows.into_iter().find(takes).expect("a window that takes what is dropped");
        let size = connection.get_geometry(target).expect("a size").reply().expect("a size");
        let (x, y) = ((size.width / 2) as i16, (size.height / 2) as i16);
        let at = connection.translate_coordinates(target, root, x, y).expect("a place").reply().expect("a place");
        let uri = Url::from_file_path(path).expect("a whole path").to_string();
        Drag { connection, atoms, source, target, at: (at.dst_x as u16, at.dst_y as u16), uri }
    }

    /// Tells the target where the file is.
    fn hover(&self) {
        let at = u32::from(self.at.0) << 16 | u32::from(self.at.1);
        self.send(self.atoms.XdndPosition, [0, at, CURRENT_TIME, self.atoms.XdndActionCopy]);
    }

    fn send(&self, kind: u32, rest: [u32; 4]) {
        let data = [self.source, rest[0], rest[1], rest[2], rest[3]];
        let message = ClientMessageEvent::new(32, self.target, kind, data);
        self.connection.send_event(false, self.target, EventMask::NO_EVENT, message).expect("a message");
        self.connection.flush().expect("the display takes it");
    }

    /// Answers what the file is.
    fn hand_over(&self, request: &SelectionRequestEvent) {
        let known = request.target == self.atoms.uris;
        if known {
            let text = format!("{}\r\n", self.uri);
            self.connection
                .change_property8(
                    PropMode::REPLACE,
                    request.requestor,
                    request.property,
                    request.target,
                    text.as_bytes(),
                )
                .expect("a property");
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if known { request.property } else { NONE },
        };
        self.connection.send_event(false, request.requestor, EventMask::NO_EVENT, answer).expect("an answer");
        self.connection.flush().expect("the display takes it");
    }
}
