-- Whom a key's compute is counted to.
ALTER TABLE api_keys ADD COLUMN project TEXT NOT NULL DEFAULT 'default' CHECK (trim(project) <> '');

-- Sums of a day (UTC); key is empty for what asked without one.
CREATE TABLE serving_use (
    day              TEXT    NOT NULL,
    project          TEXT    NOT NULL CHECK (trim(project) <> ''),
    key              TEXT    NOT NULL,
    model            TEXT    NOT NULL CHECK (trim(model) <> ''),
    requests         INTEGER NOT NULL CHECK (requests >= 0),
    prompt_tokens    INTEGER NOT NULL CHECK (prompt_tokens >= 0),
    generated_tokens INTEGER NOT NULL CHECK (generated_tokens >= 0),
    flop             REAL    NOT NULL CHECK (flop >= 0),
    device_seconds   REAL    NOT NULL CHECK (device_seconds >= 0),
    PRIMARY KEY (day, project, key, model)
) STRICT;
