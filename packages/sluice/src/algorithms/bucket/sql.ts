/** The level of a debt of one full limit, or of what drains in 2^52 microseconds. */
const DEEPEST = `case when (2 * brim + rate - 1) / rate > 4503599627370496 / tick
      then 4503599627370496 / tick * rate else 2 * brim end`;

/** The twin of `step.ts` in PL/pgSQL, line by line. `/` of whole numbers from 0 is `floorDivide`. */
export const bucketSql: string = `
declare
  capacity bigint := p[o];
  unit bigint := p[o + 1];
  rate bigint := p[o + 2];
  tick bigint := p[o + 3];
  brim bigint := capacity * unit;
  level bigint := s[2];
  kept bigint := s[3];
  ticks bigint;
begin
  if kept = unit then
    level := least(level, brim);
  elsif level > 0 and kept > 0 then
    level := least((level + kept - 1) / kept, capacity) * unit;
  elsif level > 0 and kept <> - unit then
    level := least(least((level - kept - 1) / - kept, 2 * capacity) * unit, ${DEEPEST});
  end if;
  ticks := now / tick - s[1] / tick;
  -- Compared before it is multiplied: an idle year times the rate does not fit a bigint.
  if ticks > level / rate then level := 0; else level := level - ticks * rate; end if;
  remaining := greatest(0, brim - level) / unit;
  fits := capacity > 0 and cost <= remaining;
  wait := 0;
  if fits then
    level := level + cost * unit;
    remaining := remaining - cost;
  elsif cost > capacity or capacity = 0 then
    wait := -1;
  else
    if counted then
      level := greatest(level, brim);
      remaining := 0;
    end if;
    wait := (now / tick + (level - (brim - cost * unit) + rate - 1) / rate) * tick - now;
  end if;
  reset := case when level = 0 then 0 else (now / tick + (level + rate - 1) / rate) * tick - now end;
  life := reset;
  s[1] := now;
  s[2] := level;
  s[3] := case when level > brim then - unit else unit end;
end;
`;

export const bucketAdjustSql: string = `
declare
  capacity bigint := p[o];
  unit bigint := p[o + 1];
  rate bigint := p[o + 2];
  tick bigint := p[o + 3];
  brim bigint := capacity * unit;
  level bigint := s[2];
  back bigint;
  alone bigint;
  ticks bigint;
begin
  if amount > 0 then
    level := greatest(level, least(level + least(amount, 2 * capacity) * unit, ${DEEPEST}));
  else
    back := case when (level + unit - 1) / unit <= - amount then level else - amount * unit end;
    if charge is not null then
      alone := least(charge, 2 * capacity) * unit;
      ticks := case when moment < now then now / tick - moment / tick else 0 end;
      alone := case when ticks > alone / rate then 0 else alone - ticks * rate end;
      -- The last tick may drain less than the others.
      ticks := greatest(0, remains / tick - 1);
      if ticks <= back / rate then back := least(back, greatest(alone, ticks * rate)); end if;
      freed := (back + rate - 1) / rate * tick;
    end if;
    level := level - back;
  end if;
  s[2] := level;
  s[3] := case when level > brim then - unit else unit end;
end;
`;

export const bucketBookSql: string = `
declare
  unit bigint := p[o + 1];
  level bigint := s[2];
begin
  booked := level <= 4503599627370496;
  if booked then
    level := level + cost * unit;
    s[2] := level;
    s[3] := case when level > p[o] * unit then - unit else unit end;
  end if;
end;
`;
