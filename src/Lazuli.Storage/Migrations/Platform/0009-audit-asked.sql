-- What was asked, in short: changes of money are entered before they are made, so there is no digest of what came of them.
ALTER TABLE audit_entries ADD COLUMN asked TEXT;

CREATE INDEX audit_entries_by_party ON audit_entries (party, sequence);
