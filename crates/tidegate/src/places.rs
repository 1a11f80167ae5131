//! Opens places: folders directly, buckets with the credentials of the AWS chain.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::Utc;
use tidegate_aws::{Buckets, Session};
use tidegate_store::place::local_url;
use tidegate_store::{Error, Opener, Place};
use url::Url;

use crate::config::{Config, Origin, Settings};
use crate::time::now_ms;

/// Opens places as the settings say.
#[derive(Debug)]
pub(crate) struct Places {
    buckets: Buckets,
}

impl Places {
    /// Returns the opener for these settings. Nothing is asked of AWS yet.
    pub(crate) fn new(settings: &Settings) -> Arc<Self> {
        let options = tidegate_aws::Options {
            endpoint: settings.aws_endpoint_url.clone(),
            is_anonymous: settings.aws_anonymous,
        };
        Arc::new(Self { buckets: Buckets::new(options, || Utc::now().into()) })
    }

    /// Opens the place of the lake, in which there may be no lake yet.
    pub(crate) async fn lake_place(&self, settings: &Settings) -> tidegate_store::Result<Place> {
        self.open(&url_of(&settings.lake)?).await
    }

    /// Opens the lake that the settings name.
    pub(crate) async fn lake(
        &self,
        settings: &Settings,
    ) -> tidegate_store::Result<tidegate_store::Lake> {
        tidegate_store::Lake::open(self.lake_place(settings).await?, now_ms).await
    }
}

/// Variable that names an endpoint for S3 alone.
const ENDPOINT_OF_S3: &str = "AWS_ENDPOINT_URL_S3";

/// Returns a session with the credentials of the AWS chain. Nothing is asked of AWS yet.
///
/// The endpoint of the settings is for all services, unless it was named for S3 alone.
pub(crate) async fn session(config: &Config) -> tidegate_aws::Result<Session> {
    let setting = config.values.iter().find(|it| it.key == "aws.endpoint_url");
    let is_of_s3 = setting
        .is_some_and(|it| matches!(&it.origin, Origin::Variable(name) if name == ENDPOINT_OF_S3));
    let endpoint = config.settings.aws_endpoint_url.clone().filter(|_| !is_of_s3);
    let options = tidegate_aws::Options { endpoint, is_anonymous: false };
    Session::open(&options, || Utc::now().into()).await
}

/// Returns the address that a person means: an URL, or the path of a folder.
pub(crate) fn url_of(text: &str) -> tidegate_store::Result<Url> {
    if !text.contains("://") {
        return local_url(&PathBuf::from(text));
    }
    Url::parse(text).map_err(|it| Error::Place { url: text.to_owned(), reason: it.to_string() })
}

#[async_trait]
impl Opener for Places {
    async fn open(&self, url: &Url) -> tidegate_store::Result<Place> {
        let failed =
            |reason: &str| Error::Place { url: url.to_string(), reason: reason.to_owned() };
        match url.scheme() {
            "file" => {
                let folder = url.to_file_path().map_err(|()| failed("it is not a path"))?;
                Place::local(&folder)
            }
            "s3" | "s3a" => {
                let store = self.buckets.open(url).await.map_err(|error| {
                    let source =
                        object_store::Error::Generic { store: "S3", source: Box::new(error) };
                    Error::storage("open", url, source)
                })?;
                Place::new(store, url)
            }
            _ => Err(failed("only folders and `s3://` are known")),
        }
    }
}
