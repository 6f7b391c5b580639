-- A key lets its holder in. Of the key itself only the SHA-256 is kept. Rows are never deleted: that there ever was a key
-- is why a service without a valid one stays closed.
create table api_keys (
  id            text primary key,
  digest        bytea not null check (length(digest) = 32),
  owner         text not null,
  scopes        text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'write', 'admin']),
  -- For people: what the key is for.
  name          text,
  created_at    timestamptz not null,
  expires_at    timestamptz,
  revoked_at    timestamptz,
  -- To the minute: written at most once in that time.
  last_used_at  timestamptz
);
