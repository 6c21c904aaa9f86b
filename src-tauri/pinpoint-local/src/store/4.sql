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
