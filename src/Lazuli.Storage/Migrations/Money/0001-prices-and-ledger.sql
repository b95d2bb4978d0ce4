-- A version of a price plan is written once and never changed.
CREATE TABLE price_versions (
    plan         TEXT    NOT NULL CHECK (trim(plan) <> ''),
    version      INTEGER NOT NULL CHECK (version > 0),
    digest       TEXT    NOT NULL,
    seller       TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    document     TEXT    NOT NULL,
    published_at TEXT    NOT NULL,
    PRIMARY KEY (plan, version)
) STRICT;

-- party and grant_id are empty for everybody.
CREATE TABLE price_assignments (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    plan       TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    party      TEXT    NOT NULL,
    grant_id   TEXT    NOT NULL,
    valid_from TEXT    NOT NULL,
    valid_to   TEXT,
    FOREIGN KEY (plan, version) REFERENCES price_versions (plan, version)
) STRICT;

-- Append-only: a row is an amount from one account to another and sums to zero by its form.
CREATE TABLE transfers (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    debit     TEXT    NOT NULL,
    credit    TEXT    NOT NULL CHECK (credit <> debit),
    nanos     INTEGER NOT NULL CHECK (nanos > 0),
    currency  TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    leg       INTEGER NOT NULL CHECK (leg >= 0),
    at        TEXT    NOT NULL,
    reference TEXT    NOT NULL,
    UNIQUE (key, leg)
) STRICT;

-- What the transfers add up to; can be rebuilt from them, and money in and out of an account is kept apart.
CREATE TABLE balances (
    account   TEXT    NOT NULL,
    currency  TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    debits    INTEGER NOT NULL CHECK (debits >= 0),
    credits   INTEGER NOT NULL CHECK (credits >= 0),
    transfers INTEGER NOT NULL CHECK (transfers > 0),
    PRIMARY KEY (account, currency)
) STRICT;
