//! Access keys, as aws-sdk-pinpoint signs with them.

use aws_sdk_pinpoint::Client;
use aws_sdk_pinpoint::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_pinpoint::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_pinpoint::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_pinpoint::types::{CreateApplicationRequest, EndpointRequest, JourneyStateRequest, State};
use pinpoint_local::{Key, Keys, Permission, Server, Settings};

use crate::config;

const SECRET: &str = "a secret that only tests know";

async fn guarded() -> Server {
    let key = |id: &str, permissions: &[Permission]| Key::new(id, SECRET, permissions).unwrap();
    let keys = vec![
        key("ALLOWED", &Permission::ALL),
        key("READER", &[Permission::Read]),
        key("WRITER", &[Permission::Read, Permission::Write]),
    ];
    Server::start(Settings { keys: Keys::new(keys), ..Settings::default() }).await.unwrap()
}

fn client(server: &Server, id: &str, secret: &str) -> Client {
    Client::from_conf(config(&server.endpoint_url(), id, secret).build())
}

/// Creates a project; gives its id, or what was said of a refusal.
async fn create(client: &Client) -> Result<String, String> {
    let request = CreateApplicationRequest::builder().name("shop & söhne").build();
    match client.create_app().create_application_request(request).send().await {
        Ok(created) => Ok(created.application_response().unwrap().id().unwrap().to_owned()),
        Err(error) => {
            let error = error.into_service_error();
            assert!(error.is_forbidden_exception(), "{error:?}");
            Err(error.message().unwrap().to_owned())
        }
    }
}

/// Alters a request on its way, after it was signed.
#[derive(Debug)]
enum OnTheWay {
    Body(&'static str),
    Header(&'static str, &'static str),
}

impl Intercept for OnTheWay {
    fn name(&self) -> &'static str {
        "on the way"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        match *self {
            OnTheWay::Body(body) => {
                *request.body_mut() = body.into();
                request.headers_mut().insert("content-length", body.len().to_string());
            }
            OnTheWay::Header(name, value) => {
                request.headers_mut().insert(name, value);
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn the_right_key_works_on_every_kind_of_path() {
    let server = guarded().await;
    let client = client(&server, "ALLOWED", SECRET);
    let app = create(&client).await.unwrap();
    // Characters that are escaped in the path, twice in what is signed.
    for id in ["ann", "a b", "ann@x.example", "ü+/%20"] {
        let endpoint = EndpointRequest::builder().address("ann@x.example").channel_type("EMAIL".into()).build();
        let update = client.update_endpoint().application_id(&app).endpoint_id(id).endpoint_request(endpoint);
        update.send().await.unwrap();
        let got = client.get_endpoint().application_id(&app).endpoint_id(id).send().await.unwrap();
        assert_eq!(got.endpoint_response().unwrap().id(), Some(id));
    }
    let arn = format!("arn:aws:mobiletargeting:us-east-1:000000000000:apps/{app}");
    client.untag_resource().resource_arn(&arn).tag_keys("a b").tag_keys("c=d&e").send().await.unwrap();
    client.get_apps().page_size("1").send().await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_key_or_an_altered_request_is_a_403() {
    let server = guarded().await;
    let altered = |change: OnTheWay| {
        Client::from_conf(config(&server.endpoint_url(), "ALLOWED", SECRET).interceptor(change).build())
    };
    for (what, client, part) in [
        ("wrong secret", client(&server, "ALLOWED", "another secret of twenty bytes"), "does not match"),
        ("unknown key", client(&server, "UNKNOWN", SECRET), "no access key `UNKNOWN`"),
        ("altered body", altered(OnTheWay::Body("{\"Name\":\"other\"}")), "does not match"),
        ("old date", altered(OnTheWay::Header("x-amz-date", "20200101T000000Z")), "differ"),
        ("other content type", altered(OnTheWay::Header("content-type", "text/plain")), "does not match"),
    ] {
        let said = create(&client).await.unwrap_err();
        assert!(said.contains(part), "{what}: {said}");
    }
    assert!(server.status().apps.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_key_does_what_it_is_permitted_to() {
    let server = guarded().await;
    let app = create(&client(&server, "ALLOWED", SECRET)).await.unwrap();
    let reader = client(&server, "READER", SECRET);
    reader.get_app().application_id(&app).send().await.unwrap();
    let said = create(&reader).await.unwrap_err();
    assert!(said.contains("`READER`") && said.contains("`admin`"), "{said}");
    let writer = client(&server, "WRITER", SECRET);
    let active = JourneyStateRequest::builder().state(State::Active).build();
    let start = writer.update_journey_state().application_id(&app).journey_id("j").journey_state_request(active);
    let error = start.send().await.unwrap_err().into_service_error();
    assert!(error.is_forbidden_exception() && error.message().unwrap().contains("`send`"), "{error:?}");
    server.stop().await;
}
