/** The twin of `step.ts` in PL/pgSQL, line by line; arrays begin at 1 here, and the costs at 4. */
export const logSql: string = `
declare
  most bigint := p[o];
  period bigint := p[o + 1];
  began bigint := s[1];
  used bigint := s[2];
  span bigint := s[3];
  first bigint := 4;
  at_entry bigint;
  moment bigint;
  left_over bigint;
  kept bigint;
begin
  while used > 0 and now - began + span >= period loop
    used := used - s[first];
    span := span - coalesce(s[first + 1], 0);
    first := first + 2;
  end loop;
  kept := greatest(most, used);
  fits := most > 0 and (cost <= most - used or cost = 0);
  counted := counted and not fits and cost <= most and most > 0;
  if (fits or counted) and cost > 0 then
    if used > 0 and now = began then
      s[cardinality(s)] := s[cardinality(s)] + cost;
    else
      if used > 0 then
        s := s || (now - began);
        span := span + now - began;
      end if;
      s := s || cost;
    end if;
    began := now;
    used := used + cost;
  end if;
  if counted then
    while used - s[first] >= kept loop
      used := used - s[first];
      span := span - s[first + 1];
      first := first + 2;
    end loop;
    s[first] := s[first] - (used - kept);
    used := kept;
  end if;
  wait := 0;
  if not fits then
    wait := -1;
    if cost <= most and most > 0 then
      moment := began - span;
      left_over := used - s[first];
      at_entry := first + 1;
      while left_over + cost > most loop
        moment := moment + s[at_entry];
        left_over := left_over - s[at_entry + 1];
        at_entry := at_entry + 2;
      end loop;
      wait := moment + period - now;
    end if;
  end if;
  remaining := greatest(0, most - used);
  reset := case when used > 0 then began + period - now else 0 end;
  life := reset;
  s := array[began, used, span] || s[first :];
end;
`;

export const logAdjustSql: string = `
declare
  entries bigint[];
  last bigint := cardinality(s);
  at_entry bigint;
  entry bigint;
  kept bigint := amount;
  entry_time bigint := now;
begin
  if amount > 0 then
    entry := least(amount, p[o + 2] - s[2]);
    ${append()}
  else
    entries := s[4 :];
    entry_time := s[1] - s[3];
    at_entry := 1;
    while at_entry <= last - 3 and entry_time <= moment loop
      kept := kept + entries[at_entry];
      entry_time := entry_time + coalesce(entries[at_entry + 1], 0);
      at_entry := at_entry + 2;
    end loop;
    kept := greatest(0, kept);
    entry_time := s[1] - s[3];
    s := array[s[1], 0, 0];
    last := 3;
    for n in 1 .. coalesce(cardinality(entries), 0) by 2 loop
      entry := entries[n];
      if entry_time <= moment then
        entry := least(entry, kept);
        kept := kept - entry;
      end if;
      ${append()}
      entry_time := entry_time + coalesce(entries[n + 1], 0);
    end loop;
  end if;
end;
`;

function append(): string {
  return `if entry > 0 then
        if s[2] > 0 and entry_time = s[1] then
          s[last] := s[last] + entry;
        else
          if s[2] > 0 then
            s[3] := s[3] + entry_time - s[1];
            s[last + 1] := entry_time - s[1];
            last := last + 1;
          end if;
          s[last + 1] := entry;
          last := last + 1;
        end if;
        s[1] := entry_time;
        s[2] := s[2] + entry;
      end if;`;
}
