-- The queue of a journey with MessagesPerSecond: the engine's pace.
ALTER TABLE journeys ADD COLUMN pace TEXT;
-- Caps over several journeys ask how many messages an endpoint got since when.
CREATE INDEX outbox_endpoint ON outbox (app, endpoint, at);
