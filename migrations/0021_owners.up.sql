-- Every row has an owner, and whoever writes it says which: a statement that forgets is refused, and gives nothing to anybody.
-- (A delivery is its alert's, a blob its images'.)
alter table images alter column owner drop default;
alter table tasks alter column owner drop default;
alter table reservations alter column owner drop default;
alter table invocations alter column owner drop default;
alter table alerts alter column owner drop default;
alter table texts alter column owner drop default;
alter table corrections alter column owner drop default;
alter table queries alter column owner drop default;
alter table notes alter column owner drop default;
