drop index images_name_parts, images_label_parts, images_bytes, images_width, images_height, images_created, images_modified, images_media_type;
drop function label_lines(jsonb);
-- pg_trgm stays: something else may use it by now.
