-- Campaigns, their versions, activities and state; who sent a message of the outbox.

-- A message has one sender: a journey, a campaign or a request. What is asked for are its kind and id.
ALTER TABLE outbox ADD COLUMN sender TEXT NOT NULL DEFAULT 'JOURNEY';   -- JOURNEY CAMPAIGN DIRECT
ALTER TABLE outbox ADD COLUMN reference TEXT NOT NULL DEFAULT '{}';     -- Sender
ALTER TABLE outbox ADD COLUMN envelope TEXT NOT NULL DEFAULT '{}';      -- what its channel needs besides the texts
ALTER TABLE outbox RENAME COLUMN journey TO origin;                     -- id of the journey, campaign or request
UPDATE outbox SET reference = json_object(
    'JourneyId', origin, 'JourneyRunId', run, 'JourneyActivityId', activity, 'Participant', participant);
ALTER TABLE outbox DROP COLUMN run;
ALTER TABLE outbox DROP COLUMN activity;
ALTER TABLE outbox DROP COLUMN participant;

CREATE TABLE campaigns (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,            -- the newest
    kind TEXT NOT NULL,                  -- SLOT, EVENT (or in-app), MIXED: what its treatments wait for
    segment TEXT NOT NULL,
    created INTEGER NOT NULL,            -- milliseconds
    settings TEXT NOT NULL,              -- project settings at creation (campaigns.md 6)
    status TEXT NOT NULL,                -- CampaignStatus of all treatments together
    state TEXT NOT NULL,                 -- the engine's state
    given TEXT NOT NULL DEFAULT '[]',    -- what the runner is still to tell the engine: CREATE UPDATE PAUSE RESUME
    waiting TEXT NOT NULL DEFAULT '[]',  -- endpoints that the state of an EVENT campaign knows, by row
    going INTEGER NOT NULL DEFAULT 0,    -- 1 = a run goes over the endpoints
    due INTEGER,                         -- when the runner is to look at it, milliseconds; NULL = never
    revision INTEGER NOT NULL DEFAULT 0  -- one more with every write of this row
);
CREATE INDEX campaigns_app ON campaigns (app, seq);
CREATE INDEX campaigns_hearing ON campaigns (app, seq) WHERE kind <> 'SLOT';
CREATE INDEX campaigns_due ON campaigns (due) WHERE due IS NOT NULL;

CREATE TABLE campaign_versions (
    campaign TEXT NOT NULL,
    version INTEGER NOT NULL,
    pinned INTEGER NOT NULL,             -- 1 = SegmentVersion was given
    document TEXT NOT NULL,              -- CampaignResponse, without State
    PRIMARY KEY (campaign, version)
) WITHOUT ROWID;

CREATE TABLE campaign_activities (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    ended INTEGER NOT NULL,              -- 1 = it is over
    record TEXT NOT NULL,                -- the engine's record
    document TEXT NOT NULL               -- ActivityResponse
);
CREATE INDEX campaign_activities_campaign ON campaign_activities (campaign, seq);

CREATE TABLE campaign_targets (
    campaign TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    count INTEGER NOT NULL,              -- how often it was targeted (Limits.Total)
    PRIMARY KEY (campaign, endpoint)
) WITHOUT ROWID;

CREATE TABLE campaign_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    at INTEGER NOT NULL,                 -- milliseconds
    document TEXT NOT NULL               -- Event
);
CREATE INDEX campaign_events_campaign ON campaign_events (campaign, seq);

CREATE TABLE campaign_calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign TEXT NOT NULL,
    treatment INTEGER NOT NULL,
    number INTEGER NOT NULL,             -- the engine's number of the call
    target TEXT NOT NULL,                -- Lambda function or https address
    deadline INTEGER NOT NULL,           -- milliseconds
    payload TEXT NOT NULL,
    answer TEXT                          -- {"Json": …}, {"Unreadable": null} or {"Failed": null}; NULL = none yet
);
CREATE INDEX campaign_calls_campaign ON campaign_calls (campaign, seq);

-- A run goes over all endpoints of a project in the order of their creation, and keeps its place as a row number. While
-- a project stands here, what happens to its endpoints is written down: those that go keep their row.
CREATE TABLE rolls (app TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE roll_changes (
    app TEXT NOT NULL,
    endpoint INTEGER NOT NULL,           -- seq
    PRIMARY KEY (app, endpoint)
) WITHOUT ROWID;
CREATE TABLE roll_gone (
    app TEXT NOT NULL,
    endpoint INTEGER NOT NULL,           -- seq that it had
    id TEXT NOT NULL,
    PRIMARY KEY (app, endpoint)
) WITHOUT ROWID;
CREATE TRIGGER roll_added AFTER INSERT ON endpoints WHEN EXISTS (SELECT 1 FROM rolls WHERE app = new.app) BEGIN
    INSERT OR IGNORE INTO roll_changes (app, endpoint) VALUES (new.app, new.seq);
END;
CREATE TRIGGER roll_changed AFTER UPDATE ON endpoints WHEN EXISTS (SELECT 1 FROM rolls WHERE app = new.app) BEGIN
    INSERT OR IGNORE INTO roll_changes (app, endpoint) VALUES (new.app, new.seq);
END;
CREATE TRIGGER roll_went AFTER DELETE ON endpoints WHEN EXISTS (SELECT 1 FROM rolls WHERE app = old.app) BEGIN
    INSERT OR IGNORE INTO roll_gone (app, endpoint, id) VALUES (old.app, old.seq, old.id);
    INSERT OR IGNORE INTO roll_changes (app, endpoint) VALUES (old.app, old.seq);
END;
CREATE TRIGGER roll_user_added AFTER INSERT ON users WHEN EXISTS (SELECT 1 FROM rolls WHERE app = new.app) BEGIN
    INSERT OR IGNORE INTO roll_changes (app, endpoint)
        SELECT app, seq FROM endpoints WHERE app = new.app AND user = new.id;
END;
CREATE TRIGGER roll_user_changed AFTER UPDATE ON users WHEN EXISTS (SELECT 1 FROM rolls WHERE app = new.app) BEGIN
    INSERT OR IGNORE INTO roll_changes (app, endpoint)
        SELECT app, seq FROM endpoints WHERE app = new.app AND user = new.id;
END;

-- Codes of SendOTPMessage; only a hash of each.
CREATE TABLE codes (
    app TEXT NOT NULL,
    number TEXT NOT NULL,                -- DestinationIdentity
    reference TEXT NOT NULL,             -- ReferenceId
    salt TEXT NOT NULL,
    hash TEXT NOT NULL,
    expires INTEGER NOT NULL,            -- milliseconds
    attempts INTEGER NOT NULL,           -- that are left
    PRIMARY KEY (app, number, reference)
) WITHOUT ROWID;

-- KPIs ask for the events of a type in a span of time.
CREATE INDEX events_type ON events (app, type, at);
