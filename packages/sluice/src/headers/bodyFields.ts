/** Fields that tell of a body, in lower case. Set before a refusal, they tell of one that is not sent. */
export const BODY_FIELDS: readonly string[] = [
  "content-length",
  "content-encoding",
  "content-language",
  "content-range",
  "etag",
  "last-modified",
];
