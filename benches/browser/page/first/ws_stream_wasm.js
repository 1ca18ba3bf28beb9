import * as program from "../rust/ws_stream_wasm/ws_stream_wasm.js";
import { firstOf } from "./first.js";

await firstOf(program);
