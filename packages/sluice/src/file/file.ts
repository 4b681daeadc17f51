export { fromFile, type FileRules, type FromFileOptions } from "./fromFile.ts";
export { readText } from "./readText.ts";
export { type TextListener, WatchedText } from "./WatchedText.ts";
