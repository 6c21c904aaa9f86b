//! The local Pinpoint, asked by clients that others wrote: aws-sdk-pinpoint in-process, boto3 and the AWS CLI over HTTP;
//! and what it delivers to, as others made it.
//!
//! The server and publishing share our wire types; a wrong member name would agree with itself. So these clients judge.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test a failing step is a failing test")]

#[path = "service/calls.rs"]
mod calls;
#[path = "service/child.rs"]
mod child;
#[path = "service/delivery.rs"]
mod delivery;
#[path = "service/guarded.rs"]
mod guarded;
#[path = "service/kill.rs"]
mod kill;
#[path = "service/operations/mod.rs"]
mod operations;
#[path = "service/other_clients.rs"]
mod other_clients;
#[path = "service/story.rs"]
mod story;
#[path = "service/streams.rs"]
mod streams;

use aws_sdk_pinpoint::Client;
use aws_sdk_pinpoint::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_pinpoint::types::{ChannelType, CreateApplicationRequest, EndpointRequest, EndpointUser};
use calls::Calls;
use pinpoint_local::{ClockSetting, Server, Settings};

/// 2026-11-30T09:00:00Z, a Monday.
pub const START: i64 = 1_796_029_200_000;

/// How a client asks the server at `url`, with an access key.
pub fn config(url: &str, id: &str, secret: &str) -> aws_sdk_pinpoint::config::Builder {
    aws_sdk_pinpoint::config::Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(id, secret, None, None, "test"))
        .endpoint_url(url)
}

/// A server in memory whose clock stands at [`START`], and a client of it.
pub struct Local {
    /// The server.
    pub server: Server,
    /// The official client of it.
    pub client: Client,
    /// What the client called.
    pub calls: Calls,
}

impl Local {
    /// Starts one.
    pub async fn start() -> Local {
        let clock = ClockSetting::Virtual { start: Some(START) };
        Local::with(Settings { clock, ..Settings::default() }).await
    }

    /// Starts one with these settings.
    pub async fn with(settings: Settings) -> Local {
        let server = Server::start(settings).await.unwrap();
        let calls = Calls::default();
        let config = config(&server.endpoint_url(), "any", "any").interceptor(calls.clone());
        Local { server, client: Client::from_conf(config.build()), calls }
    }

    /// A new project.
    pub async fn app(&self) -> String {
        let request = CreateApplicationRequest::builder().name("shop").build();
        let created = self.client.create_app().create_application_request(request).send().await.unwrap();
        created.application_response().unwrap().id().unwrap().to_owned()
    }

    /// An e-mail endpoint of a user with a first name and a plan.
    pub async fn person(&self, app: &str, id: &str, plan: &str) {
        let user =
            EndpointUser::builder().user_id(format!("user-{id}")).user_attributes("FirstName", vec![id.to_owned()]);
        let request = EndpointRequest::builder()
            .channel_type(ChannelType::Email)
            .address(format!("{id}@x.example"))
            .attributes("Plan", vec![plan.to_owned()])
            .user(user.build())
            .build();
        self.client
            .update_endpoint()
            .application_id(app)
            .endpoint_id(id)
            .endpoint_request(request)
            .send()
            .await
            .unwrap();
    }
}
