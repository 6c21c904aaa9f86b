-- A million people wait in a store: they name journey and run by number, not by id.
CREATE TABLE waiting (
    seq INTEGER PRIMARY KEY,
    journey INTEGER NOT NULL,            -- journeys.seq
    key TEXT NOT NULL,                   -- user:ID or endpoint:ID
    run INTEGER NOT NULL,                -- runs.seq: the run that admitted it
    inside INTEGER NOT NULL,             -- 1 = in the journey
    due INTEGER,                         -- next timer, milliseconds; NULL = none
    place INTEGER NOT NULL,              -- who takes the turn at one instant: endpoints.seq of the oldest; 0 = nobody queues
    state TEXT NOT NULL,                 -- the engine's state
    UNIQUE (journey, key)
);
INSERT INTO waiting (seq, journey, key, run, inside, due, place, state)
    SELECT p.seq, j.seq, p.key, r.seq, p.inside, p.due, p.place, p.state
    FROM participants p JOIN journeys j ON j.id = p.journey JOIN runs r ON r.id = p.run;
DROP TABLE participants;
ALTER TABLE waiting RENAME TO participants;
CREATE INDEX participants_due ON participants (due, place) WHERE due IS NOT NULL;
CREATE INDEX participants_inside ON participants (journey) WHERE inside = 1;
