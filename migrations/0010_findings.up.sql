-- What operations have found out about the image that they made an outcome of, by operation: {"deskew": {"angle": 3.2}}.
-- Null for an original.
alter table images add column findings jsonb;
