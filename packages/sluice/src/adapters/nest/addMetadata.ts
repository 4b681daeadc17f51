import { ConfigurationError } from "../../errors/ConfigurationError.ts";

/** What the package reflect-metadata, which every application of NestJS loads, adds to `Reflect`. */
interface Metadata {
  getMetadata?(key: string, target: object): readonly unknown[] | undefined;
  defineMetadata?(key: string, value: readonly unknown[], target: object): void;
}

/**
 * Adds to a list where the decorators of NestJS keep it.
 * @throws ConfigurationError `INVALID_OPTION` without reflect-metadata
 */
export function addMetadata(key: string, value: unknown, target: object): void {
  const { getMetadata, defineMetadata } = Reflect as Metadata;
  if (getMetadata === undefined || defineMetadata === undefined) {
    const message = 'sluice/nest needs reflect-metadata: import "reflect-metadata" first, as NestJS asks for';
    throw new ConfigurationError("INVALID_OPTION", message);
  }
  defineMetadata(key, [...(getMetadata(key, target) ?? []), value], target);
}
