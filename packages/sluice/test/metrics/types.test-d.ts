import * as otel from "@opentelemetry/api";
import * as client from "prom-client";
import {
  type ConfigEvent,
  type DecisionEvent,
  type DegradedEvent,
  eventStream,
  type KeyStats,
  metrics,
  rateLimiter,
  type Stats,
} from "sluice";
import { opentelemetry } from "sluice/opentelemetry";
import { prometheus } from "sluice/prometheus";
import { expectTypeOf } from "vitest";

const limiter = rateLimiter({ limits: "1/s" });

// Listeners are typed by the event.
limiter.events.on("decision", (event) => expectTypeOf(event).toEqualTypeOf<DecisionEvent>());
limiter.events.on("degraded", (event) => expectTypeOf(event).toEqualTypeOf<DegradedEvent>());
limiter.events.on("config", (event) => expectTypeOf(event).toEqualTypeOf<ConfigEvent>());
limiter.events.on("capacity", ({ degraded }) => expectTypeOf(degraded).toEqualTypeOf<"overflow" | false>());
limiter.events.on("warning", ({ code }) => expectTypeOf(code).toEqualTypeOf<string>());
// @ts-expect-error: there is no such event
limiter.events.on("denied", () => {});

// A limiter or a stream is counted; a key and all have their own answers.
expectTypeOf(metrics(limiter).stats()).toEqualTypeOf<Stats>();
expectTypeOf(metrics(eventStream()).stats("a")).toEqualTypeOf<KeyStats>();

// The real prom-client fits, with its registry and with others.
prometheus(limiter, { client });
prometheus(limiter, { client, register: new client.Registry() });
prometheus(limiter, { client, register: client.register });
// @ts-expect-error: the module is needed
prometheus(limiter, { register: new client.Registry() });

// The real meters and tracers of OpenTelemetry fit.
opentelemetry(limiter, { meter: otel.metrics.getMeter("a") });
opentelemetry(limiter, { tracer: otel.trace.getTracer("a") });
opentelemetry(limiter, { meter: otel.metrics.getMeter("a"), tracer: otel.trace.getTracer("a") });
// @ts-expect-error: the API itself is no meter
opentelemetry(limiter, { meter: otel.metrics });
