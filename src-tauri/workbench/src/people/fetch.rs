//! People of a target, exported by it into a file that is then imported like any other.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bridge::{FetchPeople, FetchView, Fetching};
use publishing::Remote;
use tokio::task::AbortHandle;

use super::import::UPLOADS;
use crate::failure::{Outcome, bad_input, disk, internal, not_found};
use crate::publication::{bindings_of, target_failure, target_of};
use crate::pull::exported::{Export, bound_application, bring};
use crate::{Inner, Workbench, folder, lock};

/// A fetch under way.
#[derive(Default)]
pub(crate) struct Job {
    view: Mutex<FetchView>,
    task: Mutex<Option<AbortHandle>>,
}

/// Where the studio's own server puts what it exports, in its data folder.
const EXPORTS: &str = "exports";

impl Workbench {
    /// Starts the export; answers the number of the fetch.
    pub(crate) async fn fetch_people(&self, command: FetchPeople) -> Outcome<u64> {
        let local = self.local_address(&command.target).await;
        let address = match (command.address.trim(), &local) {
            ("", Some(_)) => {
                let exports = self.inner.data.join("local").join(EXPORTS);
                std::fs::create_dir_all(&exports).map_err(|error| disk("make", &exports, &error))?;
                format!("file://{}/", exports.display())
            }
            ("", None) => {
                return Err(bad_input(
                    "no place is named that the target writes its endpoints to",
                    "name a bucket as `s3://BUCKET/PREFIX`, or a folder of a server on this computer as `file:///FOLDER/`",
                ));
            }
            (address, _) => address.to_owned(),
        };
        let role = Some(command.role.trim().to_owned()).filter(|role| !role.is_empty());
        let job = Arc::new(Job::default());
        let number = {
            let mut fetches = lock(&self.inner.fetches);
            fetches.push(job.clone());
            fetches.len() as u64 - 1
        };
        let uploads = self.inner.data.join(UPLOADS);
        let own = job.clone();
        let task = tokio::spawn(async move {
            let outcome = own.run(&command, local.as_deref(), &address, role.as_deref(), &uploads).await;
            let mut view = lock(&own.view);
            match outcome {
                Ok((endpoints, path)) => {
                    view.endpoints = endpoints;
                    view.path = Some(path.display().to_string());
                }
                Err(failure) => view.failure = Some(failure),
            }
            view.ended = true;
        });
        *lock(&job.task) = Some(task.abort_handle());
        Ok(number)
    }
}

impl Inner {
    /// How far a fetch is; stops it when that is wanted.
    pub(crate) fn fetching(&self, command: Fetching) -> Outcome<FetchView> {
        let place = usize::try_from(command.number).unwrap_or(usize::MAX);
        let job = lock(&self.fetches).get(place).cloned();
        let job = job.ok_or_else(|| not_found("this fetch is not known any more", "fetch again"))?;
        let mut view = lock(&job.view);
        if command.cancel && !view.ended {
            lock(&job.task).take().iter().for_each(AbortHandle::abort);
            view.ended = true;
        }
        Ok(view.clone())
    }
}

impl Job {
    async fn run(
        &self,
        command: &FetchPeople,
        local: Option<&str>,
        address: &str,
        role: Option<&str>,
        uploads: &Path,
    ) -> Outcome<(u64, PathBuf)> {
        let folder = PathBuf::from(&command.folder);
        let read = {
            let folder = folder.clone();
            tokio::task::spawn_blocking(move || {
                Ok((folder::read(&folder)?.project.settings, bindings_of(Some(&folder))?))
            })
        };
        let (settings, bindings) = read.await.map_err(|error| internal(error.to_string()))??;
        let target = target_of(&settings, &command.target, local)?;
        let application = bound_application(bindings.of(&command.target).application, &target, &command.target)?;
        let remote = Remote::connect(&command.target, &target).await.map_err(target_failure)?;
        let path = uploads.join(uuid::Uuid::new_v4().to_string()).join(format!("{}.jsonl", command.target));
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| disk("make", parent, &error))?;
        }
        let export = Export { remote: &remote, target: &target, application: &application, address, role };
        let tell = |done: u64, total: u64| {
            let mut view = lock(&self.view);
            (view.done, view.total) = (done, total);
        };
        let endpoints = bring(&export, &path, &tell).await?;
        Ok((endpoints, path))
    }
}
