drop trigger note_stored on texts;
drop trigger note_gone on texts;
drop trigger note_stored on images;
drop trigger note_replaced on images;
drop trigger note_gone on images;
drop function note_stored, note_gone, note_replaced;
drop table storage_usage;
