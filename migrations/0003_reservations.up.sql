-- A reservation is a URI that was minted and is to be filled by a PUT, once.
create table reservations (
  id          uuid primary key,
  owner       text not null default 'local',
  -- Path of the collection or controller that the URI lies under: /images, /images/tasks, /images/tasks/{id}/retry.
  "for"       text not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  filled_at   timestamptz,
  -- What it was filled with: the same content again has no effect, other content is refused.
  fingerprint text,
  check ((filled_at is null) = (fingerprint is null))
);

-- The sweep, the list and the limit look at the open ones alone: a million filled ones cost them nothing.
create index reservations_expiry on reservations (expires_at) where filled_at is null;
create index reservations_open on reservations (owner, id desc) where filled_at is null;
create index reservations_filled on reservations (filled_at) where filled_at is not null;
