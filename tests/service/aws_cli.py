"""The local Pinpoint as the AWS CLI sees it. Usage: aws_cli.py ENDPOINT_URL AWS; prints `done` at the end."""

import json
import subprocess
import sys

ENDPOINT_URL, AWS = sys.argv[1:3]


def aws(operation, **options):
    """Runs `aws pinpoint OPERATION`; gives what it prints, or the error text when it fails."""
    command = [AWS, "pinpoint", operation, "--endpoint-url", ENDPOINT_URL, "--output", "json"]
    for name, value in options.items():
        text = value if isinstance(value, str) else json.dumps(value)
        command += ["--" + name.replace("_", "-"), text]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


app = aws("create-app", create_application_request={"Name": "shop"})["ApplicationResponse"]["Id"]
aws(
    "update-endpoint",
    application_id=app,
    endpoint_id="ann",
    endpoint_request={"ChannelType": "EMAIL", "Address": "ann@x.example", "Attributes": {"Plan": ["pro"]}},
)
endpoint = aws("get-endpoint", application_id=app, endpoint_id="ann")["EndpointResponse"]
assert endpoint["EndpointStatus"] == "ACTIVE", endpoint
segment = aws(
    "create-segment",
    application_id=app,
    write_segment_request={
        "Name": "pro",
        "Dimensions": {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro"]}}},
    },
)["SegmentResponse"]["Id"]
template = aws(
    "create-email-template",
    template_name="hello",
    email_template_request={"Subject": "Hello", "HtmlPart": "<p>Hi</p>"},
)
assert template["CreateTemplateMessageBody"]["Arn"].endswith("/hello/EMAIL"), template
journey = aws(
    "create-journey",
    application_id=app,
    write_journey_request={
        "Name": "welcome",
        "StartActivity": "hello",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment}},
        "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}},
    },
)["JourneyResponse"]["Id"]
published = aws(
    "update-journey-state", application_id=app, journey_id=journey, journey_state_request={"State": "ACTIVE"}
)
assert published["JourneyResponse"]["State"] == "ACTIVE", published
got = aws("get-journey", application_id=app, journey_id=journey)["JourneyResponse"]
assert got["Activities"]["hello"]["EMAIL"]["TemplateName"] == "hello", got
listed = aws("list-journeys", application_id=app)["JourneysResponse"]["Item"]
assert [item["Id"] for item in listed] == [journey], listed
assert aws("delete-app", application_id=app)["ApplicationResponse"]["Name"] == "shop"
gone = aws("get-app", application_id=app)
assert "NotFoundException" in gone and app in gone, gone
print("done")
