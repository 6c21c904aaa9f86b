CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE apps (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    document TEXT NOT NULL,              -- ApplicationResponse
    settings TEXT NOT NULL               -- ApplicationSettingsResource
);

CREATE TABLE channels (
    app TEXT NOT NULL,
    name TEXT NOT NULL,                  -- as in the path: email, apns_sandbox
    document TEXT NOT NULL,              -- the channel's response
    PRIMARY KEY (app, name)
) WITHOUT ROWID;

CREATE TABLE endpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    id TEXT NOT NULL,
    user TEXT,
    channel TEXT,
    address TEXT,
    seen INTEGER NOT NULL DEFAULT 0,     -- last PutEvents, milliseconds
    document TEXT NOT NULL,              -- EndpointResponse, without what the user owns
    UNIQUE (app, id)
);
CREATE INDEX endpoints_user ON endpoints (app, user) WHERE user IS NOT NULL;
CREATE INDEX endpoints_address ON endpoints (app, channel, address) WHERE address IS NOT NULL;

CREATE TABLE users (
    app TEXT NOT NULL,
    id TEXT NOT NULL,
    attributes TEXT NOT NULL,            -- UserAttributes
    PRIMARY KEY (app, id)
) WITHOUT ROWID;

CREATE TABLE attribute_names (
    app TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (app, name)
) WITHOUT ROWID;

CREATE TABLE segments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,            -- the newest
    UNIQUE (app, id)
);
CREATE TABLE segment_versions (
    app TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,              -- SegmentResponse
    PRIMARY KEY (app, id, version)
) WITHOUT ROWID;

CREATE TABLE templates (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,                  -- TemplateType: EMAIL SMS PUSH VOICE INAPP
    name TEXT NOT NULL,
    active INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    UNIQUE (name, kind)
);
CREATE TABLE template_versions (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,              -- the template's response
    PRIMARY KEY (name, kind, version)
) WITHOUT ROWID;

CREATE TABLE journeys (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL,              -- JourneyResponse
    published INTEGER,                   -- milliseconds; NULL = never
    settings TEXT,                       -- project settings at publication (journeys.md 5)
    segment_version INTEGER,             -- of the entry segment at publication (journeys.md 2.2)
    entry_due INTEGER,                   -- next entry evaluation, milliseconds; NULL = none
    ends INTEGER,                        -- nobody enters from then on, milliseconds
    paused INTEGER                       -- since when, milliseconds; NULL = not paused
);
CREATE INDEX journeys_app ON journeys (app, seq);
CREATE INDEX journeys_due ON journeys (entry_due) WHERE entry_due IS NOT NULL;

CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    journey TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,                -- SCHEDULED RUNNING COMPLETED CANCELLED
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE INDEX runs_journey ON runs (journey, seq);

CREATE TABLE participants (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    journey TEXT NOT NULL,
    key TEXT NOT NULL,                   -- user:ID or endpoint:ID
    run TEXT NOT NULL,                   -- the run that admitted it
    inside INTEGER NOT NULL,             -- 1 = in the journey
    due INTEGER,                         -- next timer, milliseconds; NULL = none
    state TEXT NOT NULL,                 -- the engine's state
    UNIQUE (journey, key)
);
CREATE INDEX participants_due ON participants (due) WHERE due IS NOT NULL;
CREATE INDEX participants_inside ON participants (journey) WHERE inside = 1;

CREATE TABLE counts (
    journey TEXT NOT NULL,
    run TEXT NOT NULL,
    activity TEXT NOT NULL,              -- '' = of the journey
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (journey, run, activity, name)
) WITHOUT ROWID;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    app TEXT NOT NULL,
    journey TEXT NOT NULL,
    run TEXT NOT NULL,
    activity TEXT NOT NULL,
    participant TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    at INTEGER NOT NULL,
    parts TEXT NOT NULL
);
CREATE INDEX outbox_app ON outbox (app, seq);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,                 -- arrival, milliseconds
    document TEXT NOT NULL               -- Event
);
CREATE INDEX events_endpoint ON events (app, endpoint, seq);
