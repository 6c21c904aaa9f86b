"""All operations of the API, each at least once, through boto3. Usage: every_operation.py ENDPOINT_URL FOLDER; prints
`done` at the end. FOLDER holds the files of jobs.

botocore's own model says which operations there are, which status each answers, and which members an answer must have."""

import sys
import time

import boto3
from botocore.config import Config

URL, FOLDER = sys.argv[1:3]
client = boto3.client("pinpoint", endpoint_url=URL, config=Config(retries={"max_attempts": 1}))
model = client.meta.service_model
left = set(model.operation_names)


def complete(shape, value, place):
    """Every required member of an answer is there."""
    if shape.type_name == "structure":
        for name in shape.required_members:
            assert name in value, f"{place}: {name} is missing in {value}"
        for name, member in shape.members.items():
            if name in value:
                complete(member, value[name], f"{place}.{name}")
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            complete(shape.member, item, f"{place}[{number}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            complete(shape.value, item, f"{place}.{key}")
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, f"{place}: {value} is none of {shape.enum}"


def call(name, **arguments):
    """Carries out an operation; its answer, without the wrapping of the SDK."""
    left.discard(name)
    operation = model.operation_model(name)
    method = "".join(("_" + letter.lower()) if letter.isupper() else letter for letter in name).lstrip("_")
    method = {"send_o_t_p_message": "send_otp_message", "verify_o_t_p_message": "verify_otp_message"}.get(method, method)
    answer = getattr(client, method)(**arguments)
    status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    expected = operation.http.get("responseCode", 200)
    assert status == expected, f"{name}: {status}, the model says {expected}"
    if operation.output_shape is None:
        return None
    complete(operation.output_shape, answer, name)
    payload = operation.output_shape.serialization.get("payload")
    return answer[payload] if payload else answer


def settled(name, **arguments):
    """The job when it has ended."""
    for _ in range(600):
        job = call(name, **arguments)
        if job["JobStatus"] in ("COMPLETED", "FAILED"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"{name}: {job}")


app = call("CreateApp", CreateApplicationRequest={"Name": "all"})
app_id, of = app["Id"], {"ApplicationId": app["Id"]}
assert call("GetApp", **of)["Name"] == "all"
assert call("GetApps")["Item"]
settings = {"Limits": {"Daily": 90, "Total": 90}, "QuietTime": {"Start": "00:00", "End": "00:01"}}
call("UpdateApplicationSettings", WriteApplicationSettingsRequest=settings, **of)
assert call("GetApplicationSettings", **of)["Limits"]["Daily"] == 90
call("TagResource", ResourceArn=app["Arn"], TagsModel={"tags": {"a": "b", "c": "d"}})
call("UntagResource", ResourceArn=app["Arn"], TagKeys=["c"])
assert call("ListTagsForResource", ResourceArn=app["Arn"])["tags"] == {"a": "b"}

# channels
apns = {"BundleId": "com.example", "TeamId": "T", "TokenKey": "K", "TokenKeyId": "I", "Enabled": True}
CHANNELS = {
    "Adm": ("ADM", {"ClientId": "c", "ClientSecret": "s", "Enabled": True}),
    "Apns": ("APNS", apns),
    "ApnsSandbox": ("APNSSandbox", apns),
    "ApnsVoip": ("APNSVoip", apns),
    "ApnsVoipSandbox": ("APNSVoipSandbox", apns),
    "Baidu": ("Baidu", {"ApiKey": "k", "SecretKey": "s", "Enabled": True}),
    "Email": ("Email", {"FromAddress": "shop@x.example", "Identity": "arn:aws:ses:x", "Enabled": True}),
    "Gcm": ("GCM", {"ApiKey": "k", "Enabled": True}),
    "Sms": ("SMS", {"Enabled": True}),
    "Voice": ("Voice", {"Enabled": True}),
}
for name, (member, request) in CHANNELS.items():
    assert call(f"Update{name}Channel", **{f"{member}ChannelRequest": request}, **of)["Enabled"]
    assert call(f"Get{name}Channel", **of)["Version"] == 1
assert set(call("GetChannels", **of)["Channels"]) >= {"EMAIL", "SMS", "GCM"}

# endpoints and users
ann = {"ChannelType": "EMAIL", "Address": "ann@x.example", "Attributes": {"Plan": ["pro"], "Old": ["x"]}, "User": {"UserId": "u"}}
call("UpdateEndpoint", EndpointId="ann", EndpointRequest=ann, **of)
items = [{"Id": f"e{n}", "ChannelType": "SMS", "Address": f"+1206555010{n}", "User": {"UserId": f"v{n}"}} for n in range(5)]
call("UpdateEndpointsBatch", EndpointBatchRequest={"Item": items}, **of)
assert call("GetEndpoint", EndpointId="ann", **of)["Attributes"]["Plan"] == ["pro"]
assert len(call("GetUserEndpoints", UserId="u", **of)["Item"]) == 1
removed = {"Blacklist": ["Ol*"]}
call("RemoveAttributes", AttributeType="endpoint-custom-attributes", UpdateAttributesRequest=removed, **of)
assert "Old" not in call("GetEndpoint", EndpointId="ann", **of)["Attributes"]
event = {"EventType": "cart", "Timestamp": "2026-11-30T09:00:00Z"}
events = {"BatchItem": {"ann": {"Endpoint": {}, "Events": {"e": event}}}}
assert call("PutEvents", EventsRequest=events, **of)["Results"]["ann"]["EventsItemResponse"]["e"]["StatusCode"] == 202
call("DeleteEndpoint", EndpointId="e4", **of)
call("DeleteUserEndpoints", UserId="v3", **of)
assert call("PhoneNumberValidate", NumberValidateRequest={"PhoneNumber": "+12065550100"})["CountryCodeIso2"] == "US"

# segments
everybody = call("CreateSegment", WriteSegmentRequest={"Name": "all"}, **of)
segment = {"SegmentId": everybody["Id"], **of}
assert call("UpdateSegment", WriteSegmentRequest={"Name": "everybody"}, **segment)["Version"] == 2
assert call("GetSegment", **segment)["Name"] == "everybody"
assert call("GetSegments", **of)["Item"]
assert call("GetSegmentVersion", Version="1", **segment)["Name"] == "all"
assert len(call("GetSegmentVersions", **segment)["Item"]) == 2

# jobs
with open(f"{FOLDER}/people.csv", "w") as people:
    people.write("Id,ChannelType,Address\nbob,EMAIL,bob@x.example\ncem,EMAIL,cem@x.example\n")
request = {"Format": "CSV", "S3Url": f"file://{FOLDER}/people.csv", "RoleArn": "arn:aws:iam::000000000000:role/x"}
request |= {"DefineSegment": True, "RegisterEndpoints": True, "SegmentName": "listed"}
job = call("CreateImportJob", ImportJobRequest=request, **of)
job = settled("GetImportJob", JobId=job["Id"], **of)
assert (job["JobStatus"], job["TotalProcessed"]) == ("COMPLETED", 2), job
assert call("GetImportJobs", **of)["Item"]
listed = job["Definition"]["SegmentId"]
assert call("GetSegmentImportJobs", SegmentId=listed, **of)["Item"]
request = {"S3UrlPrefix": f"file://{FOLDER}/out/", "RoleArn": "arn:aws:iam::000000000000:role/x", "SegmentId": listed}
job = call("CreateExportJob", ExportJobRequest=request, **of)
assert settled("GetExportJob", JobId=job["Id"], **of)["JobStatus"] == "COMPLETED"
assert call("GetExportJobs", **of)["Item"]
assert call("GetSegmentExportJobs", SegmentId=listed, **of)["Item"]

# templates
TEMPLATES = {
    "Email": ("Email", {"Subject": "Hi", "TextPart": "Hi"}),
    "Sms": ("SMS", {"Body": "Hi"}),
    "Push": ("PushNotification", {"Default": {"Title": "Hi", "Body": "Hi", "Action": "OPEN_APP"}}),
    "Voice": ("Voice", {"Body": "Hi"}),
    "InApp": ("InApp", {"Layout": "TOP_BANNER", "Content": [{"HeaderConfig": {
        "Alignment": "LEFT", "Header": "Hi", "TextColor": "#000000"}}]}),
}
for name, (member, request) in TEMPLATES.items():
    of_it = {"TemplateName": "t"}
    call(f"Create{name}Template", **{f"{member}TemplateRequest": request}, **of_it)
    call(f"Update{name}Template", **{f"{member}TemplateRequest": request}, CreateNewVersion=True, **of_it)
    assert call(f"Get{name}Template", **of_it)["Version"] == "1"
assert len(call("ListTemplates")["Item"]) == 5
assert len(call("ListTemplateVersions", TemplateName="t", TemplateType="EMAIL")["Item"]) == 2
latest = {"Version": "latest"}
call("UpdateTemplateActiveVersion", TemplateName="t", TemplateType="EMAIL", TemplateActiveVersionRequest=latest)
call("UpdateTemplateActiveVersion", TemplateName="t", TemplateType="INAPP", TemplateActiveVersionRequest=latest)

# campaigns
campaign = {
    "Name": "sale",
    "SegmentId": everybody["Id"],
    "SegmentVersion": 2,
    "TemplateConfiguration": {"EmailTemplate": {"Name": "t"}},
    "Schedule": {"StartTime": "2027-12-01T09:00:00Z", "Frequency": "ONCE"},
}
sale = call("CreateCampaign", WriteCampaignRequest=campaign, **of)
it = {"CampaignId": sale["Id"], **of}
assert call("UpdateCampaign", WriteCampaignRequest=campaign | {"Name": "big sale"}, **it)["Version"] == 2
assert call("GetCampaign", **it)["Name"] == "big sale"
assert call("GetCampaigns", **of)["Item"]
call("GetCampaignActivities", **it)
assert call("GetCampaignVersion", Version="1", **it)["Name"] == "sale"
assert len(call("GetCampaignVersions", **it)["Item"]) == 2
call("GetCampaignDateRangeKpi", KpiName="unique-deliveries", **it)
call("GetInAppMessages", EndpointId="ann", **of)

# journeys
journey = {
    "Name": "j",
    "StartActivity": "a",
    "StartCondition": {"SegmentStartCondition": {"SegmentId": everybody["Id"]}},
    "Activities": {"a": {"EMAIL": {"TemplateName": "t"}}},
    "RefreshFrequency": "P1D",
}
made = call("CreateJourney", WriteJourneyRequest=journey, **of)
it = {"JourneyId": made["Id"], **of}
call("UpdateJourney", WriteJourneyRequest=journey | {"Name": "k"}, **it)
assert call("UpdateJourneyState", JourneyStateRequest={"State": "ACTIVE"}, **it)["State"] == "ACTIVE"
assert call("GetJourney", **it)["Name"] == "k"
assert call("ListJourneys", **of)["Item"]
event_journey = {
    "Name": "e",
    "State": "ACTIVE",
    "StartActivity": "a",
    "StartCondition": {"EventStartCondition": {"EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]}}}}},
    "Activities": {"a": {"EMAIL": {"TemplateName": "t"}}},
}
started = call("CreateJourney", WriteJourneyRequest=event_journey, **of)
call("PutEvents", EventsRequest=events, **of)
it = {"JourneyId": started["Id"], **of}
assert call("GetJourneyExecutionMetrics", **it)["Metrics"]["ENDPOINT_ENTERED"] == "1"
activity = {"JourneyActivityId": "a", **it}
assert call("GetJourneyExecutionActivityMetrics", **activity)["Metrics"]["SUCCESS"] == "1"
run = call("GetJourneyRuns", **it)["Item"][0]["RunId"]
call("GetJourneyRunExecutionMetrics", RunId=run, **it)
call("GetJourneyRunExecutionActivityMetrics", RunId=run, **activity)
call("GetJourneyDateRangeKpi", KpiName="emails-sent-grouped-by-journey-activity", **it)
call("GetApplicationDateRangeKpi", KpiName="unique-deliveries", **of)
call("DeleteJourney", **it)

# direct messages
hello = {"EmailMessage": {"SimpleEmail": {"Subject": {"Data": "Hi"}, "TextPart": {"Data": "Hi"}}}, "SMSMessage": {"Body": "Hi"}}
sent = call("SendMessages", MessageRequest={"Endpoints": {"ann": {}}, "MessageConfiguration": hello}, **of)
assert sent["EndpointResult"]["ann"]["DeliveryStatus"] == "SUCCESSFUL", sent
sent = call("SendUsersMessages", SendUsersMessageRequest={"Users": {"u": {}}, "MessageConfiguration": hello}, **of)
assert sent["Result"]["u"]["ann"]["DeliveryStatus"] == "SUCCESSFUL", sent
password = {"BrandName": "Shop", "Channel": "SMS", "DestinationIdentity": "+12065550100", "OriginationIdentity": "+12065550199", "ReferenceId": "r"}
call("SendOTPMessage", SendOTPMessageRequestParameters=password, **of)
guess = {"DestinationIdentity": "+12065550100", "Otp": "x", "ReferenceId": "r"}
assert call("VerifyOTPMessage", VerifyOTPMessageRequestParameters=guess, **of)["Valid"] is False

# event stream, recommenders
stream = {"DestinationStreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s", "RoleArn": "arn:aws:iam::000000000000:role/x"}
call("PutEventStream", WriteEventStream=stream, **of)
assert call("GetEventStream", **of)["DestinationStreamArn"] == stream["DestinationStreamArn"]
call("DeleteEventStream", **of)
recommender = {
    "Name": "r",
    "RecommendationProviderRoleArn": "arn:aws:iam::000000000000:role/x",
    "RecommendationProviderUri": "arn:aws:personalize:us-east-1:000000000000:campaign/c",
    "RecommendationsDisplayName": "d",
}
one = {"RecommenderId": call("CreateRecommenderConfiguration", CreateRecommenderConfiguration=recommender)["Id"]}
call("UpdateRecommenderConfiguration", UpdateRecommenderConfiguration=recommender | {"Name": "s"}, **one)
assert call("GetRecommenderConfiguration", **one)["Name"] == "s"
assert call("GetRecommenderConfigurations")["Item"]
call("DeleteRecommenderConfiguration", **one)

# all that is left goes
call("DeleteCampaign", CampaignId=sale["Id"], **of)
call("DeleteSegment", **segment)
for name in TEMPLATES:
    call(f"Delete{name}Template", TemplateName="t")
for name in CHANNELS:
    call(f"Delete{name}Channel", **of)
call("DeleteApp", **of)
assert not left, f"not called: {sorted(left)}"
print("done")
