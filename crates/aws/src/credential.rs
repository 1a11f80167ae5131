//! Credentials: kept until shortly before they expire, and in the form that `object_store` signs
//! with.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use tokio::sync::Mutex;

use crate::Error;
use crate::session::role::Assumed;

/// Credentials are replaced when they are valid for less than this, so that no request that is
/// being retried outlives them.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_mins(5);

/// Returns the time. Handed in, so that tests own it.
pub type Clock = fn() -> SystemTime;

/// Where credentials come from.
pub(crate) enum Source {
    /// The AWS chain.
    Chain(SharedCredentialsProvider),
    /// A role that another caller takes on.
    Role(Assumed),
}

/// Credentials of one source, kept until shortly before they expire.
pub(crate) struct Keeper {
    source: Source,
    clock: Clock,
    kept: Mutex<Option<Credentials>>,
}

impl Keeper {
    pub(crate) fn new(source: Source, clock: Clock) -> Self {
        Self { source, clock, kept: Mutex::new(None) }
    }

    /// Returns credentials that are valid now.
    ///
    /// If the source fails while the kept ones are still valid, those are returned: a hiccup of the
    /// metadata service must not stop a collector whose credentials live for minutes more.
    pub(crate) async fn fresh(&self) -> Result<Credentials, Error> {
        let mut kept = self.kept.lock().await;
        let now = (self.clock)();
        if let Some(it) = kept.as_ref()
            && is_valid(it, now + REFRESH_BEFORE_EXPIRY)
        {
            return Ok(it.clone());
        }
        match (self.source.ask().await, kept.as_ref()) {
            (Ok(credentials), _) => {
                *kept = Some(credentials.clone());
                Ok(credentials)
            }
            (Err(_), Some(it)) if is_valid(it, now) => Ok(it.clone()),
            (Err(error), _) => Err(error),
        }
    }
}

impl Source {
    async fn ask(&self) -> Result<Credentials, Error> {
        match self {
            Self::Chain(chain) => {
                let provided = chain.provide_credentials().await;
                provided.map_err(|source| Error::Credentials { source })
            }
            Self::Role(role) => {
                let taken = role.assume().await;
                let arn = || role.arn().to_owned();
                taken.map_err(|source| Error::Role { arn: arn(), source: Box::new(source) })
            }
        }
    }
}

fn is_valid(credentials: &Credentials, at: SystemTime) -> bool {
    credentials.expiry().is_none_or(|it| at < it)
}

impl std::fmt::Debug for Keeper {
    /// Says nothing about the credentials, not even the key's id.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Keeper")
    }
}

/// Credentials for one bucket.
#[derive(Debug)]
pub(crate) struct ChainCredentials {
    bucket: String,
    keeper: Keeper,
}

impl ChainCredentials {
    pub(crate) fn new(bucket: &str, chain: SharedCredentialsProvider, clock: Clock) -> Self {
        Self { bucket: bucket.to_owned(), keeper: Keeper::new(Source::Chain(chain), clock) }
    }
}

#[async_trait]
impl CredentialProvider for ChainCredentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let fresh = self.keeper.fresh().await;
        let credentials = fresh.map_err(|error| object_store::Error::Unauthenticated {
            path: format!("s3://{}", self.bucket),
            source: Box::new(error),
        })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(ToOwned::to_owned),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::future;

    use super::*;

    /// A chain that hands out numbered credentials of one hour, and fails from the second on if
    /// told to.
    #[derive(Debug)]
    struct Numbered {
        n_calls: AtomicU64,
        n_good: u64,
    }

    impl ProvideCredentials for Numbered {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let n_calls = self.n_calls.fetch_add(1, Ordering::SeqCst) + 1;
            if n_calls > self.n_good {
                return future::ProvideCredentials::ready(Err(
                    CredentialsError::not_loaded_no_source(),
                ));
            }
            let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(n_calls * 3600);
            let key = format!("key-{n_calls}");
            let credentials =
                Credentials::new(key, "hush", Some("token".into()), Some(expiry), "test");
            future::ProvideCredentials::ready(Ok(credentials))
        }
    }

    async fn check(n_good: u64, clocks: &[Clock]) -> String {
        let chain = Numbered { n_calls: AtomicU64::new(0), n_good };
        let mut credentials =
            ChainCredentials::new("acme", SharedCredentialsProvider::new(chain), clocks[0]);
        let mut keys = Vec::new();
        for clock in clocks {
            credentials.keeper.clock = *clock;
            keys.push(match credentials.get_credential().await {
                Ok(it) => it.key_id.clone(),
                Err(error) => error.to_string(),
            });
        }
        keys.join(", ")
    }

    fn at_start() -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn at_54_minutes() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_mins(54)
    }

    fn at_56_minutes() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_mins(56)
    }

    fn at_61_minutes() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_mins(61)
    }

    #[tokio::test]
    async fn credentials_are_kept_until_shortly_before_they_expire() {
        let keys = check(9, &[at_start, at_54_minutes, at_56_minutes, at_61_minutes]).await;
        assert_eq!(keys, "key-1, key-1, key-2, key-2");
    }

    #[tokio::test]
    async fn a_chain_that_fails_does_not_take_valid_credentials_away() {
        let keys = check(1, &[at_start, at_56_minutes, at_61_minutes]).await;
        let (kept, lost) = keys.rsplit_once(", ").unwrap();
        assert_eq!(kept, "key-1, key-1");
        assert!(lost.contains("no AWS credentials"), "{lost}");
    }

    #[tokio::test]
    async fn debug_output_and_errors_hold_no_secret() {
        let chain = Numbered { n_calls: AtomicU64::new(0), n_good: 1 };
        let credentials =
            ChainCredentials::new("acme", SharedCredentialsProvider::new(chain), at_start);
        credentials.get_credential().await.unwrap();
        assert_eq!(
            format!("{credentials:?}"),
            "ChainCredentials { bucket: \"acme\", keeper: Keeper }"
        );
        credentials.keeper.kept.lock().await.take();
        let error = format!("{:?}", credentials.get_credential().await.unwrap_err());
        assert!(!error.contains("hush") && !error.contains("token"), "{error}");
    }
}
