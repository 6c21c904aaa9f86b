//! All operations of the API through aws-sdk-pinpoint, in-process; a file for each group of resources.
//!
//! The SDK parses every answer into its types, and the tests look at their members. Each file says which operations it
//! calls; [`Calls`](crate::calls::Calls) notes whether it did.

mod campaigns;
mod channels;
mod endpoints;
mod jobs;
mod journeys;
mod messages;
mod projects;
pub mod segments;
mod streams;
mod templates;

use std::collections::BTreeSet;

use aws_sdk_pinpoint::types::{EmailChannelRequest, SmsChannelRequest};
use model::operations::OPERATIONS;
use pinpoint_local::{Server, Settings, StartError};

use crate::Local;

/// What each file calls.
const GROUPS: [&[&str]; 10] = [
    campaigns::CALLS,
    channels::CALLS,
    endpoints::CALLS,
    jobs::CALLS,
    journeys::CALLS,
    messages::CALLS,
    projects::CALLS,
    segments::CALLS,
    streams::CALLS,
    templates::CALLS,
];

/// Lets a project send e-mail and text messages: its channels are on.
async fn enable(local: &Local, app: &str) {
    let email = EmailChannelRequest::builder().from_address("shop@x.example").identity("arn:aws:ses:x").enabled(true);
    let update = local.client.update_email_channel().application_id(app).email_channel_request(email.build());
    update.send().await.unwrap();
    let sms = SmsChannelRequest::builder().enabled(true).build();
    local.client.update_sms_channel().application_id(app).sms_channel_request(sms).send().await.unwrap();
}

#[test]
fn every_operation_is_called() {
    let called: BTreeSet<&str> = GROUPS.iter().copied().flatten().copied().collect();
    let all: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    let missing: Vec<&&str> = all.difference(&called).collect();
    assert!(missing.is_empty(), "no test calls {missing:?}");
    assert_eq!(called.len(), all.len(), "there is no such operation: {:?}", called.difference(&all));
}

#[tokio::test]
async fn a_server_starts_only_where_it_may() {
    let local = Local::start().await;
    let busy = Settings { listen: local.server.address(), ..Settings::default() };
    assert!(matches!(Server::start(busy).await, Err(StartError::PortBusy(_))));
    let open = Settings { listen: "0.0.0.0:0".parse().unwrap(), ..Settings::default() };
    assert!(matches!(Server::start(open).await, Err(StartError::NotLoopback(_))));
    let folder = tempfile::tempdir().unwrap();
    let stored = Settings { data: Some(folder.path().to_owned()), ..Settings::default() };
    let first = Local::with(stored.clone()).await;
    let app = first.app().await;
    assert!(matches!(Server::start(stored.clone()).await, Err(StartError::Store(_))));
    first.server.stop().await;
    let second = Local::with(stored).await;
    assert_eq!(second.server.status().apps[0].id, app);
}
