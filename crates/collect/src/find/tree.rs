//! Lists a folder or prefix, and does not enter what cannot match.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use tidegate_store::{Error, Place};

use super::key::{Key, Wanted};

/// Levels of folders that a walk goes down before it lists the rest in one go.
const DEPTH_MAX: usize = 12;

/// What a listing gives.
pub(super) enum Listed {
    /// An object.
    Object(ObjectMeta),
    /// A folder that was not entered.
    Folder,
}

/// What comes of a folder that is opened.
type Listing = BoxStream<'static, Result<Listed, Error>>;

/// Lists the objects below `place`.
///
/// If the folder holds a tree of AWS's (`AWSLogs`), only that is listed: what lies beside it is
/// not a log. Folders whose name rules out what is wanted are not entered.
pub(super) fn list(place: Place, wanted: Wanted, is_narrowing: bool) -> Listing {
    let first = async move {
        let mut prefix = place.prefix.clone();
        if is_narrowing {
            let tree = Path::from(format!("{prefix}/AWSLogs"));
            if is_folder(&place.store, &tree).await {
                prefix = tree;
            }
        }
        walk(place.store, prefix, wanted)
    };
    stream::once(first).flatten().boxed()
}

async fn is_folder(store: &Arc<dyn ObjectStore>, path: &Path) -> bool {
    let mut objects = store.list(Some(path));
    matches!(objects.next().await, Some(Ok(_)))
}

/// A folder that is still to be listed.
struct Folder {
    path: Path,
    depth: usize,
}

struct Walk {
    store: Arc<dyn ObjectStore>,
    wanted: Wanted,
    folders: VecDeque<Folder>,
}

fn walk(store: Arc<dyn ObjectStore>, prefix: Path, wanted: Wanted) -> Listing {
    let folders = VecDeque::from([Folder { path: prefix, depth: 0 }]);
    let walk = Walk { store, wanted, folders };
    let listings = stream::try_unfold(walk, |mut walk| async move {
        let Some(folder) = walk.folders.pop_front() else { return Ok::<_, Error>(None) };
        let listing = walk.open(folder).await?;
        Ok(Some((listing, walk)))
    });
    listings.try_flatten().boxed()
}

impl Walk {
    /// Lists `folder`: in one go if nothing below it can be ruled out, else level by level.
    async fn open(&mut self, folder: Folder) -> Result<Listing, Error> {
        let name = format!("{}/", folder.path);
        let key = Key::parse(&name);
        let is_tree = key.is_aws || name.ends_with("AWSLogs/");
        let is_flat = !is_tree && self.wanted.is_everything();
        if is_flat || folder.depth >= DEPTH_MAX {
            let objects = self.store.list(Some(&folder.path));
            let failed = move |it| Error::storage("list", &folder.path, it);
            return Ok(objects.map_ok(Listed::Object).map_err(failed).boxed());
        }
        let level = self.store.list_with_delimiter(Some(&folder.path)).await;
        let level = level.map_err(|it| Error::storage("list", &folder.path, it))?;
        let may_hold = |path: &Path| self.wanted.may_hold(&Key::parse(&format!("{path}/")));
        let (mut below, left_out): (Vec<Path>, Vec<Path>) =
            level.common_prefixes.into_iter().partition(may_hold);
        below.sort();
        for path in below.into_iter().rev() {
            self.folders.push_front(Folder { path, depth: folder.depth + 1 });
        }
        let mut objects = level.objects;
        objects.sort_by(|a, b| a.location.cmp(&b.location));
        let left_out = left_out.into_iter().map(|_| Listed::Folder);
        let listed = objects.into_iter().map(Listed::Object).chain(left_out).map(Ok);
        Ok(stream::iter(listed.collect::<Vec<_>>()).boxed())
    }
}
