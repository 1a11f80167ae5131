//! Sessions: who calls, where to, and how patiently.

pub(crate) mod role;

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use url::Url;

use crate::bucket::{DEFAULT_REGION, Options, load_chain};
use crate::call::retry::Pace;
use crate::credential::{Clock, Keeper, Source};
use crate::{Error, Result};
use tidegate_model::partition::Partition;

pub use role::Role;

/// How long one try may take, its answer included. A page of a thousand things takes seconds.
const TRY_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A caller of AWS: its credentials, and how it calls. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) way: Arc<Way>,
    pub(crate) keeper: Arc<Keeper>,
    home_region: String,
}

/// How AWS is reached.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) client: reqwest::Client,
    pub(crate) endpoint: Option<Url>,
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
}

impl Session {
    /// Returns a session with the credentials and the region of the AWS chain. Nothing is asked of
    /// AWS yet: missing credentials show at the first call.
    ///
    /// `options.endpoint` is for every service, as of a test server.
    pub async fn open(options: &Options, clock: Clock) -> Result<Self> {
        let chain = load_chain(false).await;
        let source =
            aws_credential_types::provider::error::CredentialsError::not_loaded_no_source();
        let provider = chain.credentials_provider().ok_or(Error::Credentials { source })?;
        let of_chain = || chain.endpoint_url().and_then(|it| Url::parse(it).ok());
        let endpoint = options.endpoint.clone().or_else(of_chain);
        let region = chain.region().map_or(DEFAULT_REGION, AsRef::as_ref);
        Self::new(provider, region, endpoint, clock)
    }

    /// Returns a session with these credentials, at home in `region`.
    pub fn new(
        provider: SharedCredentialsProvider,
        region: &str,
        endpoint: Option<Url>,
        clock: Clock,
    ) -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(TRY_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|source| Error::Https { source })?;
        let way = Arc::new(Way { client, endpoint, clock, pace: Pace::default() });
        let keeper = Arc::new(Keeper::new(Source::Chain(provider), clock));
        Ok(Self { way, keeper, home_region: region.to_owned() })
    }

    /// Returns the same session with other pauses between tries.
    #[must_use]
    pub fn at_pace(self, pace: Pace) -> Self {
        let Way { client, endpoint, clock, .. } = &*self.way;
        let (client, endpoint, clock) = (client.clone(), endpoint.clone(), *clock);
        Self { way: Arc::new(Way { client, endpoint, clock, pace }), ..self }
    }

    /// Returns a session of `role`, which this session's caller takes on at the first call.
    #[must_use]
    pub fn assume(&self, role: Role) -> Self {
        let source = Source::Role(role::Assumed::new(self.home(), role));
        let keeper = Arc::new(Keeper::new(source, self.way.clock));
        Self { way: Arc::clone(&self.way), keeper, home_region: self.home_region.clone() }
    }

    /// Returns the session in a region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Region {
        Region { session: self.clone(), name: region.to_owned() }
    }

    /// Returns the session in the region that the chain names, else `us-east-1`.
    #[must_use]
    pub fn home(&self) -> Region {
        self.in_region(&self.home_region)
    }
}

/// A session in a region: what calls go out from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Region {
    pub(crate) session: Session,
    /// Its name, as `eu-west-1`.
    pub name: String,
}

impl Region {
    /// Returns the session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the partition that the region is in.
    #[must_use]
    pub fn partition(&self) -> Partition {
        Partition::of_region(&self.name)
    }

    /// Returns whether calls go to AWS itself, and not to an endpoint of another make.
    #[must_use]
    pub fn is_of_aws(&self) -> bool {
        self.session.way.endpoint.is_none()
    }
}
