-- Who changed what, and when; rows are only added.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,                 -- clock of the machine, milliseconds
    who TEXT NOT NULL,                   -- id of the access key, or local
    operation TEXT NOT NULL,
    resource TEXT NOT NULL,
    request TEXT NOT NULL                -- id of the request
);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is only added to'); END;
