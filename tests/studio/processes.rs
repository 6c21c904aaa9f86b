//! Programs that a test starts, and ends with everything that they started.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program and all that it starts; ended when dropped.
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts a program in a group of its own, without input and with its output in a log.
    pub fn start(command: &mut Command, log: &str) -> Group {
        Group::start_with_input(command.stdin(Stdio::null()), log)
    }

    /// The same with the input that the command names.
    pub fn start_with_input(command: &mut Command, log: &str) -> Group {
        let file = std::fs::File::create(log_file(log)).expect("a log");
        let errors = file.try_clone().expect("a log");
        let child = command
            .process_group(0)
            .stdout(file)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("could not start {command:?}: {error}"));
        Group { child }
    }
}

impl Group {
    /// The time that all its processes have used on processors, as Linux tells it in `/proc`; nought elsewhere.
    pub fn cpu(&self) -> Duration {
        /// What Linux counts in, whatever the machine: a hundredth of a second.
        const TICK: Duration = Duration::from_millis(10);
        let ticks = |stat: &str| -> Option<(String, u32)> {
            // the name stands in brackets and may hold anything
            let words: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            Some((words.get(2)?.to_string(), words.get(11)?.parse::<u32>().ok()? + words.get(12)?.parse::<u32>().ok()?))
        };
        let group = self.child.id().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let stats = processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
        stats.filter_map(|stat| ticks(&stat)).filter(|(of, _)| *of == group).map(|(_, used)| used * TICK).sum()
    }
}

impl Group {
    /// Ends one program of the group as a crash does, by its own number, and waits until it is gone.
    pub fn crash_only(&self, program: &Path) {
        let program = program.canonicalize().expect("the program");
        let group = self.child.id().to_string();
        let is_one = |entry: &Path| {
            let stat = std::fs::read_to_string(entry.join("stat")).unwrap_or_default();
            let of = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(2));
            of == Some(&group) && std::fs::read_link(entry.join("exe")).is_ok_and(|exe| exe == program)
        };
        let processes = std::fs::read_dir("/proc").expect("Linux tells of its processes").flatten();
        let found: Vec<_> = processes.map(|entry| entry.path()).filter(|entry| is_one(entry)).collect();
        let [one] = &found[..] else { panic!("not one process of {}: {found:?}", program.display()) };
        let number = one.file_name().expect("the number of a process");
        let killed = Command::new("kill").arg("-KILL").arg(number).status().expect("kill");
        assert!(killed.success(), "{} is killed", program.display());
        let start = Instant::now();
        // what waits to be fetched by its parent has no program any more
        while is_one(one) {
            assert!(start.elapsed() < Duration::from_secs(60), "{} is still there", program.display());
            std::thread::yield_now();
        }
    }

    /// Ends it as a crash does: nothing in it gets a word in.
    pub fn crash(mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The whole group: a driver leaves the program that it drives behind when it alone is ended.
        let _ = Command::new("kill").args(["-TERM", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

fn log_file(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.log"))
}

/// Waits until a log names an address, and answers it.
pub fn address_in_log(name: &str) -> String {
    let start = Instant::now();
    loop {
        let text = std::fs::read_to_string(log_file(name)).unwrap_or_default();
        if let Some(address) =
            text.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:") && text.contains('\n'))
        {
            return address.to_owned();
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no address in the log: {text}");
        std::thread::yield_now();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Waits until somebody listens on a port of this machine.
pub fn wait_for_port(port: u16) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(60), "nobody listens on port {port}");
        std::thread::yield_now();
    }
}
