-- Written anew while a draft; once it has a number, only state and paid change. credit is what used credit takes off it.
CREATE TABLE invoices (
    id           TEXT    NOT NULL PRIMARY KEY,
    issuer       TEXT    NOT NULL,
    customer     TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    number       TEXT    UNIQUE,
    period_from  TEXT    NOT NULL,
    period_until TEXT    NOT NULL,
    due_at       TEXT,
    total        INTEGER NOT NULL,
    paid         INTEGER NOT NULL,
    credit       INTEGER NOT NULL CHECK (credit >= 0),
    credits      TEXT,
    document     TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    updated_at   TEXT    NOT NULL
) STRICT;

CREATE INDEX invoices_customer ON invoices (issuer, customer, currency, period_from);

-- The last number given, by issuer and series.
CREATE TABLE document_numbers (
    issuer TEXT    NOT NULL,
    series TEXT    NOT NULL,
    last   INTEGER NOT NULL CHECK (last > 0),
    PRIMARY KEY (issuer, series)
) STRICT;

CREATE TABLE invoice_payments (
    invoice   TEXT    NOT NULL REFERENCES invoices (id),
    reference TEXT    NOT NULL,
    nanos     INTEGER NOT NULL,
    at        TEXT    NOT NULL,
    PRIMARY KEY (invoice, reference)
) STRICT;

CREATE TABLE royalty_statements (
    number       TEXT    NOT NULL PRIMARY KEY,
    licensor     TEXT    NOT NULL,
    licensee     TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    period_from  TEXT    NOT NULL,
    period_until TEXT    NOT NULL,
    total        INTEGER NOT NULL,
    document     TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    UNIQUE (licensor, licensee, currency, period_from, period_until)
) STRICT;

-- One row a link of a chain on an invoice; statement is empty until one tells it.
CREATE TABLE royalties (
    invoice     TEXT    NOT NULL REFERENCES invoices (id),
    grant_chain TEXT    NOT NULL,
    grant_id    TEXT    NOT NULL,
    licensor    TEXT    NOT NULL,
    licensee    TEXT    NOT NULL,
    currency    TEXT    NOT NULL,
    ended_at    TEXT    NOT NULL,
    share       INTEGER NOT NULL,
    tokens      INTEGER NOT NULL,
    gross       INTEGER NOT NULL,
    nanos       INTEGER NOT NULL,
    statement   TEXT REFERENCES royalty_statements (number),
    PRIMARY KEY (invoice, grant_chain, grant_id)
) STRICT;

CREATE INDEX royalties_open ON royalties (licensor, licensee, currency, ended_at);

-- Credit that a customer holds; never changed. What was used of it, and what expired, are rows of credit_uses.
CREATE TABLE credit_grants (
    id         TEXT    NOT NULL PRIMARY KEY,
    party      TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    currency   TEXT    NOT NULL,
    nanos      INTEGER NOT NULL CHECK (nanos > 0),
    priority   INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 100),
    valid_from TEXT    NOT NULL,
    expires_at TEXT,
    created_at TEXT    NOT NULL,
    reason     TEXT    NOT NULL
) STRICT;

CREATE INDEX credit_grants_party ON credit_grants (party, currency);

CREATE TABLE credit_uses (
    grant_id TEXT    NOT NULL REFERENCES credit_grants (id),
    number   INTEGER NOT NULL CHECK (number > 0),
    kind     TEXT    NOT NULL,
    nanos    INTEGER NOT NULL CHECK (nanos > 0),
    at       TEXT    NOT NULL,
    PRIMARY KEY (grant_id, number)
) STRICT;
