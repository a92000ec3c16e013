use crate::diagnostic::{Exit, Failure};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The right to write to a state folder; one process has it at a time, and it ends with the process whatever happens.
pub struct Lock(File);

impl Drop for Lock {
    /// Given back by name: a child of another thread that has not reached its program yet still holds a copy of the file,
    /// and closing ours would leave the lock with it for that moment.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Lock {
    /// # Errors
    /// [`Exit::Later`] where another process has it, which is named; [`Exit::Io`].
    pub fn take(folder: &Path) -> Result<Lock, Failure> {
        let path = folder.join("vantage.lock");
        let failed = |e: std::io::Error| {
            Failure::new(Exit::Io, format!("the lock `{}` could not be taken", path.display())).cause(e)
        };
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(failed)?;
                write!(file, "{}", std::process::id()).map_err(failed)?;
                Ok(Lock(file))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.rewind().and_then(|()| file.read_to_string(&mut holder));
                let holder = if holder.is_empty() { "another process".into() } else { format!("process {holder}") };
                let message = format!("another Vantage ({holder}) is writing to `{}`", folder.display());
                let help = "wait until it is done, or stop it; reading commands work meanwhile";
                Err(Failure::new(Exit::Later, message).help(help).note("nothing was changed"))
            }
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn a_lock_is_given_back_though_a_starting_child_has_a_copy_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let _copy = lock.0.try_clone().unwrap();
        assert!(Lock::take(folder.path()).is_err());
        drop(lock);
        Lock::take(folder.path()).unwrap();
    }
}
