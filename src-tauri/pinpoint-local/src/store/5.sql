-- Import and export jobs, recommender configurations, event streams.
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    app TEXT NOT NULL,
    type TEXT NOT NULL,                  -- IMPORT EXPORT
    segment TEXT,                        -- the segment that is imported into or exported
    running INTEGER NOT NULL,            -- 1 until COMPLETED or FAILED
    document TEXT NOT NULL,              -- ImportJobResponse, ExportJobResponse
    progress TEXT NOT NULL               -- where it stands
);
CREATE INDEX jobs_app ON jobs (app, type, seq);
CREATE INDEX jobs_segment ON jobs (app, segment, type, seq) WHERE segment IS NOT NULL;
CREATE INDEX jobs_running ON jobs (seq) WHERE running = 1;

-- Who a job put on the list of an imported segment.
CREATE TABLE segment_members (
    job INTEGER NOT NULL,
    user INTEGER NOT NULL,               -- 1 = a user id, 0 = an endpoint id
    id TEXT NOT NULL,
    PRIMARY KEY (job, user, id)
) WITHOUT ROWID;
-- A version of an imported segment has the lists of all jobs up to it.
CREATE TABLE segment_imports (
    app TEXT NOT NULL,
    segment TEXT NOT NULL,
    version INTEGER NOT NULL,
    job INTEGER NOT NULL,
    PRIMARY KEY (app, segment, version)
) WITHOUT ROWID;

-- How many names of attributes a project has: its rows in attribute_names.
ALTER TABLE apps ADD COLUMN names INTEGER NOT NULL DEFAULT 0;
UPDATE apps SET names = (SELECT count(*) FROM attribute_names WHERE app = apps.id);

CREATE TABLE event_streams (
    app TEXT PRIMARY KEY,
    document TEXT NOT NULL               -- EventStream
) WITHOUT ROWID;

CREATE TABLE recommenders (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL               -- RecommenderConfigurationResponse
);
