-- A person acts for a party; without one for the installation. Issuer and subject are those of its OpenID Connect tokens.
CREATE TABLE people (
    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    party      TEXT    REFERENCES parties (id),
    name       TEXT    NOT NULL CHECK (trim(name) <> ''),
    roles      TEXT    NOT NULL,
    issuer     TEXT,
    subject    TEXT,
    created_at TEXT    NOT NULL,
    closed_at  TEXT,
    UNIQUE (issuer, subject)
) STRICT;

-- Personal tokens and sessions; the text is stored nowhere.
CREATE TABLE person_tokens (
    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    person     TEXT    NOT NULL REFERENCES people (id),
    label      TEXT    NOT NULL,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    redacted   TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    expires_at TEXT,
    revoked_at TEXT
) STRICT;
