-- 1 once it was told that the term is over.
ALTER TABLE grants ADD COLUMN expiry_told INTEGER NOT NULL DEFAULT 0;
