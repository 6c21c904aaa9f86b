-- Why a message was not made; null = it was.
ALTER TABLE outbox ADD COLUMN failure TEXT;
