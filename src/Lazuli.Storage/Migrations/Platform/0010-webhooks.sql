-- Events to be told, written with the change itself. audience: whom, as Kind:id, separated by spaces.
CREATE TABLE outbox_events (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id       TEXT    NOT NULL UNIQUE,
    type     TEXT    NOT NULL,
    audience TEXT    NOT NULL,
    at       TEXT    NOT NULL,
    data     TEXT    NOT NULL
) STRICT;

-- How far each database's events were handed out.
CREATE TABLE webhook_positions (
    outbox   TEXT    NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT;

INSERT INTO webhook_positions (outbox, sequence) VALUES ('platform', 0), ('money', 0);

-- Where parties want to be told. Secrets are sealed under the key file that sealing_key names. types: separated by spaces; none means all.
CREATE TABLE webhook_endpoints (
    sequence        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    party           TEXT    NOT NULL REFERENCES parties (id),
    url             TEXT    NOT NULL,
    types           TEXT    NOT NULL,
    sealing_key     TEXT    NOT NULL,
    secret          BLOB    NOT NULL,
    old_secret      BLOB,
    old_until       TEXT,
    created_at      TEXT    NOT NULL,
    failing_since   TEXT,
    disabled_at     TEXT,
    disabled_reason TEXT,
    removed_at      TEXT
) STRICT;

CREATE INDEX webhook_endpoints_party ON webhook_endpoints (party, sequence);

-- One event for one endpoint. The body is what is signed, byte for byte, at every try.
CREATE TABLE webhook_deliveries (
    sequence    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    endpoint    TEXT    NOT NULL REFERENCES webhook_endpoints (id),
    event       TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    due_at      TEXT,
    lease       TEXT,
    lease_until TEXT,
    last_status INTEGER,
    last_error  TEXT,
    created_at  TEXT    NOT NULL,
    ended_at    TEXT,
    UNIQUE (endpoint, event)
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due_at);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint, sequence);
