-- Programs are compiled once and kept in memory for as long as this number stays: it changes with everything that a
-- journey is made of. It is drawn, not counted, so that what was rolled back never stands for something else later.
CREATE TABLE generation (value INTEGER NOT NULL);
INSERT INTO generation (value) VALUES (random());
CREATE TRIGGER journeys_made AFTER INSERT ON journeys BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER journeys_changed AFTER UPDATE OF document, settings, segment_version, state ON journeys
    BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER journeys_gone AFTER DELETE ON journeys BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER segments_made AFTER INSERT ON segments BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER segments_changed AFTER UPDATE ON segments BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER segments_gone AFTER DELETE ON segments BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER segment_versions_made AFTER INSERT ON segment_versions BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER segment_versions_changed AFTER UPDATE ON segment_versions BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER segment_versions_gone AFTER DELETE ON segment_versions BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER templates_made AFTER INSERT ON templates BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER templates_changed AFTER UPDATE ON templates BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER templates_gone AFTER DELETE ON templates BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER template_versions_made AFTER INSERT ON template_versions BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER template_versions_changed AFTER UPDATE ON template_versions BEGIN UPDATE generation SET value = random(); END;
CREATE TRIGGER template_versions_gone AFTER DELETE ON template_versions BEGIN UPDATE generation SET value = random(); END;

-- Nobody asks for the events of one endpoint, and every event paid for the index.
DROP INDEX events_endpoint;

-- Entry evaluations in progress: their participants are offered in short pieces, oldest endpoint first.
CREATE TABLE evaluations (
    journey TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    at INTEGER NOT NULL,                 -- the instant that membership is of, milliseconds
    due INTEGER NOT NULL,                -- when it was due, milliseconds
    done INTEGER NOT NULL                -- endpoints.seq of the last participant that was offered
) WITHOUT ROWID;

-- Who takes the turn at one instant in a journey with MessagesPerSecond: the oldest endpoint (endpoints.seq) first, as
-- in the simulator; 0 where nobody queues.
ALTER TABLE participants ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
DROP INDEX participants_due;
CREATE INDEX participants_due ON participants (due, place) WHERE due IS NOT NULL;
