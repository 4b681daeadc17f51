/** What the general way does with records, as text of PL/pgSQL: the twin of `record.ts`. */

// A record stands in `heap` from its version on; several stand one after the other.
/**
 * Leaves the slot at `place`, which is `place_end` or null where it is not there.
 * @param grows whether entries follow; it then begins at 1
 */
export const readNumbers = (
  record: string,
  id: string,
  from: string,
  width: string,
  grows: string,
): string => `
  place := starts[${record}] + 1;
  place_end := ends[${record}];
  while place < place_end and heap[place] <> ${id} loop place := place + 3 + heap[place + 2]; end loop;
  stored := 0;
  if place < place_end and heap[place + 1] > now then stored := heap[place + 2]; end if;
  ${grows === "false" ? "" : `if ${grows} and stored > ${width} then s := heap[place + 3 : place + 2 + stored]; else`}
    for n in 1 .. ${width} loop s[${from} + n] := case when n <= stored then heap[place + 2 + n] else 0 end; end loop;
  ${grows === "false" ? "" : "end if;"}`;

/**
 * The same of a slot whose first number is a time.
 * @param isMoved whether a later time is moved to now here; else the step does it
 */
export const readSlot = (
  record: string,
  id: string,
  from: string,
  width: string,
  grows: string,
  isMoved: string,
): string => `
  ${readNumbers(record, id, from, width, grows)}
  if s[${from} + 1] > now then
    if ${isMoved} then s[${from} + 1] := now; end if;
    repaired := true;
  end if;`;

/** Over the slot if it has that length; else the record moves to the end of the heap and the slot to its own end. */
export const writeSlot = (
  record: string,
  id: string,
  expires: string,
  length: string,
  number: string,
): string => `
  place := starts[${record}] + 1;
  place_end := ends[${record}];
  while place < place_end and heap[place] <> ${id} loop place := place + 3 + heap[place + 2]; end loop;
  if place is null or place >= place_end or heap[place + 2] <> ${length} then
    cut := case when place < place_end then place + 3 + heap[place + 2] end;
    heap := heap || 1::bigint || heap[starts[${record}] + 1 : place - 1] || heap[cut : place_end - 1] || array[${id}, 0, ${length}]::bigint[];
    starts[${record}] := heap_end + 1;
    place := cardinality(heap) - 2;
    heap_end := place + 2 + ${length};
    ends[${record}] := heap_end + 1;
  end if;
  heap[place + 1] := ${expires};
  for n in 1 .. ${length} loop heap[place + 2 + n] := ${number}; end loop;
  if is_changed[${record}] is null then
    is_changed[${record}] := true;
    changed := changed || ${record};
  end if;`;

const load = (table: string, lock: string) => `
    for hit in
      select n.k, t.record
      from (select name, k from unnest(names) with ordinality u (name, k) order by name collate "C") n
      cross join lateral (select r.record from ${table} r where r.name = n.name ${lock}) t
    loop
      starts[hit.k] := heap_end + 1;
      heap := heap || hit.record;
      heap_end := cardinality(heap);
      ends[hit.k] := heap_end + 1;
      if hit.record[1] <> 1 then others := true; end if;
    end loop;`;

/** Peeks lock nothing. */
export const lockRecords = (table: string): string => `  if cardinality(creates) = 0 then${load(table, "")}
  else
    for hit in
      select k, hashtextextended(names[k], 0) as hash from unnest(creates) k
      where not exists (select from ${table} r where r.name = names[k])
      order by 2
    loop
      perform pg_advisory_xact_lock(hit.hash);
      guarded[hit.k] := true;
    end loop;${load(table, "for update")}
    -- A row that was there a moment ago has been removed, and nothing guards its name. To wait for that now, while holding
    -- rows, could be to wait in a circle: all is undone, and sent again.
    foreach place in array creates loop
      if starts[place] is null and guarded[place] is null then raise serialization_failure; end if;
    end loop;
  end if;
`;

export const writeRecords = (
  table: string,
): string => `  -- Without what has expired, each record stays where it begins in the heap, and is written by one statement for all.
  if changed is not null then
    foreach block in array changed loop
      place := starts[block] + 1;
      place_end := ends[block];
      cut := place;
      latest := 0;
      while place < place_end loop
        length := 3 + heap[place + 2];
        if heap[place + 1] > now then
          latest := greatest(latest, heap[place + 1]);
          if cut < place then
            for n in 0 .. length - 1 loop heap[cut + n] := heap[place + n]; end loop;
          end if;
          cut := cut + length;
        end if;
        place := place + length;
      end loop;
      ends[block] := cut;
      expiries[block] := latest;
    end loop;
    insert into ${table} select names[k], heap[starts[k] : ends[k] - 1], expiries[k] from unnest(changed) k where expiries[k] > 0
    on conflict (name) do update set record = excluded.record, expires_at = excluded.expires_at;
    if 0 = any (expiries) then
      delete from ${table} r where r.name in (select names[k] from unnest(changed) k where expiries[k] = 0);
    end if;
  end if;
`;
