create trigger _900_poke
after insert on private.jobs
for each statement execute function private.tg__poke('embed');
