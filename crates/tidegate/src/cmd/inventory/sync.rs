//! `tidegate inventory sync`.
//!
//! Each account and region is listed, and the listings go the way of all files: what can be synced can
//! be imported. What may not be read is told with the permission that is lacking, and stays known as it
//! was.
//!
//! Reading order: [`ground`] (which accounts and regions), [`merge`] (into the lake), [`summary`].

mod ground;
mod merge;
mod summary;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use futures::StreamExt as _;
use tidegate_aws::listing::{Listing, SUBJECTS, list};
use tidegate_store::Lake;

use super::micros;
use crate::config::Config;
use crate::exit::Exit;
use crate::places::Places;
use crate::time::{Moment, now_ms};
use ground::Plot;
use summary::{Note, Summary};

/// Regions that are read at once: AWS limits how often an account may ask.
const N_AT_ONCE: usize = 4;

/// Bytes of listings that are held before they are merged.
const HELD_BYTES_MAX: usize = 256 << 20;

/// Arguments of `tidegate inventory sync`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The regions; else that of the environment or the AWS profile
    #[arg(long = "region", value_name = "REGION", conflicts_with = "all_regions")]
    regions: Vec<String>,

    /// All regions that are switched on for the account
    #[arg(long)]
    all_regions: bool,

    /// Take on this role first
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,

    /// What the owner of the roles wants to hear from this caller
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,

    /// All active accounts of the organization, by `--role-name`
    #[arg(long, requires = "role_name")]
    organization: bool,

    /// The role to take on in each account of the organization
    #[arg(long, value_name = "NAME", requires = "organization")]
    role_name: Option<String>,

    /// Keep what AWS said as files below this folder: `inventory import` reads them
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,

    /// Take what is seen for the first time to have been so since then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<Moment>,

    /// End with exit code 4 if something could not be read
    #[arg(long)]
    strict: bool,
}

/// A listing, and the moment at which it was begun, in microseconds since the Unix epoch. Reading
/// everything takes minutes: an address may change hands between two regions.
struct Asked {
    moment_us: i64,
    listing: Listing,
}

/// What was read of an account in a region.
struct Read {
    plot: Plot,
    listings: Vec<Asked>,
    failures: Vec<(&'static str, tidegate_aws::Error)>,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let begin = Instant::now();
    let mut summary = Summary::default();
    let plots = ground::plots(args, config, &mut summary).await?;
    let settings = &config.settings;
    let place = Places::new(settings).lake_place(settings).await?;
    let lake = Lake::open_or_create(place, now_ms).await?;
    let since_us = args.since.map(|it| micros(Some(it)));
    let mut first_failure = None;
    let mut reads = futures::stream::iter(plots.into_iter().map(read)).buffered(N_AT_ONCE);
    let mut held: Vec<Read> = Vec::new();
    while let Some(read) = reads.next().await {
        if let Some(folder) = &args.save {
            save(folder, &read).await?;
        }
        summary.n_listings += read.listings.len();
        held.push(read);
        let listings = held.iter().flat_map(|it| &it.listings);
        if listings.map(|it| it.listing.json.len()).sum::<usize>() > HELD_BYTES_MAX {
            let failure = merge::merge(&lake, &mut held, since_us, &mut summary).await?;
            first_failure = first_failure.or(failure);
        }
    }
    let failure = merge::merge(&lake, &mut held, since_us, &mut summary).await?;
    if let (0, Some(error)) = (summary.n_listings, first_failure.or(failure)) {
        return Err(error.into());
    }
    summary.elapsed_ms = u64::try_from(begin.elapsed().as_millis())?;
    summary.report(settings)?;
    let is_left_out = !summary.notes.is_empty();
    Ok(if args.strict && is_left_out { Exit::LeftOut } else { Exit::Done })
}

/// Asks AWS about the account and region of the credentials, as `tidegate inventory sync` alone
/// does.
pub(super) async fn refresh(config: &Config) -> anyhow::Result<()> {
    let args = Args {
        regions: Vec::new(),
        all_regions: false,
        role_arn: None,
        external_id: None,
        organization: false,
        role_name: None,
        save: None,
        since: None,
        strict: false,
    };
    run(&args, config).await.map(|_| ())
}

/// Lists everything; what cannot be listed does not stop the rest, unless nobody answers.
async fn read(plot: Plot) -> Read {
    let mut read = Read { plot, listings: Vec::new(), failures: Vec::new() };
    for subject in SUBJECTS {
        let moment_us = micros(None);
        let failure = match list(&read.plot.region, &read.plot.account_id, *subject).await {
            Ok(mut listing) => {
                let failures = std::mem::take(&mut listing.failures);
                read.failures.extend(failures.into_iter().map(|it| (subject.name, it)));
                read.listings.push(Asked { moment_us, listing });
                continue;
            }
            Err(failure) => failure,
        };
        let is_hopeless = failure.is_hopeless();
        read.failures.push((subject.name, failure));
        if is_hopeless {
            break;
        }
    }
    read
}

/// Keeps the documents as they came.
async fn save(folder: &Path, read: &Read) -> anyhow::Result<()> {
    let folder = folder.join(&read.plot.account_id).join(&read.plot.region.name);
    let made = tokio::fs::create_dir_all(&folder).await;
    made.with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    for Asked { listing, .. } in &read.listings {
        let path = folder.join(format!("{}.json", listing.subject.name));
        let written = tokio::fs::write(&path, &listing.json).await;
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
