-- Text messages that wait for a receipt, by the moment when they were accepted.
CREATE INDEX deliveries_unheard ON deliveries (changed) WHERE status = 'ACCEPTED' AND lane = 'sms';
