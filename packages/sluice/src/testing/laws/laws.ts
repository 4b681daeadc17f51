import { addedIsAsCharged } from "./addedIsAsCharged.ts";
import { adjustmentsStayWithinBounds } from "./adjustmentsStayWithinBounds.ts";
import { bookedSlotsComeWhenTold } from "./bookedSlotsComeWhenTold.ts";
import { countedDenialsSaturate } from "./countedDenialsSaturate.ts";
import { deniedChangesNothing } from "./deniedChangesNothing.ts";
import { edgesAreRuled } from "./edgesAreRuled.ts";
import { givenBackIsAsNeverCharged } from "./givenBackIsAsNeverCharged.ts";
import { integersStayExact } from "./integersStayExact.ts";
import type { Law } from "./Law.ts";
import { neverOverTheBound } from "./neverOverTheBound.ts";
import { neverStricter } from "./neverStricter.ts";
import { remainingIsTrue } from "./remainingIsTrue.ts";
import { resetIsTrue } from "./resetIsTrue.ts";
import { retryAfterIsTrue } from "./retryAfterIsTrue.ts";
import { steppingBackMintsNothing } from "./steppingBackMintsNothing.ts";
import { whatIsBackIsNotGivenBack } from "./whatIsBackIsNotGivenBack.ts";
import { whatOutlivesItsLifeIsNothing } from "./whatOutlivesItsLifeIsNothing.ts";
import { yearForwardGivesOneQuota } from "./yearForwardGivesOneQuota.ts";

/** The laws that are shown on random histories, each on its own. */
export const LAWS: readonly Law[] = [
  neverOverTheBound,
  neverStricter,
  retryAfterIsTrue,
  remainingIsTrue,
  resetIsTrue,
  deniedChangesNothing,
  edgesAreRuled,
  integersStayExact,
  steppingBackMintsNothing,
  yearForwardGivesOneQuota,
  whatOutlivesItsLifeIsNothing,
  countedDenialsSaturate,
  givenBackIsAsNeverCharged,
  whatIsBackIsNotGivenBack,
  addedIsAsCharged,
  adjustmentsStayWithinBounds,
  bookedSlotsComeWhenTold,
];
