alter table images drop column findings;
