//! Buckets: one client each, made at first use and kept.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use object_store::aws::{AmazonS3Builder, resolve_bucket_region};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::Error;
use crate::credential::{ChainCredentials, Clock};

/// How long one request may take, its body included; objects of flow logs have at most 75 MB.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(2);

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long we try to learn a bucket's region before the configured one is taken.
const REGION_TIMEOUT: Duration = Duration::from_secs(4);

/// How often a request is tried again, with growing pauses and jitter.
const RETRIES_MAX: usize = 8;

/// How long one request is tried again; below five minutes, because a retry keeps its signature.
const RETRY_TIMEOUT: Duration = Duration::from_mins(3);

/// The region that is signed for if nothing names one, as in the AWS command line.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// How buckets are reached, beyond what the AWS chain says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Address of an S3 of another make, or of a test server: path-style, HTTP allowed.
    pub endpoint: Option<Url>,
    /// Whether requests go unsigned, as public buckets allow.
    pub is_anonymous: bool,
}

/// Opens buckets; the same bucket twice is the same client.
pub struct Buckets {
    options: Options,
    clock: Clock,
    chain: OnceCell<SdkConfig>,
    opened: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl std::fmt::Debug for Buckets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Buckets").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Buckets {
    /// Returns buckets reached in this way. Nothing is asked of AWS yet.
    #[must_use]
    pub fn new(options: Options, clock: Clock) -> Self {
        Self { options, clock, chain: OnceCell::new(), opened: Mutex::default() }
    }

    /// Returns the client of the bucket that `url` names: `s3://bucket/...`.
    ///
    /// **Errors** if `url` names no bucket or no client can be made. Missing credentials show at
    /// the first request.
    pub async fn open(&self, url: &Url) -> Result<Arc<dyn ObjectStore>, Error> {
        let bucket = bucket_name(url)?;
        let mut opened = self.opened.lock().await;
        if let Some(store) = opened.get(bucket) {
            return Ok(Arc::clone(store));
        }
        let store = self.connect(bucket).await?;
        opened.insert(bucket.to_owned(), Arc::clone(&store));
        Ok(store)
    }

    async fn connect(&self, bucket: &str) -> Result<Arc<dyn ObjectStore>, Error> {
        let chain = self.chain.get_or_init(|| load_chain(self.options.is_anonymous)).await;
        let endpoint = self.options.endpoint.as_ref().map(Url::as_str).or(chain.endpoint_url());
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_retry(retries())
            .with_region(region(bucket, chain, endpoint).await);
        let mut client = ClientOptions::new()
            .with_timeout(REQUEST_TIMEOUT)
            .with_connect_timeout(CONNECT_TIMEOUT);
        if let Some(endpoint) = endpoint {
            client = client.with_allow_http(endpoint.starts_with("http://"));
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        builder = match chain.credentials_provider() {
            Some(provider) if !self.options.is_anonymous => builder
                .with_credentials(Arc::new(ChainCredentials::new(bucket, provider, self.clock))),
            _ => builder.with_skip_signature(true),
        };
        let store = builder
            .with_client_options(client)
            .with_virtual_hosted_style_request(endpoint.is_none())
            .build()
            .map_err(|source| Error::Client { bucket: bucket.to_owned(), source })?;
        Ok(Arc::new(store))
    }
}

/// Loads the AWS chain: credentials, region and endpoint of environment and profile.
pub(crate) async fn load_chain(is_anonymous: bool) -> SdkConfig {
    let loader = aws_config::defaults(BehaviorVersion::latest());
    if is_anonymous { loader.no_credentials().load().await } else { loader.load().await }
}

/// Returns the region to sign for: the bucket's own where AWS tells, else the configured one.
///
/// An endpoint of another make is never asked: it has no regions.
async fn region(bucket: &str, chain: &SdkConfig, endpoint: Option<&str>) -> String {
    let configured = chain.region().map_or(DEFAULT_REGION, AsRef::as_ref).to_owned();
    if endpoint.is_some() {
        return configured;
    }
    let client =
        ClientOptions::new().with_timeout(REGION_TIMEOUT).with_connect_timeout(REGION_TIMEOUT);
    resolve_bucket_region(bucket, &client).await.unwrap_or(configured)
}

fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES_MAX,
        retry_timeout: RETRY_TIMEOUT,
    }
}

fn bucket_name(url: &Url) -> Result<&str, Error> {
    let failed = |reason| Error::Address { url: url.to_string(), reason };
    if url.scheme() != "s3" && url.scheme() != "s3a" {
        return Err(failed("it is not an address of S3"));
    }
    match url.host_str() {
        Some(bucket) if !bucket.is_empty() => Ok(bucket),
        _ => Err(failed("it names no bucket")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> String {
        match bucket_name(&Url::parse(url).unwrap()) {
            Ok(bucket) => bucket.to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_bucket_is_the_host_of_the_address() {
        assert_eq!(check("s3://acme-flow-logs/AWSLogs/"), "acme-flow-logs");
        assert_eq!(check("s3a://acme.logs"), "acme.logs");
        assert_eq!(check("s3:///AWSLogs"), "cannot open `s3:///AWSLogs`: it names no bucket");
        assert_eq!(check("gs://acme/x"), "cannot open `gs://acme/x`: it is not an address of S3");
    }
}
