const MOST_COUNTED = "4503599627370496";

/** The twin of `step.ts` in PL/pgSQL, line by line; arrays begin at 1 here. */
export const adaptiveSql: string = `
declare
  cap bigint := p[o];
  unit bigint := p[o + 1];
  rate bigint := p[o + 2];
  tick bigint := p[o + 3];
  period bigint := p[o + 4];
  load_window bigint := p[o + 5];
  load_full bigint := p[o + 6];
  low_load bigint := p[o + 7];
  high_load bigint := p[o + 8];
  penalty bigint := p[o + 9];
  hard_limit bigint := p[o + 10];
  most bigint := least(cap, hard_limit);
  level bigint := s[2];
  ticks bigint := greatest(0, now / tick - s[1] / tick);
  passed bigint;
  moment bigint := now;
  used bigint;
  burst bigint;
  room bigint;
  refused bigint;
  enough bigint;
  wanted bigint;
begin
  if s[3] <> unit and level > 0 then level := least((level + s[3] - 1) / s[3], cap) * unit; end if;
  level := least(level, cap * unit);
  if ticks > level / rate then level := 0; else level := level - ticks * rate; end if;
  ${rollCounts(4, "period", "(case when s[1] < now then s[1] else greatest(s[1], s[6]) end)")}
  ${rollCounts(7, "load_window", "s[6]")}
  s[4] := least(s[4], ${MOST_COUNTED});
  s[5] := least(s[5], ${MOST_COUNTED});
  s[7] := least(s[7], ${MOST_COUNTED});
  s[8] := least(s[8], ${MOST_COUNTED});
  s[1] := now;
  s[3] := unit;
  s[6] := now;

  ${roomAt()}
  fits := most > 0 and cost <= room;
  wait := 0;
  if not fits and (cost > most or most = 0) then
    wait := -1;
  elsif fits or counted then
    level := least(cap * unit, level + cost * unit);
    s[4] := greatest(s[4], least(cap, s[4] + cost));
    if not counted then s[7] := least(${MOST_COUNTED}, s[7] + cost); end if;
  end if;
  ${roomAt()}
  remaining := room;
  reset := 0;
  wanted := case when fits or wait = -1 then null else cost end;
  for round in 1 .. 2 loop
    if round = 2 then wanted := case when remaining = most then null else most end; end if;
    if wanted is not null then
      refused := 0;
      enough := greatest(2 * period, 2 * load_window, ((cap * unit + rate - 1) / rate + 1) * tick);
      while enough - refused > 1 loop
        moment := now + refused + (enough - refused) / 2;
        ${roomAt()}
        if wanted <= room then enough := moment - now; else refused := moment - now; end if;
      end loop;
      if round = 1 then wait := enough; else reset := enough; end if;
    end if;
  end loop;
  life := 0;
  if level > 0 then life := (now / tick + (level + rate - 1) / rate) * tick - now; end if;
  life := greatest(life, ${untilZero(4, "period")}, ${untilZero(7, "load_window")});
  s[2] := level;
end;
`;

export const adaptiveAdjustSql: string = `
declare
  cap bigint := p[o];
  unit bigint := p[o + 1];
  period bigint := p[o + 4];
  load_window bigint := p[o + 5];
  passed bigint;
  lost bigint := 0;
begin
  if amount > 0 then
    amount := least(amount, cap);
    s[2] := least(cap * unit, s[2] + amount * unit);
    s[4] := greatest(s[4], least(cap, s[4] + amount));
    s[7] := least(${MOST_COUNTED}, s[7] + amount);
  else
    s[2] := greatest(0, s[2] - least(- amount, cap) * unit);
    ${giveBack(4, "period")}
    if charge is null then amount := - lost; end if;
    ${giveBack(7, "load_window")}
  end if;
end;
`;

/** To the count of the window that it was charged in, if that still counts. Sets `lost` to what that count lost. */
function giveBack(at: number, window: string): string {
  return `passed := now / ${window} - moment / ${window};
    if passed = 1 then
      lost := least(s[${at + 1}], - amount);
      s[${at + 1}] := s[${at + 1}] - lost;
    elsif passed < 1 then
      lost := least(s[${at}], - amount);
      s[${at}] := s[${at}] - lost;
    end if;`;
}

/** Moves the counts at `at` and `at + 1` from the window of `time` into the window of `now`. */
function rollCounts(at: number, window: string, time: string): string {
  return `
  passed := now / ${window} - ${time} / ${window};
  if passed < 0 then
    s[${at}] := s[${at}] + s[${at + 1}];
    s[${at + 1}] := 0;
  elsif passed > 0 then
    s[${at + 1}] := case when passed = 1 then s[${at}] else 0 end;
    s[${at}] := 0;
  end if;`;
}

/** Sets `used` to the weighted sum of the counts at `at` at `moment`. */
function usedAt(at: number, most: string, window: string): string {
  return `
  passed := moment / ${window} - now / ${window};
  used := 0;
  if passed <= 1 then
    used := least(case when passed = 0 then s[${at + 1}] else s[${at}] end, ${most});
    used := (used * (${window} / tick - moment % ${window} / tick) + ${window} / tick - 1) / (${window} / tick);
    if passed = 0 then used := used + least(s[${at}], ${most}); end if;
  end if;`;
}

/** Sets `room` to the largest cost that passes at `moment`. */
function roomAt(): string {
  return `
  ${usedAt(7, "load_full", "load_window")}
  burst := least(greatest(used * 1000 / load_full - low_load, 0), high_load - low_load);
  burst := cap * (1000 - penalty * burst / (high_load - low_load)) / 1000;
  burst := least(greatest(burst, least(cap, 1)), hard_limit);
  ${usedAt(4, "cap", "period")}
  ticks := moment / tick - now / tick;
  room := 0;
  if ticks <= level / rate then room := (level - ticks * rate + unit - 1) / unit; end if;
  room := greatest(0, burst - greatest(room, used));`;
}

function untilZero(at: number, window: string): string {
  const end = `(now / ${window} + 1) * ${window}`;
  return `case when s[${at}] > 0 then ${end} + ${window} - now when s[${at + 1}] > 0 then ${end} - now else 0 end`;
}
