create function private.tg__reset_approval()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    new.approval := 'required';
    new.approval_at := clock_timestamp();
    new.approval_by := (select auth.uid());
    new.approval_note := 'changed since it was ' || old.approval;
    return new;
end
$$;
comment on function private.tg__reset_approval is
'What was approved or rejected and says something else now waits for approval again.';
revoke execute on function private.tg__reset_approval from public, anon, authenticated, service_role;
