-- Terms are JSON and never change once written.
CREATE TABLE compute_commitments (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id       TEXT    NOT NULL UNIQUE,
    party    TEXT    NOT NULL REFERENCES parties (id),
    provider TEXT    NOT NULL REFERENCES parties (id),
    terms    TEXT    NOT NULL,
    made_at  TEXT    NOT NULL,
    ended_at TEXT
) STRICT;
