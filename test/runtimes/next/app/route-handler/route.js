import { limited } from "../../limited.js";

export const GET = limited(() => new Response("hello"));
