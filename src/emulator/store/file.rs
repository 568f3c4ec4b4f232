//! The file that keeps a tenant: a database of `SQLite` in which every object is a row.
//!
//! What a request changed is written before it is answered, in one transaction. The write-ahead log is not flushed to the
//! disk each time, so an answered change survives the end of the process, however sudden, but perhaps not that of the machine.

use std::fs::{self, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{self, Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Transaction, params};
use serde_json::Value;

use super::snapshot::TenantProperties;
use super::{Objects, Tenant};

/// Marks the database as one of the emulator's (`A0em`).
const APPLICATION: i32 = 0x4130_656d;
/// Grows when an older emulator could not read the file.
const FORMAT: i32 = 1;

const TABLES: &str = "
    CREATE TABLE objects (
        kind TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) WITHOUT ROWID;
    CREATE TABLE keys (name TEXT NOT NULL PRIMARY KEY, pem TEXT NOT NULL) WITHOUT ROWID;
";

/// The kind of the one row with the properties of the tenant itself.
const PROPERTIES: &str = "tenant";

/// The file, open for this process alone.
pub(crate) struct File {
    path: PathBuf,
    connection: Connection,
    /// Until the tenant is in it, a new file is one transaction: what fails then leaves it empty.
    is_new: bool,
    properties: Option<TenantProperties>,
    /// Locked, so that no two processes write what the other does not know of. It must be closed last: closing a file gives up
    /// the locks that the database has on it.
    _lock: fs::File,
}

/// Why the file is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("cannot open {path}: {reason}")]
    Open { path: PathBuf, reason: io::Error },
    #[error("{path} is in use by another auth0-emulator; each needs a file of its own")]
    InUse { path: PathBuf },
    #[error("{path} is not a file of auth0-emulator; name another one, or one that does not exist yet")]
    Foreign { path: PathBuf },
    #[error(
        "{path} holds no tenant: perhaps it was copied without {path}-wal; copy it while no auth0-emulator runs, or name \
         a file that does not exist yet"
    )]
    NoTenant { path: PathBuf },
    #[error("{path} was written by a newer auth0-emulator: it has format {format}, this one knows {FORMAT}")]
    Newer { path: PathBuf, format: i32 },
    #[error("{path} is damaged: {reason}")]
    Damaged { path: PathBuf, reason: String },
    #[error("cannot read or write {path}: {reason}")]
    Database { path: PathBuf, reason: rusqlite::Error },
}

