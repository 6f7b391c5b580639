drop index texts_words, texts_image;
alter table texts drop column words, drop column image_digest;
drop function plain_words;
