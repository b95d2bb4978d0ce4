CREATE TABLE data_sets (
    sequence          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    digest            TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    folder            TEXT    NOT NULL,
    created_at        TEXT    NOT NULL,
    source            TEXT    NOT NULL CHECK (trim(source) <> ''),
    license           TEXT    NOT NULL CHECK (trim(license) <> ''),
    training_tokens   INTEGER NOT NULL CHECK (training_tokens >= 0),
    validation_tokens INTEGER NOT NULL CHECK (validation_tokens >= 0)
) STRICT;

CREATE TABLE runs (
    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    recipe     TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN ('running', 'finished', 'stopped', 'failed')),
    folder     TEXT    NOT NULL,
    started_at TEXT    NOT NULL,
    updated_at TEXT    NOT NULL,
    model      TEXT,
    facts      TEXT
) STRICT;

CREATE TABLE models (
    sequence        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name            TEXT    NOT NULL,
    digest          TEXT    NOT NULL,
    folder          TEXT    NOT NULL,
    created_at      TEXT    NOT NULL,
    source          TEXT    NOT NULL CHECK (trim(source) <> ''),
    license         TEXT    NOT NULL CHECK (trim(license) <> ''),
    parameter_count INTEGER NOT NULL CHECK (parameter_count >= 0),
    run_id          TEXT    REFERENCES runs (id),
    facts           TEXT,
    UNIQUE (name, digest)
) STRICT;

CREATE INDEX models_by_digest ON models (digest);

-- Which version a bare name means.
CREATE TABLE model_names (
    name     TEXT    NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL REFERENCES models (sequence)
) STRICT;

CREATE TABLE model_data_sets (
    model    INTEGER NOT NULL REFERENCES models (sequence),
    position INTEGER NOT NULL,
    data_set TEXT    NOT NULL REFERENCES data_sets (digest),
    PRIMARY KEY (model, position)
) STRICT;