impl File {
    /// Opens the file, or creates one that only its owner may read. An empty file is as good as none.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        // What is said of it is read by processes that run elsewhere.
        let path = path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let lock = match OpenOptions::new().create(true).append(true).mode(0o600).open(&path) {
            Ok(lock) => lock,
            Err(reason) => return Err(DataError::Open { path, reason }),
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse { path }),
            Err(TryLockError::Error(reason)) => return Err(DataError::Open { path, reason }),
        }
        let is_new = match lock.metadata() {
            Ok(metadata) => metadata.len() == 0,
            Err(reason) => return Err(DataError::Open { path, reason }),
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&path, flags).and_then(|mut connection| {
            connection.busy_timeout(std::time::Duration::ZERO)?;
            // What it locks it keeps, which spares asking who else is there for each request.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            let format = Format::of(&connection.transaction()?)?;
            Ok((connection, format))
        });
        let (connection, format) = opened.map_err(|reason| failed(&path, reason))?;
        let prepared = match format {
            Format::None if is_new => begin(&connection),
            Format::None => return Err(DataError::NoTenant { path }),
            Format::Known => log_ahead(&connection),
            Format::Newer(format) => return Err(DataError::Newer { path, format }),
            Format::Foreign => return Err(DataError::Foreign { path }),
        };
        prepared.map_err(|reason| failed(&path, reason))?;
        Ok(Self { path, connection, is_new, properties: None, _lock: lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The key or certificate that is kept under a name, which is made when it is not there.
    pub(crate) fn pem(&self, name: &str, make: impl FnOnce() -> String) -> Result<String, DataError> {
        let find = "SELECT pem FROM keys WHERE name = ?1";
        let found = self.connection.query_row(find, [name], |row| row.get(0)).optional();
        if let Some(pem) = found.map_err(|reason| failed(&self.path, reason))? {
            return Ok(pem);
        }
        let pem = make();
        let keep = self.connection.execute("INSERT INTO keys (name, pem) VALUES (?1, ?2)", [name, &pem]);
        keep.map_err(|reason| failed(&self.path, reason))?;
        Ok(pem)
    }

    /// An error that calls the file damaged, for a reason found elsewhere.
    pub(crate) fn damaged(&self, reason: impl Into<String>) -> DataError {
        DataError::Damaged { path: self.path.clone(), reason: reason.into() }
    }

    /// What the file holds; `None` while it is new. A file that lacks its tenant is refused, so that none is made up.
    fn load(&mut self) -> Result<Option<(TenantProperties, Objects)>, DataError> {
        let rows = rows(&self.connection).map_err(|reason| failed(&self.path, reason))?;
        let mut objects = Objects::default();
        let mut properties = None;
        for Row { kind, place, document } in rows {
            let document: Value = serde_json::from_str(&document).map_err(|error| self.damaged(error.to_string()))?;
            if kind == PROPERTIES {
                properties = Some(
                    serde_json::from_value::<TenantProperties>(document)
                        .map_err(|error| self.damaged(error.to_string()))?,
                );
                continue;
            }
            let mut tables = objects.tables_mut().into_iter();
            let table = tables.find(|table| table.kind() == kind);
            let table = table.ok_or_else(|| self.damaged(format!("nobody knows what {kind} are")))?;
            table.read(document, Some(place)).map_err(|reason| self.damaged(reason))?;
        }
        objects.mark_saved();
        self.properties.clone_from(&properties);
        match properties {
            None if self.is_new => Ok(None),
            None => Err(DataError::NoTenant { path: self.path.clone() }),
            Some(properties) => Ok(Some((properties, objects))),
        }
    }

    /// Writes what has changed, all or nothing.
    fn save(&mut self, properties: TenantProperties, objects: &mut Objects) -> Result<(), DataError> {
        let has_moved = self.properties.as_ref() != Some(&properties);
        if has_moved || objects.have_changes() {
            self.write(has_moved.then_some(&properties), objects).map_err(|reason| failed(&self.path, reason))?;
            objects.mark_saved();
            self.properties = Some(properties);
        }
        Ok(())
    }

    fn write(&mut self, properties: Option<&TenantProperties>, objects: &Objects) -> rusqlite::Result<()> {
        if self.is_new {
            write(&self.connection, properties, objects)?;
            self.connection.execute_batch("COMMIT")?;
            self.is_new = false;
            return log_ahead(&self.connection);
        }
        let transaction = self.connection.transaction()?;
        write(&transaction, properties, objects)?;
        transaction.commit()
    }
}

impl Tenant {
    /// Takes over what the file holds, if anything, and keeps the tenant there from now on.
    pub(crate) fn attach(&mut self, mut file: File) -> Result<bool, DataError> {
        let loaded = file.load()?;
        let is_there = loaded.is_some();
        if let Some((properties, objects)) = loaded {
            self.replace_with(properties, objects).map_err(|reason| file.damaged(reason))?;
        }
        self.file = Some(file);
        Ok(is_there)
    }

    /// Does something, and saves what it changes, so that it survives the process. What cannot be saved is undone.
    pub(crate) fn change<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Result<T, DataError> {
        if self.is_ahead_of_file {
            self.undo()?;
        }
        let ids = self.ids.clone();
        let result = act(self);
        match self.save() {
            Ok(()) => Ok(result),
            Err(error) => {
                self.ids = ids;
                // If this fails, the next change tries again.
                let _ = self.undo();
                Err(error)
            }
        }
    }

    /// Saves all changes so far.
    pub(crate) fn save(&mut self) -> Result<(), DataError> {
        let properties = self.properties();
        if let Some(file) = &mut self.file {
            return file.save(properties, &mut self.objects);
        }
        self.objects.mark_saved();
        Ok(())
    }

    /// Goes back to what the file holds.
    fn undo(&mut self) -> Result<(), DataError> {
        self.is_ahead_of_file = true;
        let loaded = self.file.as_mut().map(File::load).transpose()?.flatten();
        if let Some((properties, mut objects)) = loaded {
            objects.take_lag(std::mem::take(&mut self.objects));
            (self.name, self.administrator) = properties.into_names();
            self.objects = objects;
        }
        self.is_ahead_of_file = false;
        Ok(())
    }
}

/// What kind of file this is.
enum Format {
    /// A new one.
    None,
    Known,
    Newer(i32),
    Foreign,
}

impl Format {
    fn of(transaction: &Transaction<'_>) -> rusqlite::Result<Self> {
        let number = |query: &str| transaction.query_row(query, [], |row| row.get::<_, i32>(0));
        let tables = number("SELECT count(*) FROM sqlite_schema")?;
        Ok(match (number("PRAGMA application_id")?, number("PRAGMA user_version")?) {
            (APPLICATION, FORMAT) => Self::Known,
            (APPLICATION, format) => Self::Newer(format),
            (0, 0) if tables == 0 => Self::None,
            _ => Self::Foreign,
        })
    }
}

/// Takes the lock of a new file, and begins to fill it.
fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", FORMAT)
}

/// Has changes written ahead to a log, which locks the file as well.
fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT")
}

struct Row {
    kind: String,
    place: u64,
    document: String,
}

/// All rows, each kind in the order of creation.
fn rows(connection: &Connection) -> rusqlite::Result<Vec<Row>> {
    let mut select = connection.prepare("SELECT kind, place, document FROM objects ORDER BY kind, place")?;
    let row = |row: &rusqlite::Row<'_>| Ok(Row { kind: row.get(0)?, place: row.get(1)?, document: row.get(2)? });
    select.query_map([], row)?.collect()
}

fn write(connection: &Connection, properties: Option<&TenantProperties>, objects: &Objects) -> rusqlite::Result<()> {
    let mut put =
        connection.prepare("INSERT OR REPLACE INTO objects (kind, id, place, document) VALUES (?1, ?2, ?3, ?4)")?;
    let mut remove = connection.prepare("DELETE FROM objects WHERE kind = ?1 AND id = ?2")?;
    if let Some(properties) = properties {
        put.execute(params![PROPERTIES, "", 0, serde_json::json!(properties).to_string()])?;
    }
    for table in objects.tables() {
        for (id, now) in table.changes() {
            match now {
                Some((place, document)) => put.execute(params![table.kind(), id, place, document.to_string()])?,
                None => remove.execute(params![table.kind(), id])?,
            };
        }
    }
    Ok(())
}

fn failed(path: &Path, reason: rusqlite::Error) -> DataError {
    let path = path.to_owned();
    match reason.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DataError::InUse { path },
        Some(ErrorCode::NotADatabase) => DataError::Foreign { path },
        Some(ErrorCode::DatabaseCorrupt) => DataError::Damaged { path, reason: reason.to_string() },
        _ => DataError::Database { path, reason },
    }
}

#[cfg(test)]
mod tests;
