-- Promised capital, never changed; the document is canonical JSON.
CREATE TABLE capital_commitments (
    id           TEXT NOT NULL PRIMARY KEY,
    investor     TEXT NOT NULL,
    receiver     TEXT NOT NULL,
    currency     TEXT NOT NULL,
    document     TEXT NOT NULL,
    committed_at TEXT NOT NULL
) STRICT;

CREATE TABLE capital_conditions (
    commitment TEXT    NOT NULL REFERENCES capital_commitments (id),
    tranche    INTEGER NOT NULL,
    evidence   TEXT    NOT NULL,
    at         TEXT    NOT NULL,
    PRIMARY KEY (commitment, tranche)
) STRICT;

CREATE TABLE capital_draws (
    commitment TEXT    NOT NULL REFERENCES capital_commitments (id),
    tranche    INTEGER NOT NULL,
    reference  TEXT    NOT NULL,
    nanos      INTEGER NOT NULL CHECK (nanos > 0),
    at         TEXT    NOT NULL,
    PRIMARY KEY (commitment, reference)
) STRICT;

-- The amount of each return, and what of it each commitment got; commitment is empty for the residual.
CREATE TABLE capital_returns (
    payer      TEXT    NOT NULL,
    reference  TEXT    NOT NULL,
    commitment TEXT    NOT NULL,
    receiver   TEXT    NOT NULL,
    currency   TEXT    NOT NULL,
    nanos      INTEGER NOT NULL CHECK (nanos >= 0),
    at         TEXT    NOT NULL,
    PRIMARY KEY (payer, reference, commitment)
) STRICT;

CREATE TABLE pledges (
    id         TEXT NOT NULL PRIMARY KEY,
    pledger    TEXT NOT NULL,
    document   TEXT NOT NULL,
    pledged_at TEXT NOT NULL
) STRICT;

CREATE TABLE pledge_allotments (
    pledge       TEXT    NOT NULL REFERENCES pledges (id),
    period_from  TEXT    NOT NULL,
    period_until TEXT    NOT NULL,
    base         INTEGER NOT NULL,
    nanos        INTEGER NOT NULL,
    at           TEXT    NOT NULL,
    PRIMARY KEY (pledge, period_from)
) STRICT;
