-- The request that an event from outside names; not unique, since others choose it.
ALTER TABLE meter_particulars ADD COLUMN request TEXT NOT NULL DEFAULT '';

-- Sources outside: who runs each, whether it promised heartbeats, and up to when and which number it said that it had sent all.
CREATE TABLE meter_emitters (
    source         INTEGER NOT NULL PRIMARY KEY REFERENCES meter_sources (id),
    party          TEXT    NOT NULL,
    beats          INTEGER NOT NULL CHECK (beats IN (0, 1)),
    heard_us       INTEGER NOT NULL,
    heard_sequence INTEGER NOT NULL
) STRICT;

-- Events from outside that wait: whole as they came, counted nowhere. A row whose state is not Waiting is kept to be looked at.
DROP TABLE meter_quarantine;

CREATE TABLE meter_quarantine (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    source       TEXT    NOT NULL,
    sequence     INTEGER NOT NULL,
    party        TEXT    NOT NULL,
    event_us     INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    profile      INTEGER REFERENCES meter_profiles (id),
    charge_nanos INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    at           TEXT    NOT NULL,
    decided_at   TEXT,
    decided_by   TEXT,
    because      TEXT
) STRICT;

CREATE INDEX meter_quarantine_source ON meter_quarantine (source, sequence);

CREATE INDEX meter_quarantine_state ON meter_quarantine (state, party);

-- Digests of finalised documents on their way to the transparency log; log_index is null until they are there.
CREATE TABLE document_seals (
    number    TEXT    NOT NULL PRIMARY KEY,
    leaf      BLOB    NOT NULL,
    log_size  INTEGER,
    log_index INTEGER
) STRICT;

CREATE INDEX document_seals_open ON document_seals (log_index);
