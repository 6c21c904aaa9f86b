"""The other sides of delivery, made by others: a mail server (aiosmtpd), AWS (moto), and what botocore knows of the services
that moto lacks. Says its addresses, answers questions on its standard input, one a line, and ends with it."""

import base64
import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

LATER = set()


def say(value):
    print(json.dumps(value), flush=True)


class Mailbox:
    """Takes mail, but for addresses that say what is wrong with them."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        if address.startswith("later") and address not in LATER:
            LATER.add(address)
            return "451 4.7.1 greylisted, try again"
        if address.startswith("busy"):
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        import email
        from email import policy

        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"}
        files = [part.get_filename() for part in mail.iter_attachments()] if mail.is_multipart() else []
        headers = {name.lower(): str(value) for name, value in mail.items()}
        self.mails.append({"from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": headers, "parts": parts, "files": files})
        return "250 queued"


def smtp():
    import asyncio

    from aiosmtpd.smtp import SMTP

    mailbox = Mailbox()

    async def serve():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
        say({"port": server.sockets[0].getsockname()[1]})
        await loop.run_in_executor(None, answer)
        server.close()

    def answer():
        for line in sys.stdin:
            if line.strip() == "mails":
                say(mailbox.mails)

    asyncio.run(serve())


def judge():
    """Checks requests against botocore's models and computes their signature anew."""
    import botocore.session
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.validate import ParamValidator

    session = botocore.session.get_session()
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            target = self.headers.get("x-amz-target")
            if target:
                service, model, operation = "sms-voice", "pinpoint-sms-voice-v2", target.split(".")[1]
            else:
                service, model, operation = "mobiletargeting", "pinpoint", "SendMessages"
            wrong = self.unsigned(service, body) or self.misshapen(model, operation, json.loads(body), target)
            if wrong:
                return self.answer(400, {"__type": "ValidationException", "Message": wrong})
            request = json.loads(body)
            seen.append({"operation": operation, "request": request, "path": self.path})
            if not target:
                address = next(iter(request["Addresses"]))
                result = {"DeliveryStatus": "SUCCESSFUL", "StatusCode": 200, "MessageId": "push-1"}
                return self.answer(200, {"ApplicationId": "a", "Result": {address: result}})
            if request["DestinationPhoneNumber"].endswith("99"):
                error = {"__type": "ConflictException", "Message": "opted out"}
                return self.answer(400, error | {"Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT"})
            self.answer(200, {"MessageId": f"text-{len(seen)}"})

        def unsigned(self, service, body):
            authorization = self.headers["authorization"]
            names = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
            headers = {name: self.headers[name] for name in names}
            request = AWSRequest("POST", f"http://{self.headers['host']}{self.path}", data=body, headers=headers)
            request.context["timestamp"] = self.headers["x-amz-date"]
            auth = SigV4Auth(Credentials("local", "local"), service, "us-east-1")
            signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
            return None if authorization.endswith(f"Signature={signature}") else "the signature is wrong"

        def misshapen(self, model, operation, body, target):
            shape = session.get_service_model(model).operation_model(operation).input_shape
            if not target:
                body = {"ApplicationId": "a", "MessageRequest": body}
            report = ParamValidator().validate(body, shape)
            return report.generate_report() if report.has_errors() else None

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", seen


def aws():
    import urllib.request

    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    moto = "http://{}:{}".format(*server.get_host_and_port())

    def post(path, value):
        request = urllib.request.Request(moto + path, json.dumps(value).encode(), {"content-type": "application/json"})
        urllib.request.urlopen(request).read()

    def client(name):
        return boto3.client(
            name, endpoint_url=moto, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local"
        )

    client("sesv2").create_email_identity(EmailIdentity="shop@y.example")
    post("/moto-api/config", {"lambda": {"use_docker": False}})
    trust = {"Version": "2012-10-17", "Statement": []}
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    empty_zip = base64.b64decode("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==")
    client("lambda").create_function(
        FunctionName="deliver", Role=role, Runtime="python3.12", Handler="f.f", Code={"ZipFile": empty_zip}
    )
    client("s3").create_bucket(Bucket="people")
    client("kinesis").create_stream(StreamName="events", ShardCount=2)
    destination = {"RoleARN": role, "BucketARN": "arn:aws:s3:::people", "Prefix": "firehose/"}
    client("firehose").create_delivery_stream(
        DeliveryStreamName="events", DeliveryStreamType="DirectPut", ExtendedS3DestinationConfiguration=destination
    )
    judged, seen = judge()
    say({"moto": moto, "judge": judged})
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "mails":
            from moto.ses.models import ses_backends

            messages = ses_backends["123456789012"]["us-east-1"].sent_messages
            say([{"from": m.source, "to": m.destinations, "raw": getattr(m, "raw_data", "")} for m in messages])
        elif word == "function":
            post("/moto-api/static/lambda-simple/response", {"results": [rest]})
            say("ok")
        elif word == "put":
            key, _, text = rest.partition(" ")
            client("s3").put_object(Bucket="people", Key=key, Body=json.loads(text).encode())
            say("ok")
        elif word == "objects":
            s3 = client("s3")
            keys = [found["Key"] for found in s3.list_objects_v2(Bucket="people", Prefix=rest).get("Contents", [])]
            bodies = [s3.get_object(Bucket="people", Key=key)["Body"].read() for key in keys]
            bodies = [gzip.decompress(body) if key.endswith(".gz") else body for key, body in zip(keys, bodies)]
            say([[key, body.decode()] for key, body in zip(keys, bodies)])
        elif word == "records":
            kinesis = client("kinesis")
            shards = []
            for shard in kinesis.list_shards(StreamName="events")["Shards"]:
                start = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
                at = kinesis.get_shard_iterator(StreamName="events", **start)["ShardIterator"]
                records = kinesis.get_records(ShardIterator=at)["Records"]
                shards.append([[record["PartitionKey"], record["Data"].decode()] for record in records])
            say(shards)
        elif word == "seen":
            say(seen)
    server.stop()


{"smtp": smtp, "aws": aws}[sys.argv[1]]()
