-- An image is a resource with metadata; its bytes lie in the blob store under their digest, shared between images.
create table images (
  id          uuid primary key,
  owner       text not null default 'local',
  name        text,
  labels      jsonb not null default '{}',
  digest      text not null,
  bytes       bigint not null,
  media_type  text not null,
  width       integer not null,
  height      integer not null,
  pages       integer not null,
  -- The task whose outcome this is; null for an original.
  task_id     uuid,
  -- Rises with every change: two changes of what was read are told apart.
  version     integer not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  expires_at  timestamptz
);

-- Of two simultaneous creations of a name exactly one succeeds.
create unique index images_name on images (owner, name) where name is not null;
-- The list, newest first.
create index images_list on images (owner, id desc);
-- An upload of the same bytes leads to the image that has them.
create index images_digest on images (digest, owner);
create index images_expiry on images (expires_at) where expires_at is not null;
