-- The one log that this database's intervals are sealed in; set with the first, and never another.
CREATE TABLE meter_log (
    id           INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    verifier_key TEXT    NOT NULL,
    bound_at     TEXT    NOT NULL
) STRICT;
