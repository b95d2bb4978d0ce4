-- Events to be told, written with the change itself. audience: whom, as Kind:id, separated by spaces.
CREATE TABLE outbox_events (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id       TEXT    NOT NULL UNIQUE,
    type     TEXT    NOT NULL,
    audience TEXT    NOT NULL,
    at       TEXT    NOT NULL,
    data     TEXT    NOT NULL
) STRICT;

-- Thresholds of the running day's and month's budgets that were told, one bit each.
ALTER TABLE admission_accounts ADD COLUMN budgets_told INTEGER NOT NULL DEFAULT 0;

-- 1 once it was told that the invoice is overdue.
ALTER TABLE invoices ADD COLUMN overdue_told INTEGER NOT NULL DEFAULT 0;

CREATE INDEX invoices_due ON invoices (overdue_told, due_at);
