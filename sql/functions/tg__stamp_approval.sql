create function private.tg__stamp_approval()
    returns trigger
    language plpgsql
    security definer  -- asks who calls, whatever role the write runs as
    set search_path = ''
as $$
begin
    new.approval_at := clock_timestamp();
    if private.acting_machine() then
        new.approval_by := null;
    else
        new.approval_by := (select auth.uid());
        new.approval_rule := null;
    end if;
    return new;
end
$$;
comment on function private.tg__stamp_approval is
'Says of an approval that changes when and by whom: by a rule where one of our functions writes it, else by the caller.';
revoke execute on function private.tg__stamp_approval from public, anon, authenticated, service_role;
