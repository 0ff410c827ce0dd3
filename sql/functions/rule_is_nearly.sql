create function private.rule_is_nearly(
    -- a word of a term
    wanted text,
    -- a word of the text
    said text
)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when wanted = said then true
            when
                length(wanted) <= 4
                or left(wanted, 1) <> left(said, 1)
                or abs(length(wanted) - length(said)) > allowed.edits
                -- what one has and the other has nowhere costs an edit each: rules out nearly all words at once
                or length(translate(wanted, said, '')) > allowed.edits
                or length(translate(said, wanted, '')) > allowed.edits
                then false
            else private.rule_edits(wanted, said) <= allowed.edits
        end
    from (select case when length(wanted) <= 8 then 1 else 2 end as edits) as allowed;
$$;
comment on function private.rule_is_nearly is
'Is this word of a text at most as many edits from that of a term as its length allows, with the same first letter?';
revoke execute on function private.rule_is_nearly from public, anon;
grant execute on function private.rule_is_nearly to authenticated, service_role;
