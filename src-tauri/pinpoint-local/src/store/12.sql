-- How far the event stream is, by project ('' = all of them) and where it goes.
CREATE TABLE event_cursors (
    app TEXT NOT NULL,
    sink TEXT NOT NULL,
    seq INTEGER NOT NULL,                -- events.seq of the last event that was handed over
    PRIMARY KEY (app, sink)
) WITHOUT ROWID;
-- Streams of projects begin now.
INSERT INTO event_cursors (app, sink, seq)
    SELECT app, 'stream', (SELECT coalesce(max(seq), 0) FROM events) FROM event_streams;
