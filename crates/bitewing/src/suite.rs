//! The services in one process, each on its own port exactly as when deployed: they speak real gRPC
//! over loopback, so there is one code path and one set of bugs.

use anyhow::Context as _;
use bitewing_auth::Service;
use bitewing_runtime::config::{default_port, prefix};
use bitewing_runtime::{Environment, migrate};
use sqlx::migrate::Migrator;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The gateway's public port where nothing else is said.
const PUBLIC_PORT: u16 = 7000;

/// The migrations of a service.
pub fn migrator(service: Service) -> &'static Migrator {
    match service {
        Service::Gateway => &bitewing_gateway::MIGRATOR,
        Service::Conversation => &bitewing_conversation::MIGRATOR,
        Service::PatientProfile => &bitewing_patient_profile::MIGRATOR,
        Service::Template => &bitewing_template::MIGRATOR,
        Service::SecureDocument => &bitewing_secure_document::MIGRATOR,
    }
}

/// Applies the migrations of services, as the owners of their databases.
pub async fn migrate(env: &Environment, services: &[Service]) -> anyhow::Result<()> {
    for service in services {
        let variable = format!("{}_OWNER_DATABASE_URL", prefix(*service));
        let owner = env
            .optional(&variable)?
            .with_context(|| format!("{variable} is required to migrate"))?;
        migrate::migrate(*service, &owner, migrator(*service)).await?;
    }
    Ok(())
}

/// Services that listen already and are about to serve.
#[derive(Debug)]
pub struct Suite {
    env: Environment,
    listeners: BTreeMap<Service, TcpListener>,
    public: Option<TcpListener>,
}

impl Suite {
    /// Binds every port first, so that each service is told where the others really are, also where a
    /// port of 0 was asked for.
    pub async fn bind(mut env: Environment, services: &[Service]) -> anyhow::Result<Self> {
        let mut listeners = BTreeMap::new();
        for service in services {
            let name = prefix(*service);
            let listener = bind(&env, &format!("{name}_LISTEN"), default_port(*service)).await?;
            env.set_default(
                &format!("{name}_URL"),
                format!("http://{}", listener.local_addr()?),
            );
            listeners.insert(*service, listener);
        }
        let mut public = None;
        if services.contains(&Service::Gateway) {
            let listener = bind(&env, "GATEWAY_PUBLIC_LISTEN", PUBLIC_PORT).await?;
            let url = format!("http://{}", listener.local_addr()?);
            env.set_default("GATEWAY_PUBLIC_URL", url.as_str());
            env.set_default("PATIENT_PROFILE_PUBLIC_URL", url.as_str());
            env.set_default("TEMPLATE_PUBLIC_URL", url.as_str());
            env.set_default("SECURE_DOCUMENT_PUBLIC_URL", url);
            public = Some(listener);
        }
        Ok(Self {
            env,
            listeners,
            public,
        })
    }

    /// Where the gateway's public port is.
    pub fn public(&self) -> Option<SocketAddr> {
        self.public
            .as_ref()
            .and_then(|listener| listener.local_addr().ok())
    }

    /// Where a service listens for the others.
    pub fn address(&self, service: Service) -> Option<SocketAddr> {
        self.listeners
            .get(&service)
            .and_then(|listener| listener.local_addr().ok())
    }

    /// What the services are told.
    pub const fn env(&self) -> &Environment {
        &self.env
    }

    /// Serves until `stop`; the first service to end stops the others.
    pub async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut services = JoinSet::new();
        for (service, listener) in self.listeners {
            let (env, stop, public) = (
                self.env.clone(),
                stop.clone(),
                self.public.take_if(|_| service == Service::Gateway),
            );
            services.spawn(async move {
                let served = serve(service, &env, listener, public, stop).await;
                served.with_context(|| format!("the service {service} ended"))
            });
        }
        let mut outcome = Ok(());
        while let Some(ended) = services.join_next().await {
            stop.cancel();
            outcome = outcome.and(ended?);
        }
        outcome
    }
}

async fn bind(env: &Environment, variable: &str, port: u16) -> anyhow::Result<TcpListener> {
    let address: SocketAddr = env.parse(variable, SocketAddr::from(([127, 0, 0, 1], port)))?;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{variable}: listening on {address}"))
}

async fn serve(
    service: Service,
    env: &Environment,
    listener: TcpListener,
    public: Option<TcpListener>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    match service {
        Service::Gateway => {
            let deps = bitewing_gateway::Deps::connect(&bitewing_gateway::Config::from_env(env)?)?;
            let public = public.context("the gateway needs its public port")?;
            let listeners = bitewing_gateway::Listeners {
                internal: listener,
                public,
            };
            bitewing_gateway::serve(deps, listeners, stop).await
        }
        Service::Conversation => {
            let config = bitewing_conversation::Config::from_env(env)?;
            bitewing_conversation::serve(
                bitewing_conversation::Deps::connect(&config)?,
                listener,
                stop,
            )
            .await
        }
        Service::PatientProfile => {
            let config = bitewing_patient_profile::Config::from_env(env)?;
            bitewing_patient_profile::serve(
                bitewing_patient_profile::Deps::connect(&config)?,
                listener,
                stop,
            )
            .await
        }
        Service::Template => {
            let config = bitewing_template::Config::from_env(env)?;
            bitewing_template::serve(bitewing_template::Deps::connect(&config)?, listener, stop)
                .await
        }
        Service::SecureDocument => {
            let config = bitewing_secure_document::Config::from_env(env)?;
            bitewing_secure_document::serve(
                bitewing_secure_document::Deps::connect(&config)?,
                listener,
                stop,
            )
            .await
        }
    }
}
