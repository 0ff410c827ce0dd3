create function private.rule_renamed(
    -- conditions or actions, or what is below one of their keys
    part jsonb,
    -- the keys that name labels
    fields text[],
    old_name text,
    new_name text,
    -- tags are the same when they fold to the same word, categories whatever their case
    are_tags boolean,
    -- is the part below one of those keys?
    is_below boolean default false
)
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
begin
    case jsonb_typeof(part)
        when 'object' then
            return (
                select
                    coalesce(
                        jsonb_object_agg(
                            key,
                            private.rule_renamed(
                                value, fields, old_name, new_name, are_tags, key = any(fields)
                            )
                        ),
                        part
                    )
                from jsonb_each(part)
            );
        when 'array' then
            return (
                select
                    coalesce(
                        jsonb_agg(
                            private.rule_renamed(
                                value, fields, old_name, new_name, are_tags, is_below
                            )
                            order by place
                        ),
                        part
                    )
                from jsonb_array_elements(part) with ordinality as listed (value, place)
            );
        when 'string' then
            if
                is_below and (
                    private.rule_fold(part #>> '{}') = private.rule_fold(old_name)
                    or are_tags and private.fold_tag(part #>> '{}') = private.fold_tag(old_name)
                )
            then
                return to_jsonb(new_name);
            end if;
        else
            null;
    end case;
    return part;
end
$$;
comment on function private.rule_renamed is 'Part of a rule with a label''s old name replaced by its new one.';
revoke execute on function private.rule_renamed from public, anon;
grant execute on function private.rule_renamed to authenticated, service_role;
