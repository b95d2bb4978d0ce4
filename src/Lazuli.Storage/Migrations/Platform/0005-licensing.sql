-- Counts up with every change that a licence decision may depend on.
CREATE TABLE policy_epoch (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL CHECK (epoch >= 1)
) STRICT;

INSERT INTO policy_epoch (id, epoch) VALUES (1, 1);

CREATE TABLE parties (
    id         TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL CHECK (trim(name) <> ''),
    classes    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    closed_at  TEXT
) STRICT;

CREATE TABLE projects (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL CHECK (trim(name) <> ''),
    field      TEXT,
    created_at TEXT NOT NULL,
    closed_at  TEXT
) STRICT;

CREATE TABLE project_owners (
    project      TEXT    NOT NULL REFERENCES projects (id),
    position     INTEGER NOT NULL CHECK (position >= 0),
    party        TEXT    NOT NULL REFERENCES parties (id),
    basis_points INTEGER NOT NULL CHECK (basis_points > 0 AND basis_points <= 10000),
    PRIMARY KEY (project, position)
) STRICT;

CREATE TABLE project_contributions (
    sequence    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project     TEXT    NOT NULL REFERENCES projects (id),
    party       TEXT    NOT NULL REFERENCES parties (id),
    description TEXT    NOT NULL CHECK (trim(description) <> ''),
    at          TEXT    NOT NULL
) STRICT;

-- Terms are JSON and never change once written: other terms are another grant.
CREATE TABLE grants (
    sequence     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id           TEXT    NOT NULL UNIQUE,
    licensor     TEXT    NOT NULL REFERENCES parties (id),
    licensee     TEXT    NOT NULL REFERENCES parties (id),
    parent       TEXT    REFERENCES grants (id),
    terms        TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('offered', 'active', 'suspended', 'ended', 'withdrawn')),
    offered_at   TEXT    NOT NULL,
    signed_at    TEXT,
    state_reason TEXT
) STRICT;

CREATE TABLE grant_notices (
    offer     TEXT NOT NULL REFERENCES grants (id),
    preferred TEXT NOT NULL REFERENCES grants (id),
    at        TEXT NOT NULL,
    PRIMARY KEY (offer, preferred)
) STRICT;

-- Subject: a model's name, or a version's digest.
CREATE TABLE model_policies (
    subject       TEXT NOT NULL PRIMARY KEY,
    stage         TEXT,
    hold          TEXT,
    revocation    TEXT,
    training_flop REAL CHECK (training_flop > 0)
) STRICT;

CREATE TABLE model_owners (
    subject      TEXT    NOT NULL REFERENCES model_policies (subject),
    position     INTEGER NOT NULL CHECK (position >= 0),
    party        TEXT    NOT NULL REFERENCES parties (id),
    basis_points INTEGER NOT NULL CHECK (basis_points > 0 AND basis_points <= 10000),
    PRIMARY KEY (subject, position)
) STRICT;

CREATE TABLE capability_findings (
    name    TEXT NOT NULL,
    subject TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (name, subject)
) STRICT;

CREATE TABLE licensing_events (
    name TEXT NOT NULL PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT;

-- Rows are only ever added; each digest covers the one before.
CREATE TABLE audit_entries (
    sequence      INTEGER NOT NULL PRIMARY KEY,
    at            TEXT    NOT NULL,
    actor         TEXT    NOT NULL,
    party         TEXT,
    action        TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    reason        TEXT,
    before_digest TEXT,
    after_digest  TEXT,
    digest        TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_entries_by_subject ON audit_entries (subject, sequence);

-- What a new installation begins with: the lab that owns what nobody else does, everybody, and the lab's first project.
INSERT INTO parties (id, kind, name, classes, created_at) VALUES
    ('lab', 'lab', 'The lab', '[]', '2026-11-23T00:00:00.0000000Z'),
    ('public', 'public', 'Everybody', '[]', '2026-11-23T00:00:00.0000000Z');

-- Projects that keys and runs were counted to before there were parties are the lab's.
INSERT INTO projects (id, name, created_at)
    SELECT found.id, found.id, '2026-11-23T00:00:00.0000000Z'
    FROM (SELECT 'default' AS id UNION SELECT project AS id FROM api_keys UNION SELECT project AS id FROM runs) AS found;

INSERT INTO project_owners (project, position, party, basis_points) SELECT id, 0, 'lab', 10000 FROM projects;
