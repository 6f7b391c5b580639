-- What an image looks like: the 64 bits of its DCT hash (src/processing/perceptual-hash.ts). Null where they are not known: of images
-- that were stored before this, and of those that are not decoded for it.
alter table images add column hash bigint;

-- Four bands of 16 bits, each told apart from the others by what is above its 16. Two hashes that differ in d bits have a band in which
-- they differ in d / 4 at most: it is looked up by the index (Norouzi, Punjani, Fleet: Fast Search in Hamming Space with
-- Multi-Index Hashing, 2012).
create function hash_bands(hash bigint) returns integer[]
  language sql immutable strict parallel safe
  return array[
    (hash & 65535)::integer,
    ((hash >> 16) & 65535)::integer | 65536,
    ((hash >> 32) & 65535)::integer | 131072,
    ((hash >> 48) & 65535)::integer | 196608
  ];

create index images_bands on images using gin (hash_bands(hash)) where hash is not null;
