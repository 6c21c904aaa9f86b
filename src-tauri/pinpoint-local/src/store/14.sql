-- Calls of hooks are made, by the lane of custom messages: one is not made before its instant, and under a key that it
-- shares with its repeats.
ALTER TABLE campaign_calls RENAME COLUMN deadline TO next_at;
ALTER TABLE campaign_calls ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX campaign_calls_open ON campaign_calls (next_at) WHERE answer IS NULL;
