-- A query that was asked, so that a GET can ask it again and follow its pages.
create table queries (
  id          uuid primary key,
  owner       text not null default 'local',
  -- SHA-256 of the normalised query: the same query has the same URI.
  digest      text not null,
  query       json not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null
);

create unique index queries_digest on queries (owner, digest);
create index queries_expiry on queries (expires_at);
