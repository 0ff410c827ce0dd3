create trigger _900_poke
after insert on public.webhook_deliveries
for each statement execute function private.tg__poke('deliver');
