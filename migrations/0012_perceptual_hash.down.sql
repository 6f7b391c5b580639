drop index images_bands;
drop function hash_bands(bigint);
alter table images drop column hash;
