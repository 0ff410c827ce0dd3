create function private.rule_number(value jsonb)
    -- the nearest double, by its shortest decimal; null for what is not a number
    returns jsonb
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    select
        case
            when jsonb_typeof(value) <> 'number' then null
            -- beyond any double: no rule and no asset holds one, the sign is enough
            when abs(value::numeric) > 1e300 then to_jsonb(sign(value::numeric) * 1e300)
            -- half of the smallest double
            when abs(value::numeric) < 2.4703282292062328e-324 then to_jsonb(0)
            else to_jsonb(value::double precision)
        end;
$$;
comment on function private.rule_number is 'A number of a rule or an asset as both engines compare it.';
revoke execute on function private.rule_number from public, anon;
grant execute on function private.rule_number to authenticated, service_role;
