-- The key's text is stored nowhere: id finds the row, hash (SHA-256 of the whole key) proves the key.
CREATE TABLE api_keys (
    id         TEXT NOT NULL PRIMARY KEY,
    label      TEXT NOT NULL,
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    redacted   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
