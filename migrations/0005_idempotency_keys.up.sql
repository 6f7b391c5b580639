-- The answer to a POST that carried an Idempotency-Key, committed with the effect.
create table idempotency_keys (
  owner       text not null,
  method      text not null,
  path        text not null,
  key         text not null,
  -- What was asked: the same key with other content is refused.
  fingerprint text not null,
  status      smallint not null,
  answer      json not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  primary key (owner, path, method, key)
);

create index idempotency_keys_expiry on idempotency_keys (expires_at);
