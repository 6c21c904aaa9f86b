"""Projects as others made them with boto3. Usage: project.py ENDPOINT_URL FOLDER; prints the id of each application."""

import sys
import time

import boto3
from botocore.config import Config

pinpoint = boto3.client("pinpoint", endpoint_url=sys.argv[1], config=Config(retries={"max_attempts": 1}))
folder = sys.argv[2]
ROLE = "arn:aws:iam::000000000000:role/import"

templates = {
    "email": {"Subject": "Hello {{User.UserAttributes.FirstName}}", "HtmlPart": "<p>Hi \u00e9 \u4e16</p>", "TextPart": "Hi"},
    "sms": {"Body": "Your code is {{Attributes.Code}}"},
    "push": {"Default": {"Title": "News", "Body": "Read", "Action": "OPEN_APP"}, "DefaultSubstitutions": '{"a":"b"}'},
    "voice": {"Body": "<speak>Hello</speak>", "VoiceId": "Joanna"},
    "inapp": {"Layout": "TOP_BANNER", "Content": [{"HeaderConfig": {"Alignment": "LEFT", "Header": "Hi", "TextColor": "#000000"}}]},
}
pinpoint.create_email_template(TemplateName="mail", EmailTemplateRequest=templates["email"])
pinpoint.update_email_template(
    TemplateName="mail", EmailTemplateRequest={**templates["email"], "Subject": "Second"}, CreateNewVersion=True
)
pinpoint.create_sms_template(TemplateName="text", SMSTemplateRequest=templates["sms"])
pinpoint.create_push_template(TemplateName="push", PushNotificationTemplateRequest=templates["push"])
pinpoint.create_voice_template(TemplateName="call", VoiceTemplateRequest=templates["voice"])
pinpoint.create_in_app_template(TemplateName="banner", InAppTemplateRequest=templates["inapp"])


def imported(app):
    name = f"{folder}/{app}.csv"
    with open(name, "w", encoding="utf-8") as file:
        file.write("Id,ChannelType,Address\n" + "".join(f"e{n},EMAIL,e{n}@x.example\n" for n in range(5)))
    job = pinpoint.create_import_job(
        ApplicationId=app,
        ImportJobRequest={
            "Format": "CSV",
            "S3Url": f"file://{name}",
            "RoleArn": ROLE,
            "DefineSegment": True,
            "SegmentName": "from a file",
            "RegisterEndpoints": True,
        },
    )["ImportJobResponse"]["Id"]
    for _ in range(200):
        state = pinpoint.get_import_job(ApplicationId=app, JobId=job)["ImportJobResponse"]
        if state["JobStatus"] in ("COMPLETED", "FAILED"):
            assert state["JobStatus"] == "COMPLETED", state
            return state["Definition"]["SegmentId"]
        time.sleep(0.05)
    raise AssertionError("the import does not end")


for number in range(12):
    app = pinpoint.create_app(CreateApplicationRequest={"Name": f"shop {number}", "tags": {"team": "red"}})
    app = app["ApplicationResponse"]["Id"]
    pinpoint.update_email_channel(
        ApplicationId=app,
        EmailChannelRequest={"FromAddress": "a@x.example", "Identity": "arn:aws:ses:us-east-1:000000000000:identity/x"},
    )
    pinpoint.update_application_settings(
        ApplicationId=app,
        WriteApplicationSettingsRequest={"Limits": {"Daily": 5 + number}, "QuietTime": {"Start": "22:00", "End": "08:00"}},
    )

    def segment(body):
        return pinpoint.create_segment(ApplicationId=app, WriteSegmentRequest=body)["SegmentResponse"]["Id"]

    plan = {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro", f"p{number}"]}}}
    recent = {"Behavior": {"Recency": {"Duration": "DAY_30", "RecencyType": "ACTIVE"}}}
    metric = {"Metrics": {"visits": {"ComparisonOperator": "GREATER_THAN", "Value": 1.5 + number}}}
    near = {"Location": {"GPSPoint": {"Coordinates": {"Latitude": 52.5, "Longitude": 13.4}, "RangeInKilometers": 10.0}}}
    base = segment({"Name": "pro", "Dimensions": plan})
    twin = segment({"Name": "pro", "Dimensions": recent, "tags": {"twin": "yes"}})
    near = segment({"Name": "near / by", "Dimensions": near})
    file = imported(app)

    def groups(source):
        one = {"Type": "ANY", "SourceType": "ALL", "SourceSegments": [source], "Dimensions": [metric, plan]}
        return {"Include": "ALL", "Groups": [one]}

    segment({"Name": "of a file", "SegmentGroups": groups({"Id": file, "Version": 1})})
    group = segment({"Name": "grouped", "SegmentGroups": groups({"Id": base})})
    opened = {"EventCondition": {"MessageActivity": "mail", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}}
    journey = {
        "Name": "welcome",
        "StartActivity": "mail",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": group}, "Description": "who"},
        "Limits": {"DailyCap": 2, "EndpointReentryCap": number},
        "Activities": {
            "mail": {"EMAIL": {"TemplateName": "mail", "NextActivity": "split"}, "Description": "first"},
            "split": {"MultiCondition": {
                "Branches": [{"Condition": opened, "NextActivity": "text"},
                             {"Condition": {"SegmentCondition": {"SegmentId": twin}}, "NextActivity": "wait"}],
                "DefaultActivity": "half", "EvaluationWaitTime": {"WaitFor": "P1D"}}},
            "text": {"SMS": {"TemplateName": "text", "MessageConfig": {"MessageType": "PROMOTIONAL"}}},
            "wait": {"Wait": {"WaitTime": {"WaitFor": f"PT{number + 1}H"}, "NextActivity": "text"}},
            "half": {"RandomSplit": {"Branches": [{"Percentage": 40, "NextActivity": "text"}, {"Percentage": 60}]}},
        },
    }
    first = pinpoint.create_journey(ApplicationId=app, WriteJourneyRequest=journey)["JourneyResponse"]["Id"]
    if number % 2:
        pinpoint.update_journey_state(ApplicationId=app, JourneyId=first, JourneyStateRequest={"State": "ACTIVE"})
    pinpoint.create_journey(ApplicationId=app, WriteJourneyRequest={**journey, "Name": "welcome", "LocalTime": False})
    pinpoint.create_campaign(
        ApplicationId=app,
        WriteCampaignRequest={
            "Name": "sale",
            "SegmentId": base,
            "HoldoutPercent": 10,
            "IsPaused": number % 2 == 0,
            "Schedule": {"StartTime": "2027-01-01T09:00:00Z", "Timezone": "UTC"},
            "TemplateConfiguration": {"EmailTemplate": {"Name": "mail"}},
            "AdditionalTreatments": [{"SizePercent": 20, "TreatmentName": "b",
                "TemplateConfiguration": {"EmailTemplate": {"Name": "mail"}},
                "Schedule": {"StartTime": "2027-01-02T09:00:00Z", "Timezone": "UTC"}}],
        },
    )
    print(app)
