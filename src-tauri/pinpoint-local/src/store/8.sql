-- What messages with a pinned template version go on saying when that version is deleted (templates.md 2).
CREATE TABLE kept_templates (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,              -- the template's response, as it was when something with it was published
    PRIMARY KEY (name, kind, version)
) WITHOUT ROWID;
