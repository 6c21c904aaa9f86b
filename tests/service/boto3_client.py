"""The local Pinpoint as boto3 sees it. Usage: boto3_client.py ENDPOINT_URL; prints `done` at the end."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

pinpoint = boto3.client("pinpoint", endpoint_url=sys.argv[1], config=Config(retries={"max_attempts": 1}))


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["RequestID"] == error.response["ResponseMetadata"]["RequestId"], error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"expected {code}")


app = pinpoint.create_app(CreateApplicationRequest={"Name": "shop", "tags": {"team": "red"}})
assert app["ResponseMetadata"]["HTTPStatusCode"] == 201
app_id = app["ApplicationResponse"]["Id"]
assert pinpoint.get_app(ApplicationId=app_id)["ApplicationResponse"]["tags"] == {"team": "red"}

endpoint = {
    "ChannelType": "EMAIL",
    "Address": "ann@x.example",
    "Attributes": {"Plan": ["pro"]},
    "Metrics": {"visits": 3.0},
    "User": {"UserId": "ann", "UserAttributes": {"FirstName": ["Ann"]}},
}
body = pinpoint.update_endpoint(ApplicationId=app_id, EndpointId="ann", EndpointRequest=endpoint)["MessageBody"]
assert body["Message"] == "Accepted"
got = pinpoint.get_endpoint(ApplicationId=app_id, EndpointId="ann")["EndpointResponse"]
assert {key: got[key] for key in endpoint} == endpoint, got

segment = {
    "Name": "pro",
    "Dimensions": {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro"]}}},
}
created = pinpoint.create_segment(ApplicationId=app_id, WriteSegmentRequest=segment)["SegmentResponse"]
assert created["Dimensions"] == segment["Dimensions"] and created["SegmentType"] == "DIMENSIONAL"

template = {"Subject": "Hello {{User.UserAttributes.FirstName}}", "HtmlPart": "<p>Hi</p>"}
pinpoint.create_email_template(TemplateName="hello", EmailTemplateRequest=template)
assert pinpoint.get_email_template(TemplateName="hello")["EmailTemplateResponse"]["Subject"] == template["Subject"]

journey = {
    "Name": "welcome",
    "StartActivity": "hello",
    "StartCondition": {"SegmentStartCondition": {"SegmentId": created["Id"]}},
    "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}},
}
draft = pinpoint.create_journey(ApplicationId=app_id, WriteJourneyRequest=journey)["JourneyResponse"]
assert draft["State"] == "DRAFT" and draft["Activities"] == journey["Activities"]
active = pinpoint.update_journey_state(
    ApplicationId=app_id, JourneyId=draft["Id"], JourneyStateRequest={"State": "ACTIVE"}
)["JourneyResponse"]
assert active["State"] == "ACTIVE"
got = pinpoint.get_journey(ApplicationId=app_id, JourneyId=draft["Id"])["JourneyResponse"]
assert got["State"] == "ACTIVE" and got["StartCondition"] == journey["StartCondition"]
refused("ConflictException", pinpoint.update_journey, ApplicationId=app_id, JourneyId=draft["Id"], WriteJourneyRequest=journey)
refused(
    "BadRequestException",
    pinpoint.update_journey_state,
    ApplicationId=app_id,
    JourneyId=draft["Id"],
    JourneyStateRequest={"State": "PAUSED"},
)

answer = pinpoint.put_events(
    ApplicationId=app_id,
    EventsRequest={
        "BatchItem": {
            "ann": {
                "Endpoint": {},
                "Events": {"e1": {"EventType": "cart", "Timestamp": "2026-11-30T09:00:00Z", "Attributes": {"a": "b"}}},
            }
        }
    },
)
assert answer["EventsResponse"]["Results"]["ann"]["EventsItemResponse"]["e1"]["StatusCode"] == 202

pinpoint.delete_app(ApplicationId=app_id)
assert app_id in refused("NotFoundException", pinpoint.get_app, ApplicationId=app_id)
print("done")
