-- Delivery: what waits to be handed to a channel that leaves the machine, and what became of it.

-- The channels with an adapter, as this start was told: `email`, `sms`, `gcm`, … and `custom`.
CREATE TABLE lanes (
    lane TEXT PRIMARY KEY,
    rests_until INTEGER NOT NULL DEFAULT 0   -- throttled: nothing is handed over before, milliseconds
) WITHOUT ROWID;

CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL UNIQUE,        -- id in the outbox: the idempotency key
    lane TEXT NOT NULL,
    status TEXT NOT NULL,                -- QUEUED ACCEPTED DELIVERED SKIPPED DEAD
    attempts INTEGER NOT NULL DEFAULT 0, -- how often it was tried
    failures INTEGER NOT NULL DEFAULT 0, -- how many of them failed; being throttled is no failure
    next_at INTEGER,                     -- when it is tried next, milliseconds; NULL = it is not
    batch TEXT,                          -- the call that it is part of, of custom messages: its idempotency key
    provider TEXT,                       -- the provider's id of the message
    code INTEGER,                        -- the other side's last code
    reason TEXT,                         -- the other side's last words
    changed INTEGER NOT NULL             -- milliseconds
);
CREATE INDEX deliveries_due ON deliveries (lane, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX deliveries_provider ON deliveries (provider) WHERE provider IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (seq) WHERE status = 'DEAD';

-- Addresses that nothing is sent to any more, in all projects: they bounced, complained or answered "stop".
CREATE TABLE suppressions (
    channel TEXT NOT NULL,               -- EMAIL or SMS
    address TEXT NOT NULL,               -- e-mail in small letters
    reason TEXT NOT NULL,                -- BOUNCE COMPLAINT OPT_OUT
    at INTEGER NOT NULL,
    PRIMARY KEY (channel, address)
) WITHOUT ROWID;

-- Receipts that were heard: the same one twice is heard once.
CREATE TABLE receipts (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
