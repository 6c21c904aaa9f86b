//! The one thread that writes, and its group commit.
//!
//! Work that changes the store comes in a queue. The thread opens a transaction, carries out what has come so far, each
//! piece in a savepoint of its own, and commits once; only then does anybody hear how their work ended. So a hundred
//! requests share one flush to the disk, a piece that fails takes nothing else with it, and what was answered is never
//! lost. While a commit is on its way, the next group gathers by itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, ffi};
use tokio::sync::oneshot;

use super::checkpoint::Log;

/// Longest that a group gathers work before it commits, and the most pieces in it.
const LONGEST_GROUP: Duration = Duration::from_millis(5);
const LARGEST_GROUP: usize = 512;

/// A piece of work in the queue.
trait Piece: Send {
    /// Carries it out; `false` = it failed, and leaves nothing behind.
    fn carry_out(&mut self, transaction: &Transaction<'_>) -> bool;
    /// Tells its owner; `failure` = the group could not be kept.
    fn answer(self: Box<Self>, failure: Option<&rusqlite::Error>);
}

/// Work, then what came of it, and who waits for that.
struct Work<W, T, E> {
    work: Option<W>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<W, T, E> Piece for Work<W, T, E>
where
    W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<rusqlite::Error> + Send,
{
    fn carry_out(&mut self, transaction: &Transaction<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(transaction)));
        let outcome = outcome.unwrap_or_else(|_| Err(broken("the work on the store broke off").into()));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, failure: Option<&rusqlite::Error>) {
        let outcome = match (self.outcome, failure) {
            (Some(Ok(_)), Some(failure)) => Err(again(failure).into()),
            (Some(outcome), _) => outcome,
            (None, Some(failure)) => Err(again(failure).into()),
            (None, None) => Err(broken("the work on the store was not begun").into()),
        };
        // Whoever asked may have gone away; the work is done all the same.
        let _ = self.reply.send(outcome);
    }
}

/// An error of the store that SQLite has no word for.
fn broken(message: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ABORT), Some(message.to_owned()))
}

/// The error once more, for each who waits.
fn again(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => rusqlite::Error::SqliteFailure(*code, message.clone()),
        other => broken(&other.to_string()),
    }
}

/// The writing thread. Dropping it lets it finish what is in the queue.
pub struct Writer {
    queue: Option<Sender<Box<dyn Piece>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on a connection, which it locks for a group at a time; `log` hears of each group that is kept.
    pub fn start(connection: Arc<Mutex<Connection>>, log: Option<Arc<Log>>) -> std::io::Result<Writer> {
        let (queue, pieces) = channel();
        let thread = std::thread::Builder::new().name("store".to_owned());
        let thread = thread.spawn(move || run(&connection, &pieces, log.as_deref()))?;
        Ok(Writer { queue: Some(queue), thread: Some(thread) })
    }

    /// Puts work into the queue; what comes of it is told when it is on the disk.
    pub fn submit<T, E, W>(&self, work: W) -> oneshot::Receiver<Result<T, E>>
    where
        W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        if let Some(queue) = &self.queue {
            // A thread that is gone drops the piece and with it `reply`: the receiver hears of that.
            let _ = queue.send(Box::new(Work { work: Some(work), outcome: None, reply }));
        }
        outcome
    }
}

/// What a receiver of [`Writer::submit`] got; an error when the thread is gone.
pub fn received<T, E: From<rusqlite::Error>>(outcome: Result<Result<T, E>, oneshot::error::RecvError>) -> Result<T, E> {
    outcome.unwrap_or_else(|_| Err(broken("the store is closed").into()))
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the store ended in a panic");
        }
    }
}

fn run(connection: &Mutex<Connection>, pieces: &Receiver<Box<dyn Piece>>, log: Option<&Log>) {
    let mut group: Vec<Box<dyn Piece>> = Vec::new();
    while let Ok(first) = pieces.recv() {
        // A panic in a piece was caught and rolled back: the connection is sound.
        let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = carry_out(&mut connection, first, pieces, &mut group).err();
        if let Some(error) = &failure {
            tracing::error!(%error, pieces = group.len(), "a group of changes could not be kept");
        }
        for piece in group.drain(..) {
            piece.answer(failure.as_ref());
        }
        if let Some(log) = log {
            log.kept(&connection);
        }
    }
}

/// Carries out what there is, in one transaction; the pieces are in `group` afterwards, whatever comes.
fn carry_out(
    connection: &mut Connection,
    first: Box<dyn Piece>,
    pieces: &Receiver<Box<dyn Piece>>,
    group: &mut Vec<Box<dyn Piece>>,
) -> rusqlite::Result<()> {
    let begun = Instant::now();
    group.push(first);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut next = 0;
    while let Some(piece) = group.get_mut(next) {
        transaction.prepare_cached("SAVEPOINT piece")?.execute([])?;
        if !piece.carry_out(&transaction) {
            transaction.prepare_cached("ROLLBACK TO piece")?.execute([])?;
        }
        transaction.prepare_cached("RELEASE piece")?.execute([])?;
        next += 1;
        if next < LARGEST_GROUP
            && begun.elapsed() < LONGEST_GROUP
            && let Ok(piece) = pieces.try_recv()
        {
            group.push(piece);
        }
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> (Writer, Arc<Mutex<Connection>>) {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY)").unwrap();
        let connection = Arc::new(Mutex::new(connection));
        (Writer::start(connection.clone(), None).unwrap(), connection)
    }

    fn put(writer: &Writer, n: i64, fail: bool) -> oneshot::Receiver<rusqlite::Result<i64>> {
        writer.submit(move |store| {
            store.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
            if fail { Err(broken("refused")) } else { Ok(n) }
        })
    }

    #[test]
    fn a_piece_that_fails_takes_nothing_else_with_it() {
        let (writer, connection) = writer();
        // The lock holds the thread back, so that all of them stand in one group.
        let held = connection.lock().unwrap();
        let outcomes: Vec<_> = (0..40).map(|n| put(&writer, n, n % 3 == 0)).collect();
        let twice = put(&writer, 1, false);
        drop(held);
        for (n, outcome) in (0..).zip(outcomes) {
            let outcome = received(outcome.blocking_recv());
            if n % 3 == 0 {
                assert!(outcome.unwrap_err().to_string().contains("refused"));
            } else {
                assert_eq!(outcome.unwrap(), n);
            }
        }
        assert!(received(twice.blocking_recv()).is_err(), "1 stands there already");
        let kept: i64 = connection.lock().unwrap().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 26);
    }

    #[test]
    fn a_panic_in_a_piece_is_its_own() {
        let (writer, connection) = writer();
        let broken: oneshot::Receiver<rusqlite::Result<()>> = writer.submit(|store| {
            store.execute("INSERT INTO t (n) VALUES (1)", [])?;
            panic!("expected by the test")
        });
        assert!(received(broken.blocking_recv()).unwrap_err().to_string().contains("broke off"));
        assert_eq!(received(put(&writer, 2, false).blocking_recv()).unwrap(), 2);
        let kept: i64 = connection.lock().unwrap().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn what_is_in_the_queue_is_done_before_the_end() {
        let (writer, connection) = writer();
        let outcomes: Vec<_> = (0..100).map(|n| put(&writer, n, false)).collect();
        drop(writer);
        for outcome in outcomes {
            received(outcome.blocking_recv()).unwrap();
        }
        let kept: i64 = connection.lock().unwrap().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 100);
    }
}
