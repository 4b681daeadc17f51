import { NextResponse } from "next/server";
import { limited } from "./limited.js";

export const proxy = limited(() => NextResponse.next());
export const config = { matcher: "/proxied" };
